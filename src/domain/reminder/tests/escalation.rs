//! Who hears of it when it is late, and after whom.
//!
//! Must not know: working hours, deputies.

use super::*;

#[test]
fn a_higher_role_hears_only_after_the_lower_one_accepted_and_its_gap_passed() {
    let mut office = Office::new();
    // Asleep from before the first rung until the sixth day of lateness.
    assert_eq!(
        office.passes("2023-01-10", "2023-01-16"),
        [
            "2023-01-10: 11 late, 12 report",
            "2023-01-12: 21 lead, 22 report",
            "2023-01-16: 12 report#1, 22 report#1, 31 report#1",
        ]
    );
}

#[test]
fn mail_that_was_not_accepted_holds_the_next_role_back() {
    let mut office = Office::new();
    office.pass("2023-01-03");
    for rung in ["late", "today"] {
        office.set_told(rung, RecordState::Sealed);
    }
    assert_eq!(office.pass("2023-01-05"), ["12 lead"]);
    office.set_told("lead", RecordState::Sealed);
    assert_eq!(office.pass("2023-01-06"), Vec::<String>::new());
    let waiting = office.plan_at("2023-01-06T10:00").reminders;
    let lead = waiting.iter().find(|it| it.contact == Some(ContactId(21))).unwrap();
    assert_eq!(lead.verdict, Verdict::Blocked(Obstacle::WaitsFor(Role::Responsible)));
    office.set_told("late", RecordState::Told("2023-01-06".parse().unwrap()));
    assert_eq!(
        office.passes("2023-01-07", "2023-01-11"),
        ["2023-01-09: 12 report", "2023-01-10: 21 lead", "2023-01-11: 22 report"]
    );
}

#[test]
fn a_proven_bounce_opens_the_way_to_the_next_role() {
    let mut office = Office::new();
    office.pass("2023-01-03");
    office.set_told("late", RecordState::Undeliverable);
    office.contact(11).suppressed = true;
    office.contact(12).suppressed = true;
    // Nobody in the bureau can be reached: its rung goes to the lead, whose own is no longer held.
    assert_eq!(office.pass("2023-01-05"), ["21 lead", "22 lead"]);
}

#[test]
fn acknowledging_quiets_the_notice_but_not_the_warning_nor_the_escalation() {
    let mut office = Office::new();
    office.cases[0].state = AssignmentState::Acknowledged;
    assert_eq!(
        office.passes("2022-12-01", "2023-01-09"),
        [
            "2022-12-30: 11 today, 12 today",
            "2023-01-03: 11 late, 12 late",
            "2023-01-05: 12 lead, 21 lead",
            "2023-01-09: 12 report, 22 report, 31 report",
        ]
    );
    assert_eq!(office.state_of("week", 11), Some(RecordState::Covered));
}

#[test]
fn the_supervisor_is_never_told_before_something_is_late() {
    let mut office = Office::new();
    let sent = office.passes("2022-06-17", "2023-01-08");
    assert!(sent.iter().all(|day| !day.contains("31 ") && !day.contains("32 ")), "{sent:?}");
}

#[test]
fn without_a_lead_unit_the_supervisor_follows_the_responsible_unit() {
    let mut office = Office::new();
    office.cases[0].leads = Vec::new();
    assert_eq!(
        office.passes("2023-01-04", "2023-01-09"),
        ["2023-01-04: 11 late, 12 late", "2023-01-05: 12 lead", "2023-01-09: 12 report, 31 report"]
    );
}

#[test]
fn a_unit_that_leads_itself_is_told_once() {
    let mut office = Office::new();
    office.cases[0].leads = vec![BUREAU];
    assert_eq!(
        office.passes("2023-01-03", "2023-01-09"),
        [
            "2023-01-03: 11 late, 12 late",
            "2023-01-05: 11 lead, 12 lead",
            "2023-01-09: 12 report, 31 report"
        ]
    );
}

#[test]
fn a_rung_to_the_supervisor_is_not_hidden_inside_a_lower_one() {
    // The office leads the duty itself: its handler hears as lead, and of the report as supervisor all the same.
    let mut office = Office::new();
    let text = "ladder own\n\
                rung late 1 overdue gap 0 to responsible/handler\n\
                rung lead 2 overdue gap 0 to lead/handler\n\
                rung report 3 circular gap 0 to supervisor/handler\n";
    office.cases[0].ladder = Arc::new(text.parse().unwrap());
    office.cases[0].leads = vec![OFFICE];
    assert_eq!(
        office.passes("2023-01-03", "2023-01-05"),
        ["2023-01-03: 11 late", "2023-01-04: 31 lead", "2023-01-05: 31 report"]
    );
}
