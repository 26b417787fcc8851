//! Forecasts the mails of the coming days from the present ledger; nothing is written.
//!
//! Must not know: how the forecast is printed. Callers: `cli`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::context::Context;
use super::open_occurrences::forecast_occurrences;
use super::plan_reminders::Planning;
use crate::domain::directory::Directory;
use crate::domain::obligation::{
    AssignmentId, AssignmentState, Obligation, ObligationId, ObligationUid,
};
use crate::domain::recurrence::{Occurrence, QuotaShare};
use crate::domain::reminder::{AssignmentSnapshot, ForecastMessage, Situation, forecast};
use crate::domain::term::Term;
use crate::domain::uid::Uid;
use crate::domain::unit::{Unit, UnitId};
use crate::storage::StorageError;
use crate::storage::obligations::Registration;

/// Messages to come.
#[derive(Clone, Debug)]
pub struct MailForecast {
    /// By day, then contact.
    pub messages: Vec<ForecastMessage>,
    /// What they are about.
    pub obligations: BTreeMap<ObligationId, ForecastObligation>,
    /// The responsible unit of each assignment.
    pub performers: BTreeMap<AssignmentId, UnitId>,
    /// Who they go to.
    pub directory: Directory,
}

/// An obligation, or an occurrence that is not open yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForecastObligation {
    /// 编号, with its period.
    pub reference: String,
    /// 事项.
    pub title: String,
    /// 到期日.
    pub due: Option<Date>,
    /// The date lies beyond what the calendar knows for certain.
    pub provisional: bool,
}

/// Obligations read at once; bounds memory.
const PART: usize = 1_000;

/// Simulates the planner from `from` through `through`, assuming that every mail is accepted and no obligation changes.
/// Occurrences that will open are included; their keys are below 0.
///
/// # Errors
///
/// [`StorageError`].
pub async fn forecast_mails(
    context: Context<'_>,
    planning: Planning<'_>,
    from: Date,
    through: Date,
) -> Result<MailForecast, StorageError> {
    let directory = context.store.directory().await?;
    let to_plan = context.store.assignments_to_plan_through(through, planning.ladders).await?;
    let mut cases = to_plan.assignments;
    for case in &mut cases {
        case.leads = directory.expand(&case.leads);
    }
    let mut ids: Vec<ObligationId> = cases.iter().map(|case| case.obligation).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut obligations = BTreeMap::new();
    for part in ids.chunks(PART) {
        let part = context.store.obligations_by_key(part).await?;
        obligations.extend(part.iter().map(|it| (it.id, forecast_obligation(it))));
    }
    for (n, next) in (1_i64..).zip(forecast_occurrences(context, through).await?) {
        let id = ObligationId(-n);
        cases.extend(cases_of(&next, id, planning, &directory));
        let deadline = next.projection.deadline;
        let occurrence = ForecastObligation {
            reference: next.inputs.full_reference(),
            title: next.inputs.title,
            due: deadline.map(|deadline| deadline.due),
            provisional: deadline.is_some_and(|deadline| deadline.provisional),
        };
        obligations.insert(id, occurrence);
    }
    let mailed = context.store.contacts_mailed(context.now.today()).await?;
    let situation = Situation {
        now: context.now,
        hours: planning.hours,
        calendar: &context.law.calendar,
        directory: &directory,
        supervisor: planning.supervisor,
        mailed: &mailed,
    };
    let messages = forecast(&situation, &cases, from, through);
    let performers = cases.iter().map(|case| (case.assignment, case.unit)).collect();
    Ok(MailForecast { messages, obligations, performers, directory })
}

fn forecast_obligation(obligation: &Obligation) -> ForecastObligation {
    ForecastObligation {
        reference: obligation.inputs.full_reference(),
        title: obligation.inputs.title.clone(),
        due: obligation.deadline.map(|deadline| deadline.due),
        provisional: obligation.deadline.is_some_and(|deadline| deadline.provisional),
    }
}

/// One case for each unit that will owe the occurrence.
fn cases_of(
    next: &Registration,
    id: ObligationId,
    planning: Planning<'_>,
    directory: &Directory,
) -> Vec<AssignmentSnapshot> {
    let Some(ladder) = planning.ladders.find(&next.inputs.ladder) else { return Vec::new() };
    let deadline = next.projection.deadline.as_ref();
    let quota = quota_of(next);
    let case = |(n, unit): (i64, &Unit)| AssignmentSnapshot {
        obligation: id,
        obligation_uid: ObligationUid(Uid::NIL),
        assignment: AssignmentId(id.0 * 1_000_000 - n),
        unit: unit.id,
        unit_uid: unit.uid,
        leads: directory.expand(&next.lead),
        owing: next.performers.clone(),
        state: AssignmentState::Open,
        deadline_version: 1,
        date_changes: Vec::new(),
        act_by: deadline.map(|deadline| deadline.act_by),
        due_at: deadline.and_then(|deadline| deadline.due_at),
        is_minimum: deadline.is_some_and(|deadline| deadline.earliest.is_some()),
        registered_on: next.inputs.anchor_on.unwrap_or(Date::MIN),
        silent_until: None,
        ladder: Arc::clone(ladder),
        quota: quota.clone(),
        history: Vec::new(),
    };
    let performers = next.performers.iter().filter_map(|unit| directory.unit(*unit));
    (0_i64..).zip(performers).map(case).collect()
}

/// A quota of which nothing has been held yet.
fn quota_of(next: &Registration) -> Option<QuotaShare> {
    let Term::Times(quota) = next.inputs.term else { return None };
    let period = Occurrence::containing(&next.inputs.term, next.inputs.anchor_on?)?;
    Some(QuotaShare { quota, period, events: Vec::new() })
}
