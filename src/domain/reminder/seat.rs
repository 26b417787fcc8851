//! Who sits where: finds the contacts for a role and rank, deputies and delegates included.
//!
//! Must not know: rungs, what was already told.

use jiff::civil::Date;

use super::Case;
use crate::domain::directory::Directory;
use crate::domain::unit::{Contact, Rank, Role, UnitId};

/// One post that a rung speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Seat {
    pub(super) role: Role,
    pub(super) unit: UnitId,
    pub(super) rank: Rank,
}

/// The units that play `role` in a case.
pub(super) fn units_of(case: &Case, role: Role, supervisor: Option<UnitId>) -> Vec<UnitId> {
    match role {
        Role::Responsible => vec![case.unit],
        Role::Lead => case.leads.clone(),
        Role::Supervisor => supervisor.into_iter().collect(),
    }
}

/// The contacts to be told in place of `rank`: those of that rank, else the next higher, else the next lower; each only
/// when `may_be_told`, and while one is away the delegate instead. Empty when the unit cannot be reached.
pub(super) fn reach(
    directory: &Directory,
    (unit, rank): (UnitId, Rank),
    today: Date,
    may_be_told: impl Fn(&Contact) -> bool,
) -> Vec<&Contact> {
    let contacts = directory.contacts(unit);
    for rank in ranks_from(rank) {
        let mut reached: Vec<&Contact> = Vec::new();
        for contact in contacts.iter().filter(|contact| contact.rank == rank) {
            let present = present(contact, contacts, today).filter(|it| may_be_told(it));
            if let Some(present) = present.filter(|it| !reached.contains(it)) {
                reached.push(present);
            }
        }
        if !reached.is_empty() {
            return reached;
        }
    }
    Vec::new()
}

/// A rank, then the higher ones upwards, then the lower ones downwards.
fn ranks_from(rank: Rank) -> impl Iterator<Item = Rank> {
    let higher = Rank::ALL.into_iter().filter(move |other| *other >= rank);
    let lower = Rank::ALL.into_iter().rev().filter(move |other| *other < rank);
    higher.chain(lower)
}

/// The contact, or whoever stands in; `None` when neither can be reached.
fn present<'a>(
    contact: &'a Contact,
    colleagues: &'a [Contact],
    today: Date,
) -> Option<&'a Contact> {
    let is_here =
        |it: &Contact| !it.suppressed && !it.away.as_ref().is_some_and(|away| away.covers(today));
    if is_here(contact) {
        return Some(contact);
    }
    let delegate = contact.away.as_ref().filter(|away| away.covers(today))?.delegate?;
    colleagues.iter().find(|it| it.id == delegate).filter(|it| is_here(it))
}
