//! Laws that hold for every ledger and every choice of passes.
//!
//! Must not know: particular stories.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use proptest::prelude::*;

use super::*;
use crate::domain::reminder::seat::units_of;
use crate::domain::reminder::step::steps;

const FIRST: &str = "2022-12-01";

/// A few assignments with dates around the turn of the year, some led by their own unit, some acknowledged.
fn ledgers() -> impl Strategy<Value = Vec<Case>> {
    let one = (0_i32..60, 0_u8..3, 0_i32..70, any::<bool>());
    proptest::collection::vec(one, 1..6).prop_map(|specs| {
        let first: Date = FIRST.parse().unwrap();
        let calendar = Office::new().calendar;
        let built = specs.into_iter().zip(1..).map(|((due, leads, late, acknowledged), n)| {
            let act_by = calendar.on_or_before(first.checked_add(due.days()).unwrap());
            let mut case = case(n, &act_by.to_string());
            case.registered_on = first.checked_add((late - 20).days()).unwrap();
            case.leads = [vec![], vec![LEAD], vec![BUREAU, LEAD]][usize::from(leads)].clone();
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
    fn no_rung_that_is_due_is_ever_off_the_record(cases in ledgers(), passes in days_with_a_pass()) {
        let mut office = office_with(cases);
        for n in (0..passes.len()).filter(|n| passes[*n]) {
            office.pass(&day(n).to_string());
            if !office.calendar.is_working_day(day(n)) {
                continue;
            }
            for case in &office.cases {
                for step in steps(case, &office.calendar) {
                    if step.on > day(n) {
                        continue;
                    }
                    for (role, rank) in &step.rung.audience {
                        let is_played = units_of(case, *role, Some(OFFICE));
                        let on_record = case
                            .record
                            .iter()
                            .any(|it| it.repeat == step.repeat && it.rung == step.rung.name);
                        prop_assert!(
                            is_played.is_empty() || on_record,
                            "{} of {role:?} {rank:?} is lost on {}", step.rung.name, day(n)
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_contact_gets_one_message_a_day_even_when_assignments_arrive_between_passes(
        cases in ledgers(),
        passes in days_with_a_pass(),
    ) {
        let mut office = office_with(Vec::new());
        let mut waiting = cases;
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
