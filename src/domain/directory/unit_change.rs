//! What becomes of a unit: another name, another unit that takes everything over, its end.
//!
//! Must not know: obligations, where the directory is stored.

use super::{Directory, RetiredContact};
use crate::domain::unit::{Contact, ContactId, Unit, UnitId};

/// What becomes of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitChange {
    Rename { unit: UnitId, to: String },
    Merge(Merger),
    Retire { unit: UnitId },
}

/// One unit takes over the names, people, groups and subordinates of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merger {
    pub from: UnitId,
    pub into: UnitId,
    /// Contacts who go over, with the name each has there.
    pub contacts: Vec<(ContactId, String)>,
    /// Contacts whose post and mailbox the other unit has already.
    pub doubles: Vec<RetiredContact>,
    /// Units that get another superior.
    pub superiors: Vec<(UnitId, Option<UnitId>)>,
}

impl Merger {
    /// What goes over when `into` takes over `from`.
    pub fn of(directory: &Directory, from: &Unit, into: &Unit) -> Self {
        let (mut contacts, mut doubles) = (Vec::new(), Vec::new());
        let there = directory.contacts(into.id);
        let has = |contact: &Contact, name: &str| {
            there.iter().find(|it| it.rank == contact.rank && it.name == name)
        };
        for contact in directory.contacts(from.id) {
            match has(contact, &contact.name) {
                Some(same) if same.address.is_same_mailbox(&contact.address) => {
                    let successor = Some((into.name.clone(), same.rank, same.name.clone()));
                    doubles.push(RetiredContact { contact: contact.id, successor });
                }
                Some(_) => {
                    contacts.push((contact.id, format!("{}（原{}）", contact.name, from.name)));
                }
                None => contacts.push((contact.id, contact.name.clone())),
            }
        }
        let superiors = superiors(directory, from, into);
        Self { from: from.id, into: into.id, contacts, doubles, superiors }
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
