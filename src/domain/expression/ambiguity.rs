//! Expressions of time with more than one sense, and what a person is asked about them.
//!
//! Must not know: the grammar, where the expression stands.

use crate::words::{Lang, Say};

/// An expression that documents use in more than one sense; the term holds the usual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ambiguity {
    /// 12月: read as by the month's last day.
    MonthWithoutDay,
    /// 12月初: read as by the 10th.
    EarlyMonth,
    /// 2025年前: read as by the end of that year.
    BeforeOrInYear,
    /// 三季度前: read as by the end of that quarter.
    BeforeOrInQuarter,
    /// 次年1月底前: read as once, in the year after the document's; it may come back every year.
    FollowingYear,
    /// 5个工作日内 without an event: read as from receipt.
    StartNotNamed,
    /// 按月: read as by the period's last day.
    NoDayInPeriod,
}

impl Say for Ambiguity {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::MonthWithoutDay => {
                ("只写到月，按当月最后一日计", "only a month is given: taken as its last day")
            }
            Self::EarlyMonth => {
                ("月初，按当月10日计", "the beginning of a month: taken as the 10th")
            }
            Self::BeforeOrInYear => (
                "“某年前”按该年12月31日计，请确认是否含该年",
                "“before” a year: taken as 31 December of that year; check whether the year is included",
            ),
            Self::BeforeOrInQuarter => (
                "“某季度前”“某半年前”按该期最后一日计，请确认是否含该期",
                "“before” a quarter or half-year: taken as its last day; check whether the period is included",
            ),
            Self::FollowingYear => (
                "“次年”按文件年份的下一年计，请确认以后各年是否照此办理",
                "“the following year”: taken as the year after the document's; check whether it comes back every year",
            ),
            Self::StartNotNamed => {
                ("未写明起算之日，按收到之日计", "no starting event is named: counted from receipt")
            }
            Self::NoDayInPeriod => (
                "未写明具体日期，按每期最后一日计",
                "no day is named: taken as the last day of each period",
            ),
        };
        lang.pick(zh, en).to_owned()
    }
}
