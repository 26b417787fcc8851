//! What a row runs from: the trigger, or the period in which a series begins.
//!
//! Must not know: units, how a date is computed. Callers: this folder.

use crate::domain::deadline::{Anchor, DeadlineFault};
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{Inputs, Obligation};
use crate::domain::recurrence::Occurrence;
use crate::workflows::law::LawOfUnit;
use crate::workflows::{Context, project};

/// Sets the period and the anchor of `inputs`.
///
/// An obligation that recurs has the period of `same`, else the first one that is due when it begins: on its trigger, but not
/// before today unless what is late is asked for. Any other has no period, and its anchor is the trigger. A list that does
/// not name a trigger keeps the one on record. An internal target without a trigger runs from the day it was set.
///
/// # Errors
///
/// [`DeadlineFault`].
pub(super) fn set_anchor(
    context: Context<'_>,
    law: LawOfUnit<'_>,
    listed: &ListedObligation,
    inputs: &mut Inputs,
    same: Option<&Obligation>,
    takes_late: bool,
) -> Result<(), DeadlineFault> {
    let today = context.now.today();
    let same = same.map(|same| &same.inputs);
    let trigger = listed.trigger.map(Anchor::day);
    let from = trigger.map_or(today, |day| if takes_late { day } else { day.max(today) });
    let comes_back = Occurrence::containing(&inputs.term, from).is_some();
    let anchor = match same {
        Some(same) if comes_back => {
            inputs.occurrence.clone_from(&same.occurrence);
            same.anchor()
        }
        None if comes_back => {
            let first = project::first_occurrence(law, inputs, from)?;
            inputs.occurrence = first.as_ref().map_or_else(String::new, |it| it.label.clone());
            first.map(|first| Anchor::Day(first.first))
        }
        _ => {
            let same = same.filter(|same| same.term == inputs.term);
            let anchor = listed.trigger.or_else(|| same.and_then(Inputs::anchor));
            let target = || inputs.internal.then(|| Anchor::Day(trigger.unwrap_or(today)));
            anchor.or_else(target)
        }
    };
    inputs.anchor_on = anchor.map(Anchor::day);
    inputs.anchor_at = anchor.and_then(Anchor::instant);
    Ok(())
}
