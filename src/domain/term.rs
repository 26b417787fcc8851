//! The term (时限): what a document says about time, parsed once.
//!
//! Owns the value and its canonical short form, which is what the ledger stores. Must not know: how Chinese
//! writes it (`expression`), nor on which day it ends (`deadline`).

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};

/// What a document says about time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// On or before a named day; that day is included.
    By(Date),
    /// Within a period counted from a trigger.
    Within(Period),
    /// Not less than a period counted from a trigger: the earliest lawful end.
    AtLeast(Period),
    /// Once in every period, by a day in it.
    Every(Recurrence),
    /// At least (or exactly) so many times in every period.
    Times(Quota),
    /// From one day through another, both included; due at its end.
    Window {
        /// First day.
        from: Date,
        /// Last day; never before `from`.
        through: Date,
    },
    /// No date: a label such as 及时, never called overdue.
    Undated,
}

/// An amount of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// How many units; at least 1.
    pub amount: u32,
    /// Of what.
    pub unit: PeriodUnit,
}

/// What a period is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodUnit {
    /// 工作日.
    WorkingDay,
    /// 日, 天.
    CalendarDay,
    /// 月.
    Month,
    /// 年.
    Year,
    /// 小时.
    Hour,
}

/// A duty that comes back in every period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recurrence {
    /// Every day.
    Daily,
    /// Every ISO week, by a weekday; `None` when the document names none.
    Weekly(Option<Weekday>),
    /// Every so many months.
    Monthly {
        /// Length of the period.
        every: Cycle,
        /// The day in the period; `None` when the document names none, then its last day is meant.
        by: Option<DayInPeriod>,
    },
}

/// Length of a period in whole months; periods begin in January.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cycle {
    /// 每月.
    Month,
    /// 每两个月.
    TwoMonths,
    /// 每季度.
    Quarter,
    /// 每半年.
    HalfYear,
    /// 每年.
    Year,
}

/// A day, counted from the first month of its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayInPeriod {
    /// Months after the period's first month: 0 is that month, the cycle's length is the first month of the next
    /// period (次月, 次年1月).
    pub month: u8,
    /// The day in that month.
    pub day: MonthDay,
}

/// A day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MonthDay {
    /// 1 to 31; a shorter month ends it.
    Day(u8),
    /// The last day of the month.
    Last,
}

/// So many times in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    /// How many times; at least 1.
    pub times: u32,
    /// In what period.
    pub every: Cycle,
    /// 不少于, 至少 (a floor), or a plain number (exactly that many are expected).
    pub at_least: bool,
}

/// A text that is not the canonical form of a term.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a term in short form")]
pub struct NotATerm {
    /// The text as given.
    pub text: String,
}

impl Cycle {
    /// Number of months.
    pub fn months(self) -> u8 {
        match self {
            Self::Month => 1,
            Self::TwoMonths => 2,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }

    fn from_months(months: u8) -> Option<Self> {
        [Self::Month, Self::TwoMonths, Self::Quarter, Self::HalfYear, Self::Year]
            .into_iter()
            .find(|cycle| cycle.months() == months)
    }
}

impl PeriodUnit {
    /// The suffix of the short form.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::WorkingDay => "wd",
            Self::CalendarDay => "d",
            Self::Month => "mo",
            Self::Year => "y",
            Self::Hour => "h",
        }
    }
}

impl Period {
    /// As documents write it, without 内 or 前: 20个工作日, 3个月.
    ///
    /// ```
    /// use duban::domain::term::Period;
    /// assert_eq!("20wd".parse::<Period>().unwrap().chinese(), "20个工作日");
    /// ```
    pub fn chinese(self) -> String {
        let unit = match self.unit {
            PeriodUnit::WorkingDay => "个工作日",
            PeriodUnit::CalendarDay => "日",
            PeriodUnit::Month => "个月",
            PeriodUnit::Year => "年",
            PeriodUnit::Hour => "小时",
        };
        format!("{}{unit}", self.amount)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.amount, self.unit.suffix())
    }
}

impl FromStr for Period {
    type Err = NotATerm;

    fn from_str(text: &str) -> Result<Self, NotATerm> {
        let fault = || NotATerm { text: text.to_owned() };
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (amount, suffix) = text.split_at_checked(digits).ok_or_else(fault)?;
        let amount = amount.parse().ok().filter(|n| *n > 0).ok_or_else(fault)?;
        let unit = [
            PeriodUnit::WorkingDay,
            PeriodUnit::CalendarDay,
            PeriodUnit::Month,
            PeriodUnit::Year,
            PeriodUnit::Hour,
        ]
        .into_iter()
        .find(|unit| unit.suffix() == suffix)
        .ok_or_else(fault)?;
        Ok(Self { amount, unit })
    }
}

impl Term {
    /// True for what can be counted back from an event (…前7日): a period of days, months or years. Hours run from an
    /// instant on, and every other term says itself when it ends.
    pub fn counts_backwards(&self) -> bool {
        matches!(self, Self::Within(period) if period.unit != PeriodUnit::Hour)
    }
}

impl fmt::Display for Term {
    /// Writes the canonical short form; [`Term::from_str`] reads it back unchanged.
    ///
    /// ```
    /// use duban::domain::term::Term;
    /// for text in ["2022-12-31", "20wd", ">=30d", "every:1mo@1-5", ">=4/12mo", "2023-06-01..2023-09-30", "undated"] {
    ///     assert_eq!(text.parse::<Term>().unwrap().to_string(), text);
    /// }
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(date) => write!(f, "{date}"),
            Self::Within(period) => write!(f, "{period}"),
            Self::AtLeast(period) => write!(f, ">={period}"),
            Self::Every(recurrence) => write!(f, "every:{recurrence}"),
            Self::Times(quota) => write!(f, "{quota}"),
            Self::Window { from, through } => write!(f, "{from}..{through}"),
            Self::Undated => write!(f, "undated"),
        }
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Daily => write!(f, "1d"),
            Self::Weekly(None) => write!(f, "1w"),
            Self::Weekly(Some(day)) => write!(f, "1w@{}", day.to_monday_one_offset()),
            Self::Monthly { every, by: None } => write!(f, "{}mo", every.months()),
            Self::Monthly { every, by: Some(DayInPeriod { month, day: MonthDay::Last }) } => {
                write!(f, "{}mo@{month}-last", every.months())
            }
            Self::Monthly { every, by: Some(DayInPeriod { month, day: MonthDay::Day(day) }) } => {
                write!(f, "{}mo@{month}-{day}", every.months())
            }
        }
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.at_least { ">=" } else { "=" };
        write!(f, "{sign}{}/{}mo", self.times, self.every.months())
    }
}

impl FromStr for Term {
    type Err = NotATerm;

    fn from_str(text: &str) -> Result<Self, NotATerm> {
        let fault = || NotATerm { text: text.to_owned() };
        if text == "undated" {
            return Ok(Self::Undated);
        }
        if let Some(recurrence) = text.strip_prefix("every:") {
            return recurrence_from(recurrence).map(Self::Every).ok_or_else(fault);
        }
        if text.contains('/') {
            return quota_from(text).map(Self::Times).ok_or_else(fault);
        }
        if let Some(period) = text.strip_prefix(">=") {
            return period.parse().map(Self::AtLeast).map_err(|_| fault());
        }
        if let Some((from, through)) = text.split_once("..") {
            let (from, through) =
                (from.parse().map_err(|_| fault())?, through.parse().map_err(|_| fault())?);
            return if from <= through { Ok(Self::Window { from, through }) } else { Err(fault()) };
        }
        if let Ok(date) = text.parse() {
            return Ok(Self::By(date));
        }
        text.parse().map(Self::Within)
    }
}

fn recurrence_from(text: &str) -> Option<Recurrence> {
    let (every, by) = match text.split_once('@') {
        Some((every, by)) => (every, Some(by)),
        None => (text, None),
    };
    match (every, by) {
        ("1d", None) => Some(Recurrence::Daily),
        ("1w", None) => Some(Recurrence::Weekly(None)),
        ("1w", Some(day)) => {
            let day = Weekday::from_monday_one_offset(day.parse().ok()?).ok()?;
            Some(Recurrence::Weekly(Some(day)))
        }
        (every, by) => {
            let every = cycle_from(every)?;
            let by = match by {
                Some(by) => Some(day_in_period_from(by)?),
                None => None,
            };
            Some(Recurrence::Monthly { every, by })
        }
    }
}

fn cycle_from(text: &str) -> Option<Cycle> {
    Cycle::from_months(text.strip_suffix("mo")?.parse().ok()?)
}

fn day_in_period_from(text: &str) -> Option<DayInPeriod> {
    let (month, day) = text.split_once('-')?;
    let day = match day {
        "last" => MonthDay::Last,
        day => MonthDay::Day(day.parse().ok().filter(|day| (1..=31).contains(day))?),
    };
    Some(DayInPeriod { month: month.parse().ok().filter(|month| *month <= 24)?, day })
}

fn quota_from(text: &str) -> Option<Quota> {
    let (at_least, rest) = match text.strip_prefix(">=") {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('=')?),
    };
    let (times, every) = rest.split_once('/')?;
    let times = times.parse().ok().filter(|times| *times > 0)?;
    Some(Quota { times, every: cycle_from(every)?, at_least })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_form_is_read_back_unchanged() {
        for text in [
            "5h",
            "3mo",
            "1y",
            "every:1d",
            "every:1w",
            "every:1w@5",
            "every:12mo",
            "every:12mo@12-31",
        ] {
            assert_eq!(text.parse::<Term>().unwrap().to_string(), text);
        }
        for text in ["every:3mo@2-last", "=1/12mo", ">=2/3mo", "every:2mo@0-10"] {
            assert_eq!(text.parse::<Term>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_term_is_refused() {
        for text in
            ["", "0wd", "20", "wd", "-3d", "2022-13-01", "every:7mo", "every:1w@8", ">=0/12mo"]
        {
            assert_eq!(text.parse::<Term>(), Err(NotATerm { text: text.to_owned() }));
        }
        assert!("2023-09-30..2023-06-01".parse::<Term>().is_err());
    }
}
