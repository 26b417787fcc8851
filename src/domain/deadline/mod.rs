//! From a term, a trigger and adjustments to a due date on a calendar.
//!
//! Must not know: how the date is explained (`explanation`), which grounds a rule allows (`rule`), where the inputs
//! are stored.

mod conventions;
pub(in crate::domain) mod course;

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Span};

use crate::domain::calendar::WorkCalendar;
use crate::domain::counting::{Counted, CountingFault, Roll, add_period, add_working_days, rolled};
use crate::domain::moment::Moment;
use crate::domain::term::{Cycle, DayInPeriod, MonthDay, Period, PeriodUnit, Recurrence, Term};

pub use conventions::{BeforeEdge, Conventions, Method, SuspensionEdge};
pub use course::{RunningClock, Suspension};

/// When something must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// 到期日: the last lawful day, included. Law: 民法典 art. 203(2): it ends at 24:00 or the close of business.
    pub due: Date,
    /// The instant, for terms in hours only.
    pub due_at: Option<Moment>,
    /// 应办日: the last working day on or before [`due`](Self::due); for terms in hours the due date itself, because
    /// hours run through nights and holidays.
    pub act_by: Date,
    /// For a minimum (不少于): the earliest lawful end.
    pub earliest: Option<Date>,
    /// A day beyond the calendar's horizon was used: the dates may change with the next notice.
    pub provisional: bool,
}

impl Deadline {
    /// True when `now` is past it: for days from the next day's 00:00 on, for hours from the next second on.
    pub fn is_over(&self, now: Moment) -> bool {
        self.due_at.map_or(now.today() > self.due, |due_at| now > due_at)
    }

    /// True when both fall at the same time; whether they are certain of it is not asked.
    pub fn coincides_with(&self, other: &Self) -> bool {
        let Self { due, due_at, act_by, earliest, provisional: _ } = *other;
        (self.due, self.due_at, self.act_by, self.earliest) == (due, due_at, act_by, earliest)
    }
}

/// What a term runs from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The trigger's day, which is day 0; for a duty that comes back, the first day of the occurrence's period.
    Day(Date),
    /// The trigger's instant, for terms in hours.
    Instant(Moment),
}

impl Anchor {
    /// Its instant, when that is known.
    pub fn instant(self) -> Option<Moment> {
        match self {
            Self::Day(_) => None,
            Self::Instant(moment) => Some(moment),
        }
    }

    /// Its day in Asia/Shanghai.
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Instant(moment) => moment.today(),
        }
    }
}

impl From<Date> for Anchor {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<Moment> for Anchor {
    fn from(moment: Moment) -> Self {
        Self::Instant(moment)
    }
}

/// An event that moves a running clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The day it takes effect.
    pub on: Date,
    /// What it does.
    pub change: Change,
    /// The legal ground (征求第三方意见, 补正), as a rule names it.
    pub ground: Option<String>,
    /// Why, in the operator's words.
    pub reason: String,
}

/// What an adjustment does to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// 延期: adds to the end.
    Extend(Period),
    /// 中止: the clock stops and keeps what is left.
    Suspend,
    /// 恢复: the clock goes on with what was left.
    Resume,
    /// 重新起算: what has run is dropped, this day is the new day 0.
    Restart,
}

/// Which way a term is counted from its trigger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// …之日起N日内.
    #[default]
    After,
    /// …N日前: the latest day before the event.
    Before,
}

impl Direction {
    /// The word used in data and configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::Before => "before",
        }
    }
}

impl Change {
    /// The word used in data and SQL.
    pub fn word(self) -> &'static str {
        match self {
            Self::Extend(_) => "extend",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Restart => "restart",
        }
    }
}

/// Where a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockState {
    /// The term names no date.
    Undated,
    /// The trigger has not happened, or is not known.
    Waiting,
    /// Stopped: there is no due date until it resumes.
    Suspended {
        /// The day it stopped.
        since: Date,
        /// The date if it were resumed on the day it stopped: never later than the true one.
        not_before: Deadline,
    },
    /// Running towards a deadline, or past it.
    Running(Deadline),
}

/// Why a term and its adjustments give no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeadlineFault {
    /// The calendar does not reach, or the numbers are too large.
    #[error(transparent)]
    Counting(#[from] CountingFault),
    /// Hours need to know the instant.
    #[error("a term in hours needs the instant of its trigger, only the day {day} is known")]
    NoInstant {
        /// The day that is known.
        day: Date,
    },
    /// Only days, months and years can be counted back from an event.
    #[error("{term} cannot be counted back from an event; only days, months and years can be")]
    NotBackwards {
        /// What was to be.
        term: Term,
    },
    /// The adjustments do not tell a possible story.
    #[error("adjustment {position} on {on} {fault}")]
    Order {
        /// Its place in the list, from 1.
        position: usize,
        /// Its day.
        on: Date,
        /// What is impossible about it.
        fault: OrderFault,
    },
}

/// What is impossible about an adjustment where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderFault {
    /// The clock has not started.
    #[error("comes before the trigger is known")]
    NotStarted,
    /// Earlier than day 0.
    #[error("lies before the clock starts on {0}")]
    BeforeStart(Date),
    /// Earlier than the adjustment before it.
    #[error("lies before the one of {0}")]
    BeforePrevious(Date),
    /// Resumed while running.
    #[error("resumes a clock that is not suspended")]
    NotSuspended,
    /// Suspended while suspended.
    #[error("suspends a clock that is suspended since {0}")]
    AlreadySuspended(Date),
    /// A fixed date has no running clock; hours are not stopped by the day.
    #[error("needs a period counted in days or months")]
    NoRunningClock,
    /// Extended by hours what is counted in days, or the reverse.
    #[error("extends by a unit the term cannot be added to")]
    UnitMismatch,
}

/// Works out the deadline; `None` when there is none: undated, trigger unknown, or suspended.
///
/// `anchor` is the trigger for [`Term::Within`] and [`Term::AtLeast`], the first day of the occurrence's period for
/// [`Term::Every`] and [`Term::Times`], and is not looked at by [`Term::By`] and [`Term::Window`].
///
/// Law: 民法典 art. 201 to 203. Reading: a fixed date is no period and stays where the document put it; it is planned
/// for by the working day on or before it (held by `worked_example_17_fixed_dates`).
///
/// # Errors
///
/// [`DeadlineFault`]: the calendar does not reach, hours without an instant, or adjustments in an impossible order.
///
/// ```
/// use duban::domain::{calendar::WorkCalendar, deadline::deadline};
/// use jiff::civil::date;
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
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

/// Everything a due date is worked out from.
#[derive(Clone, Copy, Debug)]
pub struct Calculation<'a> {
    /// What the document says.
    pub term: &'a Term,
    /// What it runs from, when known.
    pub anchor: Option<Anchor>,
    /// Which way the term is counted.
    pub counts: Direction,
    /// What moved the clock, in order.
    pub adjustments: &'a [Adjustment],
    /// Which days are worked.
    pub calendar: &'a WorkCalendar,
    /// How open questions are answered.
    pub conventions: Conventions,
}

impl ClockState {
    /// The deadline, while there is one.
    pub fn deadline(self) -> Option<Deadline> {
        match self {
            Self::Running(deadline) => Some(deadline),
            Self::Undated | Self::Waiting | Self::Suspended { .. } => None,
        }
    }
}

impl<'a> Calculation<'a> {
    /// A term counted forwards whose trigger is not known yet, under the default conventions.
    pub fn of(term: &'a Term, calendar: &'a WorkCalendar) -> Self {
        let (counts, conventions) = (Direction::default(), Conventions::default());
        Self { term, anchor: None, counts, adjustments: &[], calendar, conventions }
    }

    /// Where the clock stands.
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
                self.fixed(day_of_occurrence(*recurrence, first.day())?)
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
                Some(first) => Err(course::fault(0, first, OrderFault::NotStarted)),
                None => Ok(ClockState::Waiting),
            },
        }
    }

    fn period(&self, period: Period, day_zero: Date) -> Result<ClockState, DeadlineFault> {
        let course = RunningClock::follow(day_zero, self.adjustments, self.conventions)?;
        let legs = course.legs(period, self.calendar)?;
        let raw = legs.last().map(|leg| leg.end).ok_or(CountingFault::OutOfRange)?;
        let end = course.rolled(raw, self.calendar)?;
        let earliest = matches!(self.term, Term::AtLeast(_)).then_some(end.date);
        let deadline = Deadline { earliest, ..self.planned(end) };
        Ok(match course.suspended_since {
            Some(since) if since <= deadline.due => {
                ClockState::Suspended { since, not_before: deadline }
            }
            _ => ClockState::Running(deadline),
        })
    }

    /// The latest day before an event, on a working day.
    fn before(&self, period: Period, event: Date) -> Result<ClockState, DeadlineFault> {
        course::none(self.adjustments)?;
        let raw = self.before_any_roll(period, event)?;
        Ok(ClockState::Running(self.planned(rolled(self.calendar, raw, Roll::Preceding))))
    }

    /// The latest day before an event by number alone.
    pub(in crate::domain) fn before_any_roll(
        &self,
        period: Period,
        event: Date,
    ) -> Result<Counted, CountingFault> {
        let out_of_range = |_| CountingFault::OutOfRange;
        let amount = i32::try_from(period.amount).map_err(out_of_range)?.saturating_neg();
        let day_zero = match self.conventions.before {
            BeforeEdge::EventIsDayZero => event,
            BeforeEdge::FullDaysBetween if period.unit == PeriodUnit::WorkingDay => {
                add_working_days(self.calendar, event, -1)?.date
            }
            BeforeEdge::FullDaysBetween => event.yesterday().unwrap_or(event),
        };
        add_period(self.calendar, day_zero, amount, period.unit, Roll::None)
    }

    /// A named day stays where it is; once extended it is the end of a period, which rolls.
    fn fixed(&self, date: Date) -> Result<ClockState, DeadlineFault> {
        let first = self.calendar.first();
        if date < first {
            return Err(CountingFault::BeforeCalendar { date, first }.into());
        }
        let legs = course::extended(date, self.adjustments, self.calendar)?;
        let end = legs.last().map_or(Counted { date, provisional: false }, |last| {
            rolled(self.calendar, last.end, Roll::Following)
        });
        Ok(ClockState::Running(self.planned(end)))
    }

    /// Hours run through nights and rest days. Law: 民法典 art. 201(2).
    fn hours(&self, amount: u32, trigger: Anchor) -> Result<ClockState, DeadlineFault> {
        let Anchor::Instant(start) = trigger else {
            return Err(DeadlineFault::NoInstant { day: trigger.day() });
        };
        let extra = course::only_hours(self.adjustments)?;
        let hours = SignedDuration::from_hours(i64::from(amount).saturating_add(extra));
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

    /// The act-by date looks at the due date, so a due date beyond the horizon is provisional.
    fn planned(&self, end: Counted) -> Deadline {
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
fn day_of_occurrence(recurrence: Recurrence, first: Date) -> Result<Date, CountingFault> {
    match recurrence {
        Recurrence::Daily => Ok(first),
        Recurrence::Weekly(weekday) => {
            let days = weekday.map_or(6, Weekday::to_monday_zero_offset);
            let days = SignedDuration::from_hours(i64::from(days).saturating_mul(24));
            first.checked_add(days).map_err(|_| CountingFault::OutOfRange)
        }
        Recurrence::Monthly { every, by: None } => last_day_of_period(every, first),
        Recurrence::Monthly { by: Some(DayInPeriod { month, day }), .. } => {
            let month = month_after(first, month)?;
            match day {
                MonthDay::Last => Ok(month.last_of_month()),
                MonthDay::Day(day) => {
                    let day = i8::try_from(day).unwrap_or(i8::MAX).min(month.days_in_month());
                    month.with().day(day).build().map_err(|_| CountingFault::OutOfRange)
                }
            }
        }
    }
}

fn last_day_of_period(every: Cycle, first: Date) -> Result<Date, CountingFault> {
    month_after(first, every.months().saturating_sub(1)).map(Date::last_of_month)
}

/// The first day of the month `months` after that of `date`.
fn month_after(date: Date, months: u8) -> Result<Date, CountingFault> {
    let span = Span::new().months(i64::from(months));
    date.first_of_month().checked_add(span).map_err(|_| CountingFault::OutOfRange)
}
