//! What people do to obligations: sign for, report, close, reopen, withdraw, silence.
//!
//! Must not know: the command line, SQL.

use jiff::civil::Date;

use super::bulletin::{QuotaLine, lines};
use super::context::Context;
use super::follow_up::{self, Started};
use super::names::{directory_for, unit_called, unit_name};
use super::open_occurrences;
use super::references::find;
use super::refused::Refused;
use crate::domain::deadline::Anchor;
use crate::domain::directory::Directory;
use crate::domain::journal::Action;
use crate::domain::life::{Completion, Transition, TransitionFault, TransitionRequest, WorkFacts};
use crate::domain::obligation::{Assignment, AssignmentState, Obligation};
use crate::domain::reminder::Correction;
use crate::domain::term::Term;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::journal_fact::Fact;
use crate::storage::lifecycle::StateChange;

/// Which assignments of one obligation a request concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Reference or number of the obligation.
    pub obligation: String,
    /// The unit whose assignment is meant, by any name; a group means its members. `None` means every assignment to which
    /// the request can be applied, which has to be said with `all_units` when there are several.
    pub unit: Option<String>,
    pub all_units: bool,
    /// Every open occurrence of a series, where the reference names no period.
    pub all_occurrences: bool,
    /// Who says so, when it is not the caller.
    pub by: Option<String>,
}

/// The new state of one assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Name of the unit.
    pub unit: String,
    pub from: AssignmentState,
    pub to: AssignmentState,
}

/// What a request did to one obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The obligation as it was before.
    pub obligation: Obligation,
    pub changed: Vec<Changed>,
}

/// What a request did to all obligations it names.
#[derive(Debug)]
pub struct Batch {
    pub acted: Vec<Acted>,
    /// What started because these, or others before them, are done.
    pub started: Started,
}

/// A request that has been checked for one obligation and not been written yet.
struct Checked {
    acted: Acted,
    changes: Vec<StateChange>,
    entries: Vec<Entry>,
}

/// Applies `request` to every obligation in `targets`, each once: to the assignment of the unit named, else to every
/// assignment for which it is possible. All are changed in one transaction, or none.
///
/// # Errors
///
/// [`Refused::Order`] when it is possible for no assignment of one of them, or when what is claimed cannot be. What follows from a completion (接续) starts after it is on record; should that fail, the next pass does it.
pub async fn act(
    context: Context<'_>,
    targets: &[Target],
    request: &TransitionRequest,
) -> Result<Batch, Refused> {
    let (mut acted, mut changes, mut entries): (Vec<Acted>, Vec<_>, Vec<_>) = Default::default();
    for target in targets {
        for obligation in meant(context, target, request.transition).await? {
            if acted.iter().any(|other| other.obligation.id == obligation.id) {
                continue;
            }
            let checked = check(context, target, obligation, request).await?;
            acted.push(checked.acted);
            changes.extend(checked.changes);
            entries.extend(checked.entries);
        }
    }
    context.store.change_states(&changes, context.now, &entries).await?;
    let started = follow_up::start_due(context).await?;
    Ok(Batch { acted, started })
}

/// The obligations that a target names: of a series the occurrence of that period, opened now when it is still to come;
/// without a period its only open occurrence.
async fn meant(
    context: Context<'_>,
    target: &Target,
    transition: Transition,
) -> Result<Vec<Obligation>, Refused> {
    let asked = &target.obligation;
    let found = match find(context, asked).await {
        Err(Refused::NotFound(fault)) => {
            let opened = open_occurrences::open_early(context, asked).await?;
            return opened.map(|it| vec![it]).ok_or(Refused::NotFound(fault));
        }
        found => found?,
    };
    let ends_work = matches!(transition, Transition::Report | Transition::Close);
    if !ends_work || found.inputs.occurrence.is_empty() || !found.inputs.names_series(asked) {
        return Ok(vec![found]);
    }
    let references = [found.inputs.reference.clone()];
    let mut open = context.store.obligations_by_reference(&references).await?;
    open.retain(|it| it.inputs.list == found.inputs.list && it.is_owed());
    open.reverse();
    match open.len() {
        0 => Ok(vec![found]),
        1 => Ok(open),
        _ if target.all_occurrences => Ok(open),
        _ => Err(Refused::SeveralOccurrences {
            reference: found.inputs.reference.clone(),
            open: open.iter().map(|it| it.inputs.full_reference()).collect(),
        }),
    }
}

async fn check(
    context: Context<'_>,
    target: &Target,
    obligation: Obligation,
    request: &TransitionRequest,
) -> Result<Checked, Refused> {
    let named: Vec<&str> = target.unit.as_deref().into_iter().collect();
    let directory = directory_for(context.store, obligation.units(), &named).await?;
    let shares = shares(&directory, &obligation, target.unit.as_deref())?;
    let counted = counted(context, &obligation).await?;
    let mut changes =
        changes((&directory, &counted), &obligation, &shares, request, context.now.today())?;
    if target.unit.is_none() && !target.all_units && changes.len() > 1 {
        let owing =
            shares.iter().filter(|it| changes.iter().any(|change| change.assignment == it.id));
        let units = owing.map(|share| unit_name(&directory, share.unit)).collect();
        let reference = obligation.inputs.full_reference();
        return Err(Refused::SeveralUnits { reference, units });
    }
    if closes_at_once(context, &obligation) {
        changes.iter_mut().for_each(close_if_reported);
    }
    let mut entries = Vec::new();
    let mut changed = Vec::new();
    for change in &changes {
        let unit = shares
            .iter()
            .find(|share| share.id == change.assignment)
            .map_or_else(String::new, |share| unit_name(&directory, share.unit));
        entries.push(entry(context, target, &obligation, request, &unit, change));
        changed.push(Changed { unit, from: change.from, to: change.to });
    }
    Ok(Checked { acted: Acted { obligation, changed }, changes, entries })
}

/// True when its rule says that a report closes it.
pub(super) fn closes_at_once(context: Context<'_>, obligation: &Obligation) -> bool {
    let rule = obligation.inputs.rule.as_deref().and_then(|rule| context.law.rules.get(rule));
    rule.is_some_and(|rule| rule.closes_at_once)
}

/// Closes what has just been reported.
pub(super) fn close_if_reported(change: &mut StateChange) {
    if change.to == AssignmentState::Reported {
        change.to = AssignmentState::Closed;
    }
}

/// Silences an obligation until a day, for a reason; `None` lets it speak again.
///
/// # Errors
///
/// [`Refused::SilenceInPast`] for a day that is not to come.
pub async fn silence(
    context: Context<'_>,
    target: &Target,
    until: Option<Date>,
    reason: Option<String>,
) -> Result<Obligation, Refused> {
    let today = context.now.today();
    if let Some(until) = until.filter(|until| *until <= today) {
        return Err(Refused::SilenceInPast { until, today });
    }
    let obligation = find(context, &target.obligation).await?;
    let mut entry = context.entry(Action::Silence, obligation.inputs.journal_subject());
    entry.actor = target.by.clone().unwrap_or(entry.actor);
    entry.after = Some(until.map_or(Fact::NotSilent, Fact::SilentUntil).into());
    entry.reason = reason;
    context.store.silence(obligation.id, until, context.now, &[entry]).await?;
    Ok(obligation)
}

/// How far each unit has come, when the obligation is a quota.
async fn counted(
    context: Context<'_>,
    obligation: &Obligation,
) -> Result<Vec<QuotaLine>, StorageError> {
    if !matches!(obligation.inputs.term, Term::Times(_)) {
        return Ok(Vec::new());
    }
    let events = context.store.counted_events(&[obligation.id]).await?;
    Ok(lines(context, obligation, &events))
}

/// The event that the clock of an obligation runs from; a series has none.
fn trigger(obligation: &Obligation) -> Option<Date> {
    let runs_from_event = matches!(obligation.inputs.term, Term::Within(_) | Term::AtLeast(_));
    obligation.inputs.anchor().map(Anchor::day).filter(|_| runs_from_event)
}

/// The shares meant; those of a group when a group is named.
fn shares<'a>(
    directory: &Directory,
    obligation: &'a Obligation,
    unit: Option<&str>,
) -> Result<Vec<&'a Assignment>, Refused> {
    let Some(asked) = unit else { return Ok(obligation.assignments.iter().collect()) };
    let unit = unit_called(directory, asked)?;
    let meant = directory.expand(&[unit.id]);
    let shares: Vec<&Assignment> =
        obligation.assignments.iter().filter(|share| meant.contains(&share.unit)).collect();
    if shares.is_empty() {
        let (unit, reference) = (unit.name.clone(), obligation.inputs.reference.clone());
        return Err(Refused::NoShare { unit, reference });
    }
    Ok(shares)
}

/// One change for each share the request is possible for. What is claimed about the work must hold for every one of them.
fn changes(
    (directory, counted): (&Directory, &[QuotaLine]),
    obligation: &Obligation,
    shares: &[&Assignment],
    request: &TransitionRequest,
    today: Date,
) -> Result<Vec<StateChange>, Refused> {
    let mut changes = Vec::new();
    let mut first_refusal = None;
    for share in shares {
        let pace = counted.iter().find(|line| line.unit == share.unit).map(|line| &line.pace);
        let facts = WorkFacts {
            deadline: obligation.deadline.as_ref(),
            trigger: trigger(obligation),
            quota: pace.map(|pace| (pace.done, pace.required)),
        };
        match request.apply(share, facts, today) {
            Ok((to, done)) => {
                let (obligation, assignment) = (obligation.id, share.id);
                let on = done.as_ref().map(|done: &Completion| done.on);
                let kind = Correction::of_state_change((share.state, to), on, facts.deadline);
                let reason = request.reason.clone().unwrap_or_default();
                let correction = kind.map(|kind| Correction { kind, reason, told_since: None });
                let from = share.state;
                changes.push(StateChange { obligation, assignment, from, to, done, correction });
            }
            Err(refusal) => {
                let unit = unit_name(directory, share.unit);
                let error = Refused::Order { unit, refusal };
                let is_about_state = matches!(
                    &error,
                    Refused::Order { refusal: TransitionFault::NotPossible { .. }, .. }
                );
                if !is_about_state {
                    return Err(error);
                }
                first_refusal.get_or_insert(error);
            }
        }
    }
    match first_refusal {
        Some(refusal) if changes.is_empty() => Err(refusal),
        Some(_) | None => Ok(changes),
    }
}

fn entry(
    context: Context<'_>,
    target: &Target,
    obligation: &Obligation,
    request: &TransitionRequest,
    unit: &str,
    change: &StateChange,
) -> Entry {
    let mut entry = context.entry(request.transition.action(), obligation.inputs.journal_subject());
    entry.actor = target.by.clone().unwrap_or(entry.actor);
    let share = |state: AssignmentState, done: Option<&Completion>| Fact::Share {
        unit: unit.to_owned(),
        state: state.word().to_owned(),
        done_on: done.map(|done| done.on),
        evidence: done.and_then(|done| done.evidence.clone()),
    };
    entry.before = Some(share(change.from, None).into());
    entry.after = Some(share(change.to, change.done.as_ref()).into());
    entry.reason = request.details.shortened_because.as_ref().or(request.reason.as_ref()).cloned();
    entry
}
