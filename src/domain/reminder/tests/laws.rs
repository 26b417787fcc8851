//! Laws that hold for every ledger and every choice of passes.
//!
//! Must not know: particular stories.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::*;
use crate::domain::reminder::seat::units_of;
use crate::domain::reminder::step::{Step, steps};

const FIRST: &str = "2022-12-01";

/// A few assignments with dates around the turn of the year, some led by their own unit, some acknowledged.
fn ledgers() -> impl Strategy<Value = Vec<Case>> {
    let one = (0_i32..60, 0_u8..4, 0_i32..70, any::<bool>());
    proptest::collection::vec(one, 1..6).prop_map(|specs| {
        let first: Date = FIRST.parse().unwrap();
        let calendar = Office::new().calendar;
        let built = specs.into_iter().zip(1..).map(|((due, leads, late, acknowledged), n)| {
            let act_by = calendar.on_or_before(first.checked_add(due.days()).unwrap());
            let mut case = case(n, &act_by.to_string());
            case.registered_on = first.checked_add((late - 20).days()).unwrap();
            case.leads =
                [vec![], vec![LEAD], vec![BUREAU, LEAD], vec![BUREAU]][usize::from(leads)].clone();
            if acknowledged {
                case.state = AssignmentState::Acknowledged;
            }
            case
        });
        built.collect()
    })
}

/// On which days of four months a pass is made.
fn days_with_a_pass() -> impl Strategy<Value = Vec<bool>> {
    proptest::collection::vec(any::<bool>(), 120)
}

fn office_with(cases: Vec<Case>) -> Office {
    Office { cases, ..Office::new() }
}

/// The same with contacts who bounce or are away for a while.
fn offices() -> impl Strategy<Value = Office> {
    let contact = (0_u8..8, 0_i32..100, 1_i32..40, any::<bool>());
    (ledgers(), proptest::collection::vec(contact, 6)).prop_map(|(cases, contacts)| {
        let mut office = office_with(cases);
        let first: Date = FIRST.parse().unwrap();
        for (contact, (fate, from, days, delegates)) in office.contacts.iter_mut().zip(contacts) {
            let from = first.checked_add(from.days()).unwrap();
            let colleague = contact.id.0 + if contact.id.0 % 10 == 1 { 1 } else { -1 };
            contact.suppressed = fate == 0;
            contact.away = (fate < 4).then(|| Away {
                from,
                through: from.checked_add(days.days()).unwrap(),
                delegate: delegates.then_some(ContactId(colleague)),
            });
        }
        office
    })
}

/// Told, covered or blocked for this unit; what was decided while nobody could be reached names no unit.
fn is_on_record(case: &Case, step: &Step<'_>, unit: UnitId) -> bool {
    case.record.iter().any(|it| {
        (&it.rung, it.repeat) == (&step.rung.name, step.repeat)
            && it.unit.is_none_or(|told| told == unit)
    })
}

fn day(n: usize) -> Date {
    FIRST.parse::<Date>().unwrap().checked_add(i64::try_from(n).unwrap().days()).unwrap()
}

/// Every rung and seat on record that is settled, told or covered alike.
fn settled(office: &Office) -> BTreeMap<String, bool> {
    let records = office.cases.iter().flat_map(|case| &case.record);
    records
        .filter(|it| it.contact.is_some())
        .map(|it| {
            let settled = matches!(it.state, RecordState::Told(_) | RecordState::Covered);
            (it.key.as_str().to_owned(), settled)
        })
        .collect()
}

/// The laws speak of something: random ledgers are heard of, climb to the supervisor, reach deputies, and reach nobody.
#[test]
fn random_ledgers_speak_escalate_and_fail_to_reach() {
    let mut runner = TestRunner::deterministic();
    let (mut heard, mut escalated, mut stood_in, mut unreached) = (0, 0, 0, 0);
    for _ in 0..40 {
        let mut office = offices().new_tree(&mut runner).unwrap().current();
        for n in 0..120 {
            office.pass(&day(n).to_string());
        }
        let all = || office.cases.iter().flat_map(|case| &case.record);
        let told = || all().filter(|it| matches!(it.state, RecordState::Told(_)));
        let is_deputy = |it: &Recorded| {
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
    fn planning_twice_equals_planning_once(cases in ledgers(), passes in days_with_a_pass()) {
        let mut office = office_with(cases);
        for n in (0..passes.len()).filter(|n| passes[*n]) {
            office.pass(&day(n).to_string());
            let before = office.cases.clone();
            prop_assert_eq!(office.pass(&day(n).to_string()), Vec::<String>::new());
            prop_assert_eq!(&office.cases, &before);
        }
    }

    #[test]
    fn no_rung_that_is_due_is_ever_off_the_record(
        mut office in offices(),
        passes in days_with_a_pass(),
    ) {
        for n in (0..passes.len()).filter(|n| passes[*n]) {
            office.pass(&day(n).to_string());
            if !office.calendar.is_working_day(day(n)) {
                continue;
            }
            for case in &office.cases {
                let due = steps(case, &office.calendar).into_iter().filter(|it| it.on <= day(n));
                for step in due {
                    for (role, rank) in &step.rung.audience {
                        for unit in units_of(case, *role, Some(OFFICE)) {
                            prop_assert!(
                                is_on_record(case, &step, unit),
                                "{} of {role:?} {rank:?} {unit:?} is lost on {}", step.rung.name, day(n)
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_is_told_of_work_that_is_done_however_the_passes_fall(
        mut office in offices(),
        passes in days_with_a_pass(),
        done_on in proptest::collection::vec(0_usize..120, 6),
    ) {
        for n in (0..passes.len()).filter(|n| passes[*n]) {
            for (case, done_on) in office.cases.iter_mut().zip(&done_on) {
                if *done_on <= n {
                    case.state = AssignmentState::Reported;
                }
            }
            let plan = office.plan_at(&format!("{}T09:30", day(n)));
            let cases = &office.cases;
            let is_done = |id| cases.iter().any(|it| it.assignment == id && it.state.is_done());
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
        let mut waiting = std::mem::take(&mut office.cases);
        for n in (0..passes.len()).filter(|n| passes[*n]) {
            // `Office::record` fails on a second message.
            office.pass(&day(n).to_string());
            office.cases.extend(waiting.pop());
            office.pass(&day(n).to_string());
        }
    }

    #[test]
    fn any_choice_of_passes_ends_where_all_of_them_end(cases in ledgers(), passes in days_with_a_pass()) {
        let mut every_day = office_with(cases.clone());
        let mut some_days = office_with(cases);
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
        prop_assert_eq!(settled(&some_days), settled(&every_day));
    }

    #[test]
    fn the_planner_is_never_asked_too_late(cases in ledgers()) {
        // Looking only when it said to look sends the same as looking every day.
        let mut every_day = office_with(cases.clone());
        let mut when_told = office_with(cases);
        let mut looks: BTreeMap<AssignmentId, Option<Date>> =
            when_told.cases.iter().map(|it| (it.assignment, Some(day(0)))).collect();
        let all = when_told.cases.clone();
        for n in 0..120 {
            let expected = every_day.pass(&day(n).to_string());
            let records: BTreeMap<_, _> =
                when_told.cases.iter().map(|it| (it.assignment, it.clone())).collect();
            let due = |it: &&Case| looks[&it.assignment].is_some_and(|look| look <= day(n));
            let looked_at: Vec<Case> =
                all.iter().filter(due).map(|it| records[&it.assignment].clone()).collect();
            let others: Vec<Case> = all
                .iter()
                .filter(|it| !due(it))
                .map(|it| records[&it.assignment].clone())
                .collect();
            when_told.cases = looked_at;
            let plan = when_told.plan_at(&format!("{}T09:30", day(n)));
            when_told.record(&plan, day(n));
            looks.extend(plan.looks.iter().copied());
            when_told.cases.extend(others);
            prop_assert_eq!(sent(&plan), expected, "on {}", day(n));
        }
    }
}
