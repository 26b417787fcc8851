//! Why a text is not an expression of time: what was expected, and where.
//!
//! Must not know: how it is worded for people (`cli::message`).

/// A text that cannot be read as a term. Offsets count characters of the text as given, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionFault {
    /// Nothing but white space.
    #[error("is empty")]
    Empty,
    /// Longer than any expression of time.
    #[error("is longer than {limit} characters")]
    TooLong {
        /// The most characters an expression may have.
        limit: usize,
    },
    /// The text leaves the grammar.
    #[error("at character {at}: expected {expected}")]
    Unexpected {
        /// Where.
        at: usize,
        /// What would have gone on.
        expected: Expected,
    },
    /// A day without a year, and no document to take it from.
    #[error("at character {at}: the year is missing")]
    YearMissing {
        /// Where the day begins.
        at: usize,
    },
    /// A month or a day that no calendar has (13月5日, 2月30日, 每月32日).
    #[error("at character {at}: there is no such day")]
    NoSuchDay {
        /// Where the day begins.
        at: usize,
        /// The month as written; `None` for the day of every month.
        month: Option<u32>,
        /// The day as written; `None` when the month is wrong and no day was named.
        day: Option<u32>,
    },
    /// A range whose end lies before its beginning.
    #[error("at character {at}: ends before it begins")]
    Backwards {
        /// Where the range begins.
        at: usize,
    },
}

/// What would have gone on at the place of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expected {
    /// Any expression of time.
    Term,
    /// 年, 月, 日, 个工作日, 个月 … after a number.
    Unit,
    /// 月, or the end of the year, after a year.
    Month,
    /// 日, 底, 旬 or 前 after a month.
    Day,
    /// A period such as 20个工作日内 after 之日起.
    Period,
    /// A number.
    Number,
    /// 次, 场, 期 after a number of times.
    Times,
    /// 一 to 日 after 每周.
    Weekday,
    /// The end of the text.
    End,
}

impl Expected {
    /// What to write, as it stands in documents.
    pub fn example(self) -> &'static str {
        match self {
            Self::Term => "2022年底前、20个工作日内、每月10日前",
            Self::Unit => "个工作日、日、个月、年",
            Self::Month => "6月底前、底前",
            Self::Day => "30日前、底前、中旬前",
            Self::Period => "20个工作日内",
            Self::Number => "20",
            Self::Times => "次",
            Self::Weekday => "五",
            Self::End => "",
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Term => "an expression of time",
            Self::Unit => "a unit of time",
            Self::Month => "a month or the end of the year",
            Self::Day => "a day or the end of the month",
            Self::Period => "a period",
            Self::Number => "a number",
            Self::Times => "a number of times",
            Self::Weekday => "a weekday",
            Self::End => "the end",
        })
    }
}
