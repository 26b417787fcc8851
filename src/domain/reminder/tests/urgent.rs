//! What cannot wait for the contact's next mail: the last day of a date, and clocks in hours.
//!
//! Must not know: how a message is composed.

use super::*;

const URGENT: &str = "\
ladder urgent
rung today 0 warn gap 1 to responsible/handler
rung late 1 overdue gap 1 to responsible/handler responsible/head lead/handler
rung report 2 circular gap 1 to responsible/head lead/head supervisor/handler repeat 2 x 10
";

/// An assignment whose clock of hours ends then; its act-by date is the last working day until then.
fn clock_in_hours(n: i64, due_at: &str) -> AssignmentSnapshot {
    let due_at: DateTime = due_at.parse().unwrap();
    let act_by = CALENDAR.on_or_before(due_at.date());
    AssignmentSnapshot {
        due_at: Moment::from_local(due_at),
        registered_on: act_by,
        ladder: Arc::new(URGENT.parse().unwrap()),
        ..assignment(n, &act_by.to_string())
    }
}

fn hastes(plan: &Plan) -> Vec<Haste> {
    let planned = plan.reminders.iter().filter(|it| it.verdict == Verdict::Planned);
    planned.map(|it| it.haste).collect()
}

impl Office {
    fn pass_at(&mut self, at: &str) -> Vec<String> {
        let plan = self.plan_at(at);
        self.record(&plan, at.parse::<DateTime>().unwrap().date());
        sent(&plan)
    }
}

#[test]
fn what_ends_before_the_next_mail_goes_out_beside_the_mail_of_the_day() {
    let mut office = Office::new();
    assert_eq!(office.pass("2022-12-23"), ["11 week"]);
    office.assignments.push(assignment(2, "2022-12-23"));
    let plan = office.plan_at("2022-12-23T10:10");
    assert_eq!(sent(&plan), ["2:11 today", "2:12 today"]);
    assert_eq!(hastes(&plan), [Haste::Beside; 2]);
}

#[test]
fn what_ends_with_the_next_working_day_or_has_ended_waits_for_the_next_mail() {
    let mut office = Office::new();
    assert_eq!(office.pass("2022-12-23"), ["11 week"]);
    office.assignments = vec![assignment(2, "2022-12-26"), assignment(3, "2022-12-22")];
    let plan = office.plan_at("2022-12-23T10:10");
    assert!(!sent(&plan).iter().any(|it| it.contains(":11 ")), "{:?}", sent(&plan));
}

#[test]
fn a_clock_in_hours_is_told_at_once_and_again_as_soon_as_it_has_run_out() {
    let mut office = Office::new();
    office.assignments = vec![clock_in_hours(1, "2022-12-27T15:00")];
    office.mailed.insert(ContactId(11));
    office.mailed_on = Some("2022-12-27".parse().unwrap());
    assert_eq!(office.pass_at("2022-12-27T10:10"), ["11 today"]);
    assert_eq!(office.pass_at("2022-12-27T14:59"), Vec::<String>::new());
    assert_eq!(office.pass_at("2022-12-27T15:10"), ["11 late", "12 late"]);
    assert_eq!(
        office.passes("2022-12-28", "2022-12-30"),
        ["2022-12-28: 21 late", "2022-12-29: 12 report, 22 report, 31 report"]
    );
}

#[test]
fn a_clock_in_hours_is_told_at_night_and_on_rest_days_to_those_who_can_act() {
    let mut office = Office::new();
    // 31 December 2022 is a Saturday.
    office.assignments = vec![clock_in_hours(1, "2022-12-31T03:30")];
    let plan = office.plan_at("2022-12-30T22:40");
    assert_eq!((sent(&plan), hastes(&plan)), (vec!["11 today".to_owned()], vec![Haste::AnyHour]));
    assert_eq!(office.pass_at("2022-12-30T22:40"), ["11 today"]);
    assert_eq!(office.pass_at("2022-12-31T03:20"), Vec::<String>::new());
    assert_eq!(office.pass_at("2022-12-31T03:40"), ["11 late", "12 late"]);
    assert_eq!(office.pass_at("2023-01-01T10:00"), Vec::<String>::new());
    assert_eq!(office.pass_at("2023-01-03T08:30"), ["21 late"]);
}

#[test]
fn an_ordinary_date_is_silent_outside_mail_hours_beside_a_clock_in_hours() {
    let mut office = Office::new();
    office.assignments.push(clock_in_hours(2, "2022-12-31T03:30"));
    assert_eq!(office.pass_at("2022-12-30T22:40"), ["2:11 today"]);
}
