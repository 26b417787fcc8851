//! Units change (机构变动): renamed, taken over by another, abolished.
//!
//! Must not know: the command line, SQL. Open shares, people and names follow; what has ended keeps the unit it had.

use super::context::Context;
use super::directory_refusal::DirectoryRefusal;
use super::names::{unit_called, unit_name};
use super::posts::open_duties;
use super::refused::Refused;
use crate::domain::directory::{Directory, Merger, UnitChange};
use crate::domain::hidden::look;
use crate::domain::journal::Action;
use crate::domain::obligation::{Assignment, AssignmentState, Obligation};
use crate::domain::unit::Unit;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::journal_fact::Fact;
use crate::storage::lifecycle::StateChange;
use crate::storage::obligations::{Selection, StateFilter};
use crate::storage::register_state::RegisterState;
use crate::storage::units::MovedShares;

/// What a change of units comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedUnit {
    /// Its name before.
    pub before: String,
    /// Its name now, or that of the unit that takes it over; `None` for one that ends.
    pub after: Option<String>,
    /// References of the duties whose shares go to the other unit.
    pub moved: Vec<String>,
    /// References of the duties in which both units had a share: one of them is left.
    pub joined: Vec<String>,
    /// Contacts that go over.
    pub contacts: usize,
}

/// Gives a unit or a group another name; the old one stays an alias.
///
/// # Errors
///
/// [`DirectoryRefusal::NameTaken`] when another unit has the name.
pub async fn rename_unit(
    context: Context<'_>,
    old: &str,
    new: &str,
    reason: Option<&str>,
    is_rehearsal: bool,
) -> Result<ChangedUnit, Refused> {
    let since = context.store.register_state().await?;
    let directory = context.store.directory().await?;
    let unit = unit_called(&directory, old)?;
    let new = new.trim();
    refuse_taken(&directory, unit, new)?;
    let changed = ChangedUnit::of(unit, Some(new.to_owned()));
    if !is_rehearsal && unit.name != new {
        let change = UnitChange::Rename { unit: unit.id, to: new.to_owned() };
        let mut entry = entry(context, Action::RenameUnit, unit, reason);
        entry.after = Some(new.to_owned());
        write(context, since, (&change, &MovedShares::default()), &[entry]).await?;
    }
    Ok(changed)
}

/// Lets one unit take over everything of another: names, people, groups, subordinates and what is owed.
///
/// # Errors
///
/// [`DirectoryRefusal::IsGroup`] for groups, [`DirectoryRefusal::OneUnit`] when both are one.
pub async fn merge_units(
    context: Context<'_>,
    (from, into): (&str, &str),
    reason: Option<&str>,
    is_rehearsal: bool,
) -> Result<ChangedUnit, Refused> {
    let since = context.store.register_state().await?;
    let directory = context.store.directory().await?;
    let (from, into) = (unit_called(&directory, from)?, unit_called(&directory, into)?);
    if from.id == into.id {
        return Err(DirectoryRefusal::OneUnit { unit: from.name.clone() }.into());
    }
    if let Some(group) = [from, into].into_iter().find(|unit| !unit.members.is_empty()) {
        return Err(DirectoryRefusal::IsGroup { unit: group.name.clone() }.into());
    }
    let merger = Merger::of(&directory, from, into);
    let mut changed = ChangedUnit::of(from, Some(into.name.clone()));
    changed.contacts = merger.people.contacts.len();
    let mut first = entry(context, Action::MergeUnits, from, reason);
    first.after = Some(into.name.clone());
    let (mut shares, mut entries) = (MovedShares::default(), vec![first]);
    for obligation in open_obligations(context, from).await? {
        let share = |unit: &Unit| obligation.assignments.iter().find(|it| it.unit == unit.id);
        let Some(owed) = share(from).filter(|it| it.state.is_owed()) else { continue };
        let reference = obligation.inputs.full_reference();
        match share(into) {
            None => {
                shares.moved.push(owed.id);
                changed.moved.push(reference);
            }
            Some(held) => {
                shares.states.extend(joined(&obligation, owed, held));
                changed.joined.push(reference);
            }
        }
        let subject = obligation.inputs.journal_subject();
        let mut line = context.entry(Action::MergeUnits, subject);
        line.before = Some(Fact::Left { units: vec![from.name.clone()] }.into());
        line.after = Some(Fact::Joined { units: vec![into.name.clone()] }.into());
        line.reason = reason.map(str::to_owned);
        entries.push(line);
    }
    if !is_rehearsal {
        let change = UnitChange::Merge(Box::new(merger));
        write(context, since, (&change, &shares), &entries).await?;
    }
    Ok(changed)
}

/// Ends a unit that owes nothing any more, with its contacts and memberships.
///
/// # Errors
///
/// [`DirectoryRefusal::UnitNeeded`] while it owes or leads something.
pub async fn retire_unit(
    context: Context<'_>,
    unit: &str,
    reason: Option<&str>,
    is_rehearsal: bool,
) -> Result<ChangedUnit, Refused> {
    let since = context.store.register_state().await?;
    let directory = context.store.directory().await?;
    let unit = unit_called(&directory, unit)?;
    let mut duties = open_duties(context, unit.id).await?;
    for series in context.store.newest_occurrences().await? {
        let obligation = &series.obligation;
        let reference = obligation.inputs.full_reference();
        let names = obligation.lead.contains(&unit.id) || obligation.responsible.contains(&unit.id);
        if names && !duties.contains(&reference) {
            duties.push(reference);
        }
    }
    if !duties.is_empty() {
        return Err(DirectoryRefusal::UnitNeeded { unit: unit.name.clone(), duties }.into());
    }
    let mut changed = ChangedUnit::of(unit, None);
    changed.contacts = directory.contacts(unit.id).len();
    if !is_rehearsal {
        let mut entry = entry(context, Action::RetireUnit, unit, reason);
        entry.after = Some(Fact::Retired.into());
        let change = UnitChange::Retire { unit: unit.id };
        write(context, since, (&change, &MovedShares::default()), &[entry]).await?;
    }
    Ok(changed)
}

async fn write(
    context: Context<'_>,
    since: RegisterState,
    (change, shares): (&UnitChange, &MovedShares),
    entries: &[Entry],
) -> Result<(), StorageError> {
    context.store.change_unit(since, change, shares, context.now, entries).await?.or_run_again()
}

impl ChangedUnit {
    fn of(unit: &Unit, after: Option<String>) -> Self {
        let (moved, joined) = (Vec::new(), Vec::new());
        Self { before: unit.name.clone(), after, moved, joined, contacts: 0 }
    }

    /// True when shares go from one unit to another.
    pub fn moves_shares(&self) -> bool {
        !self.moved.is_empty() || !self.joined.is_empty()
    }
}

fn refuse_taken(directory: &Directory, unit: &Unit, new: &str) -> Result<(), Refused> {
    if look(new).is_empty() {
        return Err(DirectoryRefusal::NoName.into());
    }
    let holder = directory.find(new).filter(|holder| holder.id != unit.id);
    let Some(holder) = holder else { return Ok(()) };
    Err(DirectoryRefusal::NameTaken {
        name: new.to_owned(),
        holder: unit_name(directory, holder.id),
    }
    .into())
}

/// Both units have a share of one duty: that of the unit that ends is withdrawn, and the other owes what was left to do.
fn joined(obligation: &Obligation, owed: &Assignment, held: &Assignment) -> Vec<StateChange> {
    let change = |share: &Assignment, to| StateChange {
        obligation: obligation.id,
        assignment: share.id,
        from: share.state,
        to,
        done: None,
        correction: None,
    };
    let mut changes = vec![change(owed, AssignmentState::Withdrawn)];
    if !held.state.is_owed() {
        changes.push(change(held, AssignmentState::Open));
    }
    changes
}

async fn open_obligations(context: Context<'_>, unit: &Unit) -> Result<Vec<Obligation>, Refused> {
    let scope = StateFilter::Open;
    let selection = Selection { units: Some(vec![unit.id]), scope, ..Selection::default() };
    Ok(context.store.obligations(&selection).await?)
}

fn entry(context: Context<'_>, action: Action, unit: &Unit, reason: Option<&str>) -> Entry {
    let mut entry = context.entry(action, format!("unit {}", unit.uid.0));
    entry.before = Some(unit.name.clone());
    entry.reason = reason.map(str::to_owned);
    entry
}
