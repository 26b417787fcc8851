//! Who a reminder is for: a role, unit and rank, and the contacts who can be reached for it.
//!
//! Must not know: rungs, what was already told.

use jiff::civil::Date;

use crate::domain::directory::Directory;
use crate::domain::unit::{Contact, Rank, Role, UnitId};

/// One rank of one unit in one role. Its contacts may change from day to day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Addressee {
    pub(super) role: Role,
    pub(super) unit: UnitId,
    pub(super) rank: Rank,
}

impl Addressee {
    /// The contacts to be told: those of the rank itself, else of the next higher rank, else of the next lower one.
    ///
    /// Only contacts with `may_be_told` count. A contact who is away is replaced by the delegate. The result is empty when
    /// nobody in the unit can be reached.
    pub(super) fn reachable_contacts<'a>(
        &self,
        directory: &'a Directory,
        today: Date,
        may_be_told: impl Fn(&Contact) -> bool,
    ) -> Vec<&'a Contact> {
        let contacts = directory.contacts(self.unit);
        for rank in ranks_from(self.rank) {
            let mut reachable: Vec<&Contact> = Vec::new();
            for contact in contacts.iter().filter(|contact| contact.rank == rank) {
                let present = contact_or_delegate(contact, contacts, today);
                let present = present.filter(|it| may_be_told(it) && !reachable.contains(it));
                reachable.extend(present);
            }
            if !reachable.is_empty() {
                return reachable;
            }
        }
        Vec::new()
    }
}

/// The rank, then the higher ones upwards, then the lower ones downwards.
fn ranks_from(rank: Rank) -> impl Iterator<Item = Rank> {
    let higher = Rank::ALL.into_iter().filter(move |other| *other >= rank);
    let lower = Rank::ALL.into_iter().rev().filter(move |other| *other < rank);
    higher.chain(lower)
}

/// The contact, or the delegate while the contact is away; `None` when the chosen person cannot be reached.
fn contact_or_delegate<'a>(
    contact: &'a Contact,
    colleagues: &'a [Contact],
    today: Date,
) -> Option<&'a Contact> {
    let can_be_reached = |it: &Contact| !it.suppressed && it.away_on(today).is_none();
    if can_be_reached(contact) {
        return Some(contact);
    }
    let delegate = contact.away_on(today)?.delegate?;
    colleagues.iter().find(|it| it.id == delegate).filter(|it| can_be_reached(it))
}
