//! The course of a running clock: where it started, when it stood still, what was added to its end.
//!
//! Must not know: whether an adjustment was lawful (`rule`), only whether it is possible.

use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::counting::{Counted, CountingFault, Roll, add_period, rolled};
use crate::domain::deadline::{
    Adjustment, Change, Conventions, DeadlineFault, OrderFault, SuspensionEdge,
};
use crate::domain::term::{Period, PeriodUnit};

/// A clock after all its adjustments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningClock {
    /// Day 0, which is not counted: the trigger, or the last restart.
    pub day_zero: Date,
    /// When it stood still since then, in order.
    pub pauses: Vec<Suspension>,
    /// The day it stopped, while it stands still.
    pub suspended_since: Option<Date>,
    /// What was added to the end since day 0, in order.
    pub extensions: Vec<Period>,
}

/// Days that do not count: after `after`, through `through`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// The last day before it.
    pub after: Date,
    /// Its last day.
    pub through: Date,
}

/// A part of a term, counted in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain) struct Segment {
    /// How much, and in what.
    pub(in crate::domain) period: Period,
    /// Its day 0.
    pub(in crate::domain) after: Date,
    /// Its last day, before any roll.
    pub(in crate::domain) end: Counted,
}

impl RunningClock {
    /// Follows the adjustments from the trigger on.
    ///
    /// # Errors
    ///
    /// [`DeadlineFault::Order`] naming the first adjustment that cannot be where it stands.
    pub fn follow(
        trigger: Date,
        adjustments: &[Adjustment],
        conventions: Conventions,
    ) -> Result<Self, DeadlineFault> {
        let mut course = Self::starting(trigger);
        let mut previous = None;
        for (index, adjustment) in adjustments.iter().enumerate() {
            let on = adjustment.on;
            if on < trigger {
                return Err(fault(index, adjustment, OrderFault::BeforeStart(trigger)));
            }
            if let Some(previous) = previous.filter(|previous| on < *previous) {
                return Err(fault(index, adjustment, OrderFault::BeforePrevious(previous)));
            }
            course
                .apply(on, adjustment.change, conventions)
                .map_err(|order| fault(index, adjustment, order))?;
            previous = Some(on);
        }
        Ok(course)
    }

    /// The parts a period is counted in, each from the end of the one before: the period with its extensions of
    /// the same unit, then each extension of another unit. An open suspension counts as if it ended the day it began.
    pub(in crate::domain) fn legs(
        &self,
        period: Period,
        calendar: &WorkCalendar,
    ) -> Result<Vec<Segment>, CountingFault> {
        let (same, other): (Vec<&Period>, Vec<&Period>) =
            self.extensions.iter().partition(|extension| extension.unit == period.unit);
        let amount = same.iter().try_fold(period.amount, |sum, more| sum.checked_add(more.amount));
        let amount = amount.ok_or(CountingFault::OutOfRange)?;
        let whole = Period { amount, unit: period.unit };
        let mut legs = vec![self.leg(whole, self.day_zero, calendar)?];
        for extension in other {
            let Some(last) = legs.last().copied() else { break };
            let mut leg = self.leg(*extension, last.end.date, calendar)?;
            leg.end.provisional |= last.end.provisional;
            legs.push(leg);
        }
        Ok(legs)
    }

    /// The last lawful day: the end, off a rest day. A pause that covers the day the roll goes to has taken it away: the roll
    /// goes on behind the pause.
    ///
    /// Law: 民法典 art. 203(1). Reading: held by `a_suspension_within_the_roll_gives_the_last_day_back`.
    pub(super) fn rolled(
        &self,
        raw: Counted,
        calendar: &WorkCalendar,
    ) -> Result<Counted, CountingFault> {
        let mut end = rolled(calendar, raw, Roll::Following);
        for pause in &self.pauses {
            if pause.after < end.date && end.date <= pause.through {
                let date = pause.through.tomorrow().map_err(|_| CountingFault::OutOfRange)?;
                end = rolled(calendar, Counted { date, ..end }, Roll::Following);
            }
        }
        Ok(end)
    }

    /// True when the day lies in a pause.
    pub(in crate::domain) fn is_paused(&self, day: Date) -> bool {
        self.pauses.iter().any(|pause| pause.after < day && day <= pause.through)
    }

    /// Each pause moves the end, unless the leg was over before it began.
    fn leg(
        &self,
        period: Period,
        after: Date,
        calendar: &WorkCalendar,
    ) -> Result<Segment, CountingFault> {
        let amount = i64::from(period.amount);
        let mut end = count(calendar, after, amount, period.unit)?;
        let mut paused = 0;
        for pause in self.pauses.iter().filter(|pause| pause.through > after) {
            let first = pause.after.max(after);
            if first >= end.date {
                break;
            }
            if period.unit == PeriodUnit::WorkingDay {
                let length = calendar.working_days_between(first, pause.through);
                paused = i64::saturating_add(paused, length);
                end = count(calendar, after, amount.saturating_add(paused), period.unit)?;
            } else {
                let length = pause.through.duration_since(first).as_hours().div_euclid(24);
                end = count(calendar, end.date, length, PeriodUnit::CalendarDay)?;
            }
        }
        Ok(Segment { period, after, end })
    }

    fn starting(day_zero: Date) -> Self {
        Self { day_zero, pauses: Vec::new(), suspended_since: None, extensions: Vec::new() }
    }

    fn apply(
        &mut self,
        on: Date,
        change: Change,
        conventions: Conventions,
    ) -> Result<(), OrderFault> {
        match change {
            Change::Extend(Period { unit: PeriodUnit::Hour, .. }) => Err(OrderFault::UnitMismatch),
            Change::Extend(period) => {
                self.extensions.push(period);
                Ok(())
            }
            Change::Suspend => match self.suspended_since.replace(on) {
                Some(since) => Err(OrderFault::AlreadySuspended(since)),
                None => Ok(()),
            },
            Change::Resume => {
                let since = self.suspended_since.take().ok_or(OrderFault::NotSuspended)?;
                let after = self.last_counted_day(since, conventions.suspension);
                self.pauses.push(Suspension { after, through: on.max(after) });
                Ok(())
            }
            // Reading: a full term begins anew, so what was added to the old one is gone with it (held by
            // `a_restart_drops_what_has_run_and_what_was_added`).
            Change::Restart => {
                *self = Self::starting(on);
                Ok(())
            }
        }
    }

    /// The last day that counts before a suspension; never before day 0 or the pause before.
    pub(in crate::domain) fn last_counted_day(&self, since: Date, edge: SuspensionEdge) -> Date {
        match edge {
            SuspensionEdge::FirstDayCounts => since,
            SuspensionEdge::FirstDayPaused => {
                let floor = self.pauses.last().map_or(self.day_zero, |pause| pause.through);
                since.yesterday().unwrap_or(since).max(floor)
            }
        }
    }
}

/// The extensions of a named day, each counted from the end of the one before, without a roll; empty without any.
pub(in crate::domain) fn extended(
    named: Date,
    adjustments: &[Adjustment],
    calendar: &WorkCalendar,
) -> Result<Vec<Segment>, DeadlineFault> {
    let mut before = Counted { date: named, provisional: false };
    let mut legs = Vec::new();
    for period in only_extensions(adjustments)? {
        let added = count(calendar, before.date, i64::from(period.amount), period.unit)?;
        let end = Counted { provisional: before.provisional || added.provisional, ..added };
        legs.push(Segment { period, after: before.date, end });
        before = end;
    }
    Ok(legs)
}

/// Refuses adjustments where the term takes none.
pub(super) fn none(adjustments: &[Adjustment]) -> Result<(), DeadlineFault> {
    match adjustments.first() {
        Some(first) => Err(fault(0, first, OrderFault::NoRunningClock)),
        None => Ok(()),
    }
}

/// The extensions of a term without a running clock.
fn only_extensions(adjustments: &[Adjustment]) -> Result<Vec<Period>, DeadlineFault> {
    let extensions =
        adjustments.iter().enumerate().map(|(index, adjustment)| match adjustment.change {
            Change::Extend(Period { unit: PeriodUnit::Hour, .. }) => {
                Err(fault(index, adjustment, OrderFault::UnitMismatch))
            }
            Change::Extend(period) => Ok(period),
            Change::Suspend | Change::Resume | Change::Restart => {
                Err(fault(index, adjustment, OrderFault::NoRunningClock))
            }
        });
    extensions.collect()
}

/// The hours added to a term in hours.
pub(super) fn only_hours(adjustments: &[Adjustment]) -> Result<i64, DeadlineFault> {
    let hours = adjustments.iter().enumerate().map(|(index, adjustment)| match adjustment.change {
        Change::Extend(Period { unit: PeriodUnit::Hour, amount }) => Ok(i64::from(amount)),
        Change::Extend(_) => Err(fault(index, adjustment, OrderFault::UnitMismatch)),
        Change::Suspend | Change::Resume | Change::Restart => {
            Err(fault(index, adjustment, OrderFault::NoRunningClock))
        }
    });
    hours.sum()
}

/// The fault of the adjustment at `index`, counted from 0.
pub(super) fn fault(index: usize, adjustment: &Adjustment, fault: OrderFault) -> DeadlineFault {
    DeadlineFault::Order { position: index.saturating_add(1), on: adjustment.on, fault }
}

fn count(
    calendar: &WorkCalendar,
    start: Date,
    amount: i64,
    unit: PeriodUnit,
) -> Result<Counted, CountingFault> {
    let amount = i32::try_from(amount).map_err(|_| CountingFault::OutOfRange)?;
    add_period(calendar, start, amount, unit, Roll::None)
}
