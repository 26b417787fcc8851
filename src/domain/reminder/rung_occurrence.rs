//! The days on which the rungs of a ladder and their repeats fall for one assignment.
//!
//! Must not know: who is told.

use jiff::civil::Date;

use super::hours::working_days_from;
use super::occasion::Occasion;
use super::snapshot::{AssignmentSnapshot, RecordedReminder, ReminderState};
use crate::domain::calendar::WorkCalendar;
use crate::domain::ladder::{Ladder, Rung};
use crate::domain::moment::Moment;

/// A rung, or one repeat of the last rung, with its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RungOccurrence<'a> {
    pub(super) rung: &'a Rung,
    pub(super) place: LadderPosition,
    /// The day from which it is due; a working day unless it is told `at_once`.
    pub(super) on: Date,
    /// The end of a clock in hours, for the first rung after it: that rung is due only after this moment.
    pub(super) after: Option<Moment>,
    /// True for a rung of a clock in hours that is told at any hour.
    pub(super) at_once: bool,
}

/// Where an occurrence stands on the ladder; a later one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LadderPosition {
    /// Index of the rung, from 0.
    pub(super) rung: usize,
    /// 0 for the rung itself.
    pub(super) repeat: u32,
}

impl RungOccurrence<'_> {
    pub(super) fn is_due(&self, now: Moment) -> bool {
        self.on <= now.today() && self.after.is_none_or(|after| now > after)
    }

    pub(super) fn occasion(&self) -> Occasion {
        Occasion::Rung { name: self.rung.name.clone(), repeat: self.place.repeat }
    }

    pub(super) fn is_occasion(&self, occasion: &Occasion) -> bool {
        match occasion {
            Occasion::Rung { name, repeat } => {
                *name == self.rung.name && *repeat == self.place.repeat
            }
            Occasion::DateMoved | Occasion::QuotaShort { .. } | Occasion::Correction { .. } => {
                false
            }
        }
    }
}

/// All occurrences for an assignment, in the order of their days; none while it has no date.
///
/// When an assignment was late before it was registered, the rungs after the date count from the registration, as if the
/// date had passed on the day before; so the responsible unit hears of it before higher roles. A repeat counts from the day
/// on which the rung or repeat before it was told, so that two repeats do not go out together after a pause of the service.
pub(super) fn rung_occurrences<'a>(
    assignment: &'a AssignmentSnapshot,
    calendar: &WorkCalendar,
) -> Vec<RungOccurrence<'a>> {
    let Some(act_by) = assignment.act_by else { return Vec::new() };
    let is_used = |rung: &Rung| !(assignment.is_minimum && rung.tone.speaks_of_lateness());
    let mut occurrences = Vec::new();
    let rungs = assignment.ladder.rungs().iter().enumerate();
    for (index, rung) in rungs.filter(|(_, rung)| is_used(rung)) {
        let Some(on) = day_of(rung, act_by, assignment.registered_on, calendar) else { continue };
        let place = |repeat| LadderPosition { rung: index, repeat };
        let ordinary = RungOccurrence { rung, place: place(0), on, after: None, at_once: false };
        occurrences.push(told_at_once(assignment, ordinary).unwrap_or(ordinary));
        let Some(repeat) = rung.repeat else { continue };
        let mut before = on;
        for n in 1..=repeat.at_most {
            let told_on = last_told_on(assignment, &rung.name, n - 1);
            let base = told_on.map_or(before, |told_on| told_on.max(before));
            let Some(on) = working_days_from(calendar, base, i64::from(repeat.every)) else {
                break;
            };
            occurrences.push(RungOccurrence { place: place(n), on, ..ordinary });
            before = on;
        }
    }
    occurrences
}

fn day_of(rung: &Rung, act_by: Date, registered_on: Date, calendar: &WorkCalendar) -> Option<Date> {
    let registered_on = calendar.on_or_after(registered_on);
    if rung.offset <= 0 || act_by >= registered_on {
        return working_days_from(calendar, act_by, i64::from(rung.offset));
    }
    let from_registration = working_days_from(calendar, registered_on, i64::from(rung.offset) - 1);
    from_registration.max(working_days_from(calendar, act_by, i64::from(rung.offset)))
}

/// The last day on which anybody was told of this rung or repeat, under the present dates.
fn last_told_on(assignment: &AssignmentSnapshot, rung: &str, repeat: u32) -> Option<Date> {
    let is_occurrence = |it: &&RecordedReminder| {
        it.deadline_version == assignment.deadline_version
            && matches!(&it.occasion, Occasion::Rung { name, repeat: n } if name == rung && *n == repeat)
    };
    let told_on = |it: &RecordedReminder| match it.state {
        ReminderState::Told(on) => Some(on),
        ReminderState::Planned
        | ReminderState::Sealed
        | ReminderState::Covered
        | ReminderState::Blocked
        | ReminderState::Void
        | ReminderState::Undeliverable => None,
    };
    assignment.history.iter().filter(is_occurrence).filter_map(told_on).max()
}

/// Returns `ordinary` as a rung that is told at once, for a clock in hours: a rung before the date with the
/// registration, the first rung after it as soon as the clock has run out. `None` for all others, which keep their
/// working days.
fn told_at_once<'a>(
    assignment: &AssignmentSnapshot,
    ordinary: RungOccurrence<'a>,
) -> Option<RungOccurrence<'a>> {
    let due_at = assignment.due_at.filter(|_| !assignment.is_minimum)?;
    if ordinary.rung.offset <= 0 {
        let on = ordinary.on.min(assignment.registered_on);
        return Some(RungOccurrence { on, at_once: true, ..ordinary });
    }
    let first_after = assignment.ladder.rungs().iter().find(|rung| rung.offset > 0)?;
    (first_after.name == ordinary.rung.name).then(|| RungOccurrence {
        on: due_at.today(),
        after: Some(due_at),
        at_once: true,
        ..ordinary
    })
}

/// The first day on which an assignment with this act-by date can have anything to tell; `None` when that day lies outside
/// the range of dates.
pub fn first_look_on(ladder: &Ladder, act_by: Date, calendar: &WorkCalendar) -> Option<Date> {
    let first = ladder.rungs().first()?;
    working_days_from(calendar, act_by, i64::from(first.offset))
}
