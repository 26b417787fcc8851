//! The days on which the rungs of a ladder and their repeats fall for one assignment.
//!
//! Must not know: who is told.

use jiff::civil::Date;

use super::hours::working_days_from;
use super::occasion::Occasion;
use super::snapshot::AssignmentSnapshot;
use crate::domain::calendar::WorkCalendar;
use crate::domain::ladder::{Ladder, Rung};

/// A rung, or one repeat of the last rung, with its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RungOccurrence<'a> {
    pub(super) rung: &'a Rung,
    pub(super) place: LadderPosition,
    /// The working day from which it is due.
    pub(super) on: Date,
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
    pub(super) fn occasion(&self) -> Occasion {
        Occasion::Rung { name: self.rung.name.clone(), repeat: self.place.repeat }
    }

    pub(super) fn is_occasion(&self, occasion: &Occasion) -> bool {
        match occasion {
            Occasion::Rung { name, repeat } => {
                *name == self.rung.name && *repeat == self.place.repeat
            }
            Occasion::DateMoved | Occasion::QuotaShort { .. } => false,
        }
    }
}

/// All occurrences for an assignment, in the order of their days; none while it has no date.
///
/// If the assignment was registered after its last rung, the repeats are counted from the day of registration: it is chased
/// for as long as any other.
pub(super) fn rung_occurrences<'a>(
    assignment: &'a AssignmentSnapshot,
    calendar: &WorkCalendar,
) -> Vec<RungOccurrence<'a>> {
    let Some(act_by) = assignment.act_by else { return Vec::new() };
    let is_used = |rung: &Rung| !(assignment.is_minimum && rung.tone.speaks_of_lateness());
    let mut occurrences = Vec::new();
    let rungs = assignment.ladder.rungs().iter().enumerate();
    for (index, rung) in rungs.filter(|(_, rung)| is_used(rung)) {
        let on = working_days_from(calendar, act_by, i64::from(rung.offset));
        let Some(on) = on else { continue };
        let place = |repeat| LadderPosition { rung: index, repeat };
        occurrences.push(RungOccurrence { rung, place: place(0), on });
        let Some(repeat) = rung.repeat else { continue };
        let base = on.max(calendar.on_or_after(assignment.registered_on));
        occurrences.extend((1..=repeat.at_most).filter_map(|n| {
            let days = i64::from(n) * i64::from(repeat.every);
            let on = working_days_from(calendar, base, days)?;
            Some(RungOccurrence { rung, place: place(n), on })
        }));
    }
    occurrences
}

/// The first day on which an assignment with this act-by date can have anything to tell; `None` when that day lies outside
/// the range of dates.
pub fn first_look_on(ladder: &Ladder, act_by: Date, calendar: &WorkCalendar) -> Option<Date> {
    let first = ladder.rungs().first()?;
    working_days_from(calendar, act_by, i64::from(first.offset))
}
