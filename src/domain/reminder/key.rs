//! The key of a reminder.
//!
//! Must not know: how it is stored. A key contains no time: neither a jump of the clock nor a second import can make a second
//! reminder of the same thing.

use std::fmt;

use super::addressee::Addressee;
use super::occasion::Occasion;
use crate::domain::obligation::{AssignmentId, ObligationId};
use crate::domain::unit::ContactId;

/// Identifies a reminder: obligation, deadline version, assignment, occasion, and the contact; unit and rank stand in place of
/// the contact when nobody can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReminderKey(String);

/// What all reminders of one assignment under its present dates have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyPrefix {
    pub(super) obligation: ObligationId,
    pub(super) deadline_version: u32,
    pub(super) assignment: AssignmentId,
}

impl ReminderKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a stored key without checking it.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl KeyPrefix {
    pub(super) fn for_contact(self, occasion: &Occasion, contact: ContactId) -> ReminderKey {
        ReminderKey(format!("{self}/{occasion}/c{}", contact.0))
    }

    pub(super) fn for_nobody(self, occasion: &Occasion, addressee: Addressee) -> ReminderKey {
        let (unit, rank) = (addressee.unit.0, addressee.rank.word());
        ReminderKey(format!("{self}/{occasion}/u{unit}-{rank}"))
    }
}

impl fmt::Display for KeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { obligation, deadline_version, assignment } = self;
        write!(f, "o{}/v{deadline_version}/a{}", obligation.0, assignment.0)
    }
}

impl fmt::Display for ReminderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
