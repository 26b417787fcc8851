//! Rungs and their repeats as days of one case.
//!
//! Must not know: who is told.

use jiff::civil::Date;

use super::hours::working_days_from;
use super::{Case, Reminder};
use crate::domain::calendar::WorkCalendar;
use crate::domain::ladder::{Ladder, Rung};

/// A rung, or one repeat of the last rung, with its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step<'a> {
    pub(super) rung: &'a Rung,
    /// Place of the rung on the ladder.
    pub(super) place: usize,
    /// 0 for the rung itself.
    pub(super) repeat: u32,
    /// The working day from which it is due.
    pub(super) on: Date,
}

impl Step<'_> {
    /// True when the reminder tells of this step, under whatever dates.
    pub(super) fn is_of(&self, reminder: &Reminder) -> bool {
        reminder.repeat == self.repeat && reminder.rung == self.rung.name
    }
}

/// All steps of a case in the order of their days; none while it has no date.
///
/// Repeats of a case that was registered after its last rung count from the day of registration, so that what came late
/// into the ledger is chased as long as anything else.
pub(super) fn steps<'a>(case: &'a Case, calendar: &WorkCalendar) -> Vec<Step<'a>> {
    let Some(act_by) = case.act_by else { return Vec::new() };
    let speaks = |rung: &Rung| !(case.is_minimum && rung.tone.speaks_of_lateness());
    let mut steps = Vec::new();
    for (place, rung) in case.ladder.rungs().iter().enumerate().filter(|(_, rung)| speaks(rung)) {
        let on = working_days_from(calendar, act_by, i64::from(rung.offset));
        let Some(on) = on else { continue };
        steps.push(Step { rung, place, repeat: 0, on });
        let Some(repeat) = rung.repeat else { continue };
        let base = on.max(calendar.on_or_after(case.registered_on));
        steps.extend((1..=repeat.at_most).filter_map(|n| {
            let days = i64::from(n).saturating_mul(i64::from(repeat.every));
            let on = working_days_from(calendar, base, days)?;
            Some(Step { rung, place, repeat: n, on })
        }));
    }
    steps
}

/// The first day on which an assignment with this act-by date can have anything to be told; `None` for a ladder that
/// leaves the range of dates.
pub fn first_look_on(ladder: &Ladder, act_by: Date, calendar: &WorkCalendar) -> Option<Date> {
    let first = ladder.rungs().first()?;
    working_days_from(calendar, act_by, i64::from(first.offset))
}
