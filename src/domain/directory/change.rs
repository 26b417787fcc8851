//! What a list of units changes in a directory.
//!
//! Must not know: the file the list came from, where the directory is stored.

use std::collections::{BTreeMap, BTreeSet};

use super::{Absence, Directory, DirectoryFault};
use crate::domain::address::Address;
use crate::domain::hidden::look;
use crate::domain::unit::{Contact, ContactId, Rank, Unit, UnitId};

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
    /// Memberships that end: group, member. No list ends one; a person does.
    pub left: Vec<(String, String)>,
    /// New contacts.
    pub contacts: Vec<NewContact>,
    /// Contacts whose address is another now.
    pub addresses: Vec<NewContact>,
    /// Contacts who go away, or are back.
    pub absences: Vec<ChangedAbsence>,
    /// Contacts who leave their posts, before the new ones take theirs. No list retires one; a person does.
    pub retired: Vec<RetiredContact>,
}

/// A contact who leaves a post, and who takes it over: a contact of the directory or a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetiredContact {
    pub contact: ContactId,
    /// Unit, rank and name.
    pub successor: Option<(String, Rank, String)>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    pub contact: Option<ListedContact>,
}

/// A contact of a listed unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedContact {
    /// Post or name.
    pub name: String,
    /// Where mail goes.
    pub address: Address,
    /// How high in the unit.
    pub rank: Rank,
    /// When the contact is away; empty says nothing about it.
    pub absences: Vec<Absence>,
}

/// A contact who goes away, or is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedAbsence {
    /// Name of its unit.
    pub unit: String,
    /// Post or name.
    pub name: String,
    /// How high in the unit.
    pub rank: Rank,
    /// All its absences from now on; empty once it is back.
    pub absences: Vec<Absence>,
}

impl Directory {
    /// Returns the contacts and the units in office that a full list does not name, each by key.
    pub fn missing_from(&self, list: &[ListedUnit]) -> (Vec<&Contact>, Vec<&Unit>) {
        let mut named: BTreeSet<UnitId> = BTreeSet::new();
        let mut posts: BTreeSet<(UnitId, Rank, &str)> = BTreeSet::new();
        for listed in list {
            let names = listed.groups.iter().chain(&listed.parent).chain([&listed.name]);
            named.extend(names.filter_map(|name| Some(self.find(name)?.id)));
            let unit = self.find(&listed.name).map(|unit| unit.id);
            let contact = listed.contact.as_ref();
            posts.extend(unit.zip(contact).map(|(unit, it)| (unit, it.rank, it.name.as_str())));
        }
        let units = || self.units().filter(|unit| named.contains(&unit.id));
        let of_units = units().flat_map(|unit| self.contacts(unit.id));
        let is_missing = |it: &&Contact| !posts.contains(&(it.unit, it.rank, it.name.as_str()));
        let contacts = of_units.filter(is_missing).collect();
        (contacts, self.units().filter(|unit| !named.contains(&unit.id)).collect())
    }

    /// Returns what `list` adds to this directory or changes in it. Nothing is ever taken away.
    ///
    /// # Errors
    ///
    /// Every [`DirectoryFault`] of the list, in its order.
    pub fn change_by(&self, list: &[ListedUnit]) -> Result<DirectoryChange, Vec<DirectoryFault>> {
        let mut comparison = Comparison::new(self);
        for (entry, listed) in list.iter().enumerate() {
            comparison.names(entry, listed);
        }
        for (entry, listed) in list.iter().enumerate() {
            comparison.relations(entry, listed);
            comparison.contact(entry, listed);
        }
        for (entry, listed) in list.iter().enumerate() {
            comparison.absence(entry, listed);
        }
        if comparison.faults.is_empty() { Ok(comparison.change) } else { Err(comparison.faults) }
    }
}

/// A list being compared with a directory.
struct Comparison<'a> {
    known: &'a Directory,
    /// Every name that will be known: name → full name.
    full_names: BTreeMap<String, String>,
    /// The look of every name that will be known → full name.
    looks: BTreeMap<String, String>,
    change: DirectoryChange,
    addresses: BTreeMap<(String, Rank, String), Address>,
    absences: BTreeMap<(String, Rank, String), Vec<Absence>>,
    parents: BTreeMap<String, String>,
    faults: Vec<DirectoryFault>,
}

impl<'a> Comparison<'a> {
    fn new(known: &'a Directory) -> Self {
        let full_name = |name: &str| known.find(name).map(|unit| unit.name.clone());
        let full_names: BTreeMap<String, String> =
            known.names().filter_map(|name| Some((name.to_owned(), full_name(name)?))).collect();
        let looks = full_names.iter().map(|(name, full)| (look(name), full.clone())).collect();
        Self {
            known,
            full_names,
            looks,
            change: DirectoryChange::default(),
            addresses: BTreeMap::new(),
            absences: BTreeMap::new(),
            parents: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    fn names(&mut self, entry: usize, listed: &ListedUnit) {
        let name = self.add_unit(&listed.name);
        for alias in &listed.aliases {
            match self.full_name(alias) {
                Some(holder) if *holder == name => {}
                Some(holder) => self.faults.push(DirectoryFault::AliasTaken {
                    entry,
                    alias: alias.clone(),
                    holder: holder.clone(),
                }),
                None => {
                    self.full_names.insert(alias.clone(), name.clone());
                    self.looks.insert(look(alias), name.clone());
                    self.change.aliases.push((alias.clone(), name.clone()));
                }
            }
        }
    }

    /// Returns the full name under which `name` is known, adding a unit of that name if there is none.
    fn add_unit(&mut self, name: &str) -> String {
        if let Some(full_name) = self.full_name(name) {
            return full_name.clone();
        }
        self.full_names.insert(name.to_owned(), name.to_owned());
        self.looks.insert(look(name), name.to_owned());
        self.change.units.push(name.to_owned());
        name.to_owned()
    }

    /// The full name under which `name`, or one that looks the same, is known.
    fn full_name(&self, name: &str) -> Option<&String> {
        self.full_names.get(name).or_else(|| self.looks.get(&look(name)))
    }

    fn relations(&mut self, entry: usize, listed: &ListedUnit) {
        let name = self.add_unit(&listed.name);
        for group in &listed.groups {
            let group = self.add_unit(group);
            self.membership(entry, (group, name.clone()));
        }
        let Some(parent) = &listed.parent else { return };
        match self.full_name(parent).cloned() {
            Some(parent) => self.superior(entry, (name, parent)),
            None => {
                self.faults.push(DirectoryFault::UnknownParent { entry, parent: parent.clone() });
            }
        }
    }

    fn membership(&mut self, entry: usize, pair: (String, String)) {
        let (group, member) = &pair;
        if group == member {
            self.faults.push(DirectoryFault::OwnMember { entry, group: pair.0 });
        } else if self.is_member(&pair) || self.change.members.contains(&pair) {
            // Said before.
        } else if let Some(ring) = self.way(group, member) {
            self.faults.push(DirectoryFault::RingOfGroups { entry, ring });
        } else {
            self.change.members.push(pair);
        }
    }

    /// How `inner` belongs to `outer`, from the inside: each a member of the next. `None` when it does not.
    fn way(&self, inner: &str, outer: &str) -> Option<Vec<String>> {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![vec![outer.to_owned()]];
        while let Some(way) = waiting.pop() {
            let Some(innermost) = way.last().filter(|it| seen.insert((*it).clone())) else {
                continue;
            };
            if innermost == inner {
                return Some(way.into_iter().rev().collect());
            }
            for member in self.members_of(innermost) {
                waiting.push(way.iter().cloned().chain([member]).collect());
            }
        }
        None
    }

    /// The members of a group, in the ledger or in the list.
    fn members_of(&self, group: &str) -> Vec<String> {
        let stored = self.known.find(group).map_or(&[][..], |group| &group.members);
        let stored = stored.iter().filter_map(|id| Some(self.known.unit(*id)?.name.clone()));
        let listed = self.change.members.iter().filter(|(of, _)| of == group);
        stored.chain(listed.map(|(_, member)| member.clone())).collect()
    }

    fn superior(&mut self, entry: usize, pair: (String, String)) {
        let (unit, parent) = &pair;
        match self.parents.get(unit) {
            Some(first) if first == parent => {}
            Some(first) => {
                let first = first.clone();
                self.faults.push(DirectoryFault::TwoParents { entry, unit: pair.0, first });
            }
            None => {
                if let Some(ring) = self.ring_above(unit, parent) {
                    self.faults.push(DirectoryFault::RingOfUnits { entry, ring });
                    return;
                }
                self.parents.insert(unit.clone(), parent.clone());
                if !self.is_parent(&pair) {
                    self.change.parents.push(pair);
                }
            }
        }
    }

    /// The units from `unit` upwards when `parent` stands below it already, or is itself.
    fn ring_above(&self, unit: &str, parent: &str) -> Option<Vec<String>> {
        let mut ring = vec![unit.to_owned()];
        let mut above = parent.to_owned();
        while above != unit {
            if ring.contains(&above) {
                return None;
            }
            ring.push(above.clone());
            let stored = || Some(self.known.unit(self.known.find(&above)?.parent?)?.name.clone());
            above = self.parents.get(&above).cloned().or_else(stored)?;
        }
        Some(ring)
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
        let Some(ListedContact { name: post, address, rank, .. }) = &listed.contact else { return };
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
        match self.known_contact(&new.unit, new.rank, &new.name) {
            Some(known) if known.address == new.address && !known.damaged => {}
            Some(_) => self.change.addresses.push(new),
            None => self.change.contacts.push(new),
        }
    }

    /// Asked once all contacts of the list are known: any of them may stand in.
    fn absence(&mut self, entry: usize, listed: &ListedUnit) {
        let Some(contact) = &listed.contact else { return };
        let absences = &contact.absences;
        if absences.is_empty() {
            return;
        }
        let unit = self.add_unit(&listed.name);
        let known = self.other_addresses(&unit, contact);
        let mut delegates = absences.iter().filter_map(|it| it.delegate.as_ref());
        if let Some(delegate) = delegates.find(|it| !known.contains(it)) {
            let delegate = delegate.clone();
            self.faults.push(DirectoryFault::UnknownDelegate { entry, unit, delegate, known });
            return;
        }
        let (name, rank) = (contact.name.clone(), contact.rank);
        match self.absences.insert((unit.clone(), rank, name.clone()), absences.clone()) {
            Some(first) if first == *absences => return,
            Some(_) => {
                self.faults.push(DirectoryFault::TwoAbsences { entry, name });
                return;
            }
            None => {}
        }
        let changed = ChangedAbsence { unit, name, rank, absences: absences.clone() };
        let known = self.known_contact(&changed.unit, rank, &changed.name);
        if known.map(|known| self.known.absences(known)).as_ref() != Some(absences) {
            self.change.absences.push(changed);
        }
    }

    /// Addresses of the other contacts of a unit, in the ledger or in the list.
    fn other_addresses(&self, unit: &str, contact: &ListedContact) -> Vec<Address> {
        let is_other = |rank: Rank, name: &str| (rank, name) != (contact.rank, &contact.name);
        let stored = self.known.find(unit).map_or(&[][..], |unit| self.known.contacts(unit.id));
        let stored = stored.iter().filter(|it| is_other(it.rank, &it.name)).map(|it| &it.address);
        let listed = self
            .addresses
            .iter()
            .filter(|((of, rank, name), _)| of == unit && is_other(*rank, name));
        let mut all: Vec<Address> =
            stored.chain(listed.map(|(_, address)| address)).cloned().collect();
        all.sort();
        all.dedup();
        all
    }

    fn known_contact(&self, unit: &str, rank: Rank, name: &str) -> Option<&'a Contact> {
        let unit = self.known.find(unit)?;
        let contacts = self.known.contacts(unit.id);
        contacts.iter().find(|contact| contact.rank == rank && contact.name == name)
    }
}

impl DirectoryChange {
    /// True when nothing is to be done.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
