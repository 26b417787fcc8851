//! Tells, once, that the dates of an assignment have moved.
//!
//! Must not know: why they moved, what the old ones were.

use std::collections::BTreeMap;

use super::addressee::Addressee;
use super::history::has_bounced;
use super::occasion::Occasion;
use super::planner::AssignmentPlanner;
use super::snapshot::ReminderState;
use crate::domain::item::ItemKey;
use crate::domain::ladder::Tone;
use crate::domain::unit::{Contact, ContactId, Rank, Role};

/// Not a notice: a unit that has acknowledged gets no notices, but must be told of the new date.
pub(super) const TONE: Tone = Tone::Warn;

impl<'a> AssignmentPlanner<'a> {
    /// Tells the handler of the responsible unit and everybody who was told of the old dates, each once per deadline version.
    /// The news goes into the contact's message of the day, like any rung.
    pub(super) fn plan_date_moved_reminders(&mut self) {
        if !self.assignment.date_has_moved {
            return;
        }
        let unit = self.assignment.unit;
        let handler = Addressee { role: Role::Responsible, unit, rank: Rank::Handler };
        let handlers = handler.reachable_contacts(self.situation.directory, self.today, |it| {
            !has_bounced(self.history.about(&Occasion::DateMoved), it.id)
        });
        if handlers.is_empty() {
            self.items.insert(ItemKey::Unreachable(unit));
            self.look_again_tomorrow();
        }
        let handlers = handlers.into_iter().map(|contact| (contact, handler));
        let mut audience: BTreeMap<ContactId, (&Contact, Addressee)> = BTreeMap::new();
        for (contact, addressee) in self.told_of_old_dates().into_iter().chain(handlers) {
            let (_, lowest) = audience.entry(contact.id).or_insert((contact, addressee));
            *lowest = addressee.min(*lowest);
        }
        for (contact, addressee) in audience.into_values() {
            self.tell_of_moved_date(addressee, contact);
        }
    }

    /// The reachable contacts who were told of any rung under an earlier deadline version.
    fn told_of_old_dates(&self) -> Vec<(&'a Contact, Addressee)> {
        let earlier = self.assignment.history.iter().filter(|reminder| {
            reminder.deadline_version < self.assignment.deadline_version
                && matches!(reminder.state, ReminderState::Told(_))
        });
        earlier
            .filter_map(|reminder| {
                let contact = self.situation.directory.contact(reminder.contact?)?;
                let (role, rank) = (reminder.role, reminder.rank);
                let addressee = Addressee { role, unit: reminder.unit?, rank };
                (!contact.suppressed).then_some((contact, addressee))
            })
            .collect()
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
