//! Works every open obligation out again when the calendar or a rule is another one, and lists those that moved.
//!
//! Must not know: why the law changed, how the list is printed.

use jiff::civil::Date;

use super::{Context, project};
use crate::domain::deadline::DeadlineFault;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::storage::StorageError;
use crate::storage::adjustments::Reprojection;
use crate::storage::journal::Entry;

/// An obligation whose dates are others now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The obligation as it stood before.
    pub obligation: Obligation,
    /// Its due date now, and whether that is provisional; `None` without one.
    pub now_due: Option<(Date, bool)>,
}

/// What working out again did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recalculated {
    /// How many were worked out.
    pub looked_at: usize,
    /// Those whose dates moved, or became certain or provisional, by key.
    pub moved: Vec<Moved>,
    /// Those that give no date any more; they stay as they were.
    pub faults: Vec<(ObligationId, DeadlineFault)>,
}

/// Works out again every open obligation that was worked out on another calendar than the one in force.
///
/// `paper` is the notice or file that changed the law; it becomes the reason in the journal.
///
/// # Errors
///
/// What the ledger says; then nothing is changed.
pub async fn recalculate(context: Context<'_>, paper: &str) -> Result<Recalculated, StorageError> {
    let version = context.law.calendar.version();
    let ids = context.store.open_obligations_not_on(version).await?;
    let obligations = context.store.obligations_by_key(&ids).await?;
    let adjustments = context.store.adjustments(&ids).await?;
    let mut result = Recalculated { looked_at: obligations.len(), ..Recalculated::default() };
    let (mut reprojections, mut entries) = (Vec::new(), Vec::new());
    for obligation in obligations {
        let earlier = adjustments.get(&obligation.id).map_or(&[][..], Vec::as_slice);
        let projection = match project::project(context.law, &obligation.inputs, earlier) {
            Ok(projection) => projection,
            Err(fault) => {
                result.faults.push((obligation.id, fault));
                continue;
            }
        };
        let moved = projection.deadline != obligation.deadline;
        let now_due =
            projection.deadline.as_ref().map(|deadline| (deadline.due, deadline.provisional));
        reprojections.push(Reprojection { id: obligation.id, projection, moved });
        if moved {
            entries.push(entry(context, &obligation, now_due, paper));
            result.moved.push(Moved { obligation, now_due });
        }
    }
    context.store.reproject(&reprojections, context.now, &entries).await?;
    Ok(result)
}

fn entry(
    context: Context<'_>,
    obligation: &Obligation,
    now_due: Option<(Date, bool)>,
    paper: &str,
) -> Entry {
    let words = |due: Option<(Date, bool)>| match due {
        Some((due, true)) => format!("due {due}, provisional"),
        Some((due, false)) => format!("due {due}"),
        None => "no date".to_owned(),
    };
    let before = obligation.deadline.as_ref().map(|deadline| (deadline.due, deadline.provisional));
    let mut entry = context.entry("recalculate", obligation.inputs.journal_subject());
    entry.before = Some(words(before));
    entry.after = Some(words(now_due));
    entry.reason = Some(paper.to_owned());
    entry
}
