//! A running clock after its adjustments: its day 0, its suspensions and its extensions, and where it ends.
//!
//! Must not know: whether an adjustment is lawful (`rule`); it only knows whether one is possible.

use jiff::civil::Date;

use super::adjustment::{Adjustment, Change};
use super::conventions::{Conventions, SuspensionEdge};
use super::fault::{AdjustmentFault, DeadlineFault};
use crate::domain::calendar::WorkCalendar;
use crate::domain::counting::{Counted, CountingFault, Roll, add_period, rolled};
use crate::domain::term::{Period, PeriodUnit};

/// A clock after all its adjustments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningClock {
    /// Day 0, which is not counted: the trigger, or the last restart.
    pub day_zero: Date,
    /// Finished suspensions since day 0, in order.
    pub suspensions: Vec<Suspension>,
    /// The day a suspension began that is not finished.
    pub suspended_since: Option<Date>,
    /// What was added to the end since day 0, in order.
    pub extensions: Vec<Period>,
}

/// A finished suspension: the days after `after`, through `through`, do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// The last day that counts before it.
    pub after: Date,
    pub through: Date,
}

/// A part of a term, counted in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain) struct Segment {
    pub(in crate::domain) period: Period,
    /// Its day 0: the last day of the segment before it.
    pub(in crate::domain) after: Date,
    /// Its last day, not rolled.
    pub(in crate::domain) end: Counted,
}

impl Suspension {
    fn covers(self, day: Date) -> bool {
        self.after < day && day <= self.through
    }
}

impl RunningClock {
    /// Applies the adjustments, in order, to a clock that starts on `trigger`.
    ///
    /// # Errors
    ///
    /// [`DeadlineFault::Adjustment`] for the first adjustment that is out of order or inapplicable.
    pub fn with_adjustments(
        trigger: Date,
        adjustments: &[Adjustment],
        conventions: Conventions,
    ) -> Result<Self, DeadlineFault> {
        let mut clock = Self::starting(trigger);
        let mut previous = None;
        for (index, adjustment) in adjustments.iter().enumerate() {
            let on = adjustment.on;
            if on < trigger {
                return Err(fault(index, adjustment, AdjustmentFault::BeforeStart(trigger)));
            }
            if let Some(previous) = previous.filter(|previous| on < *previous) {
                return Err(fault(index, adjustment, AdjustmentFault::BeforePrevious(previous)));
            }
            clock
                .apply(on, adjustment.change, conventions)
                .map_err(|impossible| fault(index, adjustment, impossible))?;
            previous = Some(on);
        }
        Ok(clock)
    }

    /// The segments in which a period is counted, each from the end of the one before: first the period with its
    /// extensions of the same unit, then each extension of another unit. An unfinished suspension is ignored, as if it
    /// ended on the day it began.
    pub(in crate::domain) fn segments(
        &self,
        period: Period,
        calendar: &WorkCalendar,
    ) -> Result<Vec<Segment>, CountingFault> {
        let (same, other): (Vec<&Period>, Vec<&Period>) =
            self.extensions.iter().partition(|extension| extension.unit == period.unit);
        let amount = same.iter().try_fold(period.amount, |sum, more| sum.checked_add(more.amount));
        let amount = amount.ok_or(CountingFault::OutOfRange)?;
        let whole = Period { amount, unit: period.unit };
        let mut segments = vec![self.segment(whole, self.day_zero, calendar)?];
        for extension in other {
            let Some(last) = segments.last().copied() else { break };
            let mut segment = self.segment(*extension, last.end.date, calendar)?;
            segment.end.provisional |= last.end.provisional;
            segments.push(segment);
        }
        Ok(segments)
    }

    /// The last lawful day: `end` rolled off a rest day. If the day it is rolled to is suspended, the first working day
    /// after the suspension.
    ///
    /// Law: 民法典 art. 203(1). Reading: held by `a_suspension_within_the_roll_gives_the_last_day_back`.
    pub(super) fn rolled(
        &self,
        end: Counted,
        calendar: &WorkCalendar,
    ) -> Result<Counted, CountingFault> {
        let mut end = rolled(calendar, end, Roll::Following);
        for suspension in &self.suspensions {
            if suspension.covers(end.date) {
                let date = suspension.through.tomorrow().map_err(|_| CountingFault::OutOfRange)?;
                end = rolled(calendar, Counted { date, ..end }, Roll::Following);
            }
        }
        Ok(end)
    }

    /// True for a day of a finished suspension.
    pub(in crate::domain) fn is_suspended_on(&self, day: Date) -> bool {
        self.suspensions.iter().any(|suspension| suspension.covers(day))
    }

    /// Counts `period` from `after`. Each suspension that begins before the end moves the end by its length.
    fn segment(
        &self,
        period: Period,
        after: Date,
        calendar: &WorkCalendar,
    ) -> Result<Segment, CountingFault> {
        let amount = i64::from(period.amount);
        let mut end = count(calendar, after, amount, period.unit)?;
        let mut suspended = 0;
        for suspension in self.suspensions.iter().filter(|suspension| suspension.through > after) {
            let last_counted = suspension.after.max(after);
            if last_counted >= end.date {
                break;
            }
            if period.unit == PeriodUnit::WorkingDay {
                suspended += calendar.working_days_between(last_counted, suspension.through);
                end = count(calendar, after, amount + suspended, period.unit)?;
            } else {
                let length = suspension.through.duration_since(last_counted).as_hours() / 24;
                end = count(calendar, end.date, length, PeriodUnit::CalendarDay)?;
            }
        }
        Ok(Segment { period, after, end })
    }

    fn starting(day_zero: Date) -> Self {
        Self { day_zero, suspensions: Vec::new(), suspended_since: None, extensions: Vec::new() }
    }

    fn apply(
        &mut self,
        on: Date,
        change: Change,
        conventions: Conventions,
    ) -> Result<(), AdjustmentFault> {
        match change {
            Change::Extend(Period { unit: PeriodUnit::Hour, .. }) => {
                Err(AdjustmentFault::UnitMismatch)
            }
            Change::Extend(period) => {
                self.extensions.push(period);
                Ok(())
            }
            Change::Suspend => match self.suspended_since.replace(on) {
                Some(since) => Err(AdjustmentFault::AlreadySuspended(since)),
                None => Ok(()),
            },
            Change::Resume => {
                let since = self.suspended_since.take().ok_or(AdjustmentFault::NotSuspended)?;
                let after = self.last_counted_day(since, conventions.suspension);
                self.suspensions.push(Suspension { after, through: on.max(after) });
                Ok(())
            }
            // Reading: a full term begins anew, so extensions of the old one are dropped (held by
            // `a_restart_drops_what_has_run_and_what_was_added`).
            Change::Restart => {
                *self = Self::starting(on);
                Ok(())
            }
        }
    }

    /// The last day that counts before a suspension that began on `since`; not before day 0, nor before the end of the
    /// previous suspension.
    pub(in crate::domain) fn last_counted_day(&self, since: Date, edge: SuspensionEdge) -> Date {
        match edge {
            SuspensionEdge::FirstDayCounts => since,
            SuspensionEdge::FirstDayPaused => {
                let floor =
                    self.suspensions.last().map_or(self.day_zero, |previous| previous.through);
                since.yesterday().unwrap_or(since).max(floor)
            }
        }
    }
}

/// The extensions of a fixed date, each counted from the end of the one before, not rolled.
pub(in crate::domain) fn extension_segments(
    fixed: Date,
    adjustments: &[Adjustment],
    calendar: &WorkCalendar,
) -> Result<Vec<Segment>, DeadlineFault> {
    let mut before = Counted { date: fixed, provisional: false };
    let mut segments = Vec::new();
    for period in only_extensions(adjustments)? {
        let added = count(calendar, before.date, i64::from(period.amount), period.unit)?;
        let end = Counted { provisional: before.provisional || added.provisional, ..added };
        segments.push(Segment { period, after: before.date, end });
        before = end;
    }
    Ok(segments)
}

/// Refuses every adjustment: for terms that cannot be adjusted.
pub(super) fn refuse_all(adjustments: &[Adjustment]) -> Result<(), DeadlineFault> {
    match adjustments.first() {
        Some(first) => Err(fault(0, first, AdjustmentFault::NoRunningClock)),
        None => Ok(()),
    }
}

/// The extensions of a fixed date. Refuses every other kind of adjustment.
fn only_extensions(adjustments: &[Adjustment]) -> Result<Vec<Period>, DeadlineFault> {
    let extensions =
        adjustments.iter().enumerate().map(|(index, adjustment)| match adjustment.change {
            Change::Extend(Period { unit: PeriodUnit::Hour, .. }) => {
                Err(fault(index, adjustment, AdjustmentFault::UnitMismatch))
            }
            Change::Extend(period) => Ok(period),
            Change::Suspend | Change::Resume | Change::Restart => {
                Err(fault(index, adjustment, AdjustmentFault::NoRunningClock))
            }
        });
    extensions.collect()
}

/// The hours by which a term in hours is extended, in all. Refuses every other kind of adjustment.
pub(super) fn hours_added(adjustments: &[Adjustment]) -> Result<i64, DeadlineFault> {
    let hours = adjustments.iter().enumerate().map(|(index, adjustment)| match adjustment.change {
        Change::Extend(Period { unit: PeriodUnit::Hour, amount }) => Ok(i64::from(amount)),
        Change::Extend(_) => Err(fault(index, adjustment, AdjustmentFault::UnitMismatch)),
        Change::Suspend | Change::Resume | Change::Restart => {
            Err(fault(index, adjustment, AdjustmentFault::NoRunningClock))
        }
    });
    hours.sum()
}

/// The fault of the adjustment at `index`, counted from 0.
pub(super) fn fault(
    index: usize,
    adjustment: &Adjustment,
    fault: AdjustmentFault,
) -> DeadlineFault {
    DeadlineFault::Adjustment { position: index + 1, on: adjustment.on, fault }
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
