//! When higher roles are told.
//!
//! Must not know: working hours, deputies.

use jiff::civil::date;

use super::*;
use crate::domain::reminder::hours::working_days_from;

#[test]
fn a_higher_role_is_told_only_after_the_lower_one_and_the_gap() {
    let mut office = Office::new();
    // No pass ran from before the first rung until the sixth day of lateness.
    assert_eq!(
        office.passes("2023-01-10", "2023-01-16"),
        [
            "2023-01-10: 11 late, 12 report",
            "2023-01-12: 21 lead, 22 report",
            "2023-01-16: 31 report",
        ]
    );
}

#[test]
fn a_repeat_counts_from_the_day_on_which_the_last_one_was_told() {
    let mut office = Office::new();
    assert_eq!(office.pass("2023-01-03"), ["11 late", "12 late"]);
    office.passes("2023-01-04", "2023-01-09");
    // No pass ran until the sixth working day after the repeat of 16 January.
    assert_eq!(
        office.passes("2023-01-31", "2023-02-28"),
        ["2023-01-31: 12 report#2, 22 report#2, 31 report#2",]
    );
    let mut office = Office::new();
    office.passes("2023-01-03", "2023-01-09");
    assert_eq!(
        office.passes("2023-01-19", "2023-02-28"),
        [
            "2023-01-19: 12 report#1, 22 report#1, 31 report#1",
            "2023-01-31: 12 report#2, 22 report#2, 31 report#2",
        ]
    );
}

#[test]
fn units_that_lead_and_owe_a_duty_together_do_not_hear_of_each_other() {
    let mut office = Office::new();
    office.assignments[0].leads = vec![BUREAU, LEAD];
    office.assignments[0].owing = vec![BUREAU, LEAD];
    let sent = office.passes("2023-01-03", "2023-02-28");
    assert!(sent.iter().all(|day| !day.contains("21 ") && !day.contains("22 ")), "{sent:?}");
}

#[test]
fn mail_that_was_not_accepted_holds_the_next_role_back() {
    let mut office = Office::new();
    office.pass("2023-01-03");
    for rung in ["late", "today"] {
        office.set_told(rung, ReminderState::Sealed);
    }
    assert_eq!(office.pass("2023-01-05"), ["12 lead"]);
    office.set_told("lead", ReminderState::Sealed);
    assert_eq!(office.pass("2023-01-06"), Vec::<String>::new());
    let waiting = office.plan_at("2023-01-06T10:00").reminders;
    let lead = waiting.iter().find(|it| it.contact == Some(ContactId(21))).unwrap();
    assert_eq!(lead.verdict, Verdict::Blocked(Obstacle::WaitsFor(Role::Responsible)));
    office.set_told("late", ReminderState::Told("2023-01-06".parse().unwrap()));
    assert_eq!(
        office.passes("2023-01-07", "2023-01-11"),
        ["2023-01-09: 12 report", "2023-01-10: 21 lead", "2023-01-11: 22 report"]
    );
}

#[test]
fn after_a_bounce_the_next_role_is_told() {
    let mut office = Office::new();
    office.pass("2023-01-03");
    office.set_told("late", ReminderState::Undeliverable);
    office.contact(11).suppressed = true;
    office.contact(12).suppressed = true;
    // Nobody in the bureau can be reached: its rung goes to the lead, whose own is no longer held.
    assert_eq!(office.pass("2023-01-05"), ["21 lead", "22 lead"]);
}

#[test]
fn an_acknowledgement_stops_notices_but_not_warnings_or_escalation() {
    let mut office = Office::new();
    office.assignments[0].state = AssignmentState::Acknowledged;
    assert_eq!(
        office.passes("2022-12-01", "2023-01-09"),
        [
            "2022-12-30: 11 today, 12 today",
            "2023-01-03: 11 late, 12 late",
            "2023-01-05: 12 lead, 21 lead",
            "2023-01-09: 12 report, 22 report, 31 report",
        ]
    );
    assert_eq!(office.state_of("week", 11), Some(ReminderState::Covered));
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
    office.assignments[0].leads = Vec::new();
    assert_eq!(
        office.passes("2023-01-04", "2023-01-09"),
        ["2023-01-04: 11 late, 12 late", "2023-01-05: 12 lead", "2023-01-09: 12 report, 31 report"]
    );
}

#[test]
fn a_unit_that_leads_itself_is_told_once() {
    let mut office = Office::new();
    office.assignments[0].leads = vec![BUREAU];
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
    office.assignments[0].ladder = Arc::new(text.parse().unwrap());
    office.assignments[0].leads = vec![OFFICE];
    assert_eq!(
        office.passes("2023-01-03", "2023-01-05"),
        ["2023-01-03: 11 late", "2023-01-04: 31 lead", "2023-01-05: 31 report"]
    );
}

/// 牵头单位 and 责任单位 are often one unit with one contact; one mail to this contact counts for both roles.
#[test]
fn the_supervisor_is_told_in_the_end_whoever_leads_and_however_few_contacts_there_are() {
    let shipped = crate::config::ladders::shipped().unwrap();
    let escalates = |ladder: &&Ladder| ladder.rungs().iter().any(|it| it.tells(Role::Supervisor));
    let ladders: Vec<Ladder> = shipped.iter().filter(escalates).cloned().collect();
    assert!(ladders.len() >= 6, "{}", ladders.len());
    for ladder in ladders {
        for leads in [vec![], vec![LEAD], vec![BUREAU], vec![BUREAU, LEAD]] {
            for is_alone in [false, true] {
                let mut office = Office::new();
                office.contacts.retain(|it| !is_alone || it.rank == Rank::Handler);
                office.assignments[0].ladder = Arc::new(ladder.clone());
                office.assignments[0].leads.clone_from(&leads);
                let last = ladder.rungs().last().unwrap();
                let on =
                    working_days_from(&office.calendar, date(2022, 12, 30), last.offset.into());
                office.passes("2022-12-01", &on.unwrap().to_string());
                assert_eq!(
                    office.state_of(&last.name, 31),
                    Some(ReminderState::Told(on.unwrap())),
                    "ladder {}, led by {leads:?}, one reader: {is_alone}",
                    ladder.name(),
                );
            }
        }
    }
}

/// A duty of the bureau that the bureau and the lead unit lead together.
fn led_by_two() -> Office {
    let mut office = Office::new();
    office.assignments[0].leads = vec![BUREAU, LEAD];
    let text = "ladder short\n\
                rung late 1 overdue gap 1 to responsible/handler lead/handler\n\
                rung report 3 circular gap 1 to supervisor/handler\n";
    office.assignments[0].ladder = Arc::new(text.parse().unwrap());
    office
}

#[test]
fn telling_one_lead_unit_does_not_count_for_the_other() {
    let mut office = led_by_two();
    assert_eq!(office.pass("2023-01-03"), ["11 late", "21 late"]);
    let other =
        office.assignments[0].history.iter().position(|it| it.contact == Some(ContactId(21)));
    let other = other.unwrap();
    office.assignments[0].history[other].state = ReminderState::Sealed;
    assert_eq!(office.pass("2023-01-05"), Vec::<String>::new());
    office.assignments[0].history[other].state = ReminderState::Told(date(2023, 1, 5));
    assert_eq!(office.passes("2023-01-05", "2023-01-06"), ["2023-01-06: 31 report"]);
}

#[test]
fn an_unreachable_lead_does_not_delay_the_supervisor_when_the_other_lead_was_told() {
    let mut office = led_by_two();
    for id in [21, 22] {
        office.contact(id).suppressed = true;
    }
    let told = office.passes("2023-01-03", "2023-01-05");
    assert!(told.contains(&"2023-01-05: 31 report".to_owned()), "{told:?}");
}
