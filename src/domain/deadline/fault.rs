//! Why a term, a trigger and adjustments give no due date.
//!
//! Must not know: what to do about it.

use jiff::civil::Date;

use crate::domain::counting::CountingFault;
use crate::domain::term::Term;
use crate::words;
use crate::words::{Lang, Say};

/// Why a term and its adjustments give no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum DeadlineFault {
    /// The calendar does not reach, or the numbers are too large.
    Counting(#[from] CountingFault),
    /// A term in hours runs from an instant.
    NoInstant {
        /// The day of the trigger, which is all that is known.
        day: Date,
    },
    /// Only days, months and years can be counted back from an event.
    NotBackwards { term: Term },
    /// An adjustment is out of order or inapplicable.
    Adjustment {
        /// Its place in the list, from 1.
        position: usize,
        on: Date,
        fault: AdjustmentFault,
    },
}

/// Why an adjustment is impossible at its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum AdjustmentFault {
    /// The trigger is not known.
    NotStarted,
    /// It is earlier than day 0, which is given.
    BeforeStart(Date),
    /// It is earlier than the adjustment before it, whose day is given.
    BeforePrevious(Date),
    NotSuspended,
    /// Suspended since the day given.
    AlreadySuspended(Date),
    /// A fixed date has no running clock, and days do not suspend hours.
    NoRunningClock,
    /// Hours were added to days, months or years, or the reverse.
    UnitMismatch,
}

impl Say for DeadlineFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Counting(fault) => fault.say(lang),
            Self::NoInstant { day } => words!(
                lang,
                zh = "按小时计算的时限需要起算的具体时刻，目前只有日期{day}",
                en = "a term in hours needs the time of day of its trigger; only the day {day} is known"
            ),
            Self::NotBackwards { term } => words!(
                lang,
                zh = "“{term}”不能从事件向前倒推，只有按日、月、年计算的期间可以",
                en = "\"{term}\" cannot be counted back from an event; only days, months and years can be",
                term = term.say(lang)
            ),
            Self::Adjustment { position, on, fault } => words!(
                lang,
                zh = "第{position}项调整（{on}）不成立：{fault}",
                en = "adjustment {position} of {on} is impossible: {fault}",
                fault = fault.say(lang)
            ),
        }
    }
}

impl Say for AdjustmentFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::NotStarted => {
                lang.pick("起算日尚未确定", "the trigger is not known yet").to_owned()
            }
            Self::BeforeStart(start) => {
                words!(lang, zh = "早于起算日{start}", en = "it is before the trigger of {start}")
            }
            Self::BeforePrevious(previous) => words!(
                lang,
                zh = "早于前一项调整（{previous}）",
                en = "it is before the previous adjustment, of {previous}"
            ),
            Self::NotSuspended => lang
                .pick("期间没有中止，不能恢复", "the clock is not suspended, so it cannot be resumed")
                .to_owned(),
            Self::AlreadySuspended(since) => words!(
                lang,
                zh = "期间已自{since}起中止",
                en = "the clock is already suspended since {since}"
            ),
            Self::NoRunningClock => lang
                .pick(
                    "只有按日、月、年从起算日计算的期间可以这样调整",
                    "only a period of days, months or years from a trigger can be adjusted in this way",
                )
                .to_owned(),
            Self::UnitMismatch => lang
                .pick(
                    "小时不能与日、月、年相加",
                    "hours cannot be added to days, months or years, nor the reverse",
                )
                .to_owned(),
        }
    }
}
