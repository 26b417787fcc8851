//! When reminders go out: once, on working days, newest first after a pause.
//!
//! Must not know: escalation, deputies.

use super::*;

#[test]
fn an_unanswered_assignment_gets_every_rung_once_and_then_no_more() {
    let mut office = Office::new();
    assert_eq!(
        office.passes("2022-06-17", "2023-06-30"),
        [
            "2022-12-23: 11 week",
            "2022-12-30: 11 today, 12 today",
            "2023-01-03: 11 late, 12 late",
            "2023-01-05: 12 lead, 21 lead",
            "2023-01-09: 12 report, 22 report, 31 report",
            "2023-01-16: 12 report#1, 22 report#1, 31 report#1",
            "2023-01-28: 12 report#2, 22 report#2, 31 report#2",
        ]
    );
    assert_eq!(next_look(&office.plan_at("2023-07-03T09:30")), None);
}

#[test]
fn planning_again_after_recording_adds_nothing() {
    let mut office = Office::new();
    assert_eq!(office.pass("2022-12-30"), ["11 today", "12 today"]);
    let record = office.assignments[0].history.clone();
    assert_eq!(office.pass("2022-12-30"), Vec::<String>::new());
    assert_eq!(office.assignments[0].history, record);
}

#[test]
fn a_contact_told_today_hears_the_rest_on_the_next_working_day() {
    let mut office = Office::new();
    assert_eq!(office.pass("2022-12-23"), ["11 week"]);
    office.assignments.push(assignment(2, "2022-12-30"));
    assert_eq!(office.pass("2022-12-23"), Vec::<String>::new());
    let held = &office.assignments[1].history[0];
    assert_eq!((held.state, held.contact), (ReminderState::Blocked, Some(ContactId(11))));
    assert_eq!(office.passes("2022-12-24", "2022-12-26"), ["2022-12-26: 2:11 week"]);
}

#[test]
fn two_assignments_due_on_one_day_share_the_mail() {
    let mut office = Office::new();
    office.assignments.push(assignment(2, "2022-12-30"));
    assert_eq!(office.pass("2022-12-23"), ["11 week", "2:11 week"]);
}

#[test]
fn nothing_goes_out_outside_working_hours() {
    let office = Office::new();
    for closed in ["2022-12-23T08:29", "2022-12-23T17:30", "2022-12-24T10:00", "2023-01-02T10:00"] {
        assert_eq!(office.plan_at(closed), Plan::default(), "{closed}");
    }
    assert_eq!(sent(&office.plan_at("2022-12-23T08:30")), ["11 week"]);
}

#[test]
fn a_make_up_saturday_is_a_working_day_and_golden_week_is_silent() {
    let mut office = Office::new();
    office.assignments = vec![assignment(1, "2023-09-26")];
    assert_eq!(
        office.passes("2023-09-27", "2023-10-08"),
        ["2023-09-27: 11 late, 12 late", "2023-10-07: 12 lead, 21 lead"]
    );
}

#[test]
fn a_date_inside_golden_week_is_warned_of_before_the_holiday() {
    let calendar = Office::new().calendar;
    let act_by = calendar.on_or_before("2023-10-03".parse().unwrap());
    let mut office = Office::new();
    office.assignments = vec![assignment(1, &act_by.to_string())];
    assert_eq!(
        office.passes("2023-09-01", "2023-10-06"),
        ["2023-09-21: 11 week", "2023-09-28: 11 today, 12 today"]
    );
}

#[test]
fn after_downtime_the_newest_rung_is_told_and_the_missed_ones_are_covered() {
    let mut office = Office::new();
    assert_eq!(office.pass("2023-01-03"), ["11 late", "12 late"]);
    assert_eq!(office.state_of("week", 11), Some(ReminderState::Covered));
    assert_eq!(office.state_of("today", 11), Some(ReminderState::Covered));
    assert_eq!(office.state_of("today", 12), Some(ReminderState::Covered));
}

#[test]
fn what_was_late_before_it_was_registered_climbs_the_ladder_from_that_day() {
    let mut office = Office::new();
    // 003-02: due 2020-06-30, printed 2020-08-21.
    office.assignments = vec![assignment(1, "2020-06-30")];
    office.assignments[0].registered_on = "2020-08-21".parse().unwrap();
    assert_eq!(
        office.passes("2020-08-21", "2020-10-31"),
        [
            "2020-08-21: 11 late, 12 late",
            "2020-08-25: 12 lead, 21 lead",
            "2020-08-27: 12 report, 22 report, 31 report",
            "2020-09-03: 12 report#1, 22 report#1, 31 report#1",
            "2020-09-10: 12 report#2, 22 report#2, 31 report#2",
        ]
    );
}

#[test]
fn paused_reminders_resume_on_the_day_that_was_set() {
    let mut office = Office::new();
    office.assignments[0].silent_until = Some("2022-12-31".parse().unwrap());
    let plan = office.plan_at("2022-12-23T09:30");
    assert_eq!(next_look(&plan), Some("2023-01-03".parse().unwrap()));
    assert_eq!(office.passes("2022-12-23", "2023-01-04"), ["2023-01-03: 11 late, 12 late"]);
}

#[test]
fn a_planned_reminder_is_blocked_by_a_pause_and_covered_by_a_newer_rung() {
    let mut office = Office::new();
    office.pass("2022-12-23");
    office.set_told("week", ReminderState::Planned);
    office.assignments[0].silent_until = Some("2022-12-31".parse().unwrap());
    let verdict = |office: &Office, at| office.plan_at(at).reminders[0].verdict.clone();
    assert_eq!(verdict(&office, "2022-12-26T10:00"), Verdict::Blocked(Obstacle::Silent));
    office.assignments[0].silent_until = None;
    office.pass("2022-12-30");
    assert_eq!(office.state_of("week", 11), Some(ReminderState::Covered));
}

#[test]
fn finished_work_is_not_reminded_of() {
    let mut office = Office::new();
    office.pass("2022-12-23");
    office.set_told("week", ReminderState::Planned);
    office.assignments[0].state = AssignmentState::Reported;
    let plan = office.plan_at("2022-12-30T09:30");
    assert_eq!(sent(&plan), Vec::<String>::new());
    assert_eq!(plan.reminders[0].verdict, Verdict::Void);
    assert_eq!(next_look(&plan), None);
}

#[test]
fn moved_dates_start_the_ladder_again() {
    let mut office = Office::new();
    office.pass("2022-12-23");
    office.set_told("week", ReminderState::Planned);
    office.assignments[0].deadline_version = 2;
    office.assignments[0].act_by = Some("2023-01-10".parse().unwrap());
    assert_eq!(office.pass("2023-01-03"), ["11 week"]);
    let states: Vec<ReminderState> =
        office.assignments[0].history.iter().map(|it| it.state).collect();
    let today = "2023-01-03".parse().unwrap();
    assert_eq!(states, [ReminderState::Void, ReminderState::Told(today)]);
}

#[test]
fn a_minimum_is_never_called_late() {
    let mut office = Office::new();
    office.assignments[0].is_minimum = true;
    assert_eq!(
        office.passes("2022-12-01", "2023-06-30"),
        ["2022-12-23: 11 week", "2022-12-30: 11 today, 12 today"]
    );
}

#[test]
fn without_a_date_nothing_is_told() {
    let mut office = Office::new();
    office.assignments[0].act_by = None;
    assert_eq!(next_look(&office.plan_at("2023-01-03T10:00")), None);
    assert!(office.plan_at("2023-01-03T10:00").reminders.is_empty());
}

#[test]
fn the_planner_need_not_look_before_the_first_rung() {
    let office = Office::new();
    let look = next_look(&office.plan_at("2022-07-01T10:00"));
    assert_eq!(look, Some("2022-12-23".parse().unwrap()));
    let assignment = &office.assignments[0];
    let act_by = assignment.act_by.unwrap();
    let first = first_look_on(&assignment.ladder, act_by, &office.calendar);
    assert_eq!(first, Some("2022-12-23".parse().unwrap()));
}

#[test]
fn a_forecast_equals_what_the_passes_send() {
    let mut office = Office::new();
    office.assignments.push(assignment(2, "2023-01-05"));
    let directory = Directory::new(
        [1, 2, 3]
            .map(|id| Unit {
                id: UnitId(id),
                uid: UnitUid(uid(id)),
                name: id.to_string(),
                aliases: Vec::new(),
                parent: None,
                members: Vec::new(),
                former: Vec::new(),
                standing: crate::domain::unit::Standing::InOffice,
            })
            .to_vec(),
        office.contacts.clone(),
    );
    let nobody = BTreeSet::new();
    let situation = Situation {
        now: Moment::from_local("2022-12-01T09:30".parse().unwrap()).unwrap(),
        hours: MailHours::default(),
        calendar: &office.calendar,
        directory: &directory,
        supervisor: Some(OFFICE),
        mailed: &nobody,
    };
    assert_eq!(units_of_contacts(&situation).len(), 6);
    let (from, through) = ("2022-12-01".parse().unwrap(), "2023-03-31".parse().unwrap());
    let predicted = forecast(&situation, &office.assignments, from, through);
    let messages: usize = office
        .passes("2022-12-01", "2023-03-31")
        .iter()
        .map(|day| {
            let (_, sent) = day.split_once(": ").unwrap();
            let contacts: BTreeSet<&str> = sent
                .split(", ")
                .map(|it| it.split(' ').next().unwrap().trim_start_matches("2:"))
                .collect();
            contacts.len()
        })
        .sum();
    assert_eq!(predicted.len(), messages);
    assert!(
        predicted
            .windows(2)
            .all(|pair| (pair[0].on, pair[0].contact) < (pair[1].on, pair[1].contact))
    );
}
