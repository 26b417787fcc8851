//! Takes a list of units, groups and contacts into the ledger.
//!
//! Must not know: the file the list came from.

use super::context::Context;
use super::names::unit_name;
use super::posts::{refuse_needed_contacts, retire_contacts};
use super::refused::Refused;
use super::unit_changes::retire_unit;
use crate::domain::directory::{DirectoryChange, DirectoryFault, ListedUnit};
use crate::domain::journal::Action;
use crate::domain::unit::{Contact, ContactId};
use crate::storage::StorageError;
use crate::storage::journal_fact::Fact;
use crate::storage::register_state::{ATTEMPTS, WriteResult};
use crate::words::{Lang, Say};

/// Why a list was not taken in; the ledger is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum ImportUnitsError {
    /// Every way in which the list contradicts itself or the ledger.
    Rejected(Vec<DirectoryFault>),
    Storage(#[from] StorageError),
}

impl Say for ImportUnitsError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Rejected(faults) => {
                let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
                lines.join(lang.pick("；", "; "))
            }
            Self::Storage(error) => error.say(lang),
        }
    }
}

/// Takes in what `list` adds or changes; returns that. The same list again changes nothing.
///
/// # Errors
///
/// [`ImportUnitsError::Rejected`] with every fault of the list, [`ImportUnitsError::Storage`] when the ledger fails.
pub async fn import_units(
    context: Context<'_>,
    list: &[ListedUnit],
) -> Result<DirectoryChange, ImportUnitsError> {
    for _ in 0..ATTEMPTS {
        let since = context.store.register_state().await?;
        let change = units_changed_by(context, list).await?;
        if change.is_empty() {
            return Ok(change);
        }
        let mut entry = context.entry(Action::ImportUnits, "directory".to_owned());
        let changed = Fact::DirectoryChanged {
            units: change.units.len(),
            aliases: change.aliases.len(),
            memberships: change.members.len(),
            contacts: change.contacts.len(),
            addresses: change.addresses.len(),
            superiors: change.parents.len(),
            absences: change.absences.len(),
        };
        entry.after = Some(changed.into());
        match context.store.change_directory_since(since, &change, context.now, &[entry]).await? {
            WriteResult::Written => return Ok(change),
            WriteResult::Overtaken => {}
        }
    }
    Err(StorageError::KeepsChanging.into())
}

/// What a full list leaves out: contacts of units that it names, and whole units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Each with unit and name.
    pub contacts: Vec<(ContactId, String)>,
    pub units: Vec<String>,
}

impl Missing {
    pub fn is_empty(&self) -> bool {
        self.contacts.is_empty() && self.units.is_empty()
    }

    fn contact_keys(&self) -> Vec<ContactId> {
        self.contacts.iter().map(|(key, _)| *key).collect()
    }
}

/// Returns what is missing from a full list.
///
/// # Errors
///
/// [`StorageError`].
pub async fn missing(context: Context<'_>, list: &[ListedUnit]) -> Result<Missing, StorageError> {
    let directory = context.store.directory().await?;
    let (contacts, units) = directory.missing_from(list);
    let contact = |it: &&Contact| {
        let unit = unit_name(&directory, it.unit);
        (it.id, format!("{unit}/{} {}", it.name, it.address))
    };
    let contacts = contacts.iter().map(contact).collect();
    Ok(Missing { contacts, units: units.iter().map(|unit| unit.name.clone()).collect() })
}

/// Refuses what is missing from a full list while it is needed, before `coming` of the same list is taken in.
///
/// # Errors
///
/// [`Refused`] with the first unit that owes something, or the first whose last contact would go.
pub async fn refuse_needed(
    context: Context<'_>,
    missing: &Missing,
    coming: &DirectoryChange,
) -> Result<(), Refused> {
    for unit in &missing.units {
        retire_unit(context, unit, None, true).await?;
    }
    refuse_needed_contacts(context, &missing.contact_keys(), &coming.contacts).await
}

/// Retires what is missing from a full list that was taken in.
///
/// # Errors
///
/// As [`refuse_needed`], when something has become needed since then.
pub async fn retire_missing(
    context: Context<'_>,
    missing: &Missing,
    reason: &str,
) -> Result<(), Refused> {
    for unit in &missing.units {
        retire_unit(context, unit, Some(reason), false).await?;
    }
    retire_contacts(context, &missing.contact_keys(), reason).await
}

/// What `list` would add or change.
///
/// # Errors
///
/// As [`import_units`].
pub async fn units_changed_by(
    context: Context<'_>,
    list: &[ListedUnit],
) -> Result<DirectoryChange, ImportUnitsError> {
    let directory = context.store.directory().await?;
    directory.change_by(list).map_err(ImportUnitsError::Rejected)
}
