//! The directory: every unit, group and contact, found by any name it goes by.
//!
//! Must not know: obligations, where the directory is stored.
//! Callers: storage, workflows.

mod absence;
mod change;
mod fault;
mod unit_change;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::hidden::look;
use crate::domain::unit::{Away, Contact, ContactId, Standing, Unit, UnitId};

pub use absence::Absence;
pub use change::{
    ChangedAbsence, DirectoryChange, ListedContact, ListedUnit, NewContact, RetiredContact,
};
pub use fault::DirectoryFault;
pub use unit_change::{Merger, UnitChange};

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
            let names = unit.aliases.iter().chain([&unit.name]);
            for name in names.filter(|_| unit.standing == Standing::InOffice) {
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

    /// All units and groups in office, by key.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values().filter(|unit| unit.standing == Standing::InOffice)
    }

    /// The unit that has taken over everything of this one, else itself.
    pub fn present(&self, unit: UnitId) -> UnitId {
        let mut present = unit;
        // No ring can arise: a unit is merged into one in office.
        while let Some(Standing::MergedInto(into)) = self.units.get(&present).map(|it| it.standing)
        {
            present = into;
        }
        present
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

    /// When a contact is away, as a list says it; by day.
    pub fn absences(&self, contact: &Contact) -> Vec<Absence> {
        let absence = |away: &Away| {
            let delegate = away.delegate.and_then(|id| self.contact(id));
            let delegate = delegate.map(|it| it.address.clone());
            Absence { from: away.from, through: away.through, delegate }
        };
        contact.away.iter().map(absence).collect()
    }

    /// The groups that name `member` among their members, by key.
    pub fn groups_of(&self, member: UnitId) -> impl Iterator<Item = UnitId> {
        let holds = move |group: &&Unit| group.members.contains(&member);
        self.units.values().filter(holds).map(|group| group.id)
    }

    /// The units that do the work when these are named: groups give way to their members (of members too), each
    /// unit once, in the order met. A group without members stands for itself, and a unit that was merged for the other.
    pub fn expand(&self, named: &[UnitId]) -> Vec<UnitId> {
        let mut seen = BTreeSet::new();
        let mut expanded = Vec::new();
        let mut waiting: Vec<UnitId> = named.iter().rev().copied().collect();
        while let Some(id) = waiting.pop() {
            let id = self.present(id);
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
