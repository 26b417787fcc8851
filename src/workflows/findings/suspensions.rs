//! How long a clock may stand still, by the law of the ground on which it was stopped.
//!
//! Must not know: the other findings, the command line.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::domain::counting::{Roll, add_period};
use crate::domain::deadline::{Adjustment, Change};
use crate::domain::directory::Directory;
use crate::domain::item::ItemKey;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::storage::StorageError;
use crate::storage::unattended::UnattendedDuty;
use crate::workflows::context::Context;
use crate::workflows::names::directory_for;
use crate::workflows::project;

/// Leaves out the suspensions that still may last; where the law does not say how long, `usual_days`.
///
/// # Errors
///
/// [`StorageError`].
pub(super) async fn keep_those_over(
    context: Context<'_>,
    duties: &mut Vec<UnattendedDuty>,
    usual_days: u32,
) -> Result<(), StorageError> {
    let stopped: Vec<ObligationId> = duties.iter().filter_map(suspended).collect();
    if stopped.is_empty() {
        return Ok(());
    }
    let obligations = context.store.obligations_by_key(&stopped).await?;
    let adjustments = context.store.adjustments(&stopped).await?;
    let units = obligations.iter().flat_map(Obligation::units);
    let directory = directory_for(context.store, units, &[]).await?;
    let mut ends: BTreeMap<ObligationId, Date> = BTreeMap::new();
    for obligation in &obligations {
        let last = adjustments.get(&obligation.id).and_then(|all| all.last());
        let suspension = last.filter(|it| it.change == Change::Suspend);
        let end = suspension.and_then(|it| lawful_end(context, &directory, obligation, it));
        ends.extend(end.map(|end| (obligation.id, end)));
    }
    let usual = SignedDuration::from_hours(i64::from(usual_days) * 24);
    let today = context.now.today();
    duties.retain_mut(|duty| {
        let Some(id) = suspended(duty) else { return true };
        duty.until = ends.get(&id).copied();
        let last = duty.until.unwrap_or_else(|| duty.since.saturating_add(usual));
        last < today
    });
    Ok(())
}

fn suspended(duty: &UnattendedDuty) -> Option<ObligationId> {
    if let ItemKey::Suspended(id) = duty.key { Some(id) } else { None }
}

/// The last day on which the ground still allows it; `None` where the law does not say.
fn lawful_end(
    context: Context<'_>,
    directory: &Directory,
    obligation: &Obligation,
    suspension: &Adjustment,
) -> Option<Date> {
    let version = project::rule_version(context.law, &obligation.inputs)?;
    let period = version.lawful_time_of(suspension)?.period;
    let calendar = context.law.for_obligation(directory, obligation).calendar;
    let amount = i32::try_from(period.amount).ok()?;
    let end = add_period(calendar, suspension.on, amount, period.unit, Roll::Following);
    end.ok().map(|counted| counted.date)
}
