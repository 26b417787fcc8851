//! Opens the next occurrence of each recurring obligation, once, ahead of its first rung.
//!
//! Must not know: SQL, when this is called. A missed pass is made up for by the next one. Callers: `plan_reminders`,
//! `mail_forecast`; `cli` ends series and skips occurrences.

use jiff::civil::Date;

use super::context::Context;
use super::names::directory_for;
use super::performers::performers;
use super::project;
use super::references::find;
use super::refused::Refused;
use crate::domain::deadline::DeadlineFault;
use crate::domain::directory::Directory;
use crate::domain::journal::Action;
use crate::domain::ladder::{Ladders, default_ladder};
use crate::domain::obligation::{Inputs, Obligation};
use crate::domain::recurrence::Occurrence;
use crate::domain::reminder::first_look_on;
use crate::storage::StorageError;
use crate::storage::journal_fact::Fact;
use crate::storage::obligations::Registration;
use crate::storage::occurrences::NewestOccurrence;

/// An occurrence that begins more than this many after today is more likely a mistyped one.
const MOST_EARLY: usize = 12;

/// What was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Full references of the occurrences opened, in order.
    pub occurrences: Vec<String>,
    /// Series whose next date cannot be worked out; they are asked again at the next pass.
    pub faults: Vec<(String, DeadlineFault)>,
}

/// Opens every occurrence whose time has come; several of one series when passes were missed.
///
/// # Errors
///
/// [`StorageError`]; what was opened before stays open.
pub async fn open_occurrences(context: Context<'_>) -> Result<Opened, StorageError> {
    let mut opened = Opened::default();
    // After missed passes a series may owe several periods; each round opens one occurrence of each series.
    loop {
        let before = opened.occurrences.len();
        opened.faults.clear();
        open_one_of_each(context, &mut opened).await?;
        if opened.occurrences.len() == before {
            return Ok(opened);
        }
    }
}

async fn open_one_of_each(context: Context<'_>, opened: &mut Opened) -> Result<(), StorageError> {
    let newest = context.store.newest_occurrences().await?;
    if newest.is_empty() {
        return Ok(());
    }
    let units = newest.iter().flat_map(|series| series.obligation.units());
    let directory = directory_for(context.store, units, &[]).await?;
    for series in newest {
        let reference = series.obligation.inputs.full_reference();
        match next(context, &directory, &series, context.now.today()) {
            Ok(Next::NotYet) => {}
            Ok(Next::Never) => {
                let mut entry =
                    context.entry(Action::EndSeries, series.obligation.inputs.series_subject());
                entry.after = series.ends_on.map(|on| Fact::SeriesEnded { on, term: None }.into());
                let id = series.obligation.id;
                context.store.open_next_occurrence(id, None, context.now, &[entry]).await?;
            }
            Ok(Next::Opens(registration)) => {
                let mut entry = context
                    .entry(Action::OpenOccurrence, series.obligation.inputs.series_subject());
                entry.after = Some(registration.inputs.occurrence.clone());
                context.keep_calendars().await?;
                let id = series.obligation.id;
                let next = Some(&*registration);
                context.store.open_next_occurrence(id, next, context.now, &[entry]).await?;
                opened.occurrences.push(registration.inputs.full_reference());
            }
            Err(fault) => opened.faults.push((reference, fault)),
        }
    }
    Ok(())
}

/// The occurrences of all series that begin after those on record and have a reminder through `through`, without opening
/// them; by series, then period.
///
/// # Errors
///
/// [`StorageError`].
pub async fn forecast_occurrences(
    context: Context<'_>,
    through: Date,
) -> Result<Vec<Registration>, StorageError> {
    let newest = context.store.newest_occurrences().await?;
    if newest.is_empty() {
        return Ok(Vec::new());
    }
    let units = newest.iter().flat_map(|series| series.obligation.units());
    let directory = directory_for(context.store, units, &[]).await?;
    let mut foreseen = Vec::new();
    for mut series in newest {
        while let Ok(Next::Opens(next)) = next(context, &directory, &series, through) {
            series.obligation.inputs = next.inputs.clone();
            foreseen.push(*next);
        }
    }
    Ok(foreseen)
}

/// Sets the day after which no further occurrence begins; `None` lets the series go on.
///
/// # Errors
///
/// [`Refused::NotASeries`] for an obligation that does not recur.
pub async fn end_series(
    context: Context<'_>,
    asked: &str,
    on: Option<Date>,
    reason: Option<String>,
) -> Result<Obligation, Refused> {
    let obligation = find(context, asked).await?;
    if obligation.inputs.occurrence.is_empty() {
        return Err(Refused::NotASeries { reference: obligation.inputs.reference });
    }
    let mut entry = context.entry(Action::EndSeries, obligation.inputs.series_subject());
    let fact = on.map_or(Fact::SeriesContinues, |on| Fact::SeriesEnded { on, term: None });
    entry.after = Some(fact.into());
    entry.reason = reason;
    context.store.end_series(obligation.id, on, &[entry]).await?;
    Ok(obligation)
}

/// Strikes out the next occurrence of a series before it opens; returns its full reference. Those after it come as ever.
///
/// # Errors
///
/// [`Refused`]: it does not come back, or not any more.
pub async fn skip_next(
    context: Context<'_>,
    asked: &str,
    by: Option<&str>,
    reason: &str,
) -> Result<String, Refused> {
    let obligation = find(context, asked).await?;
    let directory = directory_for(context.store, obligation.units(), &[]).await?;
    let Inputs { list, reference, .. } = obligation.inputs;
    loop {
        let newest = context.store.newest_occurrences().await?;
        let is_meant = |it: &Inputs| it.reference == reference && it.list == list;
        let series = newest.into_iter().find(|it| is_meant(&it.obligation.inputs));
        let Some(series) = series else { return Err(Refused::NotASeries { reference }) };
        let Next::Opens(next) = next(context, &directory, &series, Date::MAX)? else {
            return Err(Refused::NotASeries { reference });
        };
        let mut opened =
            context.entry(Action::OpenOccurrence, series.obligation.inputs.series_subject());
        opened.after = Some(next.inputs.occurrence.clone());
        let mut struck_out = context.entry(Action::Withdraw, next.inputs.journal_subject());
        struck_out.actor = by.map_or(struck_out.actor, str::to_owned);
        struck_out.after = Some(Fact::Skipped.into());
        struck_out.reason = Some(reason.to_owned());
        context.keep_calendars().await?;
        let (id, entries) = (series.obligation.id, [opened, struck_out]);
        // It was opened by another process; it is withdrawn like any other occurrence, so the next one is tried.
        if context.store.skip_occurrence(id, &next, context.now, &entries).await? {
            return Ok(next.inputs.full_reference());
        }
    }
}

/// Opens the coming occurrence that `asked` names as `SERIES/PERIOD`, with those before it; `None` when it names none.
///
/// # Errors
///
/// [`Refused`].
pub(super) async fn open_early(
    context: Context<'_>,
    asked: &str,
) -> Result<Option<Obligation>, Refused> {
    let Some((series, period)) = asked.rsplit_once('/') else { return Ok(None) };
    let known = match find(context, series).await {
        Ok(known) if known.inputs.names_series(series) => known,
        Ok(_) | Err(Refused::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let directory = directory_for(context.store, known.units(), &[]).await?;
    let is_meant = |it: &NewestOccurrence| {
        let inputs = &it.obligation.inputs;
        inputs.reference == known.inputs.reference && inputs.list == known.inputs.list
    };
    let newest = context.store.newest_occurrences().await?;
    let Some(mut series) = newest.into_iter().find(is_meant) else { return Ok(None) };
    let mut coming = Vec::new();
    let mut early = 0;
    while early < MOST_EARLY {
        let Next::Opens(next) = next(context, &directory, &series, Date::MAX)? else { break };
        let is_asked = next.inputs.occurrence == period;
        early +=
            usize::from(next.inputs.anchor_on.is_some_and(|first| first > context.now.today()));
        series.obligation.inputs = next.inputs.clone();
        coming.push(next);
        if is_asked {
            open_all(context, known.inputs.series_subject(), &coming).await?;
            return Ok(Some(find(context, asked).await?));
        }
    }
    Ok(None)
}

/// Opens occurrences that follow each other.
async fn open_all(
    context: Context<'_>,
    series: String,
    coming: &[Box<Registration>],
) -> Result<(), StorageError> {
    context.keep_calendars().await?;
    for next in coming {
        let inputs = &next.inputs;
        let references = [inputs.reference.clone()];
        let known = context.store.obligations_by_reference(&references).await?;
        let newest = known.into_iter().find(|it| it.inputs.list == inputs.list);
        let Some(newest) = newest else { return Ok(()) };
        let mut entry = context.entry(Action::OpenOccurrence, series.clone());
        entry.after = Some(inputs.occurrence.clone());
        context.store.open_next_occurrence(newest.id, Some(next), context.now, &[entry]).await?;
    }
    Ok(())
}

/// What follows an occurrence.
enum Next {
    NotYet,
    Never,
    Opens(Box<Registration>),
}

fn next(
    context: Context<'_>,
    directory: &Directory,
    series: &NewestOccurrence,
    today: Date,
) -> Result<Next, DeadlineFault> {
    let Obligation { inputs, lead, responsible, .. } = &series.obligation;
    let present = inputs.anchor_on.and_then(|day| Occurrence::containing(&inputs.term, day));
    let law = context.law.for_obligation(directory, &series.obligation);
    let next = present.and_then(|present| present.next_owed(&inputs.term, law.calendar));
    let Some(next) = next else { return Ok(Next::Never) };
    if series.ends_on.is_some_and(|ends_on| next.first > ends_on) {
        return Ok(Next::Never);
    }
    let first = next.first;
    let inputs = Inputs { occurrence: next.label, anchor_on: Some(first), ..inputs.clone() };
    let projection = project::project(law, &inputs, &[])?;
    let act_by = projection.deadline.as_ref().map(|deadline| deadline.act_by);
    let look = act_by.and_then(|act_by| first_look(context, &inputs, act_by));
    if look.map_or(first, |look| look.min(first)) > today {
        return Ok(Next::NotYet);
    }
    Ok(Next::Opens(Box::new(Registration {
        performers: performers(directory, lead, responsible),
        inputs,
        projection,
        lead: lead.clone(),
        responsible: responsible.clone(),
        ends_on: None,
        completion: None,
        start: None,
    })))
}

fn first_look(context: Context<'_>, inputs: &Inputs, act_by: Date) -> Option<Date> {
    let ladders: &Ladders = &context.law.ladders;
    let named = ladders.find(&inputs.ladder);
    let ladder = named.or_else(|| ladders.find(default_ladder(&inputs.term)?))?;
    first_look_on(ladder, act_by, &context.law.calendar)
}
