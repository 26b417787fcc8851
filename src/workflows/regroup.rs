//! Compares the units of open obligations with the present members of their groups, and applies the difference.
//!
//! Must not know: the command line, SQL. An obligation keeps the units it was registered with: nobody is charged with a
//! duty, or let off, because somebody edited a group. A person decides that here.

use super::context::Context;
use super::names::unit_names;
use super::references::find;
use super::refused::Refused;
use super::{project, recalculate};
use crate::domain::directory::Directory;
use crate::domain::journal::Action;
use crate::domain::obligation::{Obligation, ObligationId, ObligationState};
use crate::domain::unit::UnitId;
use crate::storage::journal_fact::Fact;
use crate::storage::obligations::{Registration, Registrations, Revision, Selection, StateFilter};

/// The reason given to those who know the old date, when a change of the group also changes the date.
const REGROUPED: &str = "单位组成员变更";

/// An obligation whose groups have other members now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The obligation as it stands.
    pub obligation: Obligation,
    /// Units that belong to a group named by it and owe no share.
    pub joined: Vec<UnitId>,
    /// Units that owe a share and belong to no unit or group named by it any more.
    pub left: Vec<UnitId>,
}

/// Returns what differs, of one obligation or of all that are open, with the directory that names the units.
///
/// # Errors
///
/// [`Refused`].
pub async fn differences(
    context: Context<'_>,
    asked: Option<&str>,
) -> Result<(Vec<Difference>, Directory), Refused> {
    let directory = context.store.directory().await?;
    let obligations = if let Some(asked) = asked {
        vec![find(context, asked).await?]
    } else {
        let open = Selection { scope: StateFilter::Open, ..Selection::default() };
        context.store.obligations(&open).await?
    };
    let open = obligations.into_iter().filter(|it| it.state == ObligationState::Open);
    let differences = open.filter_map(|obligation| difference(&directory, obligation));
    Ok((differences.collect(), directory))
}

/// Gives shares to those who joined and takes them from those who left, all or nothing. What was reported stays.
///
/// # Errors
///
/// [`Refused`].
pub async fn apply(
    context: Context<'_>,
    differences: &[Difference],
    directory: &Directory,
    reason: Option<&str>,
) -> Result<(), Refused> {
    let ids: Vec<ObligationId> = differences.iter().map(|it| it.obligation.id).collect();
    let adjustments = context.store.adjustments(&ids).await?;
    let (mut revisions, mut entries) = (Vec::new(), Vec::new());
    for Difference { obligation, joined, left } in differences {
        let earlier = adjustments.get(&obligation.id).map_or(&[][..], Vec::as_slice);
        let projection = {
            let law = context.law.for_obligation(directory, obligation);
            project::project(law, &obligation.inputs, earlier)?
        };
        let mut entry = context.entry(Action::Regroup, obligation.inputs.journal_subject());
        let names = |units: &[UnitId]| unit_names(directory, units);
        entry.before = Some(Fact::Left { units: names(left) }.into());
        entry.after = Some(Fact::Joined { units: names(joined) }.into());
        entry.reason = reason.map(str::to_owned);
        entries.push(entry);
        let registration = Registration {
            inputs: obligation.inputs.clone(),
            performers: expanded(directory, obligation),
            lead: obligation.lead.clone(),
            responsible: obligation.responsible.clone(),
            ends_on: None,
            completion: None,
            start: None,
            projection,
        };
        let change = recalculate::change(obligation, &registration.projection, REGROUPED);
        let revives = false;
        revisions.push(Revision { id: obligation.id, registration, change, revives });
    }
    if !revisions.is_empty() {
        context.keep_calendars().await?;
        let registrations = Registrations { revised: revisions, ..Registrations::default() };
        context.store.register(&registrations, context.now, &entries).await?;
    }
    Ok(())
}

/// A unit whose assignment a person has withdrawn does not come back; one that had left the group does.
fn difference(directory: &Directory, obligation: Obligation) -> Option<Difference> {
    let expected = expanded(directory, &obligation);
    let shares = || obligation.assignments.iter().filter(|share| !share.has_left);
    let has_share = |unit: &UnitId| shares().any(|share| share.unit == *unit);
    let joined: Vec<UnitId> = expected.iter().copied().filter(|unit| !has_share(unit)).collect();
    let owing = obligation.assignments.iter().filter(|share| share.state.is_owed());
    let left: Vec<UnitId> =
        owing.map(|share| share.unit).filter(|unit| !expected.contains(unit)).collect();
    let differs = !joined.is_empty() || !left.is_empty();
    differs.then_some(Difference { obligation, joined, left })
}

/// A group without members is expanded to itself elsewhere; here it would count as a unit that joined, so it is left out.
fn expanded(directory: &Directory, obligation: &Obligation) -> Vec<UnitId> {
    let Obligation { lead, responsible, assignments, .. } = obligation;
    let named = if responsible.is_empty() { lead } else { responsible };
    let has_share = |unit: &UnitId| assignments.iter().any(|share| share.unit == *unit);
    let units = directory.expand(named).into_iter();
    units.filter(|unit| has_share(unit) || !named.contains(unit)).collect()
}
