//! A term taken apart into the fields that other programs read.
//!
//! Must not know: where the term was found.

use jiff::civil::{Date, Weekday};

use crate::domain::term::{Cycle, DayInPeriod, MonthDay, PeriodUnit, Recurrence, Term};

/// The fields of a term; those that do not apply are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TermValues {
    /// `fixed`, `period`, `min_period`, `recurring`, `quota`, `window`, or `undated`.
    pub kind: &'static str,
    /// The day of a fixed term, the last day of a window.
    pub due: Option<Date>,
    /// How many units a period has.
    pub amount: Option<u32>,
    /// `working_day`, `calendar_day`, `month`, `year`, `hour`.
    pub unit: Option<&'static str>,
    /// `at_most`, `at_least`.
    pub bound: Option<&'static str>,
    /// `daily`, `weekly:Fri`, `monthly:10`, `monthly:next_month-05`, `quarterly:last`, `yearly:01-31` …
    pub recurrence: Option<String>,
    /// How many times a year a quota asks for.
    pub count_per_year: Option<u32>,
    /// The first day of a window.
    pub window_start: Option<Date>,
}

impl TermValues {
    /// Takes `term` apart.
    ///
    /// ```
    /// use duban::intake::extract::TermValues;
    /// let values = TermValues::of(&"every:1mo@1-5".parse().unwrap());
    /// assert_eq!((values.kind, values.recurrence.as_deref()), ("recurring", Some("monthly:next_month-05")));
    /// ```
    pub fn of(term: &Term) -> Self {
        let kind = |kind| Self { kind, ..Self::default() };
        match term {
            Term::By(due) => Self { due: Some(*due), ..kind("fixed") },
            Term::Within(period) => Self {
                amount: Some(period.amount),
                unit: Some(unit_word(period.unit)),
                bound: Some("at_most"),
                ..kind("period")
            },
            Term::AtLeast(period) => Self {
                amount: Some(period.amount),
                unit: Some(unit_word(period.unit)),
                bound: Some("at_least"),
                ..kind("min_period")
            },
            Term::Every(recurrence) => {
                Self { recurrence: Some(recurrence_word(*recurrence)), ..kind("recurring") }
            }
            Term::Times(quota) => Self {
                recurrence: Some(cycle_word(quota.every).to_owned()),
                bound: quota.at_least.then_some("at_least"),
                count_per_year: Some(
                    quota.times.saturating_mul(u32::from(12 / quota.every.months())),
                ),
                ..kind("quota")
            },
            Term::Window { from, through } => {
                Self { due: Some(*through), window_start: Some(*from), ..kind("window") }
            }
            Term::Undated => kind("undated"),
        }
    }
}

fn unit_word(unit: PeriodUnit) -> &'static str {
    match unit {
        PeriodUnit::WorkingDay => "working_day",
        PeriodUnit::CalendarDay => "calendar_day",
        PeriodUnit::Month => "month",
        PeriodUnit::Year => "year",
        PeriodUnit::Hour => "hour",
    }
}

fn cycle_word(cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Month => "monthly",
        Cycle::TwoMonths => "two_monthly",
        Cycle::Quarter => "quarterly",
        Cycle::HalfYear => "half_yearly",
        Cycle::Year => "yearly",
    }
}

fn recurrence_word(recurrence: Recurrence) -> String {
    match recurrence {
        Recurrence::Daily => "daily".to_owned(),
        Recurrence::WorkingDaily => "working_daily".to_owned(),
        Recurrence::Weekly(None) => "weekly".to_owned(),
        Recurrence::Weekly(Some(day)) => format!("weekly:{}", weekday_word(day)),
        Recurrence::Monthly { every, by: None } => cycle_word(every).to_owned(),
        Recurrence::Monthly { every, by: Some(by) } => {
            format!("{}:{}", cycle_word(every), day_word(every, by))
        }
    }
}

/// The day in its period: 05, last, next_month-05, 01-31, month2-10.
fn day_word(every: Cycle, by: DayInPeriod) -> String {
    let day = match by.day {
        MonthDay::Last => "last".to_owned(),
        MonthDay::Day(day) => format!("{day:02}"),
        MonthDay::WorkingDay(number) => format!("{number}wd"),
        MonthDay::LastWorkingDay => "last_wd".to_owned(),
    };
    let is_last_month = by.month + 1 == every.months();
    match (every, by.month) {
        (Cycle::Year, month @ 0..12) => format!("{:02}-{day}", month + 1),
        (Cycle::Year, month) => format!("next_year-{:02}-{day}", month - 11),
        (cycle, month) if month == cycle.months() => format!("next_month-{day}"),
        _ if is_last_month => day,
        (_, month) => format!("month{}-{day}", month + 1),
    }
}

fn weekday_word(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_is_written_with_its_day() {
        for (term, word) in [
            ("every:1w@5", "weekly:Fri"),
            ("every:1mo@0-10", "monthly:10"),
            ("every:3mo@2-last", "quarterly:last"),
            ("every:3mo@0-10", "quarterly:month1-10"),
            ("every:3mo@3-5", "quarterly:next_month-05"),
            ("every:12mo@0-31", "yearly:01-31"),
            ("every:12mo@12-last", "yearly:next_year-01-last"),
            ("every:6mo", "half_yearly"),
        ] {
            assert_eq!(TermValues::of(&term.parse().unwrap()).recurrence.as_deref(), Some(word));
        }
        assert_eq!(TermValues::of(&">=2/3mo".parse().unwrap()).count_per_year, Some(8));
    }
}
