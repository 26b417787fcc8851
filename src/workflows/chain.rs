//! Chains: a duty that is done starts the duties whose terms run from its actual completion.
//!
//! Must not know: who reported it, how a duty is stored.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::import_obligations::{Import, ImportObligationsError, ObligationFault};
use super::inspect::unit_names;
use super::law::keep_calendars;
use super::{Context, Ground, project};
use crate::domain::deadline::{Anchor, Deadline};
use crate::domain::directory::Directory;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{AssignmentState, Inputs, Obligation, ObligationState};
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

impl Next<'_> {
    /// The reference of the duty that begins once the one with these inputs is done.
    fn reference(&self, completed: &Inputs) -> String {
        match self {
            Self::Rule(rule) => format!("{}→{}", completed.full_reference(), rule.key()),
            Self::Duty(duty) => duty.inputs.reference.clone(),
        }
    }
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

/// What completions have started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Started {
    /// References of the duties that begin.
    pub begun: Vec<String>,
    /// References of duties that had begun before, or were struck out before they could: they are left as they are.
    pub left: Vec<String>,
    /// Completed duties whose followers cannot be registered, by full reference, with what is wrong; they are asked again
    /// at every pass.
    pub stuck: Vec<(String, Vec<ObligationFault>)>,
}

/// Starts what follows from every duty that was completed since this was last asked: all its shares are reported or
/// closed, whoever made them so. What begins is registered in one transaction with the mark that it has been.
///
/// Each runs from the last day on which a share was really done. A duty of the list that waits gets that day as its
/// trigger; a rule makes a new duty, whose reference is made of the one before. One that runs already keeps its clock, also
/// when the completion was taken back meanwhile and made anew; one that was struck out since it began begins again.
///
/// # Errors
///
/// What the ledger says; what was started before stays so.
pub async fn start_due(context: Context<'_>) -> Result<Started, StorageError> {
    let mut started = Started::default();
    let completed = context.store.completed_obligations().await?;
    if completed.is_empty() {
        return Ok(started);
    }
    let directory = context.store.directory().await?;
    for obligation in completed {
        start_next(context, &directory, &obligation, &mut started).await?;
    }
    Ok(started)
}

async fn start_next(
    context: Context<'_>,
    directory: &Directory,
    obligation: &Obligation,
    started: &mut Started,
) -> Result<(), StorageError> {
    let (list, left) = followers(context, directory, obligation).await?;
    let import = match Import::of_beginnings().with(context, &list).await {
        Ok(import) => import,
        Err(ImportObligationsError::Storage(error)) => return Err(error),
        Err(ImportObligationsError::Rejected(faults)) => {
            let reference = obligation.inputs.full_reference();
            let id = obligation.id;
            context.store.report_stuck_chain(id, &reference, context.now).await?;
            started.stuck.push((reference, faults));
            return Ok(());
        }
    };
    if !import.entries.is_empty() {
        keep_calendars(context).await?;
    }
    let Import { registrations, entries, .. } = &import;
    if context.store.start_followers(obligation.id, registrations, context.now, entries).await? {
        started.begun.extend(list.into_iter().filter_map(|duty| duty.reference));
        started.left.extend(left);
    }
    Ok(())
}

/// The duties that begin with the completion of this one, and the references of those that are left as they are.
async fn followers(
    context: Context<'_>,
    directory: &Directory,
    obligation: &Obligation,
) -> Result<(Vec<ListedObligation>, Vec<String>), StorageError> {
    let (mut list, mut left) = (Vec::new(), Vec::new());
    let Some(done_on) = done_on(obligation) else { return Ok((list, left)) };
    let waiting = waiting(context, std::slice::from_ref(obligation)).await?;
    for next in next(context, &waiting, &obligation.inputs) {
        let reference = next.reference(&obligation.inputs);
        let known = context.store.obligations_called(std::slice::from_ref(&reference)).await?;
        if known.first().is_some_and(|known| !can_begin(known)) {
            left.push(reference);
            continue;
        }
        list.push(match next {
            Next::Rule(rule) => follower(obligation, directory, rule, done_on),
            Next::Duty(duty) => started(duty, directory, done_on),
        });
    }
    Ok((list, left))
}

/// True for a duty that waits, and for one that had begun and was struck out: not for one that was struck out while it
/// waited, since nobody wants it.
fn can_begin(known: &Obligation) -> bool {
    let is_withdrawn = known.state == ObligationState::Withdrawn;
    known.inputs.anchor().is_some() == is_withdrawn
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
        .map(|next| next.reference(&obligation.inputs))
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

/// The duty that waited, with its trigger.
fn started(duty: &Obligation, directory: &Directory, done_on: Date) -> ListedObligation {
    let inputs = &duty.inputs;
    ListedObligation {
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
    }
}

fn follower(
    obligation: &Obligation,
    directory: &Directory,
    rule: &Rule,
    done_on: Date,
) -> ListedObligation {
    let inputs = &obligation.inputs;
    ListedObligation {
        reference: Some(Next::Rule(rule).reference(inputs)),
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
