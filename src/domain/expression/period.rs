//! Amounts of time: 20个工作日内, 不少于30日, 三个月内, 半年内; and the event they run from.
//!
//! Must not know: on which day they end.

use winnow::Parser as _;
use winnow::combinator::{alt, opt};
use winnow::error::EmptyError;

use crate::domain::term::{Period, PeriodUnit};

use super::fault::Expected;
use super::numeral::number;
use super::phrase::{Closing, Phrase};
use super::tokens::{Input, ParseResult, closing, expecting, looked_up, one_of};

/// Words after an event from which time runs; longer ones first.
pub(super) const MARKS: &[&str] =
    &["之日起", "之日后", "当日起", "之后", "以后", "日起", "后", "起", "之日"];

/// Words that may stand before an amount that must not be exceeded.
const AT_MOST: &[&str] = &[
    "最长不得超过",
    "最长不超过",
    "最多不超过",
    "原则上不超过",
    "一般不超过",
    "不得超过",
    "不超过",
    "不能超过",
    "不多于",
    "最长",
    "最多",
    "最迟",
    "<=",
    "可延长至",
    "在",
    "于",
];

/// Words that make an amount a minimum.
const AT_LEAST: &[&str] = &[
    "一般不少于",
    "一般不得少于",
    "不得少于",
    "不能少于",
    "应不少于",
    "不少于",
    "不得低于",
    "不低于",
    "不短于",
    "不得短于",
    "至少提前",
    "提前至少",
    "提前",
    "至少",
    "最少",
    ">=",
    ">",
];

/// Units with what they count in, and how many of it one of them is: two weeks are 14 days.
const UNITS: &[(&str, (PeriodUnit, u32))] = &[
    ("个工作日", (PeriodUnit::WorkingDay, 1)),
    ("个工作天", (PeriodUnit::WorkingDay, 1)),
    ("工作日", (PeriodUnit::WorkingDay, 1)),
    ("个自然日", (PeriodUnit::CalendarDay, 1)),
    ("个日历日", (PeriodUnit::CalendarDay, 1)),
    ("自然日", (PeriodUnit::CalendarDay, 1)),
    ("日历天", (PeriodUnit::CalendarDay, 1)),
    ("个小时", (PeriodUnit::Hour, 1)),
    ("小时", (PeriodUnit::Hour, 1)),
    ("个季度", (PeriodUnit::Month, 3)),
    ("个星期", (PeriodUnit::CalendarDay, 7)),
    ("星期", (PeriodUnit::CalendarDay, 7)),
    ("周", (PeriodUnit::CalendarDay, 7)),
    ("个月", (PeriodUnit::Month, 1)),
    ("周年", (PeriodUnit::Year, 1)),
    ("年", (PeriodUnit::Year, 1)),
    ("日", (PeriodUnit::CalendarDay, 1)),
    ("天", (PeriodUnit::CalendarDay, 1)),
];

/// Words after a minimum, or after a lead time.
const CLOSINGS_OF_MINIMUM: &[&str] = &["以上", "之前", "以前", "前"];

/// Amounts with a half.
const HALVES: &[&str] = &["半个月", "半年", "半月", "一年半"];

/// At most so long: 5个工作日内, 不超过3个月.
pub(super) fn within(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let _bound = opt(one_of(AT_MOST)).parse_next(input)?;
    let _and_bound = opt(one_of(AT_MOST)).parse_next(input)?;
    let period = amount(input)?;
    let closing = closing(input);
    if closing == Closing::Before { Err(EmptyError) } else { Ok(Phrase::Within(period, closing)) }
}

/// At least so long: 不少于30日, 30日以上.
pub(super) fn at_least(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let floor = opt(one_of(AT_LEAST)).parse_next(input)?;
    let period = amount(input)?;
    let above = opt(one_of(CLOSINGS_OF_MINIMUM)).parse_next(input)?;
    match (floor, above) {
        (Some(_), _) | (None, Some("以上")) => Ok(Phrase::AtLeast(period)),
        _ => Err(EmptyError),
    }
}

/// So long before an event: 7日前, 提前7日, at least or not; the last lawful day is the same.
pub(super) fn lead(input: &mut Input<'_>) -> ParseResult<Period> {
    let _floor = opt(one_of(AT_LEAST)).parse_next(input)?;
    let period = amount(input)?;
    let _closing = closing(input);
    Ok(period)
}

/// A number and what it counts.
fn amount(input: &mut Input<'_>) -> ParseResult<Period> {
    alt((half, whole)).parse_next(input)
}

fn half(input: &mut Input<'_>) -> ParseResult<Period> {
    Ok(match one_of(HALVES).parse_next(input)? {
        "半年" => Period { amount: 6, unit: PeriodUnit::Month },
        "一年半" => Period { amount: 18, unit: PeriodUnit::Month },
        // 半个月 is fifteen days by custom
        _ => Period { amount: 15, unit: PeriodUnit::CalendarDay },
    })
}

fn whole(input: &mut Input<'_>) -> ParseResult<Period> {
    let number = number(input)?;
    let (unit, each) = expecting(Expected::Unit, unit).parse_next(input)?;
    let amount = number.checked_mul(each).filter(|amount| (1..=36_600).contains(amount));
    Ok(Period { amount: amount.ok_or(EmptyError)?, unit })
}

/// The unit, and how many of it one of the written unit makes (two weeks are 14 days).
fn unit(input: &mut Input<'_>) -> ParseResult<(PeriodUnit, u32)> {
    looked_up(UNITS).parse_next(input)
}
