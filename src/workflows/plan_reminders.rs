//! One pass of planning: opens occurrences, starts follow-ups, then decides and records the reminders that are due.
//!
//! Must not know: how a reminder becomes a mail. Callers: `remind`.

use std::collections::BTreeSet;

use super::context::Context;
use super::follow_up::{Stuck, start_due, start_expired};
use super::names::directory_for;
use super::open_occurrences::open_occurrences;
use crate::domain::journal::Action;
use crate::domain::ladder::Ladders;
use crate::domain::reminder::{self, MailHours, Plan, Situation, Verdict};
use crate::domain::unit::{ContactId, UnitId};
use crate::storage::StorageError;
use crate::storage::journal_fact::Fact;
use crate::storage::reminders::AssignmentBatch;

/// Assignments looked at in one step; bounds memory and the time the ledger is locked.
const BATCH: u32 = 500;

/// What planning needs besides the ledger and the law.
#[derive(Clone, Copy, Debug)]
pub struct Planning<'a> {
    /// The ladders an obligation may start on.
    pub ladders: &'a Ladders,
    /// When mail may go out.
    pub hours: MailHours,
    /// The office that runs this ledger, when it is a known unit.
    pub supervisor: Option<UnitId>,
}

/// What a pass of planning did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Occurrences of recurring obligations, opened by this pass.
    pub opened: usize,
    /// Follow-ups that started because obligations before them are done.
    pub started: usize,
    /// Assignments looked at.
    pub looked_at: usize,
    /// Reminders that are to be told now.
    pub to_tell: usize,
    /// Recorded reminders whose state this pass changed, new ones included.
    pub changed: u64,
}

/// Opens occurrences, starts follow-ups, and plans everything that is due; nothing twice. Outside mail hours only clocks in
/// hours are planned.
///
/// # Errors
///
/// [`StorageError`]; the batches recorded before it stay, and the next pass goes on from there.
pub async fn plan_reminders(
    context: Context<'_>,
    planning: Planning<'_>,
) -> Result<Planned, StorageError> {
    let mut done = Planned::default();
    if !planning.hours.are_open(context.now, &context.law.calendar) {
        plan_clocks_in_hours(context, planning, &mut done).await?;
        return Ok(done);
    }
    done.opened = open_due_occurrences(context).await?;
    done.started = start_follow_ups(context).await?;
    let today = context.now.today();
    let mut after = None;
    let mut mailed = None;
    loop {
        let batch =
            context.store.assignments_to_plan(today, after, BATCH, planning.ladders).await?;
        let Some(last) = batch.last else { return Ok(done) };
        after = Some(last);
        let mailed = match &mut mailed {
            Some(mailed) => mailed,
            None => mailed.insert(context.store.contacts_mailed(today).await?),
        };
        record(context, planning, mailed, batch, &mut done).await?;
    }
}

async fn plan_clocks_in_hours(
    context: Context<'_>,
    planning: Planning<'_>,
    done: &mut Planned,
) -> Result<(), StorageError> {
    let today = context.now.today();
    let batch = context.store.clocks_in_hours(today, planning.ladders).await?;
    if batch.last.is_none() {
        return Ok(());
    }
    let mailed = context.store.contacts_mailed(today).await?;
    record(context, planning, &mailed, batch, done).await
}

async fn open_due_occurrences(context: Context<'_>) -> Result<usize, StorageError> {
    let opened = open_occurrences(context).await?;
    for (reference, fault) in &opened.faults {
        tracing::warn!(%reference, %fault, "The next occurrence of {reference} has no date: {fault}");
    }
    Ok(opened.occurrences.len())
}

/// Starts the follow-ups of completions and expiries since the last pass.
async fn start_follow_ups(context: Context<'_>) -> Result<usize, StorageError> {
    let (after_completion, after_expiry) =
        (start_due(context).await?, start_expired(context).await?);
    for Stuck { completed, faults } in after_completion.stuck.iter().chain(&after_expiry.stuck) {
        for fault in faults {
            tracing::warn!(reference = completed, %fault, "A follow-up cannot start: {fault}");
        }
    }
    Ok(after_completion.started.len() + after_expiry.started.len())
}

async fn record(
    context: Context<'_>,
    planning: Planning<'_>,
    mailed: &BTreeSet<ContactId>,
    mut batch: AssignmentBatch,
    done: &mut Planned,
) -> Result<(), StorageError> {
    let leads = batch.assignments.iter().flat_map(|it| it.leads.iter().copied());
    let units = leads.chain(batch.assignments.iter().map(|it| it.unit));
    let directory = directory_for(context.store, units.chain(planning.supervisor), &[]).await?;
    for assignment in &mut batch.assignments {
        assignment.leads = directory.expand(&assignment.leads);
    }
    let situation = Situation {
        now: context.now,
        hours: planning.hours,
        calendar: &context.law.calendar,
        directory: &directory,
        supervisor: planning.supervisor,
        mailed,
    };
    let plan = reminder::plan(&situation, &batch.assignments);
    let mut entry = context.entry(Action::Plan, format!("pass {}", context.now.today()));
    entry.after = Some(summary(&plan).into());
    let recorded = context.store.record_plan(&batch, &plan, context.now, entry).await?;
    done.looked_at += batch.assignments.len();
    done.to_tell += count(&plan, &|it| *it == Verdict::Planned);
    done.changed += recorded.changed;
    Ok(())
}

fn summary(plan: &Plan) -> Fact {
    let to_tell = count(plan, &|it| *it == Verdict::Planned);
    let blocked = count(plan, &|it| matches!(it, Verdict::Blocked(_)));
    let covered = count(plan, &|it| matches!(it, Verdict::CoveredBy(_) | Verdict::Acknowledged));
    Fact::Planned { to_tell, covered, blocked }
}

fn count(plan: &Plan, which: &dyn Fn(&Verdict) -> bool) -> usize {
    plan.reminders.iter().filter(|reminder| which(&reminder.verdict)).count()
}
