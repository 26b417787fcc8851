//! Takes a list of units, groups and contacts into the ledger.
//!
//! Must not know: the file the list came from.

use super::context::Context;
use crate::domain::directory::{DirectoryChange, DirectoryFault, ListedUnit};
use crate::domain::journal::Action;
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
        match context.store.import_directory(since, &change, context.now, &[entry]).await? {
            WriteResult::Written => return Ok(change),
            WriteResult::Overtaken => {}
        }
    }
    Err(StorageError::KeepsChanging.into())
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
