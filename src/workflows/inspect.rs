//! Answers about the ledger that change nothing: what is due, what is this.
//!
//! Must not know: how an answer is printed.

use std::iter;

use jiff::SignedDuration;
use jiff::civil::Date;

use super::bulletin::{QuotaLine, lines};
use super::context::Context;
use super::follow_up::{self, Forecast, Waiting};
use super::names::{directory_for, unit_called, unit_names};
use super::open_occurrences::forecast_occurrences;
use super::project;
use super::references::find;
use super::refused::Refused;
use crate::domain::counting::{self, CountingFault};
use crate::domain::deadline::ClockState;
use crate::domain::directory::Directory;
use crate::domain::obligation::{
    Assignment, AssignmentId, AssignmentState, Basis, Inputs, Light, Obligation, ObligationId,
    ObligationState, ObligationUid,
};
use crate::domain::term::{Period, Term};
use crate::domain::uid::Uid;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::lifecycle::CountedEvent;
use crate::storage::obligations::{Registration, Selection, StateFilter};
use crate::storage::unattended::{UnattendedDuty, UnattendedSince};

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
    /// It opens later: an occurrence that is still to come.
    pub is_coming: bool,
    /// Until the end of a clock in hours; negative when late.
    pub time_left: Option<SignedDuration>,
}

/// Obligations as they stand, and the directory that names their units.
#[derive(Clone, Debug)]
pub struct Answer {
    /// By due date, then key; those without a date last.
    pub standings: Vec<ObligationStatus>,
    /// The units they name.
    pub directory: Directory,
}

/// Obligations read at once; bounds memory.
const PART: usize = 1_000;

/// What is owed, read part by part.
pub struct Upcoming<'a> {
    context: Context<'a>,
    question: Question,
    ids: Vec<ObligationId>,
    /// Occurrences that open later.
    coming: Vec<Obligation>,
    read: usize,
    has_ended: bool,
}

/// Returns what is owed, as of the present moment.
///
/// # Errors
///
/// [`NotFound::Unit`](super::refused::NotFound::Unit), [`Refused::Counting`] when the calendar does not reach today,
/// [`Refused::Storage`].
pub async fn upcoming<'a>(
    context: Context<'a>,
    question: &Question,
) -> Result<Upcoming<'a>, Refused> {
    let today = context.now.today();
    let units = match question.unit.as_deref() {
        Some(name) => {
            let directory = directory_for(context.store, iter::empty(), &[name]).await?;
            Some(units_called(&directory, name)?)
        }
        None => None,
    };
    // a term in hours can be over on its own day
    let last_day = last_day(context, question.within, today)?.filter(|_| !question.overdue);
    let selection = Selection {
        due_through: last_day.or(question.overdue.then_some(today)),
        units,
        scope: if question.all { StateFilter::Any } else { StateFilter::Dated },
        ..Selection::default()
    };
    let ids = context.store.obligation_ids(&selection).await?;
    let through = selection.due_through.filter(|_| !question.overdue);
    let coming = match through {
        Some(through) => coming(context, through, selection.units.as_deref()).await?,
        None => Vec::new(),
    };
    Ok(Upcoming { context, question: question.clone(), ids, coming, read: 0, has_ended: false })
}

impl Upcoming<'_> {
    /// The next obligations with their units; `None` after the last. Occurrences that open later come with the last part.
    ///
    /// # Errors
    ///
    /// [`Refused::Storage`].
    pub async fn next(&mut self) -> Result<Option<Answer>, Refused> {
        loop {
            let rest = self.ids.get(self.read..).unwrap_or_default();
            let part = rest.get(..PART).unwrap_or(rest);
            if part.is_empty() && (self.has_ended || self.coming.is_empty()) {
                return Ok(None);
            }
            let is_last = part.len() == rest.len();
            let answer = self.answer(part, is_last).await?;
            self.read += part.len();
            self.has_ended = is_last;
            if !answer.standings.is_empty() {
                return Ok(Some(answer));
            }
        }
    }

    /// Begins again with the first.
    pub fn rewind(&mut self) {
        self.read = 0;
        self.has_ended = false;
    }

    async fn answer(&self, ids: &[ObligationId], is_last: bool) -> Result<Answer, Refused> {
        let Self { context, question, .. } = self;
        let obligations = context.store.obligations_in_order(ids).await?;
        let coming = if is_last { self.coming.as_slice() } else { &[] };
        let units = obligations.iter().chain(coming).flat_map(Obligation::units);
        let directory = directory_for(context.store, units, &[]).await?;
        let waiting = follow_up::load_waiting(*context, &obligations).await?;
        let events = events_of(*context, &obligations).await?;
        let mut standings: Vec<ObligationStatus> = obligations
            .into_iter()
            .map(|obligation| standing(*context, &directory, obligation, &waiting, &events))
            .filter(|standing| question.all || standing.obligation.is_owed())
            .filter(|standing| !question.overdue || standing.light == Light::Red)
            .collect();
        if !coming.is_empty() {
            standings.extend(coming.iter().map(|it| ObligationStatus {
                is_coming: true,
                ..standing(*context, &directory, it.clone(), &waiting, &events)
            }));
            standings.sort_by_key(|it| it.obligation.deadline.map_or(Date::MAX, |it| it.due));
        }
        Ok(Answer { standings, directory })
    }
}

/// The occurrences that are due through a day and open later; of these units only.
async fn coming(
    context: Context<'_>,
    through: Date,
    units: Option<&[UnitId]>,
) -> Result<Vec<Obligation>, StorageError> {
    let mut coming = forecast_occurrences(context, through).await?;
    coming.retain(|it| {
        let is_due = it
            .projection
            .deadline
            .is_some_and(|deadline| (context.now.today()..=through).contains(&deadline.due));
        let mut parties = it.performers.iter().chain(&it.lead);
        is_due && units.is_none_or(|units| parties.any(|unit| units.contains(unit)))
    });
    Ok(coming.into_iter().map(|it| unopened(context, it)).collect())
}

/// An occurrence as it will stand when it opens; it has no key yet.
fn unopened(context: Context<'_>, coming: Registration) -> Obligation {
    let id = ObligationId(0);
    let share = |unit: &UnitId| Assignment {
        id: AssignmentId(0),
        obligation: id,
        unit: *unit,
        state: AssignmentState::Open,
        done_on: None,
        has_left: false,
    };
    Obligation {
        id,
        uid: ObligationUid(Uid::NIL),
        deadline: coming.projection.deadline,
        deadline_version: 1,
        basis: Basis::default(),
        registered_at: context.now,
        state: ObligationState::Open,
        ends_on: coming.ends_on,
        lead: coming.lead,
        responsible: coming.responsible,
        assignments: coming.performers.iter().map(share).collect(),
        inputs: coming.inputs,
    }
}

/// Returns the open obligations of which nobody is reminded now, whether that has lasted long or not; with `overdue` only
/// those that are late.
///
/// # Errors
///
/// As [`upcoming`].
pub async fn not_reminded(
    context: Context<'_>,
    question: &Question,
) -> Result<Vec<UnattendedDuty>, Refused> {
    let today = context.now.today();
    let since = UnattendedSince { today, awaited: context.now, next_mail: today };
    let mut duties = context.store.unattended(&since).await?;
    if let Some(name) = question.unit.as_deref() {
        let directory = directory_for(context.store, iter::empty(), &[name]).await?;
        let units = unit_names(&directory, &units_called(&directory, name)?);
        duties.retain(|duty| duty.units.iter().any(|unit| units.contains(unit)));
    }
    if question.overdue {
        duties.retain(|duty| duty.due.is_some_and(|due| due < today));
    }
    Ok(duties)
}

/// Returns one obligation as it stands, by key or reference.
///
/// # Errors
///
/// As [`find`].
pub async fn show(context: Context<'_>, asked: &str) -> Result<Answer, Refused> {
    let obligation = find(context, asked).await?;
    Ok(describe(context, obligation).await?)
}

/// Returns an obligation of the ledger as it stands.
///
/// # Errors
///
/// [`StorageError`].
pub async fn describe(
    context: Context<'_>,
    obligation: Obligation,
) -> Result<Answer, StorageError> {
    let before = awaited(context, &obligation).await?;
    let units = before.iter().chain([&obligation]).flat_map(Obligation::units);
    let directory = directory_for(context.store, units, &[]).await?;
    let waiting = follow_up::load_waiting(context, std::slice::from_ref(&obligation)).await?;
    let waits_for = follow_up::forecast_of_waiting(context.law, &directory, &obligation, &before);
    let suspended_since = suspended_since(context, &directory, &obligation).await?;
    let events = events_of(context, std::slice::from_ref(&obligation)).await?;
    let standing = standing(context, &directory, obligation, &waiting, &events);
    let standing = ObligationStatus { waits_for, suspended_since, ..standing };
    Ok(Answer { standings: vec![standing], directory })
}

/// What an obligation without a trigger waits for.
async fn awaited(
    context: Context<'_>,
    obligation: &Obligation,
) -> Result<Vec<Obligation>, StorageError> {
    if obligation.inputs.anchor().is_some() || !obligation.is_owed() {
        return Ok(Vec::new());
    }
    let Inputs { list, reference, .. } = &obligation.inputs;
    context.store.obligations_followed_by(list, reference).await
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
    let due_at = obligation.deadline.and_then(|it| it.due_at).filter(|_| obligation.is_owed());
    let time_left = due_at.map(|due_at| due_at.since(context.now));
    ObligationStatus {
        obligation,
        days_left,
        light,
        follows,
        waits_for: Vec::new(),
        suspended_since: None,
        quota,
        is_coming: false,
        time_left,
    }
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
