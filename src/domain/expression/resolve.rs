//! From a phrase and the document's year to a term.
//!
//! Must not know: how the phrase was written.

use jiff::civil::Date;

use crate::domain::term::{Cycle, DayInPeriod, MonthDay, Recurrence, Term};

use super::ambiguity::Ambiguity;
use super::date_span::is_point;
use super::fault::ExpressionFault;
use super::parsed_term::ParseContext;
use super::phrase::{Closing, DateSpan, DayOfYear, Phrase, Precision, Year};

/// The term `phrase` stands for; `at` is where it begins, for faults.
pub(super) fn resolve(
    phrase: &Phrase,
    context: ParseContext,
    at: usize,
) -> Result<(Term, Option<Ambiguity>), ExpressionFault> {
    Ok(match phrase {
        Phrase::Span(span, closing) => return one_span(*span, *closing, context, at),
        Phrase::Range(from, through) => {
            let first_year = year_of(*from, context, at)?;
            let last_year = match through.year {
                Year::Unsaid => first_year,
                // 次年 in 11月至次年2月 is the year after the range's first
                Year::Named(_) | Year::Following | Year::Current => {
                    year_of(*through, ParseContext { year: Some(first_year) }, at)?
                }
            };
            (
                window(
                    date(first_year, from.from, at)?,
                    date(last_year, through.through, at)?,
                    at,
                )?,
                None,
            )
        }
        Phrase::Within(period, _) => (Term::Within(*period), None),
        Phrase::AtLeast(period) => (Term::AtLeast(*period), None),
        Phrase::Every(recurrence) => (Term::Every(possible(*recurrence, at)?), None),
        Phrase::Times(quota) => (Term::Times(*quota), None),
        Phrase::Label => (Term::Undated, None),
    })
}

fn one_span(
    span: DateSpan,
    closing: Closing,
    context: ParseContext,
    at: usize,
) -> Result<(Term, Option<Ambiguity>), ExpressionFault> {
    let year = year_of(span, context, at)?;
    let through = date(year, span.through, at)?;
    if !is_point(span.precision, closing) {
        return Ok((window(date(year, span.from, at)?, through, at)?, None));
    }
    Ok((Term::By(through), ambiguity(span, closing)))
}

fn ambiguity(span: DateSpan, closing: Closing) -> Option<Ambiguity> {
    match (span.precision, span.year, closing) {
        (Precision::Month, _, _) => Some(Ambiguity::MonthWithoutDay),
        (Precision::EarlyMonth, _, _) => Some(Ambiguity::EarlyMonth),
        (Precision::Year, _, Closing::Before) => Some(Ambiguity::BeforeOrInYear),
        (Precision::Part | Precision::Rest, _, Closing::Before) => {
            Some(Ambiguity::BeforeOrInQuarter)
        }
        (_, Year::Following, _) => Some(Ambiguity::FollowingYear),
        _ => None,
    }
}

fn year_of(span: DateSpan, context: ParseContext, at: usize) -> Result<i16, ExpressionFault> {
    let missing = ExpressionFault::YearMissing { at };
    match span.year {
        Year::Named(year) => Ok(year),
        Year::Following => context.year.and_then(|year| year.checked_add(1)).ok_or(missing),
        Year::Current | Year::Unsaid => context.year.ok_or(missing),
    }
}

fn window(from: Date, through: Date, at: usize) -> Result<Term, ExpressionFault> {
    if from <= through {
        Ok(Term::Window { from, through })
    } else {
        Err(ExpressionFault::Backwards { at })
    }
}

/// A recurrence by a day that comes: 每年2月30日 never does. The day of a month that is not named may be its 31st; a shorter
/// month ends it.
fn possible(recurrence: Recurrence, at: usize) -> Result<Recurrence, ExpressionFault> {
    let Recurrence::Monthly { every, by: Some(DayInPeriod { month, day: MonthDay::Day(day) }) } =
        recurrence
    else {
        return Ok(recurrence);
    };
    let month = (every == Cycle::Year).then_some(u32::from(month % 12) + 1);
    let longest = month.and_then(days_of_month).unwrap_or(31);
    if (1..=longest).contains(&day) {
        return Ok(recurrence);
    }
    Err(ExpressionFault::NoSuchDay { at, month, day: Some(day.into()) })
}

/// How many days a month can have; `None` for a month that no year has.
pub(super) fn days_of_month(month: u32) -> Option<u8> {
    const LEAP_YEAR: i16 = 2000;
    let first = Date::new(LEAP_YEAR, i8::try_from(month).ok()?, 1).ok()?;
    Some(first.days_in_month().unsigned_abs())
}

fn date(year: i16, on: DayOfYear, at: usize) -> Result<Date, ExpressionFault> {
    let day = match on.day {
        MonthDay::Day(day) => day,
        MonthDay::Last | MonthDay::WorkingDay(_) | MonthDay::LastWorkingDay => 1,
    };
    let no_such_day = ExpressionFault::NoSuchDay {
        at,
        month: Some(on.month),
        day: (on.day != MonthDay::Last).then_some(day.into()),
    };
    let month = i8::try_from(on.month).ok();
    let date = month
        .zip(i8::try_from(day).ok())
        .and_then(|(month, day)| Date::new(year, month, day).ok())
        .ok_or(no_such_day)?;
    Ok(if on.day == MonthDay::Last { date.last_of_month() } else { date })
}
