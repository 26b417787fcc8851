//! What comes back: 每月10日前, 次月5日前, 每季度末, 按月, 每周五; and quotas: 每年不少于4次.
//!
//! Must not know: which occurrence is meant, calendar dates.

use jiff::civil::Weekday;
use winnow::Parser as _;
use winnow::combinator::{alt, opt, preceded, terminated};
use winnow::error::EmptyError;
use winnow::token::{any, take_while};

use crate::domain::term::{Cycle, DayInPeriod, MonthDay, Quota, Recurrence};

use super::date_span::{THROUGH, day_of_month, part_of_month, part_of_year};
use super::fault::Expected;
use super::numeral::{is_numeral, number};
use super::phrase::{DayOfYear, Phrase, Precision, Year};
use super::tokens::{Input, ParseResult, closing, expecting, looked_up, one_of};

/// Most characters between 每年 and the number of times (每年通过新闻发布形式开展政策解读不少于4次).
const LONGEST_FILLING: usize = 30;

/// Every quarter.
const EVERY_QUARTER: &[&str] =
    &["每一季度", "每个季度", "每季度", "每季", "按季度", "按季", "逐季"];

/// The month after the quarter.
const AFTER_QUARTER: &[&str] = &["结束后次月", "结束次月", "后次月", "次月", "下月", "结束后首月"];

/// The month after the month.
const NEXT_MONTH: &[&str] = &["的次月", "次月", "下个月", "下月"];

/// Weekdays after 每周.
const WEEKDAYS: &[(&str, Weekday)] = &[
    ("一", Weekday::Monday),
    ("二", Weekday::Tuesday),
    ("三", Weekday::Wednesday),
    ("四", Weekday::Thursday),
    ("五", Weekday::Friday),
    ("六", Weekday::Saturday),
    ("日", Weekday::Sunday),
    ("天", Weekday::Sunday),
    ("末", Weekday::Sunday),
];

/// Periods of a quota; longer words before their own beginnings.
const QUOTA_CYCLES: &[(&str, Cycle)] = &[
    ("每半年", Cycle::HalfYear),
    ("上半年、下半年各", Cycle::HalfYear),
    ("上半年和下半年各", Cycle::HalfYear),
    ("上、下半年各", Cycle::HalfYear),
    ("上下半年各", Cycle::HalfYear),
    ("每个季度", Cycle::Quarter),
    ("每季度", Cycle::Quarter),
    ("每季", Cycle::Quarter),
    ("每两个月", Cycle::TwoMonths),
    ("每2个月", Cycle::TwoMonths),
    ("每个月", Cycle::Month),
    ("每月", Cycle::Month),
    ("每年度", Cycle::Year),
    ("每年", Cycle::Year),
    ("全年", Cycle::Year),
    ("年内", Cycle::Year),
    ("一年", Cycle::Year),
    ("年度", Cycle::Year),
];

/// Words that make a number a minimum.
const FLOORS: &[&str] =
    &["不得少于", "不能少于", "不少于", "不得低于", "不低于", "至少", "最少", ">="];

/// Measure words of events.
const OCCASIONS: &[&str] = &["次", "场", "期", "篇", "轮", "遍", "回", "堂"];

/// Measure words of things, which count only after a word that makes them a minimum.
const THINGS: &[&str] = &["件", "例", "批", "个专题"];

/// Every year.
const EVERY_YEAR: &[&str] = &["每一年度", "每年度", "每一年", "每年", "按年度", "按年", "逐年"];

/// Every two months.
const EVERY_TWO_MONTHS: &[&str] = &["每两个月", "每二个月", "每2个月", "每两月", "隔月"];

/// Every month.
const EVERY_MONTH: &[&str] = &["每一个月", "每个月", "每月度", "每月", "按月度", "按月", "逐月"];

/// Every week.
const EVERY_WEEK: &[&str] = &["每一周", "每周", "每星期", "按周", "逐周"];

/// Every day.
const EVERY_DAY: &[&str] = &["每日", "每天", "逐日", "按日"];
const EVERY_WORKING_DAY: &[&str] = &["每个工作日", "每工作日"];

/// What follows a period before a term that runs from its end.
const AFTER_END: &[&str] = &[
    "结束之日起",
    "终了之日起",
    "届满之日起",
    "结束后",
    "终了后",
    "届满后",
    "期满后",
    "结束",
    "终了",
    "后",
];

/// The last month of a quarter.
const LAST_OF_QUARTER: &[&str] = &["末月", "最后一个月", "最后1个月", "第三个月", "第3个月"];

/// The first month of a quarter.
const FIRST_OF_QUARTER: &[&str] = &["首月", "第一个月", "第1个月"];

/// Particles between a period and its day.
const PARTICLES: &[&str] = &["的", "于", "在"];

/// A duty of every period, with the day in it when one is named.
pub(super) fn every(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let _since = opt(since_year).parse_next(input)?;
    let _lead = opt(one_of(&["于", "在"])).parse_next(input)?;
    let recurrence = alt((
        every_year,
        every_half_year,
        every_quarter,
        every_two_months,
        every_month,
        every_week,
        every_day,
        listed_months,
    ))
    .parse_next(input)?;
    let _closing = closing(input);
    Ok(Phrase::Every(recurrence))
}

/// So many times a period.
pub(super) fn times(input: &mut Input<'_>) -> ParseResult<Phrase> {
    let _since = opt(since_year).parse_next(input)?;
    let floor = opt(one_of(&["至少", "最少"])).parse_next(input)?;
    let every = cycle_of_quota(input)?;
    let (at_least, times) = counted_somewhere(input)?;
    Ok(Phrase::Times(Quota { times, every, at_least: at_least || floor.is_some() }))
}

fn since_year(input: &mut Input<'_>) -> ParseResult<()> {
    let _from = opt(one_of(&["自", "从"])).parse_next(input)?;
    let _year = (super::numeral::year_number, "年", one_of(&["开始", "起"])).parse_next(input)?;
    let _comma = opt(one_of(&[",", "、"])).parse_next(input)?;
    Ok(())
}

fn monthly(every: Cycle, by: Option<DayInPeriod>) -> Recurrence {
    Recurrence::Monthly { every, by }
}

/// 每年1月31日前, 每年底前, 每年次年1月底前, 按年度.
fn every_year(input: &mut Input<'_>) -> ParseResult<Recurrence> {
    let _word = one_of(EVERY_YEAR).parse_next(input)?;
    let _of = opt(one_of(PARTICLES)).parse_next(input)?;
    if let Some(by) = opt(preceded(one_of(AFTER_END), time_after(12))).parse_next(input)? {
        return Ok(monthly(Cycle::Year, Some(by)));
    }
    if let Some(by) = opt(working_day_of(11)).parse_next(input)? {
        return Ok(monthly(Cycle::Year, Some(by)));
    }
    if one_of(&["底", "末"]).parse_next(input).is_ok() {
        return Ok(monthly(Cycle::Year, Some(DayInPeriod { month: 11, day: MonthDay::Last })));
    }
    if let Some(listed) = opt(listed_months).parse_next(input)? {
        return Ok(listed);
    }
    // 每年1月1日至3月31日 ends on the second day
    if let Some((_, _, through)) =
        opt((part_of_year, one_of(THROUGH), part_of_year)).parse_next(input)?
    {
        return in_year(Year::Unsaid, through.1).ok_or(EmptyError);
    }
    let following = opt(one_of(&["次年", "下一年度", "下一年"])).parse_next(input)?;
    let in_a_year = part_of_year.verify(|(_, by, _)| (1..=12).contains(&by.month));
    let Some((_, by, precision)) = opt(expecting(Expected::Month, in_a_year)).parse_next(input)?
    else {
        return if following.is_none() { Ok(monthly(Cycle::Year, None)) } else { Err(EmptyError) };
    };
    if let Some((_, other, _)) =
        opt(preceded(one_of(&["、", "和", "及"]), part_of_year)).parse_next(input)?
    {
        return twice_a_year((by, precision), other);
    }
    let year = if following.is_some() { Year::Following } else { Year::Unsaid };
    in_year(year, by).ok_or(EmptyError)
}

/// Every year by a day of a month, of that year or of the following one; `None` for a month no year has, and for a year
/// that is named.
pub(super) fn in_year(year: Year, on: DayOfYear) -> Option<Recurrence> {
    let months_on = match year {
        Year::Unsaid => 0,
        Year::Following => 12,
        Year::Named(_) | Year::Current => return None,
    };
    let month = u8::try_from(on.month).ok().filter(|month| (1..=12).contains(month))?;
    let by = DayInPeriod { month: month - 1 + months_on, day: on.day };
    Some(monthly(Cycle::Year, Some(by)))
}

/// 每年6月、12月底前 is every half year, when both name the same day: the first may leave it to the second.
fn twice_a_year(first: (DayOfYear, Precision), second: DayOfYear) -> ParseResult<Recurrence> {
    let (first, precision) = first;
    let is_same_day = precision == Precision::Month
        || first.day == second.day
        || (is_end(first) && is_end(second));
    if !(1..=6).contains(&first.month) || second.month != first.month + 6 || !is_same_day {
        return Err(EmptyError);
    }
    let month = u8::try_from(first.month - 1).map_err(|_| EmptyError)?;
    Ok(monthly(Cycle::HalfYear, Some(DayInPeriod { month, day: second.day })))
}

/// True for the last day of a month, be it called so or by its number.
fn is_end(on: DayOfYear) -> bool {
    let last = super::resolve::days_of_month(on.month);
    on.day == MonthDay::Last || last.is_some_and(|last| on.day == MonthDay::Day(last))
}

/// 每半年, 每半年末.
fn every_half_year(input: &mut Input<'_>) -> ParseResult<Recurrence> {
    let _word = one_of(&["每半年", "每个半年", "按半年"]).parse_next(input)?;
    let by = opt(alt((
        preceded(one_of(AFTER_END), time_after(6)),
        working_day_of(5),
        one_of(&["末", "底"]).value(DayInPeriod { month: 5, day: MonthDay::Last }),
    )))
    .parse_next(input)?;
    Ok(monthly(Cycle::HalfYear, by))
}

/// 每季度末, 每季度末月20日前, 每季度第一个月10日前, 每季度次月5日前, 按季度.
fn every_quarter(input: &mut Input<'_>) -> ParseResult<Recurrence> {
    let next_alone = one_of(&["下一季度", "下季度", "次季度"]);
    if opt(next_alone).parse_next(input)?.is_some() {
        let _month = one_of(FIRST_OF_QUARTER).parse_next(input)?;
        let by = day_in_month(3).parse_next(input)?;
        return Ok(monthly(Cycle::Quarter, Some(by)));
    }
    let _word = one_of(EVERY_QUARTER).parse_next(input)?;
    let by = opt(alt((
        preceded(one_of(LAST_OF_QUARTER), day_in_month(2)),
        preceded(one_of(&["第二个月", "第2个月"]), day_in_month(1)),
        preceded(one_of(FIRST_OF_QUARTER), day_in_month(0)),
        preceded(one_of(AFTER_QUARTER), day_in_month(3)),
        preceded(one_of(AFTER_END), time_after(3)),
        working_day_of(2),
        one_of(&["末", "底"]).value(DayInPeriod { month: 2, day: MonthDay::Last }),
    )))
    .parse_next(input)?;
    Ok(monthly(Cycle::Quarter, by))
}

/// 每两个月, 双月25日前, 单月10日前: even months end their period of two, odd ones begin it.
fn every_two_months(input: &mut Input<'_>) -> ParseResult<Recurrence> {
    if let Some(month) = opt(alt(("双月".value(1), "单月".value(0)))).parse_next(input)? {
        let by = day_in_month(month).parse_next(input)?;
        return Ok(monthly(Cycle::TwoMonths, Some(by)));
    }
    let _word = one_of(EVERY_TWO_MONTHS).parse_next(input)?;
    Ok(monthly(Cycle::TwoMonths, None))
}

/// 3月、6月、9月、12月的25日前: the months of a year that are equally far apart, and a day in each.
fn listed_months(input: &mut Input<'_>) -> ParseResult<Recurrence> {
    let first: u32 = terminated(number, "月").parse_next(input)?;
    let mut months = vec![first];
    while let Some((_, month)) =
        opt((one_of(&["、", "和", "及", ","]), terminated(number, "月"))).parse_next(input)?
    {
        months.push(month);
    }
    let every = match months.len() {
        4 => Cycle::Quarter,
        6 => Cycle::TwoMonths,
        _ => return Err(EmptyError),
    };
    let step = u32::from(every.months());
    let expected = (0..).map(|nth| first + nth * step);
    let is_regular =
        (1..=step).contains(&first) && months.iter().copied().zip(expected).all(|(a, b)| a == b);
    if !is_regular {
        return Err(EmptyError);
    }
    let month = u8::try_from(first - 1).map_err(|_| EmptyError)?;
    let by = day_in_month(month).parse_next(input)?;
    Ok(monthly(every, Some(by)))
}

/// 每月10日前, 每月底前, 每月次月5日前, 次月5日前, 按月.
fn every_month(input: &mut Input<'_>) -> ParseResult<Recurrence> {
    if opt(one_of(NEXT_MONTH)).parse_next(input)?.is_some() {
        let by = expecting(Expected::Day, alt((working_day_of(1), day_in_month(1))));
        let mut by = by;
        return Ok(monthly(Cycle::Month, Some(by.parse_next(input)?)));
    }
    let _word = one_of(EVERY_MONTH).parse_next(input)?;
    let _of = opt(one_of(PARTICLES)).parse_next(input)?;
    let by = opt(alt((
        preceded(one_of(NEXT_MONTH), alt((working_day_of(1), day_in_month(1)))),
        preceded(one_of(AFTER_END), time_after(1)),
        working_day_of(0),
        day_in_month(0),
    )))
    .parse_next(input)?;
    Ok(monthly(Cycle::Month, by))
}

/// 每周, 每周五, 每星期五.
fn every_week(input: &mut Input<'_>) -> ParseResult<Recurrence> {
    let _word = one_of(EVERY_WEEK).parse_next(input)?;
    let weekday = opt(preceded(opt(one_of(&["星期", "周"])), weekday)).parse_next(input)?;
    let _once = opt(counted.verify(|(_, times)| *times == 1)).parse_next(input)?;
    Ok(Recurrence::Weekly(weekday))
}

fn weekday(input: &mut Input<'_>) -> ParseResult<Weekday> {
    // 每周一次 is a number of times, not Monday
    if input.input.chars().nth(1).is_some_and(|next| "次场期篇轮".contains(next)) {
        return Err(EmptyError);
    }
    looked_up(WEEKDAYS).parse_next(input)
}

/// 每日, 每天, 逐日, 每个工作日.
fn every_day(input: &mut Input<'_>) -> ParseResult<Recurrence> {
    alt((
        one_of(EVERY_WORKING_DAY).value(Recurrence::WorkingDaily),
        one_of(EVERY_DAY).value(Recurrence::Daily),
    ))
    .parse_next(input)
}

fn day_in_month<'a>(month: u8) -> impl winnow::Parser<Input<'a>, DayInPeriod, EmptyError> {
    move |input: &mut Input<'a>| {
        let _of = opt(one_of(PARTICLES)).parse_next(input)?;
        let day = alt((day_of_month, part_of_month.map(|(_, through, _)| through)));
        let day = terminated(day, opt(one_of(&["底"]))).parse_next(input)?;
        Ok(DayInPeriod { month, day })
    }
}

/// 10日内, 5个工作日内, 3个月内 after a period of so many months: a day of the months that follow it.
fn time_after<'a>(months: u8) -> impl winnow::Parser<Input<'a>, DayInPeriod, EmptyError> {
    move |input: &mut Input<'a>| {
        let _of = opt(one_of(&["的", "首", "前", "第"])).parse_next(input)?;
        let amount: u32 = number.parse_next(input)?;
        let amount = u8::try_from(amount).map_err(|_| EmptyError)?;
        let unit = one_of(&["个工作日", "工作日", "个月", "日", "天", "号"]).parse_next(input)?;
        let longest = if unit == "个月" { 12 } else { 31 };
        if !(1..=longest).contains(&amount) {
            return Err(EmptyError);
        }
        Ok(match unit {
            "个工作日" | "工作日" => {
                DayInPeriod { month: months, day: MonthDay::WorkingDay(amount) }
            }
            "个月" => DayInPeriod { month: months + amount - 1, day: MonthDay::Last },
            _ => DayInPeriod { month: months, day: MonthDay::Day(amount) },
        })
    }
}

/// 最后一个工作日, 第5个工作日, 首个工作日, 前3个工作日内.
fn working_day_of<'a>(month: u8) -> impl winnow::Parser<Input<'a>, DayInPeriod, EmptyError> {
    move |input: &mut Input<'a>| {
        let _of = opt(one_of(PARTICLES)).parse_next(input)?;
        let last = one_of(&[
            "最后一个工作日",
            "最后1个工作日",
            "最末一个工作日",
            "末个工作日",
            "最后工作日",
            "末工作日",
        ]);
        if opt(last).parse_next(input)?.is_some() {
            return Ok(DayInPeriod { month, day: MonthDay::LastWorkingDay });
        }
        if opt(one_of(&["首个工作日", "首工作日"])).parse_next(input)?.is_some() {
            return Ok(DayInPeriod { month, day: MonthDay::WorkingDay(1) });
        }
        let _nth = one_of(&["第", "前"]).parse_next(input)?;
        let nth: u32 = terminated(number, one_of(&["个工作日", "工作日"])).parse_next(input)?;
        let nth = u8::try_from(nth).map_err(|_| EmptyError)?;
        if (1..=23).contains(&nth) {
            Ok(DayInPeriod { month, day: MonthDay::WorkingDay(nth) })
        } else {
            Err(EmptyError)
        }
    }
}

fn cycle_of_quota(input: &mut Input<'_>) -> ParseResult<Cycle> {
    let of_a_year = (super::numeral::year_number, "年", opt(one_of(&["度", "内"])));
    if opt(of_a_year).parse_next(input)?.is_some() {
        return Ok(Cycle::Year);
    }
    looked_up(QUOTA_CYCLES).parse_next(input)
}

/// The first number of times within the filling; punctuation ends the search.
fn counted_somewhere(input: &mut Input<'_>) -> ParseResult<(bool, u32)> {
    // the period that stands before ends in one of 年, 月, 度
    let mut before = '年';
    for _ in 0..=LONGEST_FILLING {
        if let Some(found) = opt(counted).parse_next(input)? {
            return Ok(found);
        }
        let filling = |c: char| c == '、' || c.is_alphanumeric() || "\"“”《》".contains(c);
        let passed: char = any.verify(|c: &char| filling(*c)).parse_next(input)?;
        // 2024年6月底前组织一次: another expression of time says by when, and this is no quota; 护士节日 and 春季 say nothing
        let names_time = match passed {
            '月' | '日' | '季' | '旬' => before.is_ascii_digit() || is_numeral(before),
            '底' | '末' => matches!(before, '年' | '月' | '度' | '季'),
            '前' => matches!(before, '底' | '末' | '日' | '月' | '旬' | '年' | '度'),
            _ => false,
        };
        if names_time {
            return Err(EmptyError);
        }
        before = passed;
    }
    Err(EmptyError)
}

/// 至少1次, 不少于4场, 1次, 2次以上.
pub(super) fn counted(input: &mut Input<'_>) -> ParseResult<(bool, u32)> {
    let floor = opt(one_of(FLOORS)).parse_next(input)?;
    if floor.is_some() {
        let verb = |c: char| c.is_alphabetic() && !is_numeral(c);
        let _verb: &str = take_while(0..=10, verb).parse_next(input)?;
    }
    let times = number.verify(|times| *times > 0).parse_next(input)?;
    let counter = opt(one_of(OCCASIONS)).parse_next(input)?;
    if counter.is_none() {
        let _things = expecting(Expected::Times, one_of(THINGS)).parse_next(input)?;
    }
    let above = opt(one_of(&["及以上", "以上"])).parse_next(input)?;
    // things count only as a minimum: 不少于30例, 30例以上
    if counter.is_none() && floor.is_none() && above.is_none() {
        return Err(EmptyError);
    }
    Ok((floor.is_some() || above.is_some(), times))
}
