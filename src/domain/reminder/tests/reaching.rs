//! Which contact is told in place of another.
//!
//! Must not know: rungs beyond the first.

use super::*;

fn away(from: &str, through: &str, delegate: Option<i64>) -> Away {
    Away {
        from: from.parse().unwrap(),
        through: through.parse().unwrap(),
        delegate: delegate.map(ContactId),
    }
}

#[test]
fn a_suppressed_handler_is_replaced_by_the_head() {
    let mut office = Office::new();
    office.contact(11).suppressed = true;
    assert_eq!(office.pass("2022-12-23"), ["12 week"]);
    assert_eq!(office.pass("2022-12-30"), ["12 today"]);
}

#[test]
fn the_delegate_stands_in_and_the_contact_is_not_told_again_on_return() {
    let mut office = Office::new();
    office.contact(11).away = vec![away("2022-12-20", "2022-12-26", Some(12))];
    assert_eq!(office.passes("2022-12-23", "2022-12-29"), ["2022-12-23: 12 week"]);
    assert_eq!(office.pass("2022-12-30"), ["11 today", "12 today"]);
}

#[test]
fn who_comes_back_after_the_unit_was_told_by_a_stand_in_is_not_told_of_the_same_step() {
    let mut office = Office::new();
    // The head is away, and the handler stands in.
    office.contact(12).away = vec![away("2022-12-28", "2022-12-30", Some(11))];
    assert_eq!(office.passes("2022-12-30", "2023-01-02"), ["2022-12-30: 11 today"]);
    assert_eq!(office.pass("2023-01-03"), ["11 late", "12 late"]);
    assert_eq!(office.state_of("today", 12), None);
    // The step of another day on which the head is back is its own.
    let mut office = Office::new();
    office.contact(12).away = vec![away("2023-01-03", "2023-01-03", Some(11))];
    assert_eq!(office.passes("2023-01-03", "2023-01-04"), ["2023-01-03: 11 late"]);
}

#[test]
fn a_unit_that_leads_itself_does_not_tell_a_step_again_to_who_comes_back() {
    let mut office = Office::new();
    office.assignments[0].leads = vec![BUREAU];
    let text = "ladder one\nrung late 1 overdue gap 1 to responsible/head lead/handler\n";
    office.assignments[0].ladder = Arc::new(text.parse().unwrap());
    office.contact(11).away = vec![away("2023-01-01", "2023-01-03", None)];
    assert_eq!(office.passes("2023-01-03", "2023-01-31"), ["2023-01-03: 12 late"]);
}

#[test]
fn who_is_told_in_place_of_a_lead_out_of_reach_hears_no_earlier_than_the_lead_would() {
    let mut office = Office::new();
    office.contact(21).suppressed = true;
    office.contact(22).suppressed = true;
    // The service comes back on the day of the lead's step: those who owe it have not heard that it is late.
    assert_eq!(office.pass("2023-01-05"), ["11 late", "12 lead"]);
    assert_eq!(office.passes("2023-01-06", "2023-01-08"), Vec::<String>::new());
    assert!(office.pass("2023-01-09").iter().any(|told| told.starts_with("31 ")));
}

#[test]
fn without_a_delegate_the_next_rank_stands_in() {
    let mut office = Office::new();
    office.contact(11).away = vec![away("2022-12-20", "2022-12-26", None)];
    assert_eq!(office.pass("2022-12-23"), ["12 week"]);
}

#[test]
fn a_leader_nobody_named_is_replaced_by_the_rank_below() {
    let mut office = Office::new();
    let text = "ladder one\nrung late 1 overdue gap 0 to responsible/leader\n";
    office.assignments[0].ladder = Arc::new(text.parse().unwrap());
    assert_eq!(office.pass("2023-01-03"), ["12 late"]);
}

#[test]
fn a_unit_nobody_can_be_reached_in_goes_to_the_lead_and_to_the_operator() {
    let mut office = Office::new();
    office.contact(11).suppressed = true;
    office.contact(12).suppressed = true;
    let plan = office.plan_at("2022-12-23T09:30");
    assert_eq!(sent(&plan), ["21 week"]);
    assert_eq!(plan.items, BTreeSet::from([ItemKey::Unreachable(BUREAU)]));
    let blocked = plan.reminders.iter().find(|it| it.contact.is_none()).unwrap();
    assert_eq!(blocked.verdict, Verdict::Blocked(Obstacle::NobodyReachable));
    let (obligation, unit) = (uid(1), uid(BUREAU.0));
    let key = format!("o{obligation}/v1/u{unit}/week/u{unit}-handler");
    assert_eq!(blocked.key.as_str(), key);
}

#[test]
fn with_the_lead_out_of_reach_too_the_supervisor_hears_only_what_is_late() {
    let mut office = Office::new();
    for id in [11, 12, 21, 22] {
        office.contact(id).suppressed = true;
    }
    assert_eq!(office.pass("2022-12-30"), Vec::<String>::new());
    assert_eq!(office.pass("2023-01-03"), ["31 late", "32 late"]);
}

#[test]
fn a_ladder_that_has_ended_is_over_although_a_unit_cannot_be_reached() {
    let mut office = Office::new();
    office.contact(21).suppressed = true;
    office.contact(22).suppressed = true;
    office.passes("2022-12-23", "2023-02-28");
    let plan = office.plan_at("2023-03-01T09:30");
    assert_eq!(
        (next_look(&plan), plan.items),
        (None, BTreeSet::from([ItemKey::Unreachable(LEAD)]))
    );
}

#[test]
fn a_new_address_is_told_the_newest_rung_on_the_next_working_day() {
    let mut office = Office::new();
    office.contact(11).suppressed = true;
    office.contact(12).suppressed = true;
    assert_eq!(office.pass("2022-12-23"), ["21 week"]);
    let look = next_look(&office.plan_at("2022-12-23T10:00"));
    assert_eq!(look, Some("2022-12-26".parse().unwrap()));
    office.contact(11).suppressed = false;
    assert_eq!(office.pass("2022-12-26"), ["11 week"]);
}

#[test]
fn a_refused_message_goes_to_the_deputy() {
    let mut office = Office::new();
    office.pass("2022-12-23");
    office.set_told("week", ReminderState::Undeliverable);
    assert_eq!(office.pass("2022-12-26"), ["12 week"]);
}

#[test]
fn a_planned_reminder_is_taken_back_when_its_contact_bounces() {
    let mut office = Office::new();
    office.pass("2022-12-23");
    office.set_told("week", ReminderState::Planned);
    office.contact(11).suppressed = true;
    assert_eq!(office.pass("2022-12-26"), ["12 week"]);
    assert_eq!(office.state_of("week", 11), Some(ReminderState::Blocked));
}

#[test]
fn two_handlers_are_both_told() {
    let mut office = Office::new();
    let mut second = office.contact(11).clone();
    (second.id, second.uid) = (ContactId(13), ContactUid(uid(13)));
    office.contacts.push(second);
    assert_eq!(office.pass("2022-12-23"), ["11 week", "13 week"]);
}

#[test]
fn a_second_handler_who_had_mail_today_is_told_on_the_next_working_day() {
    let mut office = Office::new();
    let mut second = office.contact(11).clone();
    (second.id, second.uid) = (ContactId(13), ContactUid(uid(13)));
    office.contacts.push(second);
    office.mailed = BTreeSet::from([ContactId(13)]);
    office.mailed_on = Some("2022-12-23".parse().unwrap());
    assert_eq!(office.pass("2022-12-23"), ["11 week"]);
    assert_eq!(office.passes("2022-12-24", "2022-12-29"), ["2022-12-26: 13 week"]);
}

#[test]
fn a_planned_reminder_stays_planned_when_another_handler_has_been_told() {
    let mut office = Office::new();
    let mut second = office.contact(11).clone();
    (second.id, second.uid) = (ContactId(13), ContactUid(uid(13)));
    office.contacts.push(second);
    office.pass("2022-12-23");
    let of_second = |it: &&mut RecordedReminder| it.contact == Some(ContactId(13));
    office.assignments[0].history.iter_mut().find(of_second).unwrap().state =
        ReminderState::Planned;
    assert_eq!(office.passes("2022-12-24", "2022-12-29"), ["2022-12-26: 13 week"]);
}

#[test]
fn a_target_of_our_own_never_reaches_the_supervisor_even_when_nobody_else_can_be_told() {
    let mut office = Office::new();
    let shipped = crate::config::ladders::shipped().unwrap();
    let internal = shipped.into_iter().find(|it| it.name() == "internal").unwrap();
    office.assignments[0].ladder = Arc::new(internal);
    office.assignments[0].leads = Vec::new();
    office.contact(11).suppressed = true;
    office.contact(12).suppressed = true;
    assert_eq!(office.passes("2022-12-01", "2023-03-01"), Vec::<String>::new());
}
