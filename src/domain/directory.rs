//! The directory: every unit, group and contact, found by any name it goes by.
//!
//! Must not know: obligations, where the directory is stored.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::address::Address;
use crate::domain::unit::{Contact, ContactId, Rank, Unit, UnitId};

/// Every unit and contact of the ledger.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    units: BTreeMap<UnitId, Unit>,
    contacts: BTreeMap<UnitId, Vec<Contact>>,
    units_of_contacts: BTreeMap<ContactId, UnitId>,
    by_name: BTreeMap<String, UnitId>,
}

/// What a list of units adds to a directory or changes in it; empty when it holds nothing new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryChange {
    /// Names of new units and groups, in the order they were met.
    pub units: Vec<String>,
    /// New or other superiors: unit, superior.
    pub parents: Vec<(String, String)>,
    /// New aliases: alias, unit.
    pub aliases: Vec<(String, String)>,
    /// New memberships: group, member.
    pub members: Vec<(String, String)>,
    /// New contacts.
    pub contacts: Vec<NewContact>,
    /// Contacts whose address is another now.
    pub addresses: Vec<NewContact>,
}

/// A contact as a list names it. Unit, rank and name identify it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// Name of its unit.
    pub unit: String,
    /// Post or name.
    pub name: String,
    /// How high in the unit.
    pub rank: Rank,
    /// Where mail goes.
    pub address: Address,
}

/// One entry of a list of units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedUnit {
    /// Full name, or any name already known for it.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Its superior, by any name.
    pub parent: Option<String>,
    /// The groups it belongs to.
    pub groups: Vec<String>,
    /// A contact of it.
    pub contact: Option<(String, Address, Rank)>,
}

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
    /// The same unit, rank and name with two addresses in one list.
    #[error("{name} has two addresses in the same list")]
    TwoAddresses {
        /// The entry with the second address.
        entry: usize,
        /// The contact.
        name: String,
    },
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

    /// The unit or group called `name`, by its full name or an alias.
    pub fn find(&self, name: &str) -> Option<&Unit> {
        self.units.get(self.by_name.get(name)?)
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

    /// Returns what `list` adds to this directory or changes in it. Nothing is ever taken away.
    ///
    /// # Errors
    ///
    /// Every [`DirectoryFault`] of the list, in its order.
    pub fn change_by(&self, list: &[ListedUnit]) -> Result<DirectoryChange, Vec<DirectoryFault>> {
        let mut reading = Reading::new(self);
        for (entry, listed) in list.iter().enumerate() {
            reading.names(entry, listed);
        }
        for (entry, listed) in list.iter().enumerate() {
            reading.relations(entry, listed);
            reading.contact(entry, listed);
        }
        if reading.faults.is_empty() { Ok(reading.change) } else { Err(reading.faults) }
    }
}

/// A list being compared with a directory.
struct Reading<'a> {
    known: &'a Directory,
    /// Every name that will be known: name → full name.
    full_names: BTreeMap<String, String>,
    change: DirectoryChange,
    addresses: BTreeMap<(String, Rank, String), Address>,
    faults: Vec<DirectoryFault>,
}

impl<'a> Reading<'a> {
    fn new(known: &'a Directory) -> Self {
        let full_name = |name: &str| known.find(name).map(|unit| unit.name.clone());
        let full_names =
            known.names().filter_map(|name| Some((name.to_owned(), full_name(name)?))).collect();
        Self {
            known,
            full_names,
            change: DirectoryChange::default(),
            addresses: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    fn names(&mut self, entry: usize, listed: &ListedUnit) {
        let name = self.add_unit(&listed.name);
        for alias in &listed.aliases {
            match self.full_names.get(alias) {
                Some(holder) if *holder == name => {}
                Some(holder) => self.faults.push(DirectoryFault::AliasTaken {
                    entry,
                    alias: alias.clone(),
                    holder: holder.clone(),
                }),
                None => {
                    self.full_names.insert(alias.clone(), name.clone());
                    self.change.aliases.push((alias.clone(), name.clone()));
                }
            }
        }
    }

    /// Returns the full name under which `name` is known, adding a unit of that name if there is none.
    fn add_unit(&mut self, name: &str) -> String {
        if let Some(full_name) = self.full_names.get(name) {
            return full_name.clone();
        }
        self.full_names.insert(name.to_owned(), name.to_owned());
        self.change.units.push(name.to_owned());
        name.to_owned()
    }

    fn relations(&mut self, entry: usize, listed: &ListedUnit) {
        let name = self.add_unit(&listed.name);
        for group in &listed.groups {
            let group = self.add_unit(group);
            if group == name {
                self.faults.push(DirectoryFault::OwnMember { entry, group });
                continue;
            }
            let pair = (group, name.clone());
            if !self.is_member(&pair) && !self.change.members.contains(&pair) {
                self.change.members.push(pair);
            }
        }
        let Some(parent) = &listed.parent else { return };
        match self.full_names.get(parent) {
            Some(parent) => {
                let pair = (name, parent.clone());
                if !self.is_parent(&pair) && !self.change.parents.contains(&pair) {
                    self.change.parents.push(pair);
                }
            }
            None => {
                self.faults.push(DirectoryFault::UnknownParent { entry, parent: parent.clone() });
            }
        }
    }

    fn is_member(&self, (group, member): &(String, String)) -> bool {
        let member = self.known.find(member).map(|unit| unit.id);
        let group = self.known.find(group);
        group.zip(member).is_some_and(|(group, member)| group.members.contains(&member))
    }

    fn is_parent(&self, (unit, parent): &(String, String)) -> bool {
        let parent = self.known.find(parent).map(|unit| unit.id);
        self.known.find(unit).is_some_and(|unit| unit.parent.is_some() && unit.parent == parent)
    }

    fn contact(&mut self, entry: usize, listed: &ListedUnit) {
        let Some((post, address, rank)) = &listed.contact else { return };
        let unit = self.add_unit(&listed.name);
        let identity = (unit.clone(), *rank, post.clone());
        match self.addresses.get(&identity) {
            Some(other) if other == address => return,
            Some(_) => {
                self.faults.push(DirectoryFault::TwoAddresses { entry, name: post.clone() });
                return;
            }
            None => self.addresses.insert(identity, address.clone()),
        };
        let new = NewContact { unit, name: post.clone(), rank: *rank, address: address.clone() };
        match self.known_contact(&new) {
            Some(known) if known.address == new.address => {}
            Some(_) => self.change.addresses.push(new),
            None => self.change.contacts.push(new),
        }
    }

    fn known_contact(&self, new: &NewContact) -> Option<&'a Contact> {
        let unit = self.known.find(&new.unit)?;
        self.known
            .contacts(unit.id)
            .iter()
            .find(|contact| contact.rank == new.rank && contact.name == new.name)
    }
}

impl DirectoryFault {
    /// The entry of the list it was found at, from 0.
    pub fn entry(&self) -> usize {
        match self {
            Self::AliasTaken { entry, .. }
            | Self::UnknownParent { entry, .. }
            | Self::OwnMember { entry, .. }
            | Self::TwoAddresses { entry, .. } => *entry,
        }
    }
}

impl DirectoryChange {
    /// True when nothing is to be done.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str) -> ListedUnit {
        ListedUnit {
            name: name.into(),
            aliases: Vec::new(),
            parent: None,
            groups: Vec::new(),
            contact: None,
        }
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn unit(id: i64, name: &str, members: &[i64]) -> Unit {
        Unit {
            id: UnitId(id),
            name: name.into(),
            aliases: Vec::new(),
            parent: None,
            members: members.iter().copied().map(UnitId).collect(),
        }
    }

    #[test]
    fn a_group_gives_way_to_its_members_and_each_unit_is_named_once() {
        let directory = Directory::new(
            vec![
                unit(1, "各部门", &[2, 3]),
                unit(2, "甲", &[]),
                unit(3, "乙", &[]),
                unit(4, "丙", &[1, 3]),
            ],
            Vec::new(),
        );
        assert_eq!(directory.expand(&[UnitId(3), UnitId(4)]), [UnitId(3), UnitId(2)]);
    }

    #[test]
    fn groups_that_contain_each_other_do_not_hang() {
        let directory = Directory::new(vec![unit(1, "甲", &[2]), unit(2, "乙", &[1])], Vec::new());
        assert_eq!(directory.expand(&[UnitId(1)]), []);
    }

    #[test]
    fn a_list_read_twice_changes_nothing() {
        let contact = Contact {
            id: ContactId(1),
            unit: UnitId(2),
            name: "承办人".into(),
            address: address("a@b.cn"),
            rank: Rank::Handler,
            away: None,
            suppressed: false,
        };
        let mut bureau = unit(2, "区人力社保局", &[]);
        bureau.aliases = vec!["区人社局".into()];
        bureau.parent = Some(UnitId(1));
        let directory = Directory::new(vec![unit(1, "各部门", &[2]), bureau], vec![contact]);
        let entry = ListedUnit {
            aliases: vec!["区人社局".into()],
            groups: vec!["各部门".into()],
            parent: Some("各部门".into()),
            contact: Some(("承办人".into(), address("a@b.cn"), Rank::Handler)),
            ..listed("区人社局")
        };
        assert!(directory.change_by(&[entry]).unwrap().is_empty());
    }

    #[test]
    fn an_alias_of_another_unit_is_refused_and_every_fault_is_named() {
        let mut first = listed("甲");
        first.aliases = vec!["同".into()];
        let mut second = listed("乙");
        second.aliases = vec!["同".into()];
        second.parent = Some("丙".into());
        second.groups = vec!["乙".into()];
        let faults = Directory::default().change_by(&[first, second]).unwrap_err();
        assert_eq!(
            faults,
            [
                DirectoryFault::AliasTaken { entry: 1, alias: "同".into(), holder: "甲".into() },
                DirectoryFault::OwnMember { entry: 1, group: "乙".into() },
                DirectoryFault::UnknownParent { entry: 1, parent: "丙".into() },
            ]
        );
    }
}
