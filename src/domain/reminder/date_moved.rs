//! Tells, once, that the dates of an assignment have moved.
//!
//! Must not know: why they moved, what the old ones were.

use std::collections::BTreeMap;

use super::addressee::Addressee;
use super::history::{has_bounced, is_waiting, states_of};
use super::occasion::Occasion;
use super::planner::AssignmentPlanner;
use super::snapshot::{RecordedReminder, ReminderState};
use crate::domain::item::ItemKey;
use crate::domain::ladder::Tone;
use crate::domain::unit::{Contact, ContactId, Rank, Role};

/// Not a notice: a unit that has acknowledged gets no notices, but must be told of the new date.
pub(super) const TONE: Tone = Tone::Warn;

impl<'a> AssignmentPlanner<'a> {
    /// Tells everybody who was told of other dates, once per deadline version, and the handlers of the responsible unit
    /// even if they were told nothing before. When the change is a correction, only those who were told of other dates
    /// hear of it. The reminder goes into the contact's mail of the day, like any rung.
    pub(super) fn plan_date_moved_reminders(&mut self) {
        let Some(change) = self.assignment.last_change() else { return };
        let mut audience = self.told_of_other_dates();
        if !change.is_correction {
            for (contact, handler) in self.handlers() {
                let was_told = self.last_told().contains_key(&contact.id);
                match audience.get_mut(&contact.id) {
                    Some((_, lowest)) => *lowest = handler.min(*lowest),
                    None if was_told => {}
                    None => {
                        audience.insert(contact.id, (contact, handler));
                    }
                }
            }
        }
        for (contact, addressee) in audience.into_values() {
            self.tell_of_moved_date(addressee, contact);
        }
    }

    /// The handlers of the responsible unit who are to be told; opens an item when none can be reached.
    fn handlers(&mut self) -> Vec<(&'a Contact, Addressee)> {
        let unit = self.assignment.unit;
        let handler = Addressee { role: Role::Responsible, unit, rank: Rank::Handler };
        let history = &self.history;
        let about = || history.about(&Occasion::DateMoved);
        let mut handlers = handler.reachable_contacts(self.situation.directory, self.today, |it| {
            !has_bounced(about(), it.id)
        });
        let is_unreachable = handlers.is_empty();
        // Once a handler has been told, a colleague who stands in later is not told as well.
        if states_of(about(), handler).iter().any(|state| state.is_final()) {
            handlers.retain(|it| is_waiting(about(), handler, it.id));
        }
        if is_unreachable {
            self.items.insert(ItemKey::Unreachable(unit));
            self.look_again_while_climbing();
        }
        handlers.into_iter().map(|contact| (contact, handler)).collect()
    }

    /// The reachable contacts who were told of other dates than the present ones, each in the lowest role.
    fn told_of_other_dates(&self) -> BTreeMap<ContactId, (&'a Contact, Addressee)> {
        let mut audience = BTreeMap::new();
        for (contact, (version, addressee)) in self.last_told() {
            let contact = self.situation.directory.contact(contact);
            let contact = contact.filter(|it| !it.suppressed);
            if let Some(contact) = contact.filter(|_| self.assignment.is_other_date_under(version))
            {
                audience.insert(contact.id, (contact, addressee));
            }
        }
        audience
    }

    /// The contacts who were told anything under an earlier version, each with the last of these versions and in the
    /// lowest role.
    fn last_told(&self) -> BTreeMap<ContactId, (u32, Addressee)> {
        let mut told: BTreeMap<ContactId, (u32, Addressee)> = BTreeMap::new();
        for reminder in &self.assignment.history {
            let version = reminder.deadline_version;
            let is_earlier = version < self.assignment.deadline_version;
            let known = reminder.contact.zip(reminder.unit);
            let Some((contact, unit)) = known.filter(|_| is_earlier && is_told(reminder)) else {
                continue;
            };
            let addressee = Addressee { role: reminder.role, unit, rank: reminder.rank };
            let (last, lowest) = told.entry(contact).or_insert((version, addressee));
            *last = version.max(*last);
            *lowest = addressee.min(*lowest);
        }
        told
    }

    fn tell_of_moved_date(&mut self, addressee: Addressee, contact: &Contact) {
        let occasion = Occasion::DateMoved;
        let key = self.assignment.key_prefix().for_contact(&occasion, contact.uid);
        match self.history.state_of(&key) {
            Some(
                ReminderState::Sealed
                | ReminderState::Told(_)
                | ReminderState::Covered
                | ReminderState::Undeliverable,
            ) => {}
            None | Some(ReminderState::Planned | ReminderState::Blocked | ReminderState::Void) => {
                let verdict = self.planned_unless_mailed(&occasion, contact.id);
                self.add(occasion, addressee, TONE, Some(contact), verdict);
            }
        }
    }
}

fn is_told(reminder: &RecordedReminder) -> bool {
    matches!(reminder.state, ReminderState::Told(_))
}
