//! What is on record of one case under its present dates, by rung: asked many times in every decision, read once.
//!
//! Must not know: who could be told, what is due.

use jiff::civil::Date;

use super::seat::Seat;
use super::step::Step;
use super::{Case, RecordState, Recorded, ReminderKey};
use crate::domain::unit::{ContactId, Role};

/// The record of a case under its present dates.
pub(super) struct Past<'a> {
    entries: Vec<Entry<'a>>,
}

/// A reminder on record, with its place on the ladder and which repeat it is; both grow with the days. `None` for a rung
/// that is not on the ladder: one of an older ladder, or the alarm of a quota.
struct Entry<'a> {
    at: Option<(usize, u32)>,
    recorded: &'a Recorded,
}

impl<'a> Past<'a> {
    pub(super) fn of(case: &'a Case) -> Self {
        let rungs = case.ladder.rungs();
        let entry = |recorded: &'a Recorded| {
            let place = rungs.iter().position(|rung| rung.name == recorded.rung);
            Entry { at: place.map(|place| (place, recorded.repeat)), recorded }
        };
        let is_current = |it: &&Recorded| it.deadline_version == case.deadline_version;
        Self { entries: case.record.iter().filter(is_current).map(entry).collect() }
    }

    /// How it was settled that this seat has been told of this step, or need not be.
    pub(super) fn settled(&self, step: Step<'_>, seat: Seat) -> Option<RecordState> {
        let is_meant = |it: &Recorded| {
            (it.role, it.rank, it.unit) == (seat.role, seat.rank, Some(seat.unit))
                && is_final(it.state)
        };
        self.of_step(step).find(|it| is_meant(it)).map(|it| it.state)
    }

    /// True when nothing more is to be decided about telling this contact of this step.
    pub(super) fn is_settled_for(&self, contact: ContactId, step: Step<'_>) -> bool {
        self.of_step(step).any(|it| it.contact == Some(contact) && is_final(it.state))
    }

    /// What became of this key.
    pub(super) fn state_of(&self, key: &ReminderKey) -> Option<RecordState> {
        self.entries.iter().find(|it| it.recorded.key == *key).map(|it| it.recorded.state)
    }

    /// True when nothing more is to be decided about this key.
    pub(super) fn is_settled(&self, key: &ReminderKey) -> bool {
        self.state_of(key).is_some_and(is_final)
    }

    /// What this contact was told at a step after `step`, in whatever seat.
    pub(super) fn newer_for(&self, contact: ContactId, step: Step<'_>) -> Option<&'a ReminderKey> {
        let is_newer = |it: &&Entry<'a>| {
            it.recorded.contact == Some(contact)
                && it.at.is_some_and(|at| at > (step.place, step.repeat))
                && matches!(it.recorded.state, RecordState::Sealed | RecordState::Told(_))
        };
        self.entries.iter().find(is_newer).map(|it| &it.recorded.key)
    }

    /// The first day on which mail to `role` was accepted, at the rung in this place or a later one.
    pub(super) fn told_on(&self, role: Role, place: usize) -> Option<Date> {
        self.accepted(place).filter(|(it, _)| it.role == role).map(|(_, on)| on).min()
    }

    /// The first day on which mail to `contact` was accepted, in whatever seat, at the rung in this place or a later one.
    pub(super) fn heard_on(&self, contact: ContactId, place: usize) -> Option<Date> {
        let told = self.accepted(place).filter(|(it, _)| it.contact == Some(contact));
        told.map(|(_, on)| on).min()
    }

    /// What was told at the rung in this place or a later one, with the day the mail was accepted.
    fn accepted(&self, place: usize) -> impl Iterator<Item = (&'a Recorded, Date)> + '_ {
        let heard = move |it: &&Entry<'a>| it.at.is_some_and(|(at, _)| at >= place);
        self.entries.iter().filter(heard).filter_map(|it| match it.recorded.state {
            RecordState::Told(on) => Some((it.recorded, on)),
            RecordState::Planned
            | RecordState::Sealed
            | RecordState::Covered
            | RecordState::Blocked
            | RecordState::Void
            | RecordState::Undeliverable => None,
        })
    }

    /// True when mail about this step did not reach the contact and never will.
    pub(super) fn bounced(&self, contact: ContactId, step: Step<'_>) -> bool {
        let is_bounced =
            |it: &Recorded| it.state == RecordState::Undeliverable && it.contact == Some(contact);
        self.of_step(step).any(is_bounced)
    }

    fn of_step<'s>(&'s self, step: Step<'s>) -> impl Iterator<Item = &'a Recorded> + 's {
        let is_of_step = move |it: &&Entry<'a>| match it.at {
            Some(at) => at == (step.place, step.repeat),
            None => (it.recorded.repeat, &it.recorded.rung) == (step.repeat, &step.rung.name),
        };
        self.entries.iter().filter(is_of_step).map(|it| it.recorded)
    }
}

/// True when nothing more is to be decided about a reminder.
fn is_final(state: RecordState) -> bool {
    match state {
        RecordState::Sealed | RecordState::Told(_) | RecordState::Covered => true,
        RecordState::Planned
        | RecordState::Blocked
        | RecordState::Void
        | RecordState::Undeliverable => false,
    }
}
