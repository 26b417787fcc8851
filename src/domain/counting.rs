//! Counts working days, calendar days, months and years from a date, and rolls off rest days.
//!
//! Must not know: where the numbers come from, what a term means, hours (`deadline`).

use jiff::civil::Date;
use jiff::{SignedDuration, Span};

use crate::domain::calendar::WorkCalendar;
use crate::domain::term::PeriodUnit;

/// A counted date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The date.
    pub date: Date,
    /// The count used a day beyond the calendar's horizon: the date may change with the next notice.
    pub provisional: bool,
}

/// What happens when a count ends on a rest day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Roll {
    /// Nothing.
    None,
    /// To the nearest working day on or after it. Law: 民法典 art. 203(1).
    Following,
    /// To the nearest working day on or before it.
    Preceding,
}

/// Why nothing could be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountingFault {
    /// The count touches a day before the first notice.
    #[error("the count reaches {date}, the calendar begins on {first}")]
    BeforeCalendar {
        /// The earliest day touched.
        date: Date,
        /// The first day covered.
        first: Date,
    },
    /// The result is no date (years -9999 to 9999).
    #[error("the count leaves the range of dates")]
    OutOfRange,
    /// Hours run from an instant, not from a day.
    #[error("hours are counted from an instant, not from a day")]
    Hours,
}

/// Counts `n` working days from `start`, which is day 0 and is not counted, be it a working day or not.
///
/// A negative `n` counts backwards; 0 is `start` itself, even on a rest day. The cost does not depend on `n`.
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
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let reply = add_working_days(&calendar, date(2026, 2, 11), 20).unwrap();
/// assert_eq!((reply.date, reply.provisional), (date(2026, 3, 17), false));
/// let unsure = add_working_days(&calendar, date(2026, 12, 4), 20).unwrap();
/// assert_eq!((unsure.date, unsure.provisional), (date(2027, 1, 1), true));
/// ```
#[inline]
pub fn add_working_days(
    calendar: &WorkCalendar,
    start: Date,
    n: i32,
) -> Result<Counted, CountingFault> {
    if let Some((date, provisional)) = calendar.count_in_tables(start, n) {
        return Ok(Counted { date, provisional });
    }
    count_beyond_tables(calendar, start, n)
}

/// The same for what the tables do not hold: nothing to count, days beyond the notices, days before them.
#[cold]
fn count_beyond_tables(
    calendar: &WorkCalendar,
    start: Date,
    n: i32,
) -> Result<Counted, CountingFault> {
    if n == 0 {
        return covered(calendar, start, Counted { date: start, provisional: false });
    }
    let rank = calendar.rank(start);
    // Backwards, a start that is itself worked must not count.
    let skip = i64::from(n < 0 && calendar.working_day(rank) != Some(start));
    let number = rank.saturating_add(i64::from(n)).saturating_add(skip);
    let date = calendar.working_day(number).ok_or(CountingFault::OutOfRange)?;
    let provisional = date.max(start) > calendar.certain_through();
    covered(calendar, start, Counted { date, provisional })
}

/// Counts a period from `start`, which is day 0, and rolls the result once.
///
/// Months and years end on the day number of `start`, or on the month's last day where there is none (民法典
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
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let count = |start, amount, unit| add_period(&calendar, start, amount, unit, Roll::Following).unwrap().date;
/// assert_eq!(count(date(2026, 1, 20), 30, PeriodUnit::CalendarDay), date(2026, 2, 24));
/// // 28 February 2026 is a make-up Saturday: nothing to roll off.
/// assert_eq!(count(date(2025, 8, 31), 6, PeriodUnit::Month), date(2026, 2, 28));
/// ```
pub fn add_period(
    calendar: &WorkCalendar,
    start: Date,
    amount: i32,
    unit: PeriodUnit,
    roll: Roll,
) -> Result<Counted, CountingFault> {
    let amount = i64::from(amount);
    let raw = match unit {
        PeriodUnit::WorkingDay => {
            let n = i32::try_from(amount).map_err(|_| CountingFault::OutOfRange)?;
            add_working_days(calendar, start, n)?
        }
        PeriodUnit::CalendarDay => {
            let days = SignedDuration::from_hours(amount.saturating_mul(24));
            certain(start.checked_add(days).map_err(|_| CountingFault::OutOfRange)?)
        }
        PeriodUnit::Month => certain(add_span(start, Span::new().try_months(amount))?),
        PeriodUnit::Year => certain(add_span(start, Span::new().try_years(amount))?),
        PeriodUnit::Hour => return Err(CountingFault::Hours),
    };
    let rolled = rolled(calendar, raw, roll);
    covered(calendar, start, rolled)
}

/// Moves a date off a rest day; a make-up Saturday or Sunday is a working day and stays.
///
/// The result is provisional when the date was, or when a day looked at lies beyond the horizon.
pub fn rolled(calendar: &WorkCalendar, raw: Counted, roll: Roll) -> Counted {
    let date = match roll {
        Roll::None => return raw,
        Roll::Following => calendar.on_or_after(raw.date),
        Roll::Preceding => calendar.on_or_before(raw.date),
    };
    let beyond = date.max(raw.date) > calendar.certain_through();
    Counted { date, provisional: raw.provisional || beyond }
}

fn certain(date: Date) -> Counted {
    Counted { date, provisional: false }
}

fn add_span(start: Date, span: Result<Span, jiff::Error>) -> Result<Date, CountingFault> {
    span.and_then(|span| start.checked_add(span)).map_err(|_| CountingFault::OutOfRange)
}

fn covered(
    calendar: &WorkCalendar,
    start: Date,
    counted: Counted,
) -> Result<Counted, CountingFault> {
    let date = counted.date.min(start);
    let first = calendar.first();
    if date < first { Err(CountingFault::BeforeCalendar { date, first }) } else { Ok(counted) }
}
