//! The course of a running clock: where it started, when it stood still, what was added to its end.
//!
//! Must not know: whether an adjustment was lawful (`rule`), only whether it is possible.

use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::counting::{Counted, CountingFault, Roll, add_period};
use crate::domain::deadline::{
    Adjustment, Change, Conventions, DeadlineFault, OrderFault, SuspensionEdge,
};
use crate::domain::term::{Period, PeriodUnit};

/// A clock after all its adjustments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Day 0, which is not counted: the trigger, or the last restart.
    pub day_zero: Date,
    /// When it stood still since then, in order.
    pub pauses: Vec<Pause>,
    /// The day it stopped, while it stands still.
    pub suspended_since: Option<Date>,
    /// What was added to the end since day 0, in order.
    pub extensions: Vec<Period>,
}

/// Days that do not count: after `after`, through `through`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The last day before it.
    pub after: Date,
    /// Its last day.
    pub through: Date,
}

impl Course {
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

    /// The last day of a period on this course, before any roll; an open suspension counts as if it ended the
    /// day it began.
    pub(super) fn end(
        &self,
        period: Period,
        calendar: &WorkCalendar,
    ) -> Result<Counted, CountingFault> {
        let paused = self.pauses.iter().map(|Pause { after, through }| {
            if period.unit == PeriodUnit::WorkingDay {
                calendar.working_days_between(*after, *through)
            } else {
                days_between(*after, *through)
            }
        });
        let paused: i64 = paused.sum();
        let same_unit = |extension: &&Period| extension.unit == period.unit;
        let added: i64 =
            self.extensions.iter().filter(same_unit).map(|period| i64::from(period.amount)).sum();
        let amount = i64::from(period.amount).saturating_add(added);
        let mut end = match period.unit {
            PeriodUnit::WorkingDay | PeriodUnit::CalendarDay => {
                count(calendar, self.day_zero, amount.saturating_add(paused), period.unit)?
            }
            PeriodUnit::Month | PeriodUnit::Year | PeriodUnit::Hour => {
                let end = count(calendar, self.day_zero, amount, period.unit)?;
                count(calendar, end.date, paused, PeriodUnit::CalendarDay)?
            }
        };
        for extension in self.extensions.iter().filter(|extension| !same_unit(extension)) {
            end = add(calendar, end, *extension)?;
        }
        Ok(end)
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
                self.pauses.push(Pause { after, through: on.max(after) });
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
    fn last_counted_day(&self, since: Date, edge: SuspensionEdge) -> Date {
        match edge {
            SuspensionEdge::FirstDayCounts => since,
            SuspensionEdge::FirstDayPaused => {
                let floor = self.pauses.last().map_or(self.day_zero, |pause| pause.through);
                since.yesterday().unwrap_or(since).max(floor)
            }
        }
    }
}

/// Adds a period to a counted end, without a roll.
pub(super) fn add(
    calendar: &WorkCalendar,
    end: Counted,
    period: Period,
) -> Result<Counted, CountingFault> {
    let added = count(calendar, end.date, i64::from(period.amount), period.unit)?;
    Ok(Counted { provisional: end.provisional || added.provisional, ..added })
}

/// The extensions of a term without a running clock.
pub(super) fn only_extensions(adjustments: &[Adjustment]) -> Result<Vec<Period>, DeadlineFault> {
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

fn days_between(after: Date, through: Date) -> i64 {
    through.duration_since(after).as_hours().div_euclid(24)
}
