//! Laws of counting against an oracle that walks from day to day.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use duban::config::calendars;
use duban::domain::calendar::{Overlay, WorkCalendar};
use duban::domain::counting::{Roll, add_period, add_working_days};
use duban::domain::deadline::{Adjustment, Calculation, Change, ClockState};
use duban::domain::explanation::{DayRange, DayRole, Explanation, Step, explain};
use duban::domain::term::{Period, PeriodUnit, Term};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

static CALENDAR: LazyLock<WorkCalendar> =
    LazyLock::new(|| WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap());

/// Rest days by the files alone: nothing of the calendar's tables.
static LISTED: LazyLock<(BTreeSet<Date>, BTreeSet<Date>)> = LazyLock::new(|| {
    let notices = calendars::shipped().unwrap();
    let days = |list: &[(Date, String)]| list.iter().map(|(day, _)| *day).collect::<Vec<_>>();
    let off = notices.iter().flat_map(|notice| days(&notice.off)).collect();
    let work = notices.iter().flat_map(|notice| days(&notice.work)).collect();
    (off, work)
});

fn works(day: Date) -> bool {
    let (off, work) = &*LISTED;
    work.contains(&day) || (!off.contains(&day) && day.weekday().to_monday_one_offset() < 6)
}

/// Walks one day at a time.
fn walk(start: Date, n: i32) -> Date {
    let step = if n < 0 { -1 } else { 1 };
    let mut day = start;
    let mut left = n.abs();
    while left > 0 {
        day = day.checked_add(step.days()).unwrap();
        left -= i32::from(works(day));
    }
    day
}

/// Any day from 2009 to 2030: within the notices and beyond.
fn any_day() -> impl Strategy<Value = Date> {
    (0..8000_i32).prop_map(|days| date(2009, 1, 1).checked_add(days.days()).unwrap())
}

fn any_period() -> impl Strategy<Value = Period> {
    let units = prop_oneof![
        Just(PeriodUnit::WorkingDay),
        Just(PeriodUnit::CalendarDay),
        Just(PeriodUnit::Month)
    ];
    (1..80_u32, units).prop_map(|(amount, unit)| Period { amount, unit })
}

/// Up to four adjustments in a possible order, at most three weeks apart.
fn any_adjustments(start: Date) -> impl Strategy<Value = Vec<Adjustment>> {
    proptest::collection::vec((0..21_i32, 0..4_u8, any_period()), 0..5).prop_map(move |drawn| {
        let (mut on, mut suspended) = (start, false);
        let mut adjustments = Vec::new();
        for (gap, kind, by) in drawn {
            on = on.checked_add(gap.days()).unwrap();
            let change = match kind {
                0 => Change::Extend(by),
                1 => {
                    suspended = false;
                    Change::Restart
                }
                _ => {
                    suspended = !suspended;
                    if suspended { Change::Suspend } else { Change::Resume }
                }
            };
            adjustments.push(Adjustment { on, change, ground: None, reason: String::new() });
        }
        adjustments
    })
}

proptest! {
    #[test]
    fn counting_agrees_with_the_walk_in_both_directions(start in any_day(), n in -300..300_i32) {
        prop_assert_eq!(add_working_days(&CALENDAR, start, n).unwrap().date, walk(start, n));
    }

    #[test]
    fn the_result_is_a_working_day_and_counting_back_gives_n(start in any_day(), n in 1..300_i32) {
        let due = add_working_days(&CALENDAR, start, n).unwrap().date;
        prop_assert!(works(due));
        prop_assert_eq!(CALENDAR.working_days_between(start, due), i64::from(n));
        prop_assert_eq!(CALENDAR.working_days_between(due, start), -i64::from(n));
    }

    #[test]
    fn more_days_or_a_later_trigger_are_never_earlier(start in any_day(), n in 0..300_i32) {
        let due = |start, n| add_working_days(&CALENDAR, start, n).unwrap().date;
        prop_assert!(due(start, n) < due(start, n + 1));
        prop_assert!(due(start, n) <= due(start.tomorrow().unwrap(), n));
    }

    #[test]
    fn an_added_rest_day_never_makes_a_date_earlier(
        start in any_day(),
        period in any_period(),
        offset in 0..120_i32,
    ) {
        let rest = start.checked_add(offset.days()).unwrap();
        let overlay = Overlay {
            name: "local".to_owned(),
            rest: vec![(rest, "rest".to_owned())],
            work: Vec::new(),
        };
        let more_rest = CALENDAR.overlaid(&overlay).unwrap();
        let amount = i32::try_from(period.amount).unwrap();
        let due = |calendar| add_period(calendar, start, amount, period.unit, Roll::Following).unwrap().date;
        prop_assert!(due(&CALENDAR) <= due(&more_rest));
    }

    #[test]
    fn a_roll_goes_to_the_nearest_working_day(start in any_day(), n in -300..300_i32) {
        let end = |roll| add_period(&CALENDAR, start, n, PeriodUnit::CalendarDay, roll).unwrap();
        let (raw, next, last) = (end(Roll::None), end(Roll::Following), end(Roll::Preceding));
        let passed = |from: Date, through: Date| {
            std::iter::successors(Some(from), |day| day.tomorrow().ok())
                .take_while(|day| *day <= through)
                .filter(|day| works(*day))
                .count()
        };
        prop_assert_eq!((passed(raw.date, next.date), works(next.date)), (1, true));
        prop_assert_eq!((passed(last.date, raw.date), works(last.date)), (1, true));
    }

    #[test]
    fn a_count_is_provisional_when_it_ends_beyond_the_horizon(start in any_day(), n in 1..300_i32) {
        let counted = add_working_days(&CALENDAR, start, n).unwrap();
        prop_assert_eq!(counted.provisional, counted.date > date(2026, 12, 24));
    }

    /// The explanation walks from day to day, the deadline is ranked and selected: they must agree.
    #[test]
    fn the_explanation_counts_exactly_the_days_of_the_term(
        (start, adjustments) in any_day().prop_flat_map(|day| (Just(day), any_adjustments(day))),
        period in any_period(),
    ) {
        let term = Term::Within(period);
        let case = Calculation {
            anchor: Some(start.into()),
            adjustments: &adjustments,
            ..Calculation::of(&term, &CALENDAR)
        };
        check_explanation(&explain(&case).unwrap(), period, &adjustments);
    }
}

fn check_explanation(explanation: &Explanation, period: Period, adjustments: &[Adjustment]) {
    let runs: Vec<&DayRange> = explanation.steps.iter().filter_map(run).collect();
    for pair in runs.windows(2) {
        assert_eq!(pair[0].through.tomorrow().unwrap(), pair[1].from, "no day is left out");
    }
    let ClockState::Running(deadline) = explanation.clock else { return };
    assert_eq!(runs.last().unwrap().through, deadline.due);
    let since_restart =
        adjustments.iter().rev().take_while(|adjustment| adjustment.change != Change::Restart);
    let extended = since_restart.filter_map(|adjustment| match adjustment.change {
        Change::Extend(by) => Some(by),
        Change::Suspend | Change::Resume | Change::Restart => None,
    });
    let (same, other): (Vec<Period>, Vec<Period>) = extended.partition(|by| by.unit == period.unit);
    if period.unit != PeriodUnit::Month && other.is_empty() {
        let amount = period.amount + same.iter().map(|by| by.amount).sum::<u32>();
        let counted = runs.iter().filter(|run| run.role == DayRole::Counted);
        assert_eq!(counted.map(|run| run.days).sum::<u32>(), amount);
    }
}

fn run(step: &Step) -> Option<&DayRange> {
    match step {
        Step::Days(run) => Some(run),
        Step::Hours(_) | Step::Adjusted(_) => None,
    }
}

#[test]
fn counting_back_from_the_first_of_a_month_finds_the_last_day_of_the_month_before() {
    let before = |day| add_working_days(&CALENDAR, day, -1).unwrap().date;
    assert_eq!(before(date(2012, 3, 1)), date(2012, 2, 29));
    assert_eq!(before(date(2026, 7, 1)), date(2026, 6, 30));
}
