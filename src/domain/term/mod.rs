//! The term (时限): what a document says about time, parsed once.
//!
//! Owns the value, its canonical text for the ledger and the words in which people read it. Must not know: how Chinese
//! documents write it (`expression`), on which day it ends (`deadline`). Callers: every room.

mod canonical;
mod say;

use jiff::civil::{Date, Weekday};

use crate::words_of;

pub use canonical::NotATerm;
pub use say::say_date;

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
    /// A number of times in every period.
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

/// How often a duty comes back, and by which day of its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recurrence {
    Daily,
    /// 每个工作日: working days only, make-up days included.
    WorkingDaily,
    /// Every ISO week, by a weekday; `None` when the document names none.
    Weekly(Option<Weekday>),
    /// Every cycle of months.
    Monthly {
        every: Cycle,
        /// The day in the period; `None` when the document names none: the period's last day.
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
    pub day: MonthDay,
}

/// A day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MonthDay {
    /// 1 to 31; in a shorter month its last day.
    Day(u8),
    Last,
    /// 第5个工作日, from 1; in a month with fewer the last one counted on into the next month.
    WorkingDay(u8),
    /// 最后一个工作日.
    LastWorkingDay,
}

/// How many times something is to be done in every period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    /// At least 1.
    pub times: u32,
    pub every: Cycle,
    /// True for a minimum (不少于, 至少); false for a plain number, which is expected exactly.
    pub at_least: bool,
}

words_of! {
    PeriodUnit {
        WorkingDay = "wd";
        CalendarDay = "d";
        Month = "mo";
        Year = "y";
        Hour = "h";
    }
}

impl Cycle {
    pub const ALL: [Self; 5] =
        [Self::Month, Self::TwoMonths, Self::Quarter, Self::HalfYear, Self::Year];

    pub fn months(self) -> u8 {
        match self {
            Self::Month => 1,
            Self::TwoMonths => 2,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }
}

impl Term {
    /// True for what can be counted back from an event (…前7日): a period of days, months or years. Hours run forwards
    /// from an instant, and every other term names its own end.
    pub fn counts_backwards(&self) -> bool {
        matches!(self, Self::Within(period) if period.unit != PeriodUnit::Hour)
    }
}
