//! Ends the membership of a unit in a group.
//!
//! Must not know: which obligations name the group; `regroup` compares them.

use std::iter;

use super::context::Context;
use super::names::{directory_for, unit_called};
use super::refused::Refused;
use crate::domain::directory::DirectoryChange;
use crate::domain::journal::Action;

/// Takes a unit out of a group. Duties keep the units they were registered with.
///
/// # Errors
///
/// [`Refused`].
pub async fn leave_group(context: Context<'_>, group: &str, unit: &str) -> Result<(), Refused> {
    let directory = directory_for(context.store, iter::empty(), &[group, unit]).await?;
    let (group, unit) = (unit_called(&directory, group)?, unit_called(&directory, unit)?);
    let pair = (group.name.clone(), unit.name.clone());
    if !group.members.contains(&unit.id) {
        return Err(Refused::NotAMember { group: pair.0, unit: pair.1 });
    }
    let mut entry = context.entry(Action::LeaveGroup, format!("group {}", pair.0));
    entry.before = Some(pair.1.clone());
    let change = DirectoryChange { left: vec![pair], ..DirectoryChange::default() };
    Ok(context.store.change_directory(&change, context.now, &[entry]).await?)
}
