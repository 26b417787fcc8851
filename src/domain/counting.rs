//! Counts working days, calendar days, months and years from a date, and rolls the result off rest days.
//!
//! Must not know: where the numbers come from, what a term means, hours (`deadline`). Callers: `deadline`, the
//! calculator of tables.

use jiff::civil::Date;
use jiff::{SignedDuration, Span};

use crate::domain::calendar::WorkCalendar;
use crate::domain::term::PeriodUnit;
use crate::words;
use crate::words::{Lang, Say};

/// A counted date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub date: Date,
    /// The count used a day beyond the calendar's horizon: the date may change with the next notice.
    pub provisional: bool,
}

/// What happens when a count ends on a rest day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Roll {
    /// The date stays.
    None,
    /// To the first working day after it. Law: 民法典 art. 203(1).
    Following,
    /// To the last working day before it.
    Preceding,
}

/// Why nothing could be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum CountingFault {
    /// The count uses a day before the first notice.
    BeforeCalendar {
        /// The earliest day used.
        date: Date,
        /// The first day covered.
        first: Date,
    },
    /// The result is no date (years -9999 to 9999).
    OutOfRange,
    /// Hours run from an instant, not from a day.
    Hours,
}

impl Say for CountingFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::BeforeCalendar { date, first } => words!(
                lang,
                zh = "计算涉及{date}，而工作日历从{first}开始",
                en = "the count uses {date}, but the calendar begins on {first}"
            ),
            Self::OutOfRange => lang
                .pick("计算结果超出日期范围", "the result is outside the range of dates")
                .to_owned(),
            Self::Hours => lang
                .pick(
                    "小时须从具体时刻起算，不能从某日起算",
                    "hours are counted from an instant, not from a day",
                )
                .to_owned(),
        }
    }
}

/// Counts `n` working days from `start`, which is day 0 and is not counted, whether it is a working day or not.
///
/// A negative `n` counts backwards; 0 gives `start` itself, even on a rest day. The cost does not depend on `n`.
///
/// Law: 民法典 art. 201(1) (开始的当日不计入). Reading: administrative periods are counted the same way (held by
/// `worked_example_1_spring_festival`).
///
/// # Errors
///
/// [`CountingFault::BeforeCalendar`] when `start` or the result lies before the calendar's first day,
/// [`CountingFault::OutOfRange`] when the result is no date.
///
/// ```
/// use duban::domain::{calendar::WorkCalendar, counting::add_working_days};
/// use jiff::civil::date;
/// let text = "calendar 2026-01-01 2026-12-31 2026-12-24\n2026-10-01 off\t国庆节\t国办发明电〔2025〕7号";
/// let calendar: WorkCalendar = text.parse().unwrap();
/// let reply = add_working_days(&calendar, date(2026, 9, 30), 2).unwrap();
/// assert_eq!((reply.date, reply.provisional), (date(2026, 10, 5), false));
/// let unsure = add_working_days(&calendar, date(2026, 12, 4), 20).unwrap();
/// assert_eq!((unsure.date, unsure.provisional), (date(2027, 1, 1), true));
/// ```
#[inline]
pub fn add_working_days(
    calendar: &WorkCalendar,
    start: Date,
    n: i32,
) -> Result<Counted, CountingFault> {
    if n == 0 {
        return covered(calendar, start, certain(start));
    }
    // Backwards from a rest day, the last working day before it is already the first one counted.
    let steps = i64::from(n) + i64::from(n < 0 && !calendar.is_working_day(start));
    let date = calendar.working_days_from(start, steps).ok_or(CountingFault::OutOfRange)?;
    let later = if n < 0 { start } else { date };
    covered(calendar, start, Counted { date, provisional: !calendar.is_certain(later) })
}

/// Counts a period from `start`, which is day 0, and rolls the result once.
///
/// Months and years end on the day number of `start`, or on the month's last day when it has no such day (民法典
/// art. 202). A negative `amount` counts backwards. Working days never end on a rest day, so the roll changes
/// them only when `amount` is 0.
///
/// # Errors
///
/// As [`add_working_days`]; and [`CountingFault::Hours`] for hours.
///
/// ```
/// use duban::domain::{calendar::WorkCalendar, counting::{Roll, add_period}, term::PeriodUnit};
/// use jiff::civil::date;
/// let text = "calendar 2026-01-01 2026-12-31 2026-12-24\n2026-02-28 work\t春节\t国办发明电〔2025〕7号";
/// let calendar: WorkCalendar = text.parse().unwrap();
/// let count = |start, amount, unit| add_period(&calendar, start, amount, unit, Roll::Following).unwrap().date;
/// // 30 days end on Sunday, 8 March.
/// assert_eq!(count(date(2026, 2, 6), 30, PeriodUnit::CalendarDay), date(2026, 3, 9));
/// // 31 February is 28 February, a make-up Saturday: it is not rolled.
/// assert_eq!(count(date(2026, 1, 31), 1, PeriodUnit::Month), date(2026, 2, 28));
/// ```
pub fn add_period(
    calendar: &WorkCalendar,
    start: Date,
    amount: i32,
    unit: PeriodUnit,
    roll: Roll,
) -> Result<Counted, CountingFault> {
    let counted = match unit {
        PeriodUnit::WorkingDay => add_working_days(calendar, start, amount)?,
        PeriodUnit::CalendarDay => {
            let days = SignedDuration::from_hours(i64::from(amount) * 24);
            certain(start.checked_add(days).map_err(|_| CountingFault::OutOfRange)?)
        }
        PeriodUnit::Month => certain(add_span(start, Span::new().try_months(amount))?),
        PeriodUnit::Year => certain(add_span(start, Span::new().try_years(amount))?),
        PeriodUnit::Hour => return Err(CountingFault::Hours),
    };
    covered(calendar, start, rolled(calendar, counted, roll))
}

/// Moves a date off a rest day; a make-up Saturday or Sunday is a working day and stays.
///
/// The result is provisional when `counted` is, or when it or the day it is moved to lies beyond the horizon.
pub fn rolled(calendar: &WorkCalendar, counted: Counted, roll: Roll) -> Counted {
    let date = match roll {
        Roll::None => return counted,
        Roll::Following => calendar.on_or_after(counted.date),
        Roll::Preceding => calendar.on_or_before(counted.date),
    };
    let provisional = counted.provisional || !calendar.is_certain(date.max(counted.date));
    Counted { date, provisional }
}

#[inline]
fn certain(date: Date) -> Counted {
    Counted { date, provisional: false }
}

fn add_span(start: Date, span: Result<Span, jiff::Error>) -> Result<Date, CountingFault> {
    span.and_then(|span| start.checked_add(span)).map_err(|_| CountingFault::OutOfRange)
}

/// Refuses a count that starts or ends before the calendar begins.
#[inline]
fn covered(
    calendar: &WorkCalendar,
    start: Date,
    counted: Counted,
) -> Result<Counted, CountingFault> {
    for date in [start, counted.date] {
        if !calendar.reaches_back_to(date) {
            let (date, first) = (start.min(counted.date), calendar.first());
            return Err(CountingFault::BeforeCalendar { date, first });
        }
    }
    Ok(counted)
}
