//! Why a text is not an expression of time: what was expected, and where.
//!
//! Must not know: where the text stands. Callers: the readers of tables and documents, and `cli`.

use crate::words;
use crate::words::{Lang, Say};

/// A text that cannot be read as a term. Offsets count characters of the text as given, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum ExpressionFault {
    /// Nothing but white space.
    Empty,
    /// Longer than any expression of time.
    TooLong {
        /// The most characters an expression may have.
        limit: usize,
    },
    /// The text leaves the grammar.
    Unexpected {
        /// Where.
        at: usize,
        /// What would have gone on.
        expected: Expected,
    },
    /// A day without a year, and no document to take it from.
    YearMissing {
        /// Where the day begins.
        at: usize,
    },
    /// A month or a day that no calendar has (13月5日, 2月30日, 每月32日).
    NoSuchDay {
        /// Where the day begins.
        at: usize,
        /// The month as written; `None` for the day of every month.
        month: Option<u32>,
        /// The day as written; `None` when the month is wrong and no day was named.
        day: Option<u32>,
    },
    /// A range whose end lies before its beginning.
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

impl Say for Expected {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Term => ("时限", "an expression of time"),
            Self::Unit => ("时间单位", "a unit of time"),
            Self::Month => ("月份或年底", "a month or the end of the year"),
            Self::Day => ("日期或月底", "a day or the end of the month"),
            Self::Period => ("期限", "a period"),
            Self::Number => ("数字", "a number"),
            Self::Times => ("次数", "a number of times"),
            Self::Weekday => ("星期", "a weekday"),
            Self::End => ("结尾", "the end"),
        };
        lang.pick(zh, en).to_owned()
    }
}

/// The predicate of a sentence whose subject is the text as written.
impl Say for ExpressionFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Empty => lang.pick("为空", "is empty").to_owned(),
            Self::TooLong { limit } => {
                words!(lang, zh = "超过{limit}个字", en = "is longer than {limit} characters")
            }
            Self::Unexpected { at, expected: Expected::End } => words!(
                lang,
                zh = "从第{character}个字起无法识别；没有具体日期的，请写及时或定期",
                en = "is not understood from character {character} on; write a term without a date as 及时 or 定期",
                character = at + 1
            ),
            Self::Unexpected { at, expected } => words!(
                lang,
                zh = "在第{character}个字处无法识别：应为{expected}，例如{example}",
                en = "is not understood at character {character}: expected {expected}, for example {example}",
                character = at + 1,
                expected = expected.say(lang),
                example = expected.example()
            ),
            Self::YearMissing { .. } => lang
                .pick(
                    "没有写明年份；请写上年份，或用 --year 指明文件的年份",
                    "names no year; write the year, or give that of the document with --year",
                )
                .to_owned(),
            Self::NoSuchDay { month: Some(month), day: Some(day), .. } => {
                words!(
                    lang,
                    zh = "有误：{month}月没有{day}日",
                    en = "is wrong: month {month} has no day {day}"
                )
            }
            Self::NoSuchDay { month: Some(month), day: None, .. } => {
                words!(lang, zh = "有误：没有{month}月", en = "is wrong: there is no month {month}")
            }
            Self::NoSuchDay { month: None, day: Some(day), .. } => {
                words!(
                    lang,
                    zh = "有误：任何月份都没有{day}日",
                    en = "is wrong: no month has a day {day}"
                )
            }
            Self::NoSuchDay { month: None, day: None, .. } => {
                lang.pick("有误：没有这一天", "is wrong: there is no such day").to_owned()
            }
            Self::Backwards { .. } => {
                lang.pick("有误：止期早于起期", "is wrong: it ends before it begins").to_owned()
            }
        }
    }
}
