//! Decides who hears, once, that the dates of a case are others now.
//!
//! Must not know: why they moved, what the old ones were.

use super::case::Desk;
use super::seat::{Seat, reach};
use super::{Finding, Obstacle, RecordState, Reminder, ReminderKey, Verdict};
use crate::domain::ladder::Tone;
use crate::domain::unit::{ContactId, Rank, Role};

/// Stands where a reminder names its rung; no ladder can have a rung with a dot in its name.
pub const RUNG_OF_CHANGE: &str = "date.moved";

/// Signing for a duty quiets notices, and whoever signed for the old date must hear of the new one.
pub(super) const TONE_OF_CHANGE: Tone = Tone::Warn;

impl Desk<'_> {
    /// The handler of the unit that owes it, and everybody who was told of the dates before, each once for each reckoning.
    /// It goes into the contact's message of the day like any rung.
    pub(super) fn tell_change(&mut self) {
        if !self.case.is_redated {
            return;
        }
        let seat = Seat { role: Role::Responsible, unit: self.case.unit, rank: Rank::Handler };
        let mut audience: Vec<(Seat, ContactId)> = self
            .those_told()
            .into_iter()
            .filter(|(_, contact)| self.is_reachable(*contact))
            .collect();
        let everybody = |_: &_| true;
        let handlers =
            reach(self.situation.directory, (seat.unit, seat.rank), self.today, everybody);
        if handlers.is_empty() {
            self.findings.insert(Finding::Unreachable { unit: seat.unit });
            self.look_tomorrow();
        }
        audience.extend(handlers.into_iter().map(|contact| (seat, contact.id)));
        audience.sort_by_key(|(seat, contact)| (*contact, *seat));
        audience.dedup_by_key(|(_, contact)| *contact);
        for (seat, contact) in audience {
            self.put_change(seat, contact);
        }
    }

    /// Who was told of any rung under an earlier reckoning, in which seat.
    fn those_told(&self) -> Vec<(Seat, ContactId)> {
        let earlier = self.case.record.iter().filter(|record| {
            record.deadline_version < self.case.deadline_version
                && matches!(record.state, RecordState::Told(_))
        });
        earlier
            .filter_map(|record| {
                let seat = Seat { role: record.role, unit: record.unit?, rank: record.rank };
                Some((seat, record.contact?))
            })
            .collect()
    }

    fn is_reachable(&self, contact: ContactId) -> bool {
        self.situation.directory.contact(contact).is_some_and(|contact| !contact.suppressed)
    }

    fn put_change(&mut self, seat: Seat, contact: ContactId) {
        let key = ReminderKey::for_change(self.case, contact);
        let verdict = match self.past.state_of(&key) {
            Some(
                RecordState::Sealed
                | RecordState::Told(_)
                | RecordState::Covered
                | RecordState::Undeliverable,
            ) => return,
            None | Some(RecordState::Planned | RecordState::Blocked | RecordState::Void) => {
                if self.situation.mailed.contains(&contact) {
                    Verdict::Blocked(Obstacle::AlreadyMailed)
                } else {
                    Verdict::Planned
                }
            }
        };
        self.look_tomorrow();
        self.reminders.push(Reminder {
            key,
            obligation: self.case.obligation,
            assignment: self.case.assignment,
            deadline_version: self.case.deadline_version,
            rung: RUNG_OF_CHANGE.to_owned(),
            repeat: 0,
            role: seat.role,
            rank: seat.rank,
            tone: TONE_OF_CHANGE,
            contact: Some(contact),
            verdict,
        });
    }
}
