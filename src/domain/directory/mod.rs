//! The directory: every unit, group and contact, found by any name it goes by.
//!
//! Must not know: obligations, where the directory is stored.
//! Callers: storage, workflows.

mod absence;
mod change;
mod fault;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::hidden::look;
use crate::domain::unit::{Contact, ContactId, Unit, UnitId};

pub use absence::Absence;
pub use change::{ChangedAbsence, DirectoryChange, ListedContact, ListedUnit, NewContact};
pub use fault::DirectoryFault;

/// Every unit and contact of the ledger.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    units: BTreeMap<UnitId, Unit>,
    contacts: BTreeMap<UnitId, Vec<Contact>>,
    units_of_contacts: BTreeMap<ContactId, UnitId>,
    by_name: BTreeMap<String, UnitId>,
}

impl Directory {
    /// Builds a directory; contacts of unknown units are left out.
    pub fn new(units: Vec<Unit>, contacts: Vec<Contact>) -> Self {
        let mut directory = Self::default();
        for unit in units {
            for name in unit.aliases.iter().chain([&unit.name]) {
                directory.by_name.insert(name.clone(), unit.id);
            }
            directory.units.insert(unit.id, unit);
        }
        for contact in contacts {
            directory.units_of_contacts.insert(contact.id, contact.unit);
            directory.contacts.entry(contact.unit).or_default().push(contact);
        }
        directory
    }

    /// The unit or group called `name`, by its full name or an alias, or by one that looks the same.
    pub fn find(&self, name: &str) -> Option<&Unit> {
        if let Some(id) = self.by_name.get(name) {
            return self.units.get(id);
        }
        let sought = look(name);
        let alike = self.by_name.iter().find(|(known, _)| look(known) == sought);
        alike.and_then(|(_, id)| self.units.get(id))
    }

    /// The unit with this key.
    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }

    /// All units and groups, by key.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// Every name and alias, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The contacts of a unit, in the order they were stored.
    pub fn contacts(&self, unit: UnitId) -> &[Contact] {
        self.contacts.get(&unit).map_or(&[], Vec::as_slice)
    }

    /// The contact with this key.
    pub fn contact(&self, id: ContactId) -> Option<&Contact> {
        let unit = self.units_of_contacts.get(&id)?;
        self.contacts(*unit).iter().find(|contact| contact.id == id)
    }

    /// When a contact is away, as a list says it.
    pub fn absence(&self, contact: &Contact) -> Option<Absence> {
        let away = contact.away.as_ref()?;
        let delegate = away.delegate.and_then(|id| self.contact(id));
        let delegate = delegate.map(|it| it.address.clone());
        Some(Absence { from: away.from, through: away.through, delegate })
    }

    /// The groups that name `member` among their members, by key.
    pub fn groups_of(&self, member: UnitId) -> impl Iterator<Item = UnitId> {
        let holds = move |group: &&Unit| group.members.contains(&member);
        self.units.values().filter(holds).map(|group| group.id)
    }

    /// The units that do the work when these are named: groups give way to their members (of members too), each
    /// unit once, in the order met. A group without members stands for itself.
    pub fn expand(&self, named: &[UnitId]) -> Vec<UnitId> {
        let mut seen = BTreeSet::new();
        let mut expanded = Vec::new();
        let mut waiting: Vec<UnitId> = named.iter().rev().copied().collect();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.units.get(&id) {
                Some(unit) if !unit.members.is_empty() => waiting.extend(unit.members.iter().rev()),
                _ => expanded.push(id),
            }
        }
        expanded
    }
}

#[cfg(test)]
mod tests;
