//! The key of a reminder: what is told to whom, with no time in it.
//!
//! Must not know: how it is stored. Without time in it no jump of the clock and no second import can make another
//! reminder of the same thing.

use std::fmt;

use super::Case;
use super::change::RUNG_OF_CHANGE;
use super::seat::Seat;
use super::step::Step;
use crate::domain::unit::ContactId;

/// Identifies a reminder for ever: obligation, deadline version, assignment, rung and repeat, and contact; or, when
/// nobody can be reached, unit and rank.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReminderKey(String);

impl ReminderKey {
    /// The key as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a stored key as it is.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub(super) fn for_contact(case: &Case, step: Step<'_>, contact: ContactId) -> Self {
        Self(format!("{}/c{}", of_step(case, step), contact.0))
    }

    pub(super) fn for_change(case: &Case, contact: ContactId) -> Self {
        let Case { obligation, deadline_version, assignment, .. } = case;
        let (obligation, assignment, contact) = (obligation.0, assignment.0, contact.0);
        Self(format!("o{obligation}/v{deadline_version}/a{assignment}/{RUNG_OF_CHANGE}/c{contact}"))
    }

    pub(super) fn for_nobody(case: &Case, step: Step<'_>, seat: Seat) -> Self {
        Self(format!("{}/u{}-{}", of_step(case, step), seat.unit.0, seat.rank.word()))
    }
}

impl fmt::Display for ReminderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn of_step(case: &Case, step: Step<'_>) -> String {
    let Case { obligation, deadline_version, assignment, .. } = case;
    let rung = &step.rung.name;
    let repeat = match step.repeat {
        0 => String::new(),
        n => format!("#{n}"),
    };
    format!("o{}/v{deadline_version}/a{}/{rung}{repeat}", obligation.0, assignment.0)
}
