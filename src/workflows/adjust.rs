//! Moves a running clock: extend, suspend, resume, restart.
//!
//! Must not know: which order is lawful (`domain::rule`), where it was given.

use super::context::Context;
use super::names::directory_for;
use super::references::find;
use super::refused::Refused;
use super::{project, recalculate};
use crate::domain::deadline::{Adjustment, Change, ClockState, Deadline};
use crate::domain::journal::Action;
use crate::domain::obligation::Obligation;
use crate::domain::rule::{self, AdjustmentRefusal};
use crate::storage::adjustments::Reprojection;
use crate::storage::journal::Entry;
use crate::storage::journal_fact::Fact;
use crate::words::{Lang, Say as _};

/// What an adjustment did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjusted {
    /// The obligation as it stood before.
    pub obligation: Obligation,
    /// Where the clock stands now.
    pub clock: ClockState,
}

/// Records an adjustment of the obligation whose key or reference is `asked`, and computes its deadline anew.
///
/// # Errors
///
/// [`Refused::NotOwed`] after its end; [`Refused::Adjustment`] for an impossible order, a ground the rule does not
/// know, an extension after expiry or a second one.
pub async fn adjust(
    context: Context<'_>,
    asked: &str,
    adjustment: &Adjustment,
) -> Result<Adjusted, Refused> {
    let obligation = find(context, asked).await?;
    if !obligation.is_owed() {
        let (reference, state) = (obligation.inputs.full_reference(), obligation.shown_state());
        return Err(Refused::NotOwed { reference, state });
    }
    let mut known = context.store.adjustments(&[obligation.id]).await?;
    let earlier = known.remove(&obligation.id).unwrap_or_default();
    let directory = directory_for(context.store, obligation.units(), &[]).await?;
    let law = context.law.for_obligation(&directory, &obligation);
    let case = project::case(law, &obligation.inputs, &earlier);
    let rule_version = project::rule_version(context.law, &obligation.inputs);
    let clock = rule::check_adjustment(&case, adjustment, context.now, rule_version)?;
    let all: Vec<Adjustment> = earlier.iter().chain([adjustment]).cloned().collect();
    let projection =
        project::project(law, &obligation.inputs, &all).map_err(AdjustmentRefusal::from)?;
    let entry = entry(context, &obligation, adjustment, projection.deadline.as_ref());
    let change = recalculate::change(&obligation, &projection, &in_words(adjustment));
    let reprojection = Reprojection { id: obligation.id, projection, change };
    let count = earlier.len();
    context.keep_calendars().await?;
    context.store.record_adjustment(count, adjustment, &reprojection, entry).await?;
    Ok(Adjusted { obligation, clock })
}

fn entry(
    context: Context<'_>,
    obligation: &Obligation,
    adjustment: &Adjustment,
    after: Option<&Deadline>,
) -> Entry {
    let action = match adjustment.change {
        Change::Extend(_) => Action::Extend,
        Change::Suspend => Action::Suspend,
        Change::Resume => Action::Resume,
        Change::Restart => Action::Restart,
    };
    let mut entry = context.entry(action, obligation.inputs.journal_subject());
    let before = obligation.deadline.as_ref().map(|deadline| deadline.due);
    entry.before = Some(Fact::Due { on: before, provisional: false }.into());
    let by = match adjustment.change {
        Change::Extend(by) => Some(by.to_string()),
        Change::Suspend | Change::Resume | Change::Restart => None,
    };
    let (on, ground) = (adjustment.on, adjustment.ground.clone());
    let due = after.map(|deadline| deadline.due);
    entry.after = Some(Fact::Adjusted { on, by, ground, due }.into());
    entry.reason = Some(adjustment.reason.clone()).filter(|reason| !reason.is_empty());
    entry
}

/// 延期20个工作日：经负责人批准.
fn in_words(adjustment: &Adjustment) -> String {
    let what = match adjustment.change {
        Change::Extend(by) => format!("延期{}", by.say(Lang::Zh)),
        Change::Suspend => format!("自{}起中止", adjustment.on),
        Change::Resume => format!("自{}起恢复", adjustment.on),
        Change::Restart => format!("自{}重新起算", adjustment.on),
    };
    let because = [adjustment.ground.as_deref(), Some(adjustment.reason.as_str())];
    let because: Vec<&str> = because.into_iter().flatten().filter(|it| !it.is_empty()).collect();
    if because.is_empty() { what } else { format!("{what}：{}", because.join("，")) }
}
