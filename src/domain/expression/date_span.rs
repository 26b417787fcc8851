//! Days and spans of days: 2022年底, 12月中旬, 第一季度, 2022-12-31; ranges of them.
//!
//! Must not know: the document's year, what the day is for.

use winnow::Parser as _;
use winnow::combinator::{alt, opt, preceded, terminated};
use winnow::error::EmptyError;

use crate::domain::term::MonthDay;

use super::fault::Expected;
use super::numeral::{number, year_number};
use super::phrase::{Closing, DateSpan, DayOfYear, Phrase, Precision, Year};
use super::tokens::{Input, ParseResult, closing, expecting, one_of};

/// Words that may stand before a day and add nothing to it.
const LEAD_IN: &[&str] = &[
    "截止到",
    "截止至",
    "截至到",
    "不晚于",
    "不迟于",
    "即日起至",
    "自即日起至",
    "截至",
    "截止",
    "最迟",
    "最晚",
    "力争",
    "确保",
    "须于",
    "应于",
    "要于",
    "应当于",
    "要在",
    "应在",
    "须在",
    "到",
    "至",
    "于",
    "在",
];

/// The year after the document's.
const FOLLOWING_YEAR: &[&str] =
    &["次年度", "次年", "下一年度", "下一年", "下年度", "翌年", "来年", "明年", "第二年"];

/// The document's year.
const CURRENT_YEAR: &[&str] = &["当年度", "当年", "今年", "本年度", "本年", "同年"];

/// Words before a range.
const RANGE_LEADS: &[&str] = &["自", "从", "于", "在"];

/// Words after a range.
const RANGE_ENDS: &[&str] = &["期间", "以内", "之内", "内", "止", "前"];

/// Parts of a month.
const PARTS_OF_MONTH: &[&str] = &["月底", "月末", "底", "末", "上旬", "中旬", "下旬", "初"];

/// The end of a year that is not named.
const ENDS_OF_YEAR: &[&str] = &["年底", "年末", "年终", "年内", "岁末"];

/// The end of a year, after its number.
const ENDS_AFTER_YEAR: &[&str] = &["底", "末", "以内", "之内", "内"];

/// What stands between the ends of a range.
pub(super) const THROUGH: &[&str] = &["起至", "起到", "开始至", "至", "到", "--", "-", "~"];

/// A day or a span of days, with what leads to it and what closes it.
pub(super) fn by(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let lead = opt(one_of(LEAD_IN)).parse_next(input)?;
    let _second = opt(one_of(LEAD_IN)).parse_next(input)?;
    let phrase = expecting(Expected::Term, span_with_closing).parse_next(input)?;
    // 到2025年 names a goal, not a time in which
    let is_goal = lead.is_some_and(|lead| lead.ends_with(['到', '至']));
    Ok(if is_goal { as_goal(phrase) } else { phrase })
}

/// A day or a span of days, with what closes it.
pub(super) fn span_with_closing(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let span = date_span(input)?;
    let _and_end = opt(one_of(&["底", "末"])).parse_next(input)?;
    Ok(Phrase::Span(span, closing(input)))
}

/// The phrase as a point to reach.
pub(super) fn as_goal(phrase: Phrase) -> Phrase {
    if let Phrase::Span(span, Closing::Open) = phrase {
        return Phrase::Span(span, Closing::Within);
    }
    phrase
}

/// From one day through another.
pub(super) fn range(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let _lead = opt(one_of(RANGE_LEADS)).parse_next(input)?;
    let phrase =
        alt((months_of_a_year, days_of_a_month, quarters, years, two_spans)).parse_next(input)?;
    let _closing = opt(one_of(RANGE_ENDS)).parse_next(input)?;
    Ok(phrase)
}

/// One span of days in one year.
pub(super) fn date_span(input: &mut Input<'_>) -> ParseResult<DateSpan> {
    alt((numbered_date, in_a_year, whole_year)).parse_next(input)
}

/// A month with or without a day, a part of a month, a part of a year; no year.
pub(super) fn part_of_year(
    input: &mut Input<'_>,
) -> ParseResult<(DayOfYear, DayOfYear, Precision)> {
    alt((month_and_day, quarter, half_year, end_of_year)).parse_next(input)
}

/// 底, 末 and the tens of days (旬) of a month.
pub(super) fn part_of_month(input: &mut Input<'_>) -> ParseResult<(MonthDay, MonthDay, Precision)> {
    let day = MonthDay::Day;
    let word = one_of(PARTS_OF_MONTH).parse_next(input)?;
    let _end = opt(one_of(&["末", "底"])).parse_next(input)?;
    Ok(match word {
        "上旬" => (day(1), day(10), Precision::End),
        "中旬" => (day(11), day(20), Precision::End),
        "下旬" => (day(21), MonthDay::Last, Precision::End),
        "初" => (day(1), day(10), Precision::EarlyMonth),
        _ => (MonthDay::Last, MonthDay::Last, Precision::End),
    })
}

/// 5日, 5号.
pub(super) fn day_of_month(input: &mut Input<'_>) -> ParseResult<MonthDay> {
    let day = terminated(number, one_of(&["日", "号"])).parse_next(input)?;
    u8::try_from(day).map(MonthDay::Day).map_err(|_| EmptyError)
}

/// The number of a quarter: 第一季度, 四季度, 3季度.
pub(super) fn quarter_number(input: &mut Input<'_>) -> ParseResult<u32> {
    let quarter = preceded(opt("第"), number).parse_next(input)?;
    if (1..=4).contains(&quarter) { Ok(quarter) } else { Err(EmptyError) }
}

fn in_a_year(input: &mut Input<'_>) -> ParseResult<DateSpan> {
    let year = opt(year).parse_next(input)?;
    let parts = match year {
        Some(_) => alt((end_after_year, part_of_year)).parse_next(input),
        None => part_of_year(input),
    };
    let (from, through, precision) = parts?;
    Ok(DateSpan { year: year.unwrap_or(Year::Unsaid), from, through, precision })
}

fn whole_year(input: &mut Input<'_>) -> ParseResult<DateSpan> {
    let year = alt((
        terminated(year, opt(one_of(&["全年"]))),
        one_of(&["全年", "年度内"]).value(Year::Unsaid),
    ));
    let year = expecting(Expected::Term, year).parse_next(input)?;
    let (from, through) = (first_of(1), last_of(12));
    Ok(DateSpan { year, from, through, precision: Precision::Year })
}

fn year(input: &mut Input<'_>) -> ParseResult<Year> {
    alt((
        terminated(year_number, ("年", opt("度"))).map(Year::Named),
        one_of(FOLLOWING_YEAR).value(Year::Following),
        one_of(CURRENT_YEAR).value(Year::Current),
    ))
    .parse_next(input)
}

/// 2022-12-31, 2022/6/17, 2022.6.17.
fn numbered_date(input: &mut Input<'_>) -> ParseResult<DateSpan> {
    let year = year_number(input)?;
    let separator = one_of(&["-", "/", "."]).parse_next(input)?;
    let month = expecting(Expected::Month, number).parse_next(input)?;
    let day = expecting(Expected::Day, preceded(separator, number)).parse_next(input)?;
    let day = MonthDay::Day(u8::try_from(day).map_err(|_| EmptyError)?);
    let on = DayOfYear { month, day };
    Ok(DateSpan { year: Year::Named(year), from: on, through: on, precision: Precision::Day })
}

fn month_and_day(input: &mut Input<'_>) -> ParseResult<(DayOfYear, DayOfYear, Precision)> {
    let month = terminated(number, expecting(Expected::Unit, "月")).parse_next(input)?;
    if let Some(day) = opt(day_of_month).parse_next(input)? {
        let on = DayOfYear { month, day };
        return Ok((on, on, Precision::Day));
    }
    let _portion = opt(one_of(&["份"])).parse_next(input)?;
    let (from, through, precision) = opt(part_of_month).parse_next(input)?.unwrap_or((
        MonthDay::Day(1),
        MonthDay::Last,
        Precision::Month,
    ));
    Ok((DayOfYear { month, day: from }, DayOfYear { month, day: through }, precision))
}

fn quarter(input: &mut Input<'_>) -> ParseResult<(DayOfYear, DayOfYear, Precision)> {
    let quarter = terminated(quarter_number, "季度").parse_next(input)?;
    Ok((first_of(quarter * 3 - 2), last_of(quarter * 3), Precision::Part))
}

fn half_year(input: &mut Input<'_>) -> ParseResult<(DayOfYear, DayOfYear, Precision)> {
    Ok(match one_of(&["上半年", "下半年", "年中"]).parse_next(input)? {
        "下半年" => (first_of(7), last_of(12), Precision::Rest),
        _ => (first_of(1), last_of(6), Precision::Part),
    })
}

fn end_of_year(input: &mut Input<'_>) -> ParseResult<(DayOfYear, DayOfYear, Precision)> {
    let _word = one_of(ENDS_OF_YEAR).parse_next(input)?;
    Ok((last_of(12), last_of(12), Precision::End))
}

/// What may follow 2022年 directly: 底, 末, 内, 前.
fn end_after_year(input: &mut Input<'_>) -> ParseResult<(DayOfYear, DayOfYear, Precision)> {
    let word = one_of(ENDS_AFTER_YEAR);
    let _word = expecting(Expected::Month, word).parse_next(input)?;
    Ok((last_of(12), last_of(12), Precision::End))
}

/// 6月1日至9月30日, 2022-01-01~2022-03-31, 8月中旬至9月底.
fn two_spans(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let from = terminated(date_span, to).parse_next(input)?;
    let through = date_span.parse_next(input)?;
    Ok(Phrase::Range(from, through))
}

/// 1-6月, 6月至9月, 3、4月.
fn months_of_a_year(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let year = opt(year).parse_next(input)?.unwrap_or(Year::Unsaid);
    let from = terminated(number, to).parse_next(input)?;
    let through = terminated(number, ("月", opt(one_of(&["份"])))).parse_next(input)?;
    Ok(months(year, from, through))
}

/// 6月1日至30日, 6月1-15日.
fn days_of_a_month(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let year = opt(year).parse_next(input)?.unwrap_or(Year::Unsaid);
    let month = terminated(number, "月").parse_next(input)?;
    let from = terminated(number, opt(one_of(&["日", "号"]))).parse_next(input)?;
    let through = preceded(to, day_of_month).parse_next(input)?;
    let from = MonthDay::Day(u8::try_from(from).map_err(|_| EmptyError)?);
    let on = |day| {
        let on = DayOfYear { month, day };
        DateSpan { year, from: on, through: on, precision: Precision::Day }
    };
    Ok(Phrase::Range(on(from), on(through)))
}

/// 第二、三季度, 一至三季度.
fn quarters(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let year = opt(year).parse_next(input)?.unwrap_or(Year::Unsaid);
    let _half = opt("季度").parse_next(input)?;
    let from = quarter_number(input)?;
    let _separator = alt((to, one_of(&["、", "和"]))).parse_next(input)?;
    let through = terminated(quarter_number, "季度").parse_next(input)?;
    Ok(months(year, from * 3 - 2, through * 3))
}

/// 2023—2025年, 2023年至2025年.
fn years(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let from = terminated(year_number, (opt("年"), to)).parse_next(input)?;
    let through = terminated(year_number, ("年", opt("度"))).parse_next(input)?;
    let whole = |year| DateSpan {
        year: Year::Named(year),
        from: first_of(1),
        through: last_of(12),
        precision: Precision::Year,
    };
    Ok(Phrase::Range(whole(from), whole(through)))
}

fn months(year: Year, from: u32, through: u32) -> Phrase {
    let month = |month| DateSpan {
        year,
        from: first_of(month),
        through: last_of(month),
        precision: Precision::Month,
    };
    Phrase::Range(month(from), month(through))
}

fn to(input: &mut Input<'_>) -> ParseResult<&'static str> {
    one_of(THROUGH).parse_next(input)
}

fn first_of(month: u32) -> DayOfYear {
    DayOfYear { month, day: MonthDay::Day(1) }
}

fn last_of(month: u32) -> DayOfYear {
    DayOfYear { month, day: MonthDay::Last }
}

/// True when a span was named as a point to reach, so that it needs no 前 to be a deadline.
pub(super) fn is_point(precision: Precision, closing: Closing) -> bool {
    closing != Closing::Open || !matches!(precision, Precision::Rest | Precision::Year)
}
