//! Who is told that the dates have moved, and in which message.
//!
//! Must not know: what moved them.

use super::*;

/// Moves the date of the first assignment.
fn move_to(office: &mut Office, act_by: Option<&str>) {
    let assignment = &mut office.assignments[0];
    assignment.act_by = act_by.map(|day| day.parse().unwrap());
    assignment.deadline_version += 1;
    let version = assignment.deadline_version;
    assignment.date_changes =
        vec![RecordedDateChange { version, is_other_date: true, is_correction: false }];
}

#[test]
fn a_new_date_is_told_once_to_the_handler_who_knows_no_rung_yet() {
    let mut office = Office::new();
    move_to(&mut office, Some("2023-03-31"));
    assert_eq!(
        office.passes("2022-06-20", "2023-03-30"),
        ["2022-06-20: 11 date.moved", "2023-03-24: 11 week"]
    );
}

#[test]
fn who_stands_in_for_the_handler_later_is_not_told_of_the_new_date_again() {
    let mut office = Office::new();
    move_to(&mut office, Some("2022-12-29"));
    assert_eq!(office.pass("2022-12-21"), ["11 date.moved"]);
    let away = Away {
        from: "2022-12-22".parse().unwrap(),
        through: "2022-12-23".parse().unwrap(),
        delegate: None,
    };
    office.contact(11).away = vec![away];
    assert_eq!(office.passes("2022-12-22", "2022-12-23"), ["2022-12-22: 12 week"]);
}

#[test]
fn everybody_who_was_told_the_old_date_is_told_the_new_one() {
    let mut office = Office::new();
    office.passes("2022-12-23", "2023-01-05");
    move_to(&mut office, Some("2023-03-31"));
    assert_eq!(
        office.passes("2023-01-06", "2023-03-23"),
        ["2023-01-06: 11 date.moved, 12 date.moved, 21 date.moved"]
    );
}

#[test]
fn a_moved_date_shares_the_message_with_a_rung_due_that_day() {
    let mut office = Office::new();
    move_to(&mut office, Some("2022-12-28"));
    assert_eq!(office.pass("2022-12-28"), ["11 date.moved", "11 today", "12 today"]);
}

#[test]
fn a_contact_who_had_mail_today_is_told_on_the_next_working_day() {
    let mut office = Office::new();
    assert_eq!(office.pass("2022-12-23"), ["11 week"]);
    move_to(&mut office, Some("2023-03-31"));
    assert_eq!(
        office.passes("2022-12-23", "2022-12-30"),
        ["2022-12-26: 11 date.moved"],
        "one message a day, and none on the weekend"
    );
}

#[test]
fn a_suspended_deadline_is_told_although_no_rung_is_left() {
    let mut office = Office::new();
    assert_eq!(office.pass("2022-12-23"), ["11 week"]);
    move_to(&mut office, None);
    assert_eq!(office.passes("2022-12-24", "2023-06-30"), ["2022-12-26: 11 date.moved"]);
}

#[test]
fn an_acknowledged_assignment_is_still_told_of_a_moved_date() {
    let mut office = Office::new();
    office.assignments[0].state = AssignmentState::Acknowledged;
    move_to(&mut office, Some("2023-03-31"));
    assert_eq!(office.pass("2022-06-20"), ["11 date.moved"]);
}

#[test]
fn a_date_that_moves_twice_before_anybody_is_told_is_told_once() {
    let mut office = Office::new();
    move_to(&mut office, Some("2023-03-31"));
    let plan = office.plan_at("2022-06-20T09:30");
    office.record(&plan, "2022-06-20".parse().unwrap());
    office.set_told("date.moved", ReminderState::Planned);
    move_to(&mut office, Some("2023-04-28"));
    assert_eq!(office.pass("2022-06-21"), ["11 date.moved"]);
    let states: Vec<_> = office.assignments[0].history.iter().map(|it| it.state).collect();
    assert_eq!(
        states,
        [ReminderState::Void, ReminderState::Told("2022-06-21".parse().unwrap())],
        "the first notice is void"
    );
}

#[test]
fn finished_work_is_not_told_of_a_moved_date() {
    let mut office = Office::new();
    office.assignments[0].state = AssignmentState::Reported;
    move_to(&mut office, Some("2023-03-31"));
    assert_eq!(office.pass("2022-06-20"), Vec::<String>::new());
}

#[test]
fn a_contact_whose_notice_of_the_moved_date_bounced_is_not_told_again_and_the_deputy_is() {
    let mut office = Office::new();
    move_to(&mut office, Some("2023-03-31"));
    assert_eq!(office.pass("2022-06-20"), ["11 date.moved"]);
    office.set_told("date.moved", ReminderState::Undeliverable);
    assert_eq!(office.passes("2022-06-21", "2022-07-29"), ["2022-06-21: 12 date.moved"]);
}
