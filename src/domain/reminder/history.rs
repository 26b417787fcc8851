//! The reminders of one assignment under its present dates, found by their place on the ladder.
//!
//! Must not know: who could be told, what is due. It is built once for an assignment, because every decision reads it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::addressee::Addressee;
use super::key::ReminderKey;
use super::occasion::Occasion;
use super::rung_occurrence::{LadderPosition, RungOccurrence};
use super::snapshot::{AssignmentSnapshot, RecordedReminder, ReminderState};
use crate::domain::unit::{ContactId, Role};

pub(super) struct History<'a> {
    entries: Vec<Entry<'a>>,
}

struct Entry<'a> {
    /// `None` when the reminder is about no rung of the present ladder.
    place: Option<LadderPosition>,
    reminder: &'a RecordedReminder,
}

impl<'a> History<'a> {
    pub(super) fn of(assignment: &'a AssignmentSnapshot) -> Self {
        let rungs = assignment.ladder.rungs();
        let entry = |reminder: &'a RecordedReminder| {
            let place = match &reminder.occasion {
                Occasion::Rung { name, repeat } => rungs
                    .iter()
                    .position(|rung| rung.name == *name)
                    .map(|rung| LadderPosition { rung, repeat: *repeat }),
                Occasion::DateMoved | Occasion::QuotaShort { .. } | Occasion::Correction { .. } => {
                    None
                }
            };
            Entry { place, reminder }
        };
        // Dates that were moved and moved back are the same dates: what was told of them stays told.
        let is_current = |it: &&RecordedReminder| {
            it.deadline_version == assignment.deadline_version
                || assignment.is_same_date_under(it.deadline_version)
        };
        Self { entries: assignment.history.iter().filter(is_current).map(entry).collect() }
    }

    /// The reminders about an occurrence of a rung.
    pub(super) fn at(
        &self,
        place: LadderPosition,
    ) -> impl Iterator<Item = &'a RecordedReminder> + '_ {
        let is_at = move |it: &&Entry<'a>| it.place == Some(place);
        self.entries.iter().filter(is_at).map(|it| it.reminder)
    }

    /// The reminders about an occasion that is no rung of the ladder.
    pub(super) fn about<'s>(
        &'s self,
        occasion: &'s Occasion,
    ) -> impl Iterator<Item = &'a RecordedReminder> + 's {
        let is_about = |it: &&Entry<'a>| it.reminder.occasion == *occasion;
        self.entries.iter().filter(is_about).map(|it| it.reminder)
    }

    pub(super) fn state_of(&self, key: &ReminderKey) -> Option<ReminderState> {
        self.entries.iter().find(|it| it.reminder.key == *key).map(|it| it.reminder.state)
    }

    /// The key of a sealed or told reminder to `contact` about a later occurrence than `occurrence`, in any role.
    pub(super) fn newer_for(
        &self,
        contact: ContactId,
        occurrence: &RungOccurrence<'_>,
    ) -> Option<&'a ReminderKey> {
        let is_newer = |it: &&Entry<'a>| {
            it.reminder.contact == Some(contact)
                && it.place.is_some_and(|place| place > occurrence.place)
                && matches!(it.reminder.state, ReminderState::Sealed | ReminderState::Told(_))
        };
        self.entries.iter().find(is_newer).map(|it| &it.reminder.key)
    }

    /// The first day on which a mail to `role` about rung `rung` or a later one was accepted.
    pub(super) fn role_told_on(&self, role: Role, rung: usize) -> Option<Date> {
        self.told_from(rung).filter(|(it, _)| it.role == role).map(|(_, on)| on).min()
    }

    /// The first day on which a mail to `contact`, in any role, about rung `rung` or a later one was accepted.
    pub(super) fn contact_told_on(&self, contact: ContactId, rung: usize) -> Option<Date> {
        let told = self.told_from(rung).filter(|(it, _)| it.contact == Some(contact));
        told.map(|(_, on)| on).min()
    }

    /// The reminders about rung `rung` or a later one whose mail was accepted, each with the day.
    fn told_from(&self, rung: usize) -> impl Iterator<Item = (&'a RecordedReminder, Date)> + '_ {
        let is_from = move |it: &&Entry<'a>| it.place.is_some_and(|place| place.rung >= rung);
        self.entries.iter().filter(is_from).filter_map(|it| match it.reminder.state {
            ReminderState::Told(on) => Some((it.reminder, on)),
            ReminderState::Planned
            | ReminderState::Sealed
            | ReminderState::Covered
            | ReminderState::Blocked
            | ReminderState::Void
            | ReminderState::Undeliverable => None,
        })
    }
}

/// The states of the `reminders` for `addressee`: one for each contact, or a single one when nobody could be reached.
pub(super) fn states_of<'a>(
    reminders: impl Iterator<Item = &'a RecordedReminder>,
    addressee: Addressee,
) -> BTreeSet<ReminderState> {
    reminders.filter(|it| is_for(it, addressee)).map(|it| it.state).collect()
}

/// True when one of these `reminders` is for `contact` as `addressee` and was neither told nor covered so far.
pub(super) fn is_waiting<'a>(
    mut reminders: impl Iterator<Item = &'a RecordedReminder>,
    addressee: Addressee,
    contact: ContactId,
) -> bool {
    reminders.any(|it| it.contact == Some(contact) && is_for(it, addressee) && !it.state.is_final())
}

fn is_for(reminder: &RecordedReminder, addressee: Addressee) -> bool {
    let Addressee { role, unit, rank } = addressee;
    (reminder.role, reminder.rank, reminder.unit) == (role, rank, Some(unit))
}

/// True when nothing more is to be decided about telling `contact` of these `reminders`.
pub(super) fn is_final_for<'a>(
    mut reminders: impl Iterator<Item = &'a RecordedReminder>,
    contact: ContactId,
) -> bool {
    reminders.any(|it| it.contact == Some(contact) && it.state.is_final())
}

/// True when one of these `reminders` did not reach the contact and never will.
pub(super) fn has_bounced<'a>(
    mut reminders: impl Iterator<Item = &'a RecordedReminder>,
    contact: ContactId,
) -> bool {
    reminders.any(|it| it.state == ReminderState::Undeliverable && it.contact == Some(contact))
}
