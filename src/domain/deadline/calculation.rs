//! The calculation of a due date, for each kind of term.
//!
//! Must not know: where the inputs are stored.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Span};

use super::adjustment::Adjustment;
use super::anchor::Anchor;
use super::clock_state::{ClockState, Deadline};
use super::conventions::{BeforeEdge, Conventions, Direction};
use super::fault::{AdjustmentFault, DeadlineFault};
use super::running_clock::{self, RunningClock, extension_segments};
use crate::domain::calendar::WorkCalendar;
use crate::domain::counting::{Counted, CountingFault, Roll, add_period, add_working_days, rolled};
use crate::domain::moment::Moment;
use crate::domain::term::{Cycle, DayInPeriod, MonthDay, Period, PeriodUnit, Recurrence, Term};

/// The deadline of a term counted forwards; `None` for an undated term, an unknown trigger and a suspended clock.
///
/// `anchor` is the trigger for [`Term::Within`] and [`Term::AtLeast`], the first day of the occurrence's period for
/// [`Term::Every`] and [`Term::Times`], and is not used by [`Term::By`] and [`Term::Window`].
///
/// Law: 民法典 art. 201 to 203. Reading: a fixed date is no period and stays what the document says; its act-by date is
/// the working day on or before it (held by `worked_example_17_fixed_dates`).
///
/// # Errors
///
/// [`DeadlineFault`] when the calendar does not reach, a term in hours has no instant, or an adjustment is impossible.
///
/// ```
/// use duban::domain::{calendar::WorkCalendar, deadline::deadline};
/// use jiff::civil::date;
/// let calendar: WorkCalendar = "calendar 2026-01-01 2026-12-31 2026-12-24".parse().unwrap();
/// let term = "2026-01-31".parse().unwrap(); // a Saturday
/// let report = deadline(&term, None, &[], &calendar).unwrap().unwrap();
/// assert_eq!((report.due, report.act_by), (date(2026, 1, 31), date(2026, 1, 30)));
/// ```
pub fn deadline(
    term: &Term,
    anchor: Option<Anchor>,
    adjustments: &[Adjustment],
    calendar: &WorkCalendar,
) -> Result<Option<Deadline>, DeadlineFault> {
    Calculation { anchor, adjustments, ..Calculation::of(term, calendar) }
        .clock()
        .map(ClockState::deadline)
}

/// Everything a due date is calculated from.
#[derive(Clone, Copy, Debug)]
pub struct Calculation<'a> {
    pub term: &'a Term,
    /// The trigger, when known.
    pub anchor: Option<Anchor>,
    pub counts: Direction,
    /// In the order in which they took effect.
    pub adjustments: &'a [Adjustment],
    pub calendar: &'a WorkCalendar,
    pub conventions: Conventions,
}

impl<'a> Calculation<'a> {
    /// A term counted forwards whose trigger is not known yet, under the default conventions.
    pub fn of(term: &'a Term, calendar: &'a WorkCalendar) -> Self {
        let (counts, conventions) = (Direction::default(), Conventions::default());
        Self { term, anchor: None, counts, adjustments: &[], calendar, conventions }
    }

    /// Whether the clock runs, and towards which deadline.
    ///
    /// # Errors
    ///
    /// As [`deadline`].
    pub fn clock(&self) -> Result<ClockState, DeadlineFault> {
        if self.counts == Direction::Before && !self.term.counts_backwards() {
            return Err(DeadlineFault::NotBackwards { term: self.term.clone() });
        }
        match (self.term, self.anchor) {
            (Term::Undated, _) => Ok(ClockState::Undated),
            (Term::By(date) | Term::Window { through: date, .. }, _) => self.fixed(*date),
            (Term::Every(recurrence), Some(first)) => {
                self.fixed(day_of_occurrence(*recurrence, first.day(), self.calendar)?)
            }
            (Term::Times(quota), Some(first)) => {
                self.fixed(last_day_of_period(quota.every, first.day())?)
            }
            (Term::Within(Period { amount, unit: PeriodUnit::Hour }), Some(trigger)) => {
                self.hours(*amount, trigger)
            }
            (Term::Within(period), Some(event)) if self.counts == Direction::Before => {
                self.before(*period, event.day())
            }
            (Term::Within(period) | Term::AtLeast(period), Some(trigger)) => {
                self.period(*period, trigger.day())
            }
            (_, None) => match self.adjustments.first() {
                Some(first) => Err(running_clock::fault(0, first, AdjustmentFault::NotStarted)),
                None => Ok(ClockState::Waiting),
            },
        }
    }

    fn period(&self, period: Period, day_zero: Date) -> Result<ClockState, DeadlineFault> {
        let clock = RunningClock::with_adjustments(day_zero, self.adjustments, self.conventions)?;
        let segments = clock.segments(period, self.calendar)?;
        let counted =
            segments.last().map(|segment| segment.end).ok_or(CountingFault::OutOfRange)?;
        let end = clock.rolled(counted, self.calendar)?;
        let earliest = matches!(self.term, Term::AtLeast(_)).then_some(end.date);
        let deadline = Deadline { earliest, ..self.with_act_by(end) };
        Ok(match clock.suspended_since {
            Some(since) if since <= deadline.due => {
                ClockState::Suspended { since, not_before: deadline }
            }
            _ => ClockState::Running(deadline),
        })
    }

    /// The last lawful day before an event, rolled back to a working day.
    fn before(&self, period: Period, event: Date) -> Result<ClockState, DeadlineFault> {
        running_clock::refuse_all(self.adjustments)?;
        let counted = self.unrolled_before(period, event)?;
        Ok(ClockState::Running(self.with_act_by(rolled(self.calendar, counted, Roll::Preceding))))
    }

    /// The last lawful day before an event, without the roll.
    pub(in crate::domain) fn unrolled_before(
        &self,
        period: Period,
        event: Date,
    ) -> Result<Counted, CountingFault> {
        let out_of_range = |_| CountingFault::OutOfRange;
        let amount = i32::try_from(period.amount).map_err(out_of_range)?;
        let day_zero = match self.conventions.before {
            BeforeEdge::EventIsDayZero => event,
            BeforeEdge::FullDaysBetween if period.unit == PeriodUnit::WorkingDay => {
                add_working_days(self.calendar, event, -1)?.date
            }
            BeforeEdge::FullDaysBetween => event.yesterday().unwrap_or(event),
        };
        add_period(self.calendar, day_zero, -amount, period.unit, Roll::None)
    }

    /// A fixed date is not rolled; an extended one is the end of a period, which is.
    fn fixed(&self, date: Date) -> Result<ClockState, DeadlineFault> {
        let first = self.calendar.first();
        if date < first {
            return Err(CountingFault::BeforeCalendar { date, first }.into());
        }
        let segments = extension_segments(date, self.adjustments, self.calendar)?;
        let end = segments.last().map_or(Counted { date, provisional: false }, |last| {
            rolled(self.calendar, last.end, Roll::Following)
        });
        Ok(ClockState::Running(self.with_act_by(end)))
    }

    /// Hours run through nights and rest days. Law: 民法典 art. 201(2).
    fn hours(&self, amount: u32, trigger: Anchor) -> Result<ClockState, DeadlineFault> {
        let Anchor::Instant(start) = trigger else {
            return Err(DeadlineFault::NoInstant { day: trigger.day() });
        };
        let extra = running_clock::hours_added(self.adjustments)?;
        let hours = SignedDuration::from_hours(i64::from(amount) + extra);
        let end = start.instant().checked_add(hours).map_err(|_| CountingFault::OutOfRange)?;
        let end = Moment::at(end);
        Ok(ClockState::Running(Deadline {
            due: end.today(),
            due_at: Some(end),
            act_by: end.today(),
            earliest: None,
            provisional: false,
        }))
    }

    /// A due date with its act-by date; provisional when the due date lies beyond the horizon.
    fn with_act_by(&self, end: Counted) -> Deadline {
        let act_by = rolled(self.calendar, end, Roll::Preceding);
        Deadline {
            due: end.date,
            due_at: None,
            act_by: act_by.date,
            earliest: None,
            provisional: act_by.provisional,
        }
    }
}

/// The day of the occurrence whose period begins on `first`; the period's last day when the document names none.
fn day_of_occurrence(
    recurrence: Recurrence,
    first: Date,
    calendar: &WorkCalendar,
) -> Result<Date, CountingFault> {
    match recurrence {
        Recurrence::Daily | Recurrence::WorkingDaily => Ok(first),
        Recurrence::Weekly(weekday) => {
            let days = weekday.map_or(6, Weekday::to_monday_zero_offset);
            let days = SignedDuration::from_hours(i64::from(days) * 24);
            first.checked_add(days).map_err(|_| CountingFault::OutOfRange)
        }
        Recurrence::Monthly { every, by: None } => last_day_of_period(every, first),
        Recurrence::Monthly { by: Some(DayInPeriod { month, day }), .. } => {
            let month = month_after(first, month)?;
            match day {
                MonthDay::Last => Ok(month.last_of_month()),
                MonthDay::LastWorkingDay => {
                    let last = Counted { date: month.last_of_month(), provisional: false };
                    Ok(rolled(calendar, last, Roll::Preceding).date)
                }
                MonthDay::WorkingDay(number) => {
                    let before = month.yesterday().map_err(|_| CountingFault::OutOfRange)?;
                    Ok(add_working_days(calendar, before, i32::from(number))?.date)
                }
                MonthDay::Day(day) => {
                    let day = i8::try_from(day).unwrap_or(i8::MAX).min(month.days_in_month());
                    month.with().day(day).build().map_err(|_| CountingFault::OutOfRange)
                }
            }
        }
    }
}

fn last_day_of_period(every: Cycle, first: Date) -> Result<Date, CountingFault> {
    month_after(first, every.months() - 1).map(Date::last_of_month)
}

/// The first day of the month `months` after that of `date`.
fn month_after(date: Date, months: u8) -> Result<Date, CountingFault> {
    let span = Span::new().months(i64::from(months));
    date.first_of_month().checked_add(span).map_err(|_| CountingFault::OutOfRange)
}
