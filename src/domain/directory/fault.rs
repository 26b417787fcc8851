//! What is wrong with a list of units.
//!
//! Must not know: how it was found, how it is worded for people.

use crate::domain::address::Address;

/// Why a list of units cannot be taken over; `entry` counts from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryFault {
    /// The alias already stands for another unit.
    #[error("`{alias}` already stands for {holder}")]
    AliasTaken {
        /// The entry.
        entry: usize,
        /// The alias.
        alias: String,
        /// Who has it.
        holder: String,
    },
    /// A superior that is neither in the list nor in the ledger.
    #[error("`{parent}` is no known unit")]
    UnknownParent {
        /// The entry.
        entry: usize,
        /// The name.
        parent: String,
    },
    /// A group would be a member of itself.
    #[error("`{group}` cannot be a member of itself")]
    OwnMember {
        /// The entry.
        entry: usize,
        /// The group.
        group: String,
    },
    /// A delegate who is no other contact of the same unit.
    #[error("{delegate} is no other contact of {unit}")]
    UnknownDelegate {
        /// The entry.
        entry: usize,
        /// The unit.
        unit: String,
        /// The address given.
        delegate: Address,
        /// Addresses of the contacts who could stand in.
        known: Vec<Address>,
    },
    /// Groups that would be members of each other, and so hold nobody.
    #[error("{} contain each other", .ring.join(", "))]
    RingOfGroups {
        /// The entry that closes the ring.
        entry: usize,
        /// The groups, each a member of the next, the last of the first.
        ring: Vec<String>,
    },
    /// A unit with two superiors in one list.
    #[error("{unit} has two superiors in the same list")]
    TwoParents {
        /// The entry with the second superior.
        entry: usize,
        /// The unit.
        unit: String,
        /// The superior it was given before.
        first: String,
    },
    /// The same unit, rank and name away at two different times in one list.
    #[error("{name} is away twice in the same list")]
    TwoAbsences {
        /// The entry with the second absence.
        entry: usize,
        /// The contact.
        name: String,
    },
    /// The same unit, rank and name with two addresses in one list.
    #[error("{name} has two addresses in the same list")]
    TwoAddresses {
        /// The entry with the second address.
        entry: usize,
        /// The contact.
        name: String,
    },
}

impl DirectoryFault {
    /// The entry of the list it was found at, from 0.
    pub fn entry(&self) -> usize {
        match self {
            Self::AliasTaken { entry, .. }
            | Self::UnknownParent { entry, .. }
            | Self::OwnMember { entry, .. }
            | Self::RingOfGroups { entry, .. }
            | Self::TwoParents { entry, .. }
            | Self::TwoAbsences { entry, .. }
            | Self::UnknownDelegate { entry, .. }
            | Self::TwoAddresses { entry, .. } => *entry,
        }
    }
}
