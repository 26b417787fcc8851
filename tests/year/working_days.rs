//! The working days of the official calendar, read from its table and counted one by one.
//!
//! Must not know: the program's own calendar.

use std::fs;

use jiff::civil::{Date, Weekday};
use serde_json::Value;

/// Every working day of some years, in order.
pub(super) struct WorkingDays(Vec<Date>);

impl WorkingDays {
    pub(super) fn of_years(years: std::ops::RangeInclusive<i16>) -> Self {
        let mut days = Vec::new();
        for year in years {
            let folder = env!("CARGO_MANIFEST_DIR");
            let text =
                fs::read_to_string(format!("{folder}/config/calendar/cn-{year}.json")).unwrap();
            let table: Value = serde_json::from_str(&text).unwrap();
            let mut day = jiff::civil::date(year, 1, 1);
            while day.year() == year {
                let name = day.to_string();
                let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
                let is_off = !table["off"][&name].is_null();
                let is_made_up = table["work"]
                    .as_array()
                    .is_some_and(|days| days.contains(&name.clone().into()))
                    || !table["work"][&name].is_null();
                if is_made_up || !(is_weekend || is_off) {
                    days.push(day);
                }
                day = day.tomorrow().unwrap();
            }
        }
        Self(days)
    }

    pub(super) fn is_working(&self, day: Date) -> bool {
        self.0.binary_search(&day).is_ok()
    }

    pub(super) fn on_or_before(&self, day: Date) -> Date {
        self.shift(day, 0)
    }

    pub(super) fn on_or_after(&self, day: Date) -> Date {
        self.0[self.0.partition_point(|it| *it < day)]
    }

    pub(super) fn after(&self, day: Date) -> Date {
        self.0[self.0.partition_point(|it| *it <= day)]
    }

    /// So many working days from `day`, or from the last working day before it when it is a rest day.
    pub(super) fn shift(&self, day: Date, by: i64) -> Date {
        let place = i64::try_from(self.0.partition_point(|it| *it <= day)).unwrap() - 1 + by;
        self.0[usize::try_from(place).unwrap()]
    }

    /// The working days after `from` through `through`.
    pub(super) fn between(&self, from: Date, through: Date) -> i64 {
        let until = |day: Date| i64::try_from(self.0.partition_point(|it| *it <= day)).unwrap();
        until(through) - until(from)
    }
}
