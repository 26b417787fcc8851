//! Follow-ups (接续): starts the obligations that follow a completed one, each from the day of its actual completion, or where
//! the law says so from the due date when that comes first.
//!
//! Must not know: who reported the completion, how an obligation is stored.
//! Callers: `life`, `count` and `plan_reminders` start follow-ups; `inspect` and `cli` read forecasts.

mod fault;
mod forecast;
mod links;
mod registration;

use std::sync::Arc;

use super::context::Context;
use super::import_obligations::summary;
use super::names::directory_for;
use super::recalculate;
use super::references::newest_in_list;
use crate::domain::deadline::Anchor;
use crate::domain::journal::Action;
use crate::domain::obligation::{Inputs, Obligation, ObligationState, possible_references};
use crate::domain::rule::{FollowUpStart, Rulebook};
use crate::storage::StorageError;
use crate::storage::follow_ups::Cause;
use crate::storage::journal::Entry;
use crate::storage::obligations::{Registration, Registrations, Revision};
pub use fault::FollowUpFault;
pub use forecast::{Forecast, forecast, forecast_of_waiting};
pub use links::Waiting;
use links::{Next, can_start, done_on, next};
use registration::{Maker, Start};

/// What moved the date of a follow-up that starts again; told to those who know the old date.
const STARTED_AGAIN: &str = "前一事项重新办结";

/// What completions have started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Started {
    /// References of the obligations that have started.
    pub started: Vec<String>,
    /// References of obligations that had started before, or were withdrawn while they waited: nothing changes for them.
    pub unchanged: Vec<String>,
    pub stuck: Vec<Stuck>,
}

/// A completed obligation whose follow-ups cannot start. The next pass tries again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Full reference of the completed obligation.
    pub completed: String,
    pub faults: Vec<FollowUpFault>,
}

/// The follow-ups of one completed obligation.
#[derive(Default)]
struct FollowUps {
    registrations: Registrations,
    entries: Vec<Entry>,
    started: Vec<String>,
    unchanged: Vec<String>,
    faults: Vec<FollowUpFault>,
}

/// Loads the obligations that the 接续 of these name.
///
/// # Errors
///
/// [`StorageError`].
pub async fn load_waiting(
    context: Context<'_>,
    obligations: &[Obligation],
) -> Result<Waiting, StorageError> {
    let named = obligations.iter().flat_map(|obligation| &obligation.inputs.then);
    let references: Vec<String> = named.flat_map(|name| possible_references(name)).collect();
    if references.is_empty() {
        return Ok(Waiting::default());
    }
    Ok(Waiting::newest_of(context.store.obligations_by_reference(&references).await?))
}

/// Starts what follows from every obligation that was completed since this was last asked. The follow-ups of one obligation
/// and the mark that they were started are written in one transaction.
///
/// A follow-up runs from the last day on which an assignment was actually done. An obligation of the ledger that waits gets
/// that day as its trigger; a rule makes a new obligation. One that runs already keeps its clock, also when the completion
/// was taken back and repeated; one that was withdrawn after it had started starts again.
///
/// # Errors
///
/// [`StorageError`]; what was started before stays started.
pub async fn start_due(context: Context<'_>) -> Result<Started, StorageError> {
    let mut all = Started::default();
    for obligation in context.store.completed_obligations().await? {
        start_next(context, &obligation, Cause::Completion, &mut all).await?;
    }
    Ok(all)
}

/// Starts what follows from every obligation that has expired, where the law starts it at expiry; as [`start_due`].
///
/// # Errors
///
/// [`StorageError`]; what was started before stays started.
pub async fn start_expired(context: Context<'_>) -> Result<Started, StorageError> {
    let mut all = Started::default();
    let today = context.now.today();
    let rules = expiring(&context.law.rules);
    for obligation in context.store.expired_obligations(&rules, today).await? {
        let cause = Cause::Expiry { before: today };
        start_next(context, &obligation, cause, &mut all).await?;
    }
    Ok(all)
}

/// The rules whose follow-ups start at expiry.
fn expiring(rules: &Rulebook) -> Vec<String> {
    let expiring = rules.iter().filter(|rule| rule.starts == FollowUpStart::DoneOrExpiry);
    expiring.map(|rule| rule.key().to_owned()).collect()
}

/// The day from which what follows `obligation` runs; `None` while it is neither done nor, where that counts, expired.
///
/// Law: 行政复议法 art. 30: what is not refused in time is accepted on the day the term ends. Reading: the earlier of both days
/// (held by `what_the_law_starts_at_decision_or_expiry_starts_at_the_earlier_of_both`).
fn start_of(rules: &Rulebook, obligation: &Obligation) -> Option<Start> {
    let done = done_on(obligation).map(|on| Start { on, by_expiry: false });
    let rule = obligation.inputs.rule.as_deref().and_then(|rule| rules.get(rule));
    let expires = rule.is_some_and(|rule| rule.starts == FollowUpStart::DoneOrExpiry);
    let due = obligation.deadline.filter(|_| expires).map(|deadline| deadline.due);
    match (done, due) {
        (Some(done), Some(due)) if done.on <= due => Some(done),
        (None, Some(_)) if !obligation.is_owed() => None,
        (_, Some(due)) => Some(Start { on: due, by_expiry: true }),
        (done, None) => done,
    }
}

async fn start_next(
    context: Context<'_>,
    completed: &Obligation,
    cause: Cause,
    all: &mut Started,
) -> Result<(), StorageError> {
    let found = follow_ups(context, completed).await?;
    let (id, now) = (completed.id, context.now);
    if !found.faults.is_empty() {
        let reference = completed.inputs.full_reference();
        context.store.report_stuck_follow_up(id, &reference, now).await?;
        all.stuck.push(Stuck { completed: reference, faults: found.faults });
        return Ok(());
    }
    if !found.entries.is_empty() {
        context.keep_calendars().await?;
    }
    if context.store.start_follow_ups(id, cause, &found.registrations, now, &found.entries).await? {
        all.started.extend(found.started);
        all.unchanged.extend(found.unchanged);
    }
    Ok(())
}

async fn follow_ups(
    context: Context<'_>,
    completed: &Obligation,
) -> Result<FollowUps, StorageError> {
    let mut found = FollowUps::default();
    let Some(start) = start_of(&context.law.rules, completed) else { return Ok(found) };
    let waiting = load_waiting(context, std::slice::from_ref(completed)).await?;
    for next in next(&context.law.rules, &waiting, &completed.inputs) {
        let (list, reference) = next.place(&completed.inputs);
        let known = newest_in_list(context, &list, &reference).await?;
        let units = known.iter().chain([completed]).flat_map(Obligation::units);
        let directory = directory_for(context.store, units, &[]).await?;
        let maker = Maker { law: context.law, directory: &directory, start };
        match (known, next) {
            (Some(known), _) if !can_start(&known) => found.unchanged.push(reference),
            (Some(mut known), next) => {
                if matches!(next, Next::Rule(_)) {
                    known.inputs.note = maker.note(completed);
                }
                found.start_known(context, maker, known).await?;
            }
            (None, Next::Rule(rule)) => match maker.under_rule(reference, completed, rule) {
                Ok(registration) => found.register(context, registration),
                Err(fault) => found.faults.push(fault),
            },
            // Withdrawn from the ledger since it was loaded.
            (None, Next::Obligation(_)) => {}
        }
    }
    Ok(found)
}

impl FollowUps {
    fn register(&mut self, context: Context<'_>, registration: Registration) {
        let Registration { inputs, projection, .. } = &registration;
        let mut entry = context.entry(Action::Register, inputs.journal_subject());
        entry.after = Some(summary(inputs, projection.deadline.as_ref()));
        self.entries.push(entry);
        self.started.push(inputs.reference.clone());
        self.registrations.new.push(registration);
    }

    async fn start_known(
        &mut self,
        context: Context<'_>,
        maker: Maker<'_>,
        known: Obligation,
    ) -> Result<(), StorageError> {
        let mut adjustments = context.store.adjustments(&[known.id]).await?;
        let adjustments = adjustments.remove(&known.id).unwrap_or_default();
        let registration = match maker.started(&known, &adjustments) {
            Ok(registration) => registration,
            Err(fault) => {
                self.faults.push(fault);
                return Ok(());
            }
        };
        let Registration { inputs, projection, .. } = &registration;
        let mut entry = context.entry(Action::Revise, inputs.journal_subject());
        entry.before = Some(summary(&known.inputs, known.deadline.as_ref()));
        entry.after = Some(summary(inputs, projection.deadline.as_ref()));
        self.entries.push(entry);
        self.started.push(inputs.reference.clone());
        let change = recalculate::change(&known, projection, STARTED_AGAIN);
        let revives = known.state == ObligationState::Withdrawn;
        self.registrations.revised.push(Revision { id: known.id, registration, change, revives });
        Ok(())
    }
}

/// Returns the references of the follow-ups that started with the completion of this obligation and are still owed: taking
/// the completion back leaves them running. `obligation` is as it stood while it was done.
///
/// # Errors
///
/// [`StorageError`].
pub async fn started_by(
    context: Context<'_>,
    obligation: &Obligation,
) -> Result<Vec<String>, StorageError> {
    let Some(start) = start_of(&context.law.rules, obligation) else { return Ok(Vec::new()) };
    let waiting = load_waiting(context, std::slice::from_ref(obligation)).await?;
    let places: Vec<(Arc<str>, String)> = next(&context.law.rules, &waiting, &obligation.inputs)
        .into_iter()
        .map(|next| next.place(&obligation.inputs))
        .collect();
    let references: Vec<String> = places.iter().map(|(_, reference)| reference.clone()).collect();
    let mut called = context.store.obligations_by_reference(&references).await?;
    called.retain(|it| {
        let Inputs { list, reference, .. } = &it.inputs;
        let is_named = places.iter().any(|place| place.0 == *list && place.1 == *reference);
        is_named && it.is_owed() && it.inputs.anchor() == Some(Anchor::Day(start.on))
    });
    Ok(called.iter().map(|it| it.inputs.full_reference()).collect())
}
