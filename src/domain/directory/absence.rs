//! When a contact is away, as a list says it.
//!
//! Must not know: the contact.

use std::fmt;

use jiff::civil::Date;

use crate::domain::address::Address;

/// When a contact is away (外出), and who stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// First day away.
    pub from: Date,
    /// Last day away; not before the first.
    pub through: Date,
    /// Address of the contact of the same unit who stands in; `None` leaves it to the next rank.
    pub delegate: Option<Address>,
}

impl fmt::Display for Absence {
    /// As a table of units has it: `2026-10-01..2026-10-15→deputy@bureau.example`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.through)?;
        match &self.delegate {
            Some(delegate) => write!(f, "→{delegate}"),
            None => Ok(()),
        }
    }
}
