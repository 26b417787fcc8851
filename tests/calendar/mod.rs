//! The shipped calendar against 2,000 due dates computed by two other programs, and against its own laws.

mod fuzz;
mod laws;
mod notices;

use std::collections::BTreeMap;

use duban::config::calendars;
use duban::domain::calendar::{DayKind, WorkCalendar};
use duban::domain::counting::{Roll, add_period};
use duban::domain::term::PeriodUnit;
use jiff::civil::{Date, date};

fn shipped() -> WorkCalendar {
    WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap()
}

fn days(from: Date, through: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok())
        .take_while(move |day| *day <= through)
}

/// The rows of `vectors.csv`: start, amount, unit, roll, due date.
fn vectors() -> Vec<(Date, i32, PeriodUnit, Roll, Date)> {
    let mut reader =
        csv::Reader::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/calendar/vectors.csv"))
            .unwrap();
    let unit = |word: &str| match word {
        "working" => PeriodUnit::WorkingDay,
        "calendar" => PeriodUnit::CalendarDay,
        "month" => PeriodUnit::Month,
        other => panic!("unit {other}"),
    };
    let roll = |word: &str| match word {
        "none" => Roll::None,
        "following" => Roll::Following,
        "preceding" => Roll::Preceding,
        other => panic!("roll {other}"),
    };
    reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            let day = |column: usize| row[column].parse::<Date>().unwrap();
            (day(0), row[1].parse().unwrap(), unit(&row[2]), roll(&row[3]), day(4))
        })
        .collect()
}

#[test]
fn all_two_thousand_vectors_pass_and_are_certain() {
    let calendar = shipped();
    let vectors = vectors();
    assert_eq!(vectors.len(), 2000);
    for (start, amount, unit, roll, due) in vectors {
        let counted = add_period(&calendar, start, amount, unit, roll).unwrap();
        let row = (start, amount, unit, roll);
        assert_eq!((counted.date, counted.provisional), (due, false), "{row:?}");
    }
}

/// Appendix A5: working days a year.
#[test]
fn every_year_has_the_working_days_the_notices_leave_it() {
    let calendar = shipped();
    let expected = [250, 249, 250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248];
    for (year, working_days) in (2014..).zip(expected) {
        let (eve, end) = (date(year - 1, 12, 31), date(year, 12, 31));
        assert_eq!(calendar.working_days_between(eve, end), working_days, "{year}");
        assert_eq!(calendar.working_days_between(end, eve), -working_days, "{year}");
    }
}

/// Appendix A6: days that a notice placed in the December before its year.
#[test]
fn days_of_a_notice_in_the_december_before_are_kept() {
    let calendar = shipped();
    let worked = ["2006-12-30", "2006-12-31", "2007-12-29", "2011-12-31", "2018-12-29"];
    let off = ["2007-12-30", "2007-12-31", "2018-12-30", "2018-12-31", "2022-12-31"];
    for day in worked {
        assert!(calendar.is_working_day(day.parse().unwrap()), "{day}");
    }
    for day in off {
        assert!(!calendar.is_working_day(day.parse().unwrap()), "{day}");
    }
}

#[test]
fn the_shipped_data_has_the_totals_of_its_readme() {
    let mut totals = BTreeMap::new();
    for (_, day) in shipped().listed() {
        *totals.entry(day.works).or_insert(0) += 1;
    }
    assert_eq!(totals, BTreeMap::from([(false, 545), (true, 132)]));
}

#[test]
fn the_index_of_working_days_agrees_with_a_walk_from_day_to_day() {
    let calendar = shipped();
    let (mut before, mut count) = (None, 0);
    let start = date(2006, 6, 1);
    for day in days(start, date(2028, 6, 1)) {
        let works = match calendar.kind(day) {
            DayKind::Weekday | DayKind::MakeUp(_) => true,
            DayKind::Weekend | DayKind::Holiday(_) => false,
        };
        assert_eq!(calendar.is_working_day(day), works, "{day}");
        if works {
            before = Some(day);
        }
        if let Some(before) = before {
            assert_eq!(calendar.on_or_before(day), before, "{day}");
        }
        count += i64::from(works && day != start);
        assert_eq!(calendar.working_days_between(start, day), count, "{day}");
    }
    let mut after = date(2028, 6, 1);
    for day in days(start, after).collect::<Vec<_>>().into_iter().rev() {
        if calendar.is_working_day(day) {
            after = day;
        }
        assert_eq!(calendar.on_or_after(day), after, "{day}");
    }
}
