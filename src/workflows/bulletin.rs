//! The bulletin (通报) of a span of due dates, from the ledger as it stands.
//!
//! Must not know: how it is printed.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::context::Context;
use super::names::directory_for;
use crate::domain::bulletin::{Bulletin, Count, Share, look_back_from};
use crate::domain::directory::Directory;
use crate::domain::obligation::{Assignment, Inputs, Obligation, ObligationId};
use crate::domain::recurrence::{Occurrence, QuotaProgress, quota_progress};
use crate::domain::term::Term;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::lifecycle::CountedEvent;
use crate::storage::obligations::{Selection, StateFilter};

/// Obligations read at once; bounds memory.
const PART: usize = 1_000;

/// A bulletin with what names its parts.
#[derive(Clone, Debug)]
pub struct Report {
    /// The table.
    pub bulletin: Bulletin,
    /// Quotas due in the span, by obligation, then unit.
    pub quotas: Vec<QuotaLine>,
    /// What the quotas and the look-back are about.
    pub titles: BTreeMap<ObligationId, Title>,
    /// Their units.
    pub directory: Directory,
}

/// What an obligation is called.
#[derive(Clone, Debug)]
pub struct Title {
    /// With the period of a series.
    pub reference: String,
    pub title: String,
}

/// How far one unit has come with one quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaLine {
    /// The quota.
    pub obligation: ObligationId,
    /// The unit.
    pub unit: UnitId,
    /// How far.
    pub pace: QuotaProgress,
}

/// Makes the bulletin of what is due from `from` through `through`, as of the present moment.
///
/// # Errors
///
/// [`StorageError`].
pub async fn report(
    context: Context<'_>,
    from: Date,
    through: Date,
) -> Result<Report, StorageError> {
    let selection = Selection {
        due_from: Some(look_back_from(from)),
        due_through: Some(through),
        scope: StateFilter::Any,
        ..Selection::default()
    };
    let ids = context.store.obligation_ids(&selection).await?;
    let mut count = Count::begin(from, through, context.now.today());
    let (mut quotas, mut titles) = (Vec::new(), BTreeMap::new());
    for part in ids.chunks(PART) {
        let obligations = context.store.obligations_by_key(part).await?;
        let lines = quotas_of(context, &obligations).await?;
        for obligation in &obligations {
            let shares = shares(obligation, &lines);
            for share in &shares {
                count.add(share, &context.law.calendar);
            }
            // only what is still owed can be looked back to
            if is_quota(obligation) || obligation.is_owed() && due_before(obligation, from) {
                titles.insert(obligation.id, Title::of(obligation));
            }
        }
        let is_in_span = |line: &QuotaLine| {
            let quota = obligations.iter().find(|it| it.id == line.obligation);
            quota.is_some_and(|quota| !due_before(quota, from))
        };
        quotas.extend(lines.into_iter().filter(is_in_span));
    }
    let bulletin = count.finish();
    let counted = bulletin.units.iter().map(|(unit, _)| *unit);
    let looked_back = bulletin.look_back.iter().map(|share| share.unit);
    let units = counted.chain(looked_back).chain(quotas.iter().map(|quota| quota.unit));
    let directory = directory_for(context.store, units, &[]).await?;
    Ok(Report { bulletin, quotas, titles, directory })
}

impl Title {
    fn of(obligation: &Obligation) -> Self {
        let Inputs { title, .. } = &obligation.inputs;
        Self { reference: obligation.inputs.full_reference(), title: title.clone() }
    }
}

fn is_quota(obligation: &Obligation) -> bool {
    matches!(obligation.inputs.term, Term::Times(_))
}

fn due_before(obligation: &Obligation, day: Date) -> bool {
    obligation.deadline.is_some_and(|deadline| deadline.due < day)
}

/// Internal targets (内部目标) are nobody's lateness: the bulletin judges by the dates of documents alone.
fn shares(obligation: &Obligation, quotas: &[QuotaLine]) -> Vec<Share> {
    let deadline = obligation.deadline.as_ref().filter(|_| !obligation.inputs.internal);
    let Some(deadline) = deadline else { return Vec::new() };
    let registered_on = obligation.registered_at.today();
    let began_on = obligation.inputs.anchor_on.unwrap_or(registered_on);
    let share = |assignment: &Assignment| Share {
        obligation: obligation.id,
        unit: assignment.unit,
        deadline: *deadline,
        began_on,
        state: assignment.state,
        done_on: assignment.done_on,
        is_short: quotas.iter().any(|line| {
            (line.obligation, line.unit) == (obligation.id, assignment.unit) && !line.pace.is_met()
        }),
    };
    obligation.assignments.iter().map(share).collect()
}

async fn quotas_of(
    context: Context<'_>,
    obligations: &[Obligation],
) -> Result<Vec<QuotaLine>, StorageError> {
    let quotas: Vec<&Obligation> = obligations.iter().filter(|it| is_quota(it)).collect();
    let ids: Vec<ObligationId> = quotas.iter().map(|it| it.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let events = context.store.counted_events(&ids).await?;
    Ok(quotas.into_iter().flat_map(|quota| lines(context, quota, &events)).collect())
}

/// One line for each unit that owes the quota.
pub(super) fn lines(
    context: Context<'_>,
    obligation: &Obligation,
    events: &[CountedEvent],
) -> Vec<QuotaLine> {
    let inputs = &obligation.inputs;
    let Term::Times(quota) = inputs.term else { return Vec::new() };
    let period = inputs.anchor_on.and_then(|day| Occurrence::containing(&inputs.term, day));
    let Some(period) = period else { return Vec::new() };
    let line = |unit: UnitId| {
        let held: Vec<Date> = events
            .iter()
            .filter(|event| event.obligation == obligation.id && event.unit == unit)
            .map(|event| event.on)
            .collect();
        let pace =
            quota_progress(quota, &period, &held, context.now.today(), &context.law.calendar);
        QuotaLine { obligation: obligation.id, unit, pace }
    };
    obligation.assignments.iter().map(|share| line(share.unit)).collect()
}
