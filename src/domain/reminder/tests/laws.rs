//! Laws that hold for every ledger and every choice of passes.
//!
//! Must not know: particular examples.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::*;
use crate::domain::reminder::rung_occurrence::{RungOccurrence, rung_occurrences};

const FIRST: &str = "2022-12-01";

/// A few assignments with dates around the turn of the year, some led by their own unit, some acknowledged.
fn ledgers() -> impl Strategy<Value = Vec<AssignmentSnapshot>> {
    let one = (0_i32..60, 0_u8..4, 0_i32..70, any::<bool>());
    proptest::collection::vec(one, 1..6).prop_map(|specs| {
        let first: Date = FIRST.parse().unwrap();
        let calendar = Office::new().calendar;
        let built = specs.into_iter().zip(1..).map(|((due, leads, late, acknowledged), n)| {
            let act_by = calendar.on_or_before(first.checked_add(due.days()).unwrap());
            let mut assignment = assignment(n, &act_by.to_string());
            assignment.registered_on = first.checked_add((late - 20).days()).unwrap();
            assignment.leads =
                [vec![], vec![LEAD], vec![BUREAU, LEAD], vec![BUREAU]][usize::from(leads)].clone();
            if acknowledged {
                assignment.state = AssignmentState::Acknowledged;
            }
            assignment
        });
        built.collect()
    })
}

/// On which days of four months a pass is made.
fn days_with_a_pass() -> impl Strategy<Value = Vec<bool>> {
    proptest::collection::vec(any::<bool>(), 120)
}

fn office_with(assignments: Vec<AssignmentSnapshot>) -> Office {
    Office { assignments, ..Office::new() }
}

/// The same with contacts who bounce or are away for a while.
fn offices() -> impl Strategy<Value = Office> {
    let contact = (0_u8..8, 0_i32..100, 1_i32..40, any::<bool>());
    (ledgers(), proptest::collection::vec(contact, 6)).prop_map(|(assignments, contacts)| {
        let mut office = office_with(assignments);
        let first: Date = FIRST.parse().unwrap();
        for (contact, (condition, from, days, delegates)) in
            office.contacts.iter_mut().zip(contacts)
        {
            let from = first.checked_add(from.days()).unwrap();
            let colleague = contact.id.0 + if contact.id.0 % 10 == 1 { 1 } else { -1 };
            contact.suppressed = condition == 0;
            contact.away = (condition < 4)
                .then(|| Away {
                    from,
                    through: from.checked_add(days.days()).unwrap(),
                    delegate: delegates.then_some(ContactId(colleague)),
                })
                .into_iter()
                .collect();
        }
        office
    })
}

/// Told, covered or blocked for this unit; a reminder decided while nobody could be reached names no unit.
fn is_on_record(
    assignment: &AssignmentSnapshot,
    occurrence: &RungOccurrence<'_>,
    unit: UnitId,
) -> bool {
    assignment
        .history
        .iter()
        .any(|it| occurrence.is_occasion(&it.occasion) && it.unit.is_none_or(|told| told == unit))
}

fn day(n: usize) -> Date {
    FIRST.parse::<Date>().unwrap().checked_add(i64::try_from(n).unwrap().days()).unwrap()
}

/// Whether each reminder to a contact is final; told and covered count alike.
fn final_reminders(office: &Office) -> BTreeMap<String, bool> {
    let records = office.assignments.iter().flat_map(|assignment| &assignment.history);
    records
        .filter(|it| it.contact.is_some())
        .map(|it| {
            let is_final = matches!(it.state, ReminderState::Told(_) | ReminderState::Covered);
            (it.key.as_str().to_owned(), is_final)
        })
        .collect()
}

/// The laws below are not empty: in random ledgers contacts are told, supervisors are told, deputies stand in, and some units
/// cannot be reached.
#[test]
fn random_ledgers_tell_escalate_and_fail_to_reach() {
    let mut runner = TestRunner::deterministic();
    let (mut heard, mut escalated, mut stood_in, mut unreached) = (0, 0, 0, 0);
    for _ in 0..40 {
        let mut office = offices().new_tree(&mut runner).unwrap().current();
        for n in 0..120 {
            office.pass(&day(n).to_string());
        }
        let all = || office.assignments.iter().flat_map(|assignment| &assignment.history);
        let told = || all().filter(|it| matches!(it.state, ReminderState::Told(_)));
        let is_deputy = |it: &RecordedReminder| {
            it.rank == Rank::Handler && it.contact.is_some_and(|contact| contact.0 % 10 == 2)
        };
        heard += usize::from(told().next().is_some());
        escalated += usize::from(told().any(|it| it.role == Role::Supervisor));
        stood_in += usize::from(told().any(is_deputy));
        unreached += usize::from(all().any(|it| it.contact.is_none()));
    }
    let counted = (heard, escalated, stood_in, unreached);
    assert!(heard >= 35 && escalated >= 20 && stood_in >= 10 && unreached >= 3, "{counted:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn planning_twice_equals_planning_once(assignments in ledgers(), passes in days_with_a_pass()) {
        let mut office = office_with(assignments);
        for n in (0..passes.len()).filter(|n| passes[*n]) {
            office.pass(&day(n).to_string());
            let before = office.assignments.clone();
            prop_assert_eq!(office.pass(&day(n).to_string()), Vec::<String>::new());
            prop_assert_eq!(&office.assignments, &before);
        }
    }

    #[test]
    fn every_due_rung_is_on_record(
        mut office in offices(),
        passes in days_with_a_pass(),
    ) {
        for n in (0..passes.len()).filter(|n| passes[*n]) {
            office.pass(&day(n).to_string());
            if !office.calendar.is_working_day(day(n)) {
                continue;
            }
            for assignment in &office.assignments {
                let mut due = rung_occurrences(assignment, &office.calendar);
                due.retain(|it| it.on <= day(n));
                for occurrence in due {
                    for (role, rank) in &occurrence.rung.audience {
                        for unit in assignment.units_in_role(*role, Some(OFFICE)) {
                            prop_assert!(
                                is_on_record(assignment, &occurrence, unit),
                                "{} of {role:?} {rank:?} {unit:?} is lost on {}", occurrence.rung.name, day(n)
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn finished_work_is_never_reminded_of_whenever_the_passes_run(
        mut office in offices(),
        passes in days_with_a_pass(),
        done_on in proptest::collection::vec(0_usize..120, 6),
    ) {
        for n in (0..passes.len()).filter(|n| passes[*n]) {
            for (assignment, done_on) in office.assignments.iter_mut().zip(&done_on) {
                if *done_on <= n {
                    assignment.state = AssignmentState::Reported;
                }
            }
            let plan = office.plan_at(&format!("{}T09:30", day(n)));
            let assignments = &office.assignments;
            let is_done = |id| assignments.iter().any(|it| it.assignment == id && it.state.is_done());
            for reminder in plan.reminders.iter().filter(|it| is_done(it.assignment)) {
                prop_assert_eq!(&reminder.verdict, &Verdict::Void);
            }
            office.record(&plan, day(n));
        }
    }

    #[test]
    fn a_contact_gets_one_message_a_day_even_when_assignments_arrive_between_passes(
        mut office in offices(),
        passes in days_with_a_pass(),
    ) {
        let mut waiting = std::mem::take(&mut office.assignments);
        for n in (0..passes.len()).filter(|n| passes[*n]) {
            // `Office::record` fails on a second message.
            office.pass(&day(n).to_string());
            office.assignments.extend(waiting.pop());
            office.pass(&day(n).to_string());
        }
    }

    #[test]
    fn any_choice_of_passes_ends_where_all_of_them_end(assignments in ledgers(), passes in days_with_a_pass()) {
        let mut every_day = office_with(assignments.clone());
        let mut some_days = office_with(assignments);
        for (n, is_made) in passes.iter().enumerate() {
            every_day.pass(&day(n).to_string());
            if *is_made {
                some_days.pass(&day(n).to_string());
            }
        }
        // One pass later, and as many more as the gaps of the ladder hold escalation back.
        for n in passes.len()..passes.len() + 20 {
            every_day.pass(&day(n).to_string());
            some_days.pass(&day(n).to_string());
        }
        prop_assert_eq!(final_reminders(&some_days), final_reminders(&every_day));
    }

    #[test]
    fn the_planner_asks_to_look_early_enough(assignments in ledgers()) {
        // Looking only on the days it asked for sends the same as looking every day.
        let mut every_day = office_with(assignments.clone());
        let mut when_told = office_with(assignments);
        let mut looks: BTreeMap<AssignmentId, Option<Date>> =
            when_told.assignments.iter().map(|it| (it.assignment, Some(day(0)))).collect();
        let all = when_told.assignments.clone();
        for n in 0..120 {
            let expected = every_day.pass(&day(n).to_string());
            let records: BTreeMap<_, _> =
                when_told.assignments.iter().map(|it| (it.assignment, it.clone())).collect();
            let due = |it: &&AssignmentSnapshot| looks[&it.assignment].is_some_and(|look| look <= day(n));
            let looked_at: Vec<AssignmentSnapshot> =
                all.iter().filter(due).map(|it| records[&it.assignment].clone()).collect();
            let others: Vec<AssignmentSnapshot> = all
                .iter()
                .filter(|it| !due(it))
                .map(|it| records[&it.assignment].clone())
                .collect();
            when_told.assignments = looked_at;
            let plan = when_told.plan_at(&format!("{}T09:30", day(n)));
            when_told.record(&plan, day(n));
            looks.extend(plan.next_looks.iter().map(|look| (look.assignment, look.on)));
            when_told.assignments.extend(others);
            prop_assert_eq!(sent(&plan), expected, "on {}", day(n));
        }
    }
}
