//! What becomes of a unit: another name, another unit that takes everything over, its end.
//!
//! Must not know: obligations, where the directory is stored.

use super::{Directory, DirectoryChange, NewContact, RetiredContact};
use crate::domain::unit::{Contact, Unit, UnitId};

/// What becomes of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitChange {
    Rename { unit: UnitId, to: String },
    Merge(Box<Merger>),
    Retire { unit: UnitId },
}

/// One unit takes over the names, people, groups and subordinates of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merger {
    pub from: UnitId,
    pub into: UnitId,
    /// The contacts take posts of the other unit, unless it has the post with this mailbox already. What they were told
    /// stays with the posts that end, so that the ladder begins anew for everybody in the other unit.
    pub people: DirectoryChange,
    /// Units that get another superior.
    pub superiors: Vec<(UnitId, Option<UnitId>)>,
}

impl Merger {
    /// What goes over when `into` takes over `from`.
    pub fn of(directory: &Directory, from: &Unit, into: &Unit) -> Self {
        let mut people = DirectoryChange::default();
        let there = directory.contacts(into.id);
        let holder = |contact: &Contact| {
            there.iter().find(|it| it.rank == contact.rank && it.name == contact.name)
        };
        for contact in directory.contacts(from.id) {
            let held = holder(contact);
            let is_double = held.is_some_and(|it| it.address.is_same_mailbox(&contact.address));
            let name = match held {
                Some(_) if !is_double => format!("{}（原{}）", contact.name, from.name),
                Some(_) | None => contact.name.clone(),
            };
            let (unit, rank) = (into.name.clone(), contact.rank);
            let successor = Some((unit.clone(), rank, name.clone()));
            people.retired.push(RetiredContact { contact: contact.id, successor });
            if !is_double {
                let address = contact.address.clone();
                people.contacts.push(NewContact { unit, name, rank, address });
            }
        }
        let superiors = superiors(directory, from, into);
        Self { from: from.id, into: into.id, people, superiors }
    }
}

/// The subordinates of `from` stand below `into`, except those above it: they stand where `from` stood.
fn superiors(directory: &Directory, from: &Unit, into: &Unit) -> Vec<(UnitId, Option<UnitId>)> {
    let mut above = Vec::new();
    let mut next = Some(into.id);
    while let Some(unit) = next.filter(|unit| !above.contains(unit)) {
        above.push(unit);
        next = directory.unit(unit).and_then(|unit| unit.parent);
    }
    let below = directory.units().filter(|unit| unit.parent == Some(from.id));
    let superior = |unit: &Unit| if above.contains(&unit.id) { from.parent } else { Some(into.id) };
    below.map(|unit| (unit.id, superior(unit))).collect()
}
