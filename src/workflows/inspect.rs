//! Answers about the ledger that change nothing: what is due, what is this.
//!
//! Must not know: how an answer is printed.

use jiff::civil::Date;

use super::bulletin::{QuotaLine, lines};
use super::context::Context;
use super::follow_up::{self, Forecast, Waiting};
use super::names::unit_called;
use super::project;
use super::references::find;
use super::refused::Refused;
use crate::domain::counting::{self, CountingFault};
use crate::domain::deadline::ClockState;
use crate::domain::directory::Directory;
use crate::domain::obligation::{Inputs, Light, Obligation, ObligationId};
use crate::domain::term::{Period, Term};
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::lifecycle::CountedEvent;
use crate::storage::obligations::{Selection, StateFilter};

/// Which obligations are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Due within this period from today; late ones are always among them.
    pub within: Option<Period>,
    /// Of this unit, by any of its names.
    pub unit: Option<String>,
    /// Only late ones.
    pub overdue: bool,
    /// Also those without a date, closed and withdrawn.
    pub all: bool,
}

/// An obligation as it stands today.
#[derive(Clone, Debug)]
pub struct ObligationStatus {
    /// The obligation.
    pub obligation: Obligation,
    /// Working days left; negative when late.
    pub days_left: Option<i64>,
    /// Its light.
    pub light: Light,
    /// What will follow from it, forecast.
    pub follows: Vec<Forecast>,
    /// For an obligation that waits for others: when it would be due if each were done on its due date.
    pub waits_for: Vec<Forecast>,
    /// The day its clock was stopped (中止), when it stands still; known to [`show`] only.
    pub suspended_since: Option<Date>,
    /// How far each unit has come, when it is a quota.
    pub quota: Vec<QuotaLine>,
}

/// Obligations as they stand, and the directory that names their units.
#[derive(Clone, Debug)]
pub struct Answer {
    /// By due date, then key; those without a date last.
    pub standings: Vec<ObligationStatus>,
    /// The units they name.
    pub directory: Directory,
}

/// Returns what is owed, as of the present moment.
///
/// # Errors
///
/// [`NotFound::Unit`](super::refused::NotFound::Unit), [`Refused::Counting`] when the calendar does not reach today,
/// [`Refused::Storage`].
pub async fn upcoming(context: Context<'_>, question: &Question) -> Result<Answer, Refused> {
    let directory = context.store.directory().await?;
    let today = context.now.today();
    let selection = Selection {
        due_through: last_day(context, question.within, today)?,
        // A term in hours can be over on its own day.
        due_before: question.overdue.then_some(today.tomorrow().unwrap_or(today)),
        units: question.unit.as_deref().map(|name| units_called(&directory, name)).transpose()?,
        scope: if question.all { StateFilter::Any } else { StateFilter::Dated },
        ..Selection::default()
    };
    let obligations = context.store.obligations(&selection).await?;
    let waiting = follow_up::load_waiting(context, &obligations).await?;
    let events = events_of(context, &obligations).await?;
    let standings = obligations
        .into_iter()
        .map(|obligation| standing(context, &directory, obligation, &waiting, &events))
        .filter(|standing| question.all || standing.obligation.is_owed())
        .filter(|standing| !question.overdue || standing.light == Light::Red)
        .collect();
    Ok(Answer { standings, directory })
}

/// Returns one obligation as it stands, by key or reference.
///
/// # Errors
///
/// As [`find`].
pub async fn show(context: Context<'_>, asked: &str) -> Result<Answer, Refused> {
    let obligation = find(context, asked).await?;
    let directory = context.store.directory().await?;
    let waiting = follow_up::load_waiting(context, std::slice::from_ref(&obligation)).await?;
    let waits_for = forecast_of_waiting(context, &directory, &obligation).await?;
    let suspended_since = suspended_since(context, &directory, &obligation).await?;
    let events = events_of(context, std::slice::from_ref(&obligation)).await?;
    let standing = standing(context, &directory, obligation, &waiting, &events);
    let standing = ObligationStatus { waits_for, suspended_since, ..standing };
    Ok(Answer { standings: vec![standing], directory })
}

async fn forecast_of_waiting(
    context: Context<'_>,
    directory: &Directory,
    obligation: &Obligation,
) -> Result<Vec<Forecast>, StorageError> {
    if obligation.inputs.anchor().is_some() || !obligation.is_owed() {
        return Ok(Vec::new());
    }
    let Inputs { list, reference, .. } = &obligation.inputs;
    let before = context.store.obligations_followed_by(list, reference).await?;
    Ok(follow_up::forecast_of_waiting(context.law, directory, obligation, &before))
}

/// The day on which the clock of an obligation was stopped, when it stands still.
async fn suspended_since(
    context: Context<'_>,
    directory: &Directory,
    obligation: &Obligation,
) -> Result<Option<Date>, StorageError> {
    if obligation.deadline.is_some() {
        return Ok(None);
    }
    let adjustments = context.store.adjustments(&[obligation.id]).await?.remove(&obligation.id);
    let law = context.law.for_obligation(directory, obligation);
    let adjustments = adjustments.unwrap_or_default();
    Ok(match project::case(law, &obligation.inputs, &adjustments).clock() {
        Ok(ClockState::Suspended { since, .. }) => Some(since),
        Ok(ClockState::Undated | ClockState::Waiting | ClockState::Running(_)) | Err(_) => None,
    })
}

/// The events that count towards the quotas among these.
async fn events_of(
    context: Context<'_>,
    obligations: &[Obligation],
) -> Result<Vec<CountedEvent>, StorageError> {
    let is_quota = |it: &&Obligation| matches!(it.inputs.term, Term::Times(_));
    let quotas: Vec<ObligationId> = obligations.iter().filter(is_quota).map(|it| it.id).collect();
    if quotas.is_empty() { Ok(Vec::new()) } else { context.store.counted_events(&quotas).await }
}

fn standing(
    context: Context<'_>,
    directory: &Directory,
    obligation: Obligation,
    waiting: &Waiting,
    events: &[CountedEvent],
) -> ObligationStatus {
    let calendar = context.law.for_obligation(directory, &obligation).calendar;
    let days_left = obligation.days_left(calendar, context.now);
    let light = obligation.light(calendar, context.now);
    let follows = follow_up::forecast(context.law, directory, waiting, &obligation);
    let quota = lines(context, &obligation, events);
    let (waits_for, suspended_since) = (Vec::new(), None);
    ObligationStatus { obligation, days_left, light, follows, waits_for, suspended_since, quota }
}

fn last_day(
    context: Context<'_>,
    within: Option<Period>,
    today: Date,
) -> Result<Option<Date>, CountingFault> {
    let Some(period) = within else { return Ok(None) };
    let amount = i32::try_from(period.amount).unwrap_or(i32::MAX);
    let roll = counting::Roll::None;
    let counted = counting::add_period(&context.law.calendar, today, amount, period.unit, roll)?;
    Ok(Some(counted.date))
}

/// The unit of that name, and its members if it is a group.
fn units_called(directory: &Directory, name: &str) -> Result<Vec<UnitId>, Refused> {
    let unit = unit_called(directory, name)?;
    let mut units = directory.expand(&[unit.id]);
    if !units.contains(&unit.id) {
        units.push(unit.id);
    }
    Ok(units)
}
