//! The key of a reminder.
//!
//! Must not know: how it is stored. A key contains no time: neither a jump of the clock nor a second import can make a second
//! reminder of the same thing.

use std::fmt;

use super::occasion::Occasion;
use crate::domain::obligation::ObligationUid;
use crate::domain::unit::{ContactUid, Rank, UnitUid};

/// Identifies a reminder: obligation, deadline version, unit of the assignment, occasion, and the contact; unit and rank stand
/// in place of the contact when nobody can be reached. No part is a row number, so a restored ledger, which hands row numbers
/// out again, never makes a known key of another reminder.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReminderKey(String);

/// What all reminders of one assignment under its present dates have in common.
#[derive(Clone, Copy, Debug)]
pub struct KeyPrefix {
    pub obligation: ObligationUid,
    pub deadline_version: u32,
    /// The unit whose share it is.
    pub unit: UnitUid,
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
    pub fn for_contact(self, occasion: &Occasion, contact: ContactUid) -> ReminderKey {
        ReminderKey(format!("{self}/{occasion}/c{}", contact.0))
    }

    pub(super) fn for_nobody(self, occasion: &Occasion, unit: UnitUid, rank: Rank) -> ReminderKey {
        ReminderKey(format!("{self}/{occasion}/u{}-{}", unit.0, rank.word()))
    }
}

impl fmt::Display for KeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { obligation, deadline_version, unit } = self;
        write!(f, "o{}/v{deadline_version}/u{}", obligation.0, unit.0)
    }
}

impl fmt::Display for ReminderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
