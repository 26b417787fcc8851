//! When reminders go out: once, on working days, newest first after a pause.
//!
//! Must not know: escalation, deputies.

use super::*;

#[test]
fn an_unanswered_assignment_climbs_the_whole_ladder_and_then_falls_silent() {
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
    assert_eq!(office.plan_at("2023-07-03T09:30").looks, [(AssignmentId(1), None)]);
}

#[test]
fn planning_again_after_recording_adds_nothing() {
    let mut office = Office::new();
    assert_eq!(office.pass("2022-12-30"), ["11 today", "12 today"]);
    let record = office.cases[0].record.clone();
    assert_eq!(office.pass("2022-12-30"), Vec::<String>::new());
    assert_eq!(office.cases[0].record, record);
}

#[test]
fn a_contact_told_today_hears_the_rest_on_the_next_working_day() {
    let mut office = Office::new();
    assert_eq!(office.pass("2022-12-23"), ["11 week"]);
    office.cases.push(case(2, "2022-12-30"));
    assert_eq!(office.pass("2022-12-23"), Vec::<String>::new());
    let held = &office.cases[1].record[0];
    assert_eq!((held.state, held.contact), (RecordState::Blocked, Some(ContactId(11))));
    assert_eq!(office.passes("2022-12-24", "2022-12-26"), ["2022-12-26: 2:11 week"]);
}

#[test]
fn what_comes_together_goes_out_together() {
    let mut office = Office::new();
    office.cases.push(case(2, "2022-12-30"));
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
    office.cases = vec![case(1, "2023-09-26")];
    assert_eq!(
        office.passes("2023-09-27", "2023-10-08"),
        ["2023-09-27: 11 late, 12 late", "2023-10-07: 12 lead, 21 lead"]
    );
}

#[test]
fn what_falls_due_inside_golden_week_is_warned_of_before_it_starts() {
    let calendar = Office::new().calendar;
    let act_by = calendar.on_or_before("2023-10-03".parse().unwrap());
    let mut office = Office::new();
    office.cases = vec![case(1, &act_by.to_string())];
    assert_eq!(
        office.passes("2023-09-01", "2023-10-06"),
        ["2023-09-21: 11 week", "2023-09-28: 11 today, 12 today"]
    );
}

#[test]
fn after_downtime_the_newest_rung_speaks_and_the_missed_ones_are_covered() {
    let mut office = Office::new();
    assert_eq!(office.pass("2023-01-03"), ["11 late", "12 late"]);
    assert_eq!(office.state_of("week", 11), Some(RecordState::Covered));
    assert_eq!(office.state_of("today", 11), Some(RecordState::Covered));
    assert_eq!(office.state_of("today", 12), Some(RecordState::Covered));
}

#[test]
fn what_was_overdue_when_it_was_registered_is_chased_from_its_first_day() {
    let mut office = Office::new();
    // 003-02: due 2020-06-30, printed 2020-08-21.
    office.cases = vec![case(1, "2020-06-30")];
    office.cases[0].registered_on = "2020-08-21".parse().unwrap();
    assert_eq!(
        office.passes("2020-08-21", "2020-10-31"),
        [
            "2020-08-21: 11 late, 12 report",
            "2020-08-25: 21 lead, 22 report",
            "2020-08-27: 31 report",
            "2020-08-28: 12 report#1, 22 report#1, 31 report#1",
            "2020-09-04: 12 report#2, 22 report#2, 31 report#2",
        ]
    );
}

#[test]
fn an_obligation_is_silent_until_the_day_it_was_silenced_to() {
    let mut office = Office::new();
    office.cases[0].silent_until = Some("2022-12-31".parse().unwrap());
    let plan = office.plan_at("2022-12-23T09:30");
    assert_eq!(plan.looks, [(AssignmentId(1), Some("2023-01-03".parse().unwrap()))]);
    assert_eq!(office.passes("2022-12-23", "2023-01-04"), ["2023-01-03: 11 late, 12 late"]);
}

#[test]
fn a_reminder_not_yet_sealed_is_held_back_by_silence_and_by_a_newer_rung() {
    let mut office = Office::new();
    office.pass("2022-12-23");
    office.set_told("week", RecordState::Planned);
    office.cases[0].silent_until = Some("2022-12-31".parse().unwrap());
    let verdict = |office: &Office, at| office.plan_at(at).reminders[0].verdict.clone();
    assert_eq!(verdict(&office, "2022-12-26T10:00"), Verdict::Blocked(Obstacle::Silent));
    office.cases[0].silent_until = None;
    office.pass("2022-12-30");
    assert_eq!(office.state_of("week", 11), Some(RecordState::Covered));
}

#[test]
fn work_that_is_done_is_not_spoken_of() {
    let mut office = Office::new();
    office.pass("2022-12-23");
    office.set_told("week", RecordState::Planned);
    office.cases[0].state = AssignmentState::Reported;
    let plan = office.plan_at("2022-12-30T09:30");
    assert_eq!(sent(&plan), Vec::<String>::new());
    assert_eq!(plan.reminders[0].verdict, Verdict::Void);
    assert_eq!(plan.looks, [(AssignmentId(1), None)]);
}

#[test]
fn other_dates_start_the_ladder_anew() {
    let mut office = Office::new();
    office.pass("2022-12-23");
    office.set_told("week", RecordState::Planned);
    office.cases[0].deadline_version = 2;
    office.cases[0].act_by = Some("2023-01-10".parse().unwrap());
    assert_eq!(office.pass("2023-01-03"), ["11 week"]);
    let states: Vec<RecordState> = office.cases[0].record.iter().map(|it| it.state).collect();
    let today = "2023-01-03".parse().unwrap();
    assert_eq!(states, [RecordState::Void, RecordState::Told(today)]);
}

#[test]
fn a_minimum_is_never_called_late() {
    let mut office = Office::new();
    office.cases[0].is_minimum = true;
    assert_eq!(
        office.passes("2022-12-01", "2023-06-30"),
        ["2022-12-23: 11 week", "2022-12-30: 11 today, 12 today"]
    );
}

#[test]
fn without_a_date_nothing_is_told() {
    let mut office = Office::new();
    office.cases[0].act_by = None;
    assert_eq!(office.plan_at("2023-01-03T10:00").looks, [(AssignmentId(1), None)]);
    assert!(office.plan_at("2023-01-03T10:00").reminders.is_empty());
}

#[test]
fn the_planner_need_not_look_before_the_first_rung() {
    let office = Office::new();
    let look = office.plan_at("2022-07-01T10:00").looks;
    assert_eq!(look, [(AssignmentId(1), Some("2022-12-23".parse().unwrap()))]);
    let case = &office.cases[0];
    let first = first_look_on(&case.ladder, case.act_by.unwrap(), &office.calendar);
    assert_eq!(first, Some("2022-12-23".parse().unwrap()));
}

#[test]
fn a_simulated_span_says_what_the_passes_would_send() {
    let mut office = Office::new();
    office.cases.push(case(2, "2023-01-05"));
    let directory = Directory::new(
        [1, 2, 3]
            .map(|id| Unit {
                id: UnitId(id),
                name: id.to_string(),
                aliases: Vec::new(),
                parent: None,
                members: Vec::new(),
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
    let foreseen = simulate(&situation, &office.cases, from, through);
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
    assert_eq!(foreseen.len(), messages);
    assert!(
        foreseen
            .windows(2)
            .all(|pair| (pair[0].on, pair[0].contact) < (pair[1].on, pair[1].contact))
    );
}
