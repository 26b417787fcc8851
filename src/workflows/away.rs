//! Enters when a contact is away (外出) and who stands in, or that it is back.
//!
//! Must not know: the command line, who is told in the meantime.

use jiff::civil::Date;

use super::context::Context;
use super::names::contacts_called;
use super::refused::{NotFound, Refused};
use crate::domain::directory::ChangedAbsence;
use crate::domain::directory::{
    Absence, Directory, DirectoryChange, DirectoryFault, ListedContact, ListedUnit,
};
use crate::domain::journal::Action;
use crate::domain::unit::Contact;
use crate::storage::journal_fact::Fact;

/// What is entered about a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Away on these days too; on them it holds in place of what was entered before.
    Away(Absence),
    /// Present from the first through the last of these days.
    BackFrom(Date, Date),
    /// Present; every absence ends.
    Back,
}

/// Enters an absence of the contact of this name or address, in all its posts, or ends it. Returns one of the posts as it was.
///
/// # Errors
///
/// [`Refused`].
pub async fn set_absence(
    context: Context<'_>,
    asked: &str,
    presence: &Presence,
) -> Result<Contact, Refused> {
    let span = match presence {
        Presence::Away(Absence { from, through, .. }) | Presence::BackFrom(from, through) => {
            Some((*from, *through))
        }
        Presence::Back => None,
    };
    if let Some((from, through)) = span.filter(|(from, through)| through < from) {
        return Err(Refused::BackwardsAbsence { from, through });
    }
    let directory = context.store.directory().await?;
    let posts = contacts_called(&directory, asked)?;
    let mut all = DirectoryChange::default();
    let (mut entries, mut refusals) = (Vec::new(), Vec::new());
    for contact in &posts {
        let before = directory.absences(contact);
        let after = absences(&before, presence);
        if before == after {
            continue;
        }
        match change(&directory, contact, after.clone()) {
            Ok(change) => all.absences.push(change),
            Err(fault) => {
                refusals.push(fault);
                continue;
            }
        }
        let mut entry = context.entry(Action::Away, format!("contact {}", contact.uid.0));
        entry.before = (!before.is_empty()).then(|| Absence::cell(&before));
        let back = || String::from(Fact::Back);
        entry.after = Some(if after.is_empty() { back() } else { Absence::cell(&after) });
        entries.push(entry);
    }
    // Who has posts in several units is replaced in the unit of the person who stands in.
    if let Some(fault) = refusals.into_iter().next().filter(|_| all.absences.is_empty()) {
        return Err(Refused::Delegate(fault));
    }
    if !all.is_empty() {
        context.store.change_directory(&all, context.now, &entries).await?;
    }
    let first = posts.first().map(|contact| (*contact).clone());
    first.ok_or_else(|| NotFound::Contact { asked: asked.to_owned(), similar: None }.into())
}

fn absences(before: &[Absence], presence: &Presence) -> Vec<Absence> {
    match presence {
        Presence::Away(absence) => absence.clone().joining(before),
        Presence::BackFrom(from, through) => Absence::outside(before, *from, *through),
        Presence::Back => Vec::new(),
    }
}

fn change(
    directory: &Directory,
    contact: &Contact,
    absences: Vec<Absence>,
) -> Result<ChangedAbsence, DirectoryFault> {
    let unit = directory.unit(contact.unit).map_or_else(String::new, |unit| unit.name.clone());
    let (name, rank) = (contact.name.clone(), contact.rank);
    let changed = ChangedAbsence { unit: unit.clone(), name, rank, absences };
    let listed = ListedUnit {
        name: unit,
        contact: Some(ListedContact {
            name: changed.name.clone(),
            address: contact.address.clone(),
            rank,
            absences: changed.absences.clone(),
        }),
        ..ListedUnit::default()
    };
    match directory.change_by(&[listed]) {
        Ok(_) => Ok(changed),
        Err(faults) => faults.into_iter().next().map_or(Ok(changed), Err),
    }
}
