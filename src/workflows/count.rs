//! Events that count towards a quota (每年不少于4次).
//!
//! Must not know: the command line, SQL.

use jiff::civil::Date;

use super::bulletin::{QuotaLine, lines};
use super::context::Context;
use super::follow_up::{self, Started};
use super::life::{close_if_reported, closes_at_once};
use super::names::{directory_for, unit_called};
use super::references::find;
use super::refused::Refused;
use crate::domain::journal::Action;
use crate::domain::life::Completion;
use crate::domain::obligation::{Assignment, AssignmentState, Obligation};
use crate::domain::recurrence::Occurrence;
use crate::domain::term::Term;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal_fact::Fact;
use crate::storage::lifecycle::{CountedEvent, StateChange};

/// An event to be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Reference or key of the quota.
    pub obligation: String,
    /// Who held it, by any name; `None` when only one unit owes the quota.
    pub unit: Option<String>,
    /// When.
    pub on: Date,
    /// What it was.
    pub what: String,
}

/// What counting an event did.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// The quota.
    pub obligation: Obligation,
    /// Where the unit stands.
    pub line: QuotaLine,
    /// False when the event was counted before.
    pub is_new: bool,
    /// What began because the quota is met.
    pub started: Started,
}

/// Counts an event. With the last one the share is reported done on that day.
///
/// # Errors
///
/// [`Refused`].
pub async fn count(context: Context<'_>, event: &Event) -> Result<Counted, Refused> {
    let obligation = find(context, &event.obligation).await?;
    check_day(context, &obligation, event.on)?;
    let share = share(context, &obligation, event.unit.as_deref()).await?;
    let counted = CountedEvent {
        obligation: obligation.id,
        unit: share.unit,
        on: event.on,
        what: event.what.clone(),
    };
    let mut entry = context.entry(Action::Count, obligation.inputs.series_subject());
    entry.after = Some(Fact::Counted { on: event.on, what: event.what.clone() }.into());
    let is_new = context.store.count_event(&counted, context.now, &[entry]).await?;
    let events = context.store.counted_events(&[obligation.id]).await?;
    let line = lines(context, &obligation, &events).into_iter().find(|it| it.unit == share.unit);
    let Some(line) = line else {
        return Err(Refused::NotAQuota { reference: obligation.inputs.reference });
    };
    // An event that is known already changes nothing, also after a person has opened the share again.
    if is_new {
        if line.pace.is_met() && share.state.is_owed() {
            report(context, &obligation, &share, &events).await?;
        }
        report_whole(context, &obligation, share.unit).await?;
    }
    let started = follow_up::start_due(context).await?;
    Ok(Counted { obligation, line, is_new, started })
}

/// An event of a part (其中) counts for the whole of the same period, and may be its last one.
async fn report_whole(
    context: Context<'_>,
    part: &Obligation,
    unit: UnitId,
) -> Result<(), StorageError> {
    let Some(whole) = &part.inputs.part_of else { return Ok(()) };
    let called = context.store.obligations_by_reference(std::slice::from_ref(whole)).await?;
    let list = part.inputs.list_of_whole();
    let is_same_period = |it: &Obligation| {
        *it.inputs.list == *list && it.inputs.occurrence == part.inputs.occurrence
    };
    let Some(whole) = called.into_iter().find(is_same_period) else { return Ok(()) };
    let events = context.store.counted_events(&[whole.id]).await?;
    let line = lines(context, &whole, &events).into_iter().find(|it| it.unit == unit);
    let share = whole.assignments.iter().find(|share| share.unit == unit && share.state.is_owed());
    match share.filter(|_| line.is_some_and(|line| line.pace.is_met())) {
        Some(share) => report(context, &whole, share, &events).await,
        None => Ok(()),
    }
}

fn check_day(context: Context<'_>, obligation: &Obligation, on: Date) -> Result<(), Refused> {
    let inputs = &obligation.inputs;
    let period = match inputs.term {
        Term::Times(_) => {
            inputs.anchor_on.and_then(|day| Occurrence::containing(&inputs.term, day))
        }
        Term::By(_)
        | Term::Within(_)
        | Term::AtLeast(_)
        | Term::Every(_)
        | Term::Window { .. }
        | Term::Undated => None,
    };
    let Some(period) = period else {
        return Err(Refused::NotAQuota { reference: inputs.reference.clone() });
    };
    let last = period.last.min(context.now.today());
    if (period.first..=last).contains(&on) {
        Ok(())
    } else {
        Err(Refused::OutsidePeriod { on, first: period.first, last })
    }
}

async fn share(
    context: Context<'_>,
    obligation: &Obligation,
    asked: Option<&str>,
) -> Result<Assignment, Refused> {
    let named: Vec<&str> = asked.into_iter().collect();
    let directory = directory_for(context.store, obligation.units(), &named).await?;
    let share = match asked {
        Some(name) => {
            let unit = unit_called(&directory, name)?.id;
            obligation.assignments.iter().find(|share| share.unit == unit)
        }
        None => match obligation.assignments.as_slice() {
            [only] => Some(only),
            _ => None,
        },
    };
    share.cloned().ok_or_else(|| {
        let owing = obligation.assignments.iter().filter_map(|it| directory.unit(it.unit));
        Refused::WhichUnit { units: owing.map(|unit| unit.name.clone()).collect() }
    })
}

/// A quota that is met is done: on the day of the event that met it.
async fn report(
    context: Context<'_>,
    obligation: &Obligation,
    share: &Assignment,
    events: &[CountedEvent],
) -> Result<(), StorageError> {
    let Term::Times(quota) = obligation.inputs.term else { return Ok(()) };
    let required = usize::try_from(quota.times).unwrap_or(usize::MAX);
    let own = events.iter().filter(|event| event.unit == share.unit);
    let Some(last) = own.take(required).last() else {
        return Ok(());
    };
    let mut change = StateChange {
        obligation: obligation.id,
        assignment: share.id,
        from: share.state,
        to: AssignmentState::Reported,
        done: Some(Completion {
            on: last.on,
            evidence: Some(last.what.clone()),
            shortened_because: None,
        }),
        correction: None,
    };
    if closes_at_once(context, obligation) {
        close_if_reported(&mut change);
    }
    let mut entry = context.entry(Action::Report, obligation.inputs.series_subject());
    entry.after = Some(Fact::QuotaMet { on: last.on }.into());
    context.store.change_states(&[change], context.now, &[entry]).await
}
