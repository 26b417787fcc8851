//! Enters when a contact is away (外出) and who stands in, or that it is back.
//!
//! Must not know: the command line, who is told in the meantime.

use super::context::Context;
use super::refused::{NotFound, Refused};
use crate::domain::directory::{
    Absence, ChangedAbsence, Directory, DirectoryChange, ListedContact, ListedUnit,
};
use crate::domain::journal::Action;
use crate::domain::similar::most_similar;
use crate::domain::unit::Contact;
use crate::storage::journal_fact::Fact;

/// Enters an absence of the contact of this name or address; `None` says that it is back. Returns the contact as it was.
///
/// # Errors
///
/// [`Refused`].
pub async fn set_absence(
    context: Context<'_>,
    asked: &str,
    absence: Option<Absence>,
) -> Result<Contact, Refused> {
    if let Some(Absence { from, through, .. }) = absence.as_ref().filter(|it| it.through < it.from)
    {
        return Err(Refused::BackwardsAbsence { from: *from, through: *through });
    }
    let directory = context.store.directory().await?;
    let contact = contact_called(&directory, asked)?.clone();
    let before = directory.absence(&contact);
    if before == absence {
        return Ok(contact);
    }
    let unit = directory.unit(contact.unit).map_or_else(String::new, |unit| unit.name.clone());
    let change = change(&directory, &contact, &unit, absence.clone())?;
    let mut entry = context.entry(Action::Away, format!("contact {}", contact.uid.0));
    entry.before = before.as_ref().map(Absence::to_string);
    entry.after = Some(absence.as_ref().map_or_else(|| Fact::Back.into(), Absence::to_string));
    context.store.change_directory(&change, context.now, &[entry]).await?;
    Ok(contact)
}

fn change(
    directory: &Directory,
    contact: &Contact,
    unit: &str,
    absence: Option<Absence>,
) -> Result<DirectoryChange, Refused> {
    let (name, rank) = (contact.name.clone(), contact.rank);
    let Some(absence) = absence else {
        let back = ChangedAbsence { unit: unit.to_owned(), name, rank, absence: None };
        return Ok(DirectoryChange { absences: vec![back], ..DirectoryChange::default() });
    };
    let address = contact.address.clone();
    let listed = ListedUnit {
        name: unit.to_owned(),
        contact: Some(ListedContact { name, address, rank, absence: Some(absence) }),
        ..ListedUnit::default()
    };
    directory.change_by(&[listed]).map_err(|faults| match faults.into_iter().next() {
        Some(fault) => Refused::Delegate(fault),
        None => NotFound::Contact { asked: contact.name.clone(), similar: None }.into(),
    })
}

fn contact_called<'a>(directory: &'a Directory, asked: &str) -> Result<&'a Contact, NotFound> {
    let all = || directory.units().flat_map(|unit| directory.contacts(unit.id));
    let is_called = |it: &&Contact| it.name == asked || it.address.as_str() == asked;
    let called: Vec<&Contact> = all().filter(is_called).collect();
    match called.as_slice() {
        [only] => Ok(only),
        [] => {
            let names = all().flat_map(|it| [it.name.as_str(), it.address.as_str()]);
            let similar = most_similar(names, asked);
            Err(NotFound::Contact { asked: asked.to_owned(), similar })
        }
        several => {
            let unit = |it: &Contact| directory.unit(it.unit).map_or("", |unit| unit.name.as_str());
            let line = |it: &&Contact| format!("{} {} {}", unit(it), it.name, it.address);
            let known = several.iter().map(line).collect();
            Err(NotFound::SeveralContacts { asked: asked.to_owned(), known })
        }
    }
}
