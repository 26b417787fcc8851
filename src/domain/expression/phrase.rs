//! What the grammar found, before the document's year is known.
//!
//! Must not know: how it was written, which calendar dates it stands for (`resolve`).

use crate::domain::term::{MonthDay, Period, Quota, Recurrence};

/// One expression of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phrase {
    /// One span of days: a date, a month's end, a quarter.
    Span(DateSpan, Closing),
    /// From one span through another.
    Range(DateSpan, DateSpan),
    /// An amount of time.
    Within(Period, Closing),
    /// A minimum.
    AtLeast(Period),
    /// Comes back.
    Every(Recurrence),
    /// So many times.
    Times(Quota),
    /// A word without a date, such as 及时.
    Label,
}

/// A span of days in one year, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DateSpan {
    /// Its year.
    pub(super) year: Year,
    /// First day.
    pub(super) from: DayOfYear,
    /// Last day.
    pub(super) through: DayOfYear,
    /// How finely it was named.
    pub(super) precision: Precision,
}

/// A day of some year, as written: the month may be 13, the day 31 in February.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DayOfYear {
    pub(super) month: u32,
    pub(super) day: MonthDay,
}

/// Which year is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Year {
    Named(i16),
    /// 次年, 下一年度.
    Following,
    /// 当年, 本年度.
    Current,
    Unsaid,
}

/// How finely a span was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    /// 12月31日.
    Day,
    /// 12月底, 年底, 中旬.
    End,
    /// 12月初.
    EarlyMonth,
    /// 12月.
    Month,
    /// 第一季度, 上半年.
    Part,
    /// 下半年: named as a time in which, not by which.
    Rest,
    /// 2022年, 全年.
    Year,
}

/// What closed the expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// 前, 之前, 以前, 止.
    Before,
    /// 内, 以内, 之内.
    Within,
    /// Nothing.
    Open,
}
