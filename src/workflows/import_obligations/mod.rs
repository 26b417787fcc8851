//! Takes a list of obligations into the ledger, all or nothing.
//!
//! Must not know: the file the list came from, how a date is computed. Callers: `cli`, `add`; `follow_up` for `summary`.

mod fault;
mod ledger;
mod parties;
mod reference;
mod rows;
mod series;
mod terms;

use std::collections::BTreeMap;

use super::context::Context;
use super::recalculate;
use crate::domain::deadline::Deadline;
use crate::domain::journal::Action;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{Inputs, Obligation};
use crate::domain::term::Term;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::{Registration, Registrations, Revision, SeriesEnd};
pub use fault::{ImportObligationsError, ObligationFault, ObligationFaultKind};
use ledger::Ledger;
pub use parties::PartyFault;
use reference::reference;
use rows::registrations;
pub use terms::TermFault;

/// What moved a date that the list has changed; told to those who know the old date.
const REVISED: &str = "任务清单修订";

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Obligations that were not in the ledger.
    pub added: usize,
    /// Obligations that changed.
    pub revised: usize,
    /// Obligations that were in the ledger with the same data.
    pub unchanged: usize,
    /// References of series that another kind of term has replaced: they open nothing more.
    pub ended: Vec<String>,
    /// Full references of obligations opened under another kind of term. They are still owed, beside the new one, until a
    /// person withdraws them.
    pub beside: Vec<String>,
}

/// Registers what is new in `list` and revises what has changed. The same list again changes nothing.
///
/// # Errors
///
/// [`ImportObligationsError::Rejected`] with every fault of every row, [`ImportObligationsError::Storage`].
pub async fn import_obligations(
    context: Context<'_>,
    list: &[ListedObligation],
) -> Result<Imported, ImportObligationsError> {
    let Import { registrations, entries, imported } = Import::default().with(context, list).await?;
    if !entries.is_empty() {
        context.keep_calendars().await?;
        context.store.register(&registrations, context.now, &entries).await?;
    }
    Ok(imported)
}

/// Returns what is wrong with `list` without registering anything; for a list whose other rows could not be read.
///
/// # Errors
///
/// [`StorageError`].
pub async fn check_obligations(
    context: Context<'_>,
    list: &[ListedObligation],
) -> Result<Vec<ObligationFault>, StorageError> {
    let ledger = Ledger::load(context, list).await?;
    Ok(checked(context, &ledger, list).err().unwrap_or_default())
}

/// Returns true when the ledger holds `obligation` with the same data, false when its reference exists with different data;
/// `None` when the reference is unknown. Dates that follow from the law are not compared.
///
/// # Errors
///
/// As [`import_obligations`].
pub async fn is_registered(
    context: Context<'_>,
    obligation: &ListedObligation,
) -> Result<Option<bool>, ImportObligationsError> {
    let list = std::slice::from_ref(obligation);
    let ledger = Ledger::load(context, list).await?;
    if !ledger.known.contains_key(&reference(obligation)) {
        return Ok(None);
    }
    let rows = checked(context, &ledger, list).map_err(ImportObligationsError::Rejected)?;
    let is_known = |row: &Row<'_>| row.same.is_some_and(|it| says_the_same(it, &row.registration));
    Ok(Some(rows.iter().all(is_known)))
}

/// A row that can be taken in.
struct Row<'a> {
    entry: usize,
    registration: Registration,
    /// The obligation of the ledger it is about; `None` for a new one.
    same: Option<&'a Obligation>,
}

/// What an import is going to do.
#[derive(Default)]
struct Import {
    registrations: Registrations,
    entries: Vec<Entry>,
    imported: Imported,
}

impl Import {
    /// The same with a list, which is not stored yet.
    async fn with(
        mut self,
        context: Context<'_>,
        list: &[ListedObligation],
    ) -> Result<Self, ImportObligationsError> {
        let ledger = Ledger::load(context, list).await?;
        let rows = checked(context, &ledger, list).map_err(ImportObligationsError::Rejected)?;
        for row in rows {
            self.end_others(context, &ledger, &row.registration.inputs);
            if row.same.is_none() {
                self.note_beside(&ledger, &row.registration.inputs);
            }
            self.take(context, row.registration, row.same);
        }
        Ok(self)
    }

    /// Ends the series of the same reference that come back otherwise than these inputs, once.
    fn end_others(&mut self, context: Context<'_>, ledger: &Ledger, inputs: &Inputs) {
        let Some(known) = ledger.known.get(&inputs.reference) else { return };
        for other in known.of_other_kind(&inputs.term) {
            if !ledger.open_series.holds(other.id)
                || self.registrations.ended.iter().any(|end| end.id == other.id)
            {
                continue;
            }
            let on = context.now.today();
            let mut entry = context.entry(Action::EndSeries, other.inputs.journal_subject());
            entry.before = Some(other.inputs.term.to_string());
            entry.after = Some(format!("ends on {on}: now {}", inputs.term));
            self.entries.push(entry);
            self.registrations.ended.push(SeriesEnd { id: other.id, on });
            self.imported.ended.push(inputs.reference.clone());
        }
    }

    /// Notes what is owed under another kind of term than that of a new obligation of the same reference.
    fn note_beside(&mut self, ledger: &Ledger, new: &Inputs) {
        let Some(known) = ledger.known.get(&new.reference) else { return };
        let owed = known.of_other_kind(&new.term).filter(|other| other.is_owed());
        self.imported.beside.extend(owed.map(|other| other.inputs.full_reference()));
    }

    fn take(
        &mut self,
        context: Context<'_>,
        registration: Registration,
        known: Option<&Obligation>,
    ) {
        let Some(known) = known else {
            let mut entry = context.entry(Action::Register, registration.inputs.journal_subject());
            entry.after =
                Some(summary(&registration.inputs, registration.projection.deadline.as_ref()));
            self.entries.push(entry);
            self.registrations.new.push(registration);
            self.imported.added += 1;
            return;
        };
        if is_same(known, &registration) {
            self.imported.unchanged += 1;
            return;
        }
        let mut entry = context.entry(Action::Revise, registration.inputs.journal_subject());
        entry.before = Some(summary(&known.inputs, known.deadline.as_ref()));
        entry.after =
            Some(summary(&registration.inputs, registration.projection.deadline.as_ref()));
        self.entries.push(entry);
        let change = recalculate::change(known, &registration.projection, REVISED);
        let revision = Revision { id: known.id, registration, change, revives: false };
        self.registrations.revised.push(revision);
        self.imported.revised += 1;
    }
}

pub(super) fn summary(inputs: &Inputs, deadline: Option<&Deadline>) -> String {
    let due =
        deadline.map_or_else(|| "no date".to_owned(), |deadline| format!("due {}", deadline.due));
    format!("{}; {} ({}); {due}", inputs.title, inputs.written, inputs.term)
}

/// True when the ledger already holds just this.
fn is_same(known: &Obligation, registration: &Registration) -> bool {
    says_the_same(known, registration)
        && !known.assignments.is_empty()
        && known.deadline == registration.projection.deadline
}

fn says_the_same(known: &Obligation, registration: &Registration) -> bool {
    known.inputs == registration.inputs
        && known.lead == registration.lead
        && known.responsible == registration.responsible
        && registration.ends_on.is_none_or(|on| known.ends_on == Some(on))
}

fn checked<'a>(
    context: Context<'_>,
    ledger: &'a Ledger,
    list: &[ListedObligation],
) -> Result<Vec<Row<'a>>, Vec<ObligationFault>> {
    let mut faults = Vec::new();
    let mut first_rows: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for (entry, listed) in list.iter().enumerate() {
        let mut kinds = Vec::new();
        let reference = reference(listed);
        match first_rows.get(&reference).copied() {
            Some(first) => kinds.push(ObligationFaultKind::SameReference { reference, first }),
            None => drop(first_rows.insert(reference, entry)),
        }
        match registrations(context, ledger, listed) {
            Ok(registered) => {
                let row = |(registration, same)| Row { entry, registration, same };
                rows.extend(registered.into_iter().map(row));
            }
            Err(more) => kinds.extend(more),
        }
        faults.extend(kinds.into_iter().map(|kind| ObligationFault { entry, kind }));
    }
    faults.extend(parts_without_whole(ledger, &rows));
    faults.sort_by_key(|fault| fault.entry);
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// A quota inside a quota (每年不少于4次，其中…不少于2次) has the same period as the whole, and asks for no more.
fn parts_without_whole(ledger: &Ledger, rows: &[Row<'_>]) -> Vec<ObligationFault> {
    let stored = ledger.known.iter().filter_map(|(reference, known)| {
        known.newest().map(|newest| (reference, &newest.inputs.term))
    });
    let inputs = rows.iter().map(|row| &row.registration.inputs);
    let listed = inputs.map(|inputs| (&inputs.reference, &inputs.term));
    let terms: BTreeMap<&String, &Term> = stored.chain(listed).collect();
    let fits = |inputs: &Inputs, whole: &String| match (&inputs.term, terms.get(whole)) {
        (Term::Times(part), Some(Term::Times(all))) => {
            part.every == all.every && part.times <= all.times && *whole != inputs.reference
        }
        _ => false,
    };
    let fault = |row: &Row<'_>| {
        let inputs = &row.registration.inputs;
        let whole = inputs.part_of.clone().filter(|whole| !fits(inputs, whole))?;
        Some(ObligationFault { entry: row.entry, kind: ObligationFaultKind::NoWhole { whole } })
    };
    let mut faults: Vec<ObligationFault> = rows.iter().filter_map(fault).collect();
    faults.dedup();
    faults
}
