//! Enters the event that starts the clock of an obligation, or corrects its day.
//!
//! Must not know: the command line, how a date is computed.

use super::adjust::Adjusted;
use super::context::Context;
use super::names::directory_for;
use super::performers::performers_of;
use super::references::find;
use super::refused::Refused;
use super::{project, recalculate};
use crate::domain::deadline::{Anchor, Deadline};
use crate::domain::journal::Action;
use crate::domain::obligation::Inputs;
use crate::domain::rule::AdjustmentRefusal;
use crate::domain::term::Term;
use crate::storage::journal_fact::Fact;
use crate::storage::obligations::{Registration, Registrations, Revision};

/// Told to those who know the date that was wrong.
const CORRECTED: &str = "更正起算日";

/// Sets the trigger of an obligation whose term runs from an event, and works its deadline out.
///
/// # Errors
///
/// [`Refused::NoEvent`] for another kind of term; [`Refused::TriggerToCome`]; [`Refused::NotOwed`] after its end;
/// [`Refused::Adjustment`] when what moved the clock makes no sense from that day on.
pub async fn start_clock(
    context: Context<'_>,
    asked: &str,
    trigger: Anchor,
    reason: String,
) -> Result<Adjusted, Refused> {
    let obligation = find(context, asked).await?;
    let reference = obligation.inputs.full_reference();
    if !matches!(obligation.inputs.term, Term::Within(_) | Term::AtLeast(_)) {
        return Err(Refused::NoEvent { reference });
    }
    if !obligation.is_owed() {
        return Err(Refused::NotOwed { reference, state: obligation.shown_state() });
    }
    let today = context.now.today();
    if trigger.day() > today {
        return Err(Refused::TriggerToCome { on: trigger.day(), today });
    }
    let directory = directory_for(context.store, obligation.units(), &[]).await?;
    let law = context.law.for_obligation(&directory, &obligation);
    let mut known = context.store.adjustments(&[obligation.id]).await?;
    let adjustments = known.remove(&obligation.id).unwrap_or_default();
    let mut inputs = Inputs {
        anchor_on: Some(trigger.day()),
        anchor_at: trigger.instant(),
        ..obligation.inputs.clone()
    };
    inputs.term = project::term(context.law, &inputs).clone();
    let case = project::case(law, &inputs, &adjustments);
    let clock = case.clock().map_err(AdjustmentRefusal::from)?;
    let projection =
        project::project(law, &inputs, &adjustments).map_err(AdjustmentRefusal::from)?;
    let mut entry = context.entry(Action::Restart, inputs.journal_subject());
    let due = |deadline: Option<Deadline>| Fact::Due {
        on: deadline.map(|it| it.due),
        provisional: false,
    };
    entry.before = Some(due(obligation.deadline).into());
    entry.after = Some(due(projection.deadline).into());
    entry.reason = Some(reason.clone());
    let had_started = obligation.inputs.anchor().is_some();
    let paper =
        if reason.is_empty() { CORRECTED.to_owned() } else { format!("{CORRECTED}：{reason}") };
    let change = if had_started {
        recalculate::correction(&obligation, &projection, &paper)
    } else {
        recalculate::change(&obligation, &projection, &paper)
    };
    let revision = Revision {
        id: obligation.id,
        registration: Registration {
            projection,
            performers: performers_of(&directory, &obligation),
            inputs,
            lead: obligation.lead.clone(),
            responsible: obligation.responsible.clone(),
            ends_on: None,
            completion: None,
            start: None,
        },
        change,
        revives: false,
    };
    let registrations = Registrations { revised: vec![revision], ..Registrations::default() };
    context.keep_calendars().await?;
    context.store.register(&registrations, context.now, &[entry]).await?;
    Ok(Adjusted { obligation, clock })
}
