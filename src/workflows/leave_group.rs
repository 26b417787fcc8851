//! Ends the membership of a unit in a group.
//!
//! Must not know: which duties name the group; `regroup` compares them.

use super::Context;
use super::inspect::{InspectError, unit_called};
use crate::domain::directory::DirectoryChange;
use crate::storage::StorageError;

/// Why a membership was not ended; the ledger is as it was.
#[derive(Debug, thiserror::Error)]
pub enum LeaveError {
    /// The group or the unit is not known.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// The unit is no member of the group.
    #[error("{unit} is no member of {group}")]
    NoMember {
        /// The unit.
        unit: String,
        /// The group.
        group: String,
    },
    /// The ledger failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Takes a unit out of a group. Duties keep the units they were registered with.
///
/// # Errors
///
/// [`LeaveError`].
pub async fn leave_group(context: Context<'_>, group: &str, unit: &str) -> Result<(), LeaveError> {
    let directory = context.store.directory().await?;
    let (group, unit) = (unit_called(&directory, group)?, unit_called(&directory, unit)?);
    let pair = (group.name.clone(), unit.name.clone());
    if !group.members.contains(&unit.id) {
        return Err(LeaveError::NoMember { group: pair.0, unit: pair.1 });
    }
    let mut entry = context.entry("leave-group", format!("group {}", pair.0));
    entry.before = Some(pair.1.clone());
    let change = DirectoryChange { left: vec![pair], ..DirectoryChange::default() };
    Ok(context.store.change_directory(&change, context.now, &[entry]).await?)
}
