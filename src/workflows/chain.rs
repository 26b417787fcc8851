//! Chains: a duty that is done starts the duties whose terms run from its actual completion.
//!
//! Must not know: who reported it, how a duty is stored.

use jiff::civil::Date;

use super::import_obligations::{ImportObligationsError, import_obligations};
use super::inspect::unit_names;
use super::{Context, project};
use crate::domain::deadline::DeadlineFault;
use crate::domain::directory::Directory;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{AssignmentState, Inputs, Obligation, ObligationId};
use crate::domain::rule::Rule;

/// A duty that will start when another is done, as if that were done on its due date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Name of the rule it follows.
    pub rule: String,
    /// The day it would fall due.
    pub due: Date,
}

/// Starts the duties that follow from this one, once all its shares are reported or closed; returns their references.
///
/// Each runs from the last day on which a share was really done. Doing it again starts nothing: the reference of a duty
/// that follows is made of the reference of the one before.
///
/// # Errors
///
/// As [`import_obligations`].
pub async fn start_next(
    context: Context<'_>,
    id: ObligationId,
) -> Result<Vec<String>, ImportObligationsError> {
    let Some(obligation) = context.store.obligation(id).await? else { return Ok(Vec::new()) };
    let rules = next_rules(context, &obligation.inputs);
    let Some(done_on) = done_on(&obligation).filter(|_| !rules.is_empty()) else {
        return Ok(Vec::new());
    };
    let directory = context.store.directory().await?;
    let list: Vec<ListedObligation> =
        rules.iter().map(|rule| follower(&obligation, &directory, rule, done_on)).collect();
    let added = import_obligations(context, &list).await?.added;
    let references = list.into_iter().filter_map(|duty| duty.reference);
    Ok(if added == 0 { Vec::new() } else { references.collect() })
}

/// What would follow from this duty if it were done on its due date; empty once it is done.
///
/// # Errors
///
/// [`DeadlineFault`] when the calendar does not reach.
pub fn forecast(
    context: Context<'_>,
    obligation: &Obligation,
) -> Result<Vec<Forecast>, DeadlineFault> {
    let Some(deadline) = obligation.deadline.as_ref().filter(|_| obligation.is_owed()) else {
        return Ok(Vec::new());
    };
    let mut forecasts = Vec::new();
    for rule in next_rules(context, &obligation.inputs) {
        let Some(version) = rule.on(deadline.due) else { continue };
        let inputs = Inputs {
            term: version.term.clone(),
            rule: Some(rule.key().to_owned()),
            anchor_on: Some(deadline.due),
            anchor_at: None,
            ..obligation.inputs.clone()
        };
        let next = project::project(context.law, &inputs, &[])?.deadline;
        forecasts.extend(next.map(|next| Forecast { rule: rule.name.clone(), due: next.due }));
    }
    Ok(forecasts)
}

/// The rules whose terms run from the completion of this duty.
fn next_rules<'a>(context: Context<'a>, inputs: &Inputs) -> Vec<&'a Rule> {
    let rules = &context.law.rules;
    let rule = inputs.rule.as_deref().and_then(|rule| rules.get(rule));
    rule.into_iter().flat_map(|rule| &rule.then).filter_map(|next| rules.get(next)).collect()
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

fn follower(
    obligation: &Obligation,
    directory: &Directory,
    rule: &Rule,
    done_on: Date,
) -> ListedObligation {
    let inputs = &obligation.inputs;
    ListedObligation {
        reference: Some(format!("{}→{}", inputs.full_reference(), rule.key())),
        title: format!("{}：{}", rule.name, inputs.title),
        written: String::new(),
        term: None,
        trigger: Some(done_on),
        lead: unit_names(directory, &obligation.lead),
        responsible: unit_names(directory, &obligation.responsible),
        rule: Some(rule.key().to_owned()),
        source: inputs.source.clone(),
        note: format!("{}于{done_on}办结，自该日起算", inputs.full_reference()),
    }
}
