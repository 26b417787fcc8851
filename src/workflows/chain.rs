//! Chains: a duty that is done starts the duties whose terms run from its actual completion.
//!
//! Must not know: who reported it, how a duty is stored.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::import_obligations::{ImportObligationsError, import_obligations};
use super::inspect::unit_names;
use super::{Context, Ground, project};
use crate::domain::deadline::{Anchor, Deadline};
use crate::domain::directory::Directory;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{AssignmentState, Inputs, Obligation, ObligationId};
use crate::domain::rule::Rule;
use crate::storage::StorageError;

/// A date that holds if the duty before is done on its due date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The other end of the chain: a rule by its name, or a duty by reference and title.
    pub what: String,
    /// The day the following one would fall due.
    pub due: Date,
    /// One of the two dates lies beyond what the calendar knows for certain.
    pub provisional: bool,
}

/// Duties that others start, by reference.
#[derive(Clone, Debug, Default)]
pub struct Waiting(BTreeMap<String, Obligation>);

/// Something that a completion starts.
enum Next<'a> {
    Rule(&'a Rule),
    Duty(&'a Obligation),
}

/// Loads the duties that these may start.
///
/// # Errors
///
/// What the ledger says.
pub async fn waiting(
    context: Context<'_>,
    obligations: &[Obligation],
) -> Result<Waiting, StorageError> {
    let named = obligations.iter().flat_map(|obligation| obligation.inputs.then.iter().cloned());
    let references: Vec<String> = named.collect();
    if references.is_empty() {
        return Ok(Waiting::default());
    }
    let mut waiting = BTreeMap::new();
    for duty in context.store.obligations_called(&references).await? {
        waiting.entry(duty.inputs.reference.clone()).or_insert(duty);
    }
    Ok(Waiting(waiting))
}

/// Starts the duties that follow from this one, once all its shares are reported or closed; returns their references.
///
/// Each runs from the last day on which a share was really done. A duty of the list that waits gets that day as its
/// trigger; a rule makes a new duty, whose reference is made of the one before, so that doing it again starts nothing.
///
/// # Errors
///
/// As [`import_obligations`].
pub async fn start_next(
    context: Context<'_>,
    id: ObligationId,
) -> Result<Vec<String>, ImportObligationsError> {
    let Some(obligation) = context.store.obligation(id).await? else { return Ok(Vec::new()) };
    let Some(done_on) = done_on(&obligation) else { return Ok(Vec::new()) };
    let waiting = waiting(context, std::slice::from_ref(&obligation)).await?;
    let directory = context.store.directory().await?;
    let list: Vec<ListedObligation> = next(context, &waiting, &obligation.inputs)
        .into_iter()
        .filter_map(|next| match next {
            Next::Rule(rule) => Some(follower(&obligation, &directory, rule, done_on)),
            Next::Duty(duty) => started(duty, &directory, done_on),
        })
        .collect();
    let done = import_obligations(context, &list).await?;
    let references = list.into_iter().filter_map(|duty| duty.reference);
    Ok(if done.added.saturating_add(done.revised) == 0 { Vec::new() } else { references.collect() })
}

/// Returns the references of the duties that began with the completion of this one, and are owed: what a completion taken
/// back leaves running. `obligation` is as it stood while it was done.
///
/// # Errors
///
/// What the ledger says.
pub async fn begun_with(
    context: Context<'_>,
    obligation: &Obligation,
) -> Result<Vec<String>, StorageError> {
    let Some(done_on) = done_on(obligation) else { return Ok(Vec::new()) };
    let waiting = waiting(context, std::slice::from_ref(obligation)).await?;
    let references: Vec<String> = next(context, &waiting, &obligation.inputs)
        .into_iter()
        .map(|next| match next {
            Next::Rule(rule) => reference_of_follower(&obligation.inputs, rule),
            Next::Duty(duty) => duty.inputs.reference.clone(),
        })
        .collect();
    let duties = context.store.obligations_called(&references).await?;
    let begun = duties
        .into_iter()
        .filter(|duty| duty.is_owed() && duty.inputs.anchor() == Some(Anchor::Day(done_on)));
    Ok(begun.map(|duty| duty.inputs.full_reference()).collect())
}

/// What would follow from this duty if it were done on its due date; empty once it is done. What cannot be worked out, or
/// leaves the calendar, is left out: a forecast is no reason to answer nothing.
pub fn forecast(
    context: Context<'_>,
    directory: &Directory,
    waiting: &Waiting,
    obligation: &Obligation,
) -> Vec<Forecast> {
    let Some(deadline) = obligation.deadline.as_ref().filter(|_| obligation.is_owed()) else {
        return Vec::new();
    };
    let ground = |duty: &Obligation| context.law.ground_of(directory, duty);
    let forecast = |next| {
        let (what, next) = match next {
            Next::Rule(rule) => {
                let version = rule.on(deadline.due)?;
                let inputs = Inputs {
                    written: String::new(),
                    term: version.term.clone(),
                    rule: Some(rule.key().to_owned()),
                    ..obligation.inputs.clone()
                };
                (rule.name.clone(), due_if_begun(ground(obligation), &inputs, deadline.due)?)
            }
            Next::Duty(duty) if duty.inputs.anchor().is_none() => {
                (in_words(duty), due_if_begun(ground(duty), &duty.inputs, deadline.due)?)
            }
            Next::Duty(_) => return None,
        };
        let provisional = next.provisional || deadline.provisional;
        Some(Forecast { what, due: next.due, provisional })
    };
    next(context, waiting, &obligation.inputs).into_iter().filter_map(forecast).collect()
}

/// For a duty that waits for others to be done: when it would fall due, were each of them done on its due date.
///
/// # Errors
///
/// What the ledger says.
pub async fn forecast_of(
    context: Context<'_>,
    directory: &Directory,
    obligation: &Obligation,
) -> Result<Vec<Forecast>, StorageError> {
    let inputs = &obligation.inputs;
    if inputs.anchor().is_some() || !obligation.is_owed() {
        return Ok(Vec::new());
    }
    let before = context.store.obligations_before(&inputs.reference).await?;
    let ground = context.law.ground_of(directory, obligation);
    let forecast = |before: &Obligation| {
        let deadline = before.deadline.as_ref().filter(|_| before.is_owed())?;
        let next = due_if_begun(ground, inputs, deadline.due)?;
        let provisional = next.provisional || deadline.provisional;
        Some(Forecast { what: in_words(before), due: next.due, provisional })
    };
    Ok(before.iter().filter_map(forecast).collect())
}

/// 001-18 编制标准指引.
fn in_words(obligation: &Obligation) -> String {
    format!("{} {}", obligation.inputs.full_reference(), obligation.inputs.title)
}

/// When a duty falls due whose term begins on `day`, if that can be said.
fn due_if_begun(ground: Ground<'_>, inputs: &Inputs, day: Date) -> Option<Deadline> {
    let inputs = Inputs { anchor_on: Some(day), anchor_at: None, ..inputs.clone() };
    project::project(ground, &inputs, &[]).ok()?.deadline
}

/// What the completion of this duty starts: by its rule, then by its own list. A name is a reference first.
fn next<'a>(context: Context<'a>, waiting: &'a Waiting, inputs: &Inputs) -> Vec<Next<'a>> {
    let rules = &context.law.rules;
    let rule = inputs.rule.as_deref().and_then(|rule| rules.get(rule));
    let by_rule = rule.into_iter().flat_map(|rule| &rule.then).filter_map(|next| rules.get(next));
    let own = inputs.then.iter().filter_map(|name| {
        waiting.0.get(name).map(Next::Duty).or_else(|| rules.get(name).map(Next::Rule))
    });
    by_rule.map(Next::Rule).chain(own).collect()
}

/// The last day on which a share was really done; `None` while one is still owed, or when none was done.
fn done_on(obligation: &Obligation) -> Option<Date> {
    let standing =
        obligation.assignments.iter().filter(|share| share.state != AssignmentState::Withdrawn);
    let mut last = None;
    for share in standing {
        if !share.state.is_done() {
            return None;
        }
        last = last.max(share.done_on);
    }
    last
}

/// The duty that waited, with its trigger; `None` when it has begun before.
fn started(duty: &Obligation, directory: &Directory, done_on: Date) -> Option<ListedObligation> {
    let inputs = &duty.inputs;
    if inputs.anchor().is_some() {
        return None;
    }
    Some(ListedObligation {
        reference: Some(inputs.reference.clone()),
        title: inputs.title.clone(),
        written: inputs.written.clone(),
        term: Some(inputs.term.clone()).filter(|_| !inputs.written.is_empty()),
        trigger: Some(Anchor::Day(done_on)),
        lead: unit_names(directory, &duty.lead),
        responsible: unit_names(directory, &duty.responsible),
        rule: inputs.rule.clone(),
        source: inputs.source.clone(),
        note: inputs.note.clone(),
        then: inputs.then.clone(),
        ..ListedObligation::default()
    })
}

/// The reference of the duty that a rule makes of the completion of another.
fn reference_of_follower(inputs: &Inputs, rule: &Rule) -> String {
    format!("{}→{}", inputs.full_reference(), rule.key())
}

fn follower(
    obligation: &Obligation,
    directory: &Directory,
    rule: &Rule,
    done_on: Date,
) -> ListedObligation {
    let inputs = &obligation.inputs;
    ListedObligation {
        reference: Some(reference_of_follower(inputs, rule)),
        title: format!("{}：{}", rule.name, inputs.title),
        written: String::new(),
        term: None,
        trigger: Some(Anchor::Day(done_on)),
        lead: unit_names(directory, &obligation.lead),
        responsible: unit_names(directory, &obligation.responsible),
        rule: Some(rule.key().to_owned()),
        source: inputs.source.clone(),
        note: format!("{}于{done_on}办结，自该日起算", inputs.full_reference()),
        ..ListedObligation::default()
    }
}
