//! Who is warned that a quota no longer fits into its period, and what becomes of the warning.
//!
//! Must not know: how events are counted.

use super::*;
use crate::domain::recurrence::{Occurrence, QuotaShare};
use crate::domain::term::Term;

/// An office whose only assignment requires four events in 2022. In December they no longer fit.
fn office_with_quota() -> Office {
    let mut office = Office::new();
    let term: Term = ">=4/12mo".parse().unwrap();
    let period = Occurrence::containing(&term, "2022-12-01".parse().unwrap()).unwrap();
    let Term::Times(quota) = term else { panic!("{term:?} is no quota") };
    let text = "ladder one\nrung late 1 overdue gap 0 to responsible/handler\n";
    office.assignments[0].ladder = Arc::new(text.parse().unwrap());
    office.assignments[0].leads = Vec::new();
    office.assignments[0].quota = Some(QuotaShare { quota, period, events: Vec::new() });
    office
}

fn hold_events(office: &mut Office, days: &[&str]) {
    let quota = office.assignments[0].quota.as_mut().unwrap();
    quota.events = days.iter().map(|day| day.parse().unwrap()).collect();
}

#[test]
fn a_warning_about_fewer_events_than_were_held_since_is_void() {
    let mut office = office_with_quota();
    assert_eq!(office.pass("2022-12-15"), ["11 quota.short", "12 quota.short"]);
    office.set_told("quota.short", ReminderState::Planned);
    hold_events(&mut office, &["2022-12-16"]);
    office.pass("2022-12-19");
    let states: Vec<_> = office.assignments[0].history.iter().map(|it| it.state).collect();
    let told = ReminderState::Told("2022-12-19".parse().unwrap());
    assert_eq!(states, [ReminderState::Void, ReminderState::Void, told, told]);
}

#[test]
fn a_warning_of_a_quota_that_is_met_is_void() {
    let mut office = office_with_quota();
    office.pass("2022-12-15");
    office.set_told("quota.short", ReminderState::Planned);
    hold_events(&mut office, &["2022-03-01", "2022-06-01", "2022-09-01", "2022-12-16"]);
    office.pass("2022-12-19");
    assert_eq!(office.state_of("quota.short", 11), Some(ReminderState::Void));
}

#[test]
fn a_warning_that_a_second_handler_could_not_get_is_told_on_the_next_working_day() {
    let mut office = office_with_quota();
    let mut second = office.contact(11).clone();
    (second.id, second.uid) = (ContactId(13), ContactUid(uid(13)));
    office.contacts.push(second);
    office.mailed = BTreeSet::from([ContactId(13)]);
    office.mailed_on = Some("2022-12-15".parse().unwrap());
    assert_eq!(office.pass("2022-12-15"), ["11 quota.short", "12 quota.short"]);
    assert_eq!(office.passes("2022-12-16", "2022-12-20"), ["2022-12-16: 13 quota.short"]);
}
