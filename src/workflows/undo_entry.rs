//! Strikes a wrong entry about an obligation: it stays on record as corrected, and dates, states and reminders follow.
//!
//! Must not know: the command line, SQL. Callers: `cli`.

use super::bulletin::lines;
use super::context::Context;
use super::names::{directory_for, unit_called, unit_name};
use super::references::find;
use super::refused::Refused;
use super::{project, recalculate};
use crate::domain::directory::Directory;
use crate::domain::journal::Action;
use crate::domain::obligation::{Assignment, AssignmentId, AssignmentState, Obligation};
use crate::domain::reminder::{Correction, CorrectionKind};
use crate::domain::rule::AdjustmentRefusal;
use crate::domain::term::{Period, Term};
use crate::domain::unit::{Role, UnitId};
use crate::storage::adjustments::Reprojection;
use crate::storage::entries::{EntryKind, RecordedEntry, ShareMove, Strike};
use crate::storage::journal_fact::Fact;
use crate::words;
use crate::words::{Lang, Say as _};

/// An obligation with its entries; the number of an entry is its place, from 1.
#[derive(Clone, Debug)]
pub struct EntryList {
    pub obligation: Obligation,
    pub entries: Vec<RecordedEntry>,
    pub directory: Directory,
}

/// Returns the entries about an obligation, oldest first.
///
/// # Errors
///
/// As [`find`].
pub async fn entry_list(context: Context<'_>, asked: &str) -> Result<EntryList, Refused> {
    let obligation = find(context, asked).await?;
    let entries = context.store.entries(obligation.id).await?;
    let directory = directory_for(context.store, obligation.units(), &[]).await?;
    Ok(EntryList { obligation, entries, directory })
}

/// Strikes the entry of this number, else the last one that is not struck; returns what was struck.
///
/// # Errors
///
/// [`Refused::NoEntry`]; [`Refused::Adjustment`] when the adjustments after it make no sense without it.
pub async fn undo_entry(
    context: Context<'_>,
    asked: &str,
    number: Option<usize>,
    reason: String,
) -> Result<EntryList, Refused> {
    let EntryList { obligation, entries, directory } = entry_list(context, asked).await?;
    let place = match number {
        Some(number) => number
            .checked_sub(1)
            .filter(|place| entries.get(*place).is_some_and(|entry| !entry.is_struck)),
        None => last_entry(&entries),
    };
    let Some(entry) = place.and_then(|place| entries.get(place)) else {
        return Err(Refused::NoEntry { reference: obligation.inputs.full_reference(), number });
    };
    let mut struck = vec![entry.clone()];
    let mut reprojection = None;
    match &entry.kind {
        EntryKind::Adjustment { position, .. } => {
            let paper = paper(&in_words(entry, &directory, Lang::Zh), &reason);
            let place = (*position, paper.as_str());
            reprojection =
                Some(without_adjustment(context, &directory, &obligation, &entries, place).await?);
        }
        EntryKind::Event { unit, .. } => {
            struck.extend(report_by_event(context, &obligation, &entries, entry, *unit).await?);
        }
        EntryKind::State { .. } | EntryKind::Share { .. } => {}
    }
    let mut line = context.entry(Action::Undo, obligation.inputs.journal_subject());
    line.before = Some(fact(entry, &directory).into());
    line.reason = Some(reason.clone()).filter(|reason| !reason.is_empty());
    let corrections = corrections(&obligation, &struck, &reason);
    let strike = Strike { obligation: obligation.id, entries: &struck, reprojection, corrections };
    context.keep_calendars().await?;
    context.store.strike(&strike, context.now, line).await?;
    Ok(EntryList { obligation, entries: struck, directory })
}

/// Moves the share of the wrong unit to the right one; the wrong entry stays on record. Returns the obligation as it was.
///
/// # Errors
///
/// [`Refused::NoShare`] when the wrong unit owes none; [`Refused::OwesAlready`] when the right one does.
pub async fn move_share(
    context: Context<'_>,
    asked: &str,
    (wrong, right): (&str, &str),
    reason: String,
) -> Result<EntryList, Refused> {
    let obligation = find(context, asked).await?;
    let directory = directory_for(context.store, obligation.units(), &[wrong, right]).await?;
    let (wrong, right) = (unit_called(&directory, wrong)?, unit_called(&directory, right)?);
    let reference = obligation.inputs.full_reference();
    let share_of = |unit: UnitId| obligation.assignments.iter().find(|share| share.unit == unit);
    let live = |share: &&Assignment| share.state != AssignmentState::Withdrawn;
    let Some(share) = share_of(wrong.id).filter(live) else {
        return Err(Refused::NoShare { unit: wrong.name.clone(), reference });
    };
    if share_of(right.id).as_ref().is_some_and(live) {
        return Err(Refused::OwesAlready { unit: right.name.clone(), reference });
    }
    let (role, named) = parties_with(&directory, &obligation, wrong.id, right.id);
    let kind = CorrectionKind::WrongUnit { right: right.name.clone() };
    let moved = ShareMove {
        obligation: obligation.id,
        assignment: share.id,
        right: right.id,
        role,
        named,
        correction: Correction { kind, reason: reason.clone(), told_since: None },
    };
    let mut line = context.entry(Action::Undo, obligation.inputs.journal_subject());
    line.before = Some(share_fact(&directory, wrong.id, share.state).into());
    line.after = Some(share_fact(&directory, right.id, AssignmentState::Open).into());
    line.reason = Some(reason).filter(|reason| !reason.is_empty());
    let kind = EntryKind::Share { assignment: share.id, unit: wrong.id, right: right.id };
    context.store.move_share(&moved, context.now, line).await?;
    let entries = vec![RecordedEntry { kind, at: context.now, is_struck: true }];
    Ok(EntryList { obligation, entries, directory })
}

/// The role under which the units that owe it are named, and their names with the right unit in place of the wrong one;
/// beside the group that the wrong one belongs to.
fn parties_with(
    directory: &Directory,
    obligation: &Obligation,
    wrong: UnitId,
    right: UnitId,
) -> (Role, Vec<UnitId>) {
    let (role, named) = match obligation.responsible.as_slice() {
        [] => (Role::Lead, &obligation.lead),
        _ => (Role::Responsible, &obligation.responsible),
    };
    let mut units: Vec<UnitId> = Vec::new();
    for unit in named.iter().map(|unit| if *unit == wrong { right } else { *unit }) {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    if !directory.expand(&units).contains(&right) {
        units.push(right);
    }
    (role, units)
}

/// What those hear who were told what followed from these entries.
fn corrections(
    obligation: &Obligation,
    struck: &[RecordedEntry],
    reason: &str,
) -> Vec<(AssignmentId, Correction)> {
    let correction = |entry: &RecordedEntry| {
        let EntryKind::State { assignment, from, to, .. } = entry.kind else { return None };
        let is_reopening = from.is_done() && to.is_owed();
        let (kind, told_since) = if is_reopening {
            (Some(CorrectionKind::Done), Some(entry.at))
        } else {
            let deadline = obligation.deadline.as_ref();
            (Correction::of_state_change((to, from), None, deadline), None)
        };
        Some((assignment, Correction { kind: kind?, reason: reason.to_owned(), told_since }))
    };
    struck.iter().filter_map(correction).collect()
}

/// 此前登记有误：延期20wd（2026-03-23）；误录.
fn paper(entry: &str, reason: &str) -> String {
    let because = if reason.is_empty() { String::new() } else { format!("；{reason}") };
    format!("此前登记有误：{entry}{because}")
}

/// The deadline without one adjustment.
async fn without_adjustment(
    context: Context<'_>,
    directory: &Directory,
    obligation: &Obligation,
    entries: &[RecordedEntry],
    (position, paper): (i64, &str),
) -> Result<Reprojection, Refused> {
    let mut known = context.store.adjustments(&[obligation.id]).await?;
    let mut adjustments = known.remove(&obligation.id).unwrap_or_default();
    let live = entries.iter().filter(|entry| !entry.is_struck);
    let place = live
        .filter_map(|entry| match entry.kind {
            EntryKind::Adjustment { position, .. } => Some(position),
            EntryKind::Event { .. } | EntryKind::State { .. } | EntryKind::Share { .. } => None,
        })
        .position(|it| it == position);
    if let Some(place) = place.filter(|place| *place < adjustments.len()) {
        adjustments.remove(place);
    }
    let law = context.law.for_obligation(directory, obligation);
    let projection =
        project::project(law, &obligation.inputs, &adjustments).map_err(AdjustmentRefusal::from)?;
    let change = recalculate::correction(obligation, &projection, paper);
    Ok(Reprojection { id: obligation.id, projection, change })
}

/// The report that an event made, when the quota is not met without it.
async fn report_by_event(
    context: Context<'_>,
    obligation: &Obligation,
    entries: &[RecordedEntry],
    event: &RecordedEntry,
    unit: UnitId,
) -> Result<Option<RecordedEntry>, Refused> {
    if !matches!(obligation.inputs.term, Term::Times(_)) {
        return Ok(None);
    }
    let events = context.store.counted_events(&[obligation.id]).await?;
    let line = lines(context, obligation, &events).into_iter().find(|line| line.unit == unit);
    let is_short_without =
        line.is_some_and(|line| line.pace.done.saturating_sub(1) < line.pace.required);
    let share = obligation.assignments.iter().find(|share| share.unit == unit);
    let Some(share) = share.filter(|share| is_short_without && share.state.is_done()) else {
        return Ok(None);
    };
    let last = entries.iter().rev().find(|entry| is_state_of(entry, share.id));
    Ok(last.filter(|last| last.at >= event.at).cloned())
}

/// The last entry that is not struck; for a report that an event made, that event.
fn last_entry(entries: &[RecordedEntry]) -> Option<usize> {
    let last = entries.iter().rposition(|entry| !entry.is_struck)?;
    let is_made_by =
        |event: &RecordedEntry, report: &RecordedEntry| match (&event.kind, &report.kind) {
            (EntryKind::Event { unit: by, .. }, EntryKind::State { unit, .. }) => {
                by == unit && event.at == report.at && !event.is_struck
            }
            (
                EntryKind::Event { .. }
                | EntryKind::Adjustment { .. }
                | EntryKind::State { .. }
                | EntryKind::Share { .. },
                _,
            ) => false,
        };
    let report = entries.get(last)?;
    let event = entries.iter().take(last).rposition(|entry| is_made_by(entry, report));
    Some(event.unwrap_or(last))
}

fn is_state_of(entry: &RecordedEntry, share: AssignmentId) -> bool {
    matches!(entry.kind, EntryKind::State { assignment, .. } if assignment == share && !entry.is_struck)
}

fn share_fact(directory: &Directory, unit: UnitId, state: AssignmentState) -> Fact {
    Fact::Share {
        unit: unit_name(directory, unit),
        state: state.word().to_owned(),
        done_on: None,
        evidence: None,
    }
}

/// An entry as the journal keeps it.
fn fact(entry: &RecordedEntry, directory: &Directory) -> Fact {
    match &entry.kind {
        EntryKind::Adjustment { on, amount, .. } => {
            Fact::Adjusted { on: *on, by: amount.clone(), ground: None, due: None }
        }
        EntryKind::Event { on, what, .. } => Fact::Counted { on: *on, what: what.clone() },
        EntryKind::State { unit, to, .. } => share_fact(directory, *unit, *to),
        EntryKind::Share { unit, .. } => share_fact(directory, *unit, AssignmentState::Withdrawn),
    }
}

/// An entry as people read it.
pub fn in_words(entry: &RecordedEntry, directory: &Directory, lang: Lang) -> String {
    match &entry.kind {
        EntryKind::Adjustment { word, on, amount, .. } => {
            let action = Action::from_word(word).map_or(word.as_str(), |action| action.say(lang));
            let period: Option<Period> = amount.as_ref().and_then(|it| it.parse().ok());
            let amount = period.map(|it| it.say(lang)).unwrap_or_default();
            words!(lang, zh = "{action}{amount}（{on}）", en = "{action} {amount} on {on}")
        }
        EntryKind::Event { unit, on, what, .. } => {
            let unit = unit_name(directory, *unit);
            words!(lang, zh = "{unit}计次：{on} {what}", en = "{unit} counted: {on} {what}")
        }
        EntryKind::State { unit, from, to, .. } => {
            let (unit, from, to) = (unit_name(directory, *unit), from.say(lang), to.say(lang));
            words!(lang, zh = "{unit}：{from}→{to}", en = "{unit}: {from} to {to}")
        }
        EntryKind::Share { unit, right, .. } => {
            let (unit, right) = (unit_name(directory, *unit), unit_name(directory, *right));
            words!(
                lang,
                zh = "责任单位误登为{unit}，应为{right}",
                en = "the share was given to {unit} in place of {right}"
            )
        }
    }
}
