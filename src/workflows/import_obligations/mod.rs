//! Takes a list of obligations into the ledger: all or nothing.
//!
//! Must not know: the file the list came from, how a date is computed.

mod parties;
mod series;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE32_NOPAD;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::Context;
use super::inspect::{most_similar, unit_names};
use super::law::keep_calendars;
use super::{project, recalculate};
use crate::domain::deadline::{Adjustment, Anchor, DeadlineFault};
use crate::domain::directory::Directory;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{Inputs, Obligation, ObligationId};
use crate::domain::rule::Rule;
use crate::domain::term::Term;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::{Registration, Registrations, Revision, SeriesEnd};
use series::{GoingOn, Known};
use terms::{ladder, occurrence, rule, target, term};

/// The ladder of internal targets: it never speaks of lateness.
const INTERNAL: &str = "internal";

/// What moved a date when the list says otherwise now; told only to those who were told the old one.
const REVISED: &str = "任务清单修订";

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Obligations that were not in the ledger.
    pub added: usize,
    /// Obligations that changed.
    pub revised: usize,
    /// Obligations that were there just so.
    pub unchanged: usize,
    /// References of series that another kind of term took the place of: they open nothing more.
    pub ended: Vec<String>,
    /// Full references of what was opened under another kind of term, and is owed beside the new one until a person says
    /// otherwise.
    pub beside: Vec<String>,
}

/// Why a row cannot be taken in; `entry` counts from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {entry}: {kind:?}")]
pub struct ObligationFault {
    /// The row.
    pub entry: usize,
    /// What is wrong with it.
    pub kind: ObligationFaultKind,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObligationFaultKind {
    /// A unit that the ledger does not know.
    UnknownUnit {
        /// True in 牵头单位, false in 责任单位.
        in_lead: bool,
        /// The name.
        name: String,
        /// The most similar known name.
        similar: Option<String>,
    },
    /// Some of a group (有关), or a list that goes on (等): who is meant must be chosen.
    WhichOf {
        /// True in 牵头单位, false in 责任单位.
        in_lead: bool,
        /// The name.
        name: String,
        /// Who can be chosen, as far as it is known.
        members: Vec<String>,
    },
    /// A unit chosen out of a group it does not belong to.
    NotOfGroup {
        /// True in 牵头单位, false in 责任单位.
        in_lead: bool,
        /// The unit.
        name: String,
        /// The group.
        group: String,
        /// Who can be chosen.
        members: Vec<String>,
    },
    /// An internal target (内部目标) for a duty whose document sets the date.
    TargetBesideDate {
        /// The document's term.
        term: Term,
    },
    /// An internal target without a date.
    TargetWithoutDate {
        /// The target.
        term: Term,
    },
    /// A part (其中) of something that is no quota of the same period, or asks for less than its part.
    NoWhole {
        /// The reference given.
        whole: String,
    },
    /// Neither a lead nor a responsible unit: nobody would owe it.
    NobodyOwesIt,
    /// Groups that hold nothing but each other: nobody would owe it.
    EmptyGroups {
        /// True in 牵头单位, false in 责任单位.
        in_lead: bool,
        /// Their names.
        names: Vec<String>,
    },
    /// The same reference as another row of the list.
    SameReference {
        /// The reference.
        reference: String,
        /// The earlier row.
        first: usize,
    },
    /// Neither a term nor a rule.
    NoTerm,
    /// No rule of that name or code.
    UnknownRule {
        /// The name.
        name: String,
        /// The most similar name or code.
        similar: Option<String>,
    },
    /// The rule was not in force on the trigger's day.
    RuleNotInForce {
        /// The rule.
        rule: String,
        /// The day.
        on: Date,
    },
    /// What is to start when this is done is neither a duty nor a rule.
    UnknownNext {
        /// What it names.
        name: String,
        /// The most similar name or code of a rule.
        similar: Option<String>,
    },
    /// What is to start when this is done is the duty itself.
    StartsItself,
    /// A series that another kind of term took the place of, and that this row would take up again.
    SeriesGivenUp {
        /// Full reference of its last occurrence.
        last: String,
    },
    /// No date can be worked out.
    NoDate(DeadlineFault),
}

/// Why a list was not taken in; the ledger is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportObligationsError {
    /// Rows that cannot be taken in.
    #[error("the list holds {} faults", .0.len())]
    Rejected(Vec<ObligationFault>),
    /// The ledger failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Takes in what is new or other in `list`. The same list again changes nothing.
///
/// # Errors
///
/// [`ImportObligationsError::Rejected`] with every fault of every row, [`ImportObligationsError::Storage`].
pub async fn import_obligations(
    context: Context<'_>,
    list: &[ListedObligation],
) -> Result<Imported, ImportObligationsError> {
    let ledger = Ledger::load(context, list).await?;
    let rows = checked(context, &ledger, list).map_err(ImportObligationsError::Rejected)?;
    let mut import = Import::default();
    for row in rows {
        import.end_others(context, &ledger, &row.registration.inputs);
        if row.same.is_none() {
            import.note_beside(&ledger, &row.registration.inputs);
        }
        import.take(context, row.registration, row.same);
    }
    let Import { registrations, entries, imported } = import;
    if !entries.is_empty() {
        keep_calendars(context).await?;
        context.store.register(&registrations, context.now, &entries).await?;
    }
    Ok(imported)
}

/// Returns what is wrong with `list`, and takes nothing in: for a list of which other rows are faulty already.
///
/// # Errors
///
/// What the ledger says.
pub async fn check_obligations(
    context: Context<'_>,
    list: &[ListedObligation],
) -> Result<Vec<ObligationFault>, StorageError> {
    let ledger = Ledger::load(context, list).await?;
    Ok(checked(context, &ledger, list).err().unwrap_or_default())
}

/// What the ledger holds that bears on a list.
struct Ledger {
    directory: Directory,
    /// The references of the list.
    listed: BTreeSet<String>,
    /// What stands under each reference of the list, and under each that a row is to start, and under the wholes its
    /// quotas are part of.
    known: BTreeMap<String, Known>,
    going_on: GoingOn,
    adjustments: BTreeMap<ObligationId, Vec<Adjustment>>,
}

impl Ledger {
    async fn load(context: Context<'_>, list: &[ListedObligation]) -> Result<Self, StorageError> {
        let directory = context.store.directory().await?;
        let listed: BTreeSet<String> = list.iter().map(reference).collect();
        let next =
            list.iter().flat_map(|listed| listed.then.iter().chain(&listed.part_of).cloned());
        let references: Vec<String> = listed.iter().cloned().chain(next).collect();
        let called = context.store.obligations_called(&references).await?;
        let ids: Vec<ObligationId> = called.iter().map(|known| known.id).collect();
        let adjustments = context.store.adjustments(&ids).await?;
        let series = context.store.newest_occurrences().await?;
        let series = series.into_iter().map(|series| (series.obligation.id, series.ends_on));
        let going_on = GoingOn::after(context.now.today(), series);
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        for obligation in called {
            known.entry(obligation.inputs.reference.clone()).or_default().push(obligation);
        }
        Ok(Self { directory, listed, known, going_on, adjustments })
    }

    /// The newest obligation of a reference.
    fn newest(&self, reference: &str) -> Option<&Obligation> {
        self.known.get(reference)?.newest()
    }
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
    /// Ends the series of the same reference that come back otherwise than these inputs, once.
    fn end_others(&mut self, context: Context<'_>, ledger: &Ledger, inputs: &Inputs) {
        let Some(known) = ledger.known.get(&inputs.reference) else { return };
        for other in known.of_other_kind(&inputs.term) {
            if !ledger.going_on.holds(other.id)
                || self.registrations.ended.iter().any(|end| end.id == other.id)
            {
                continue;
            }
            let on = context.now.today();
            let mut entry = context.entry("end-series", other.inputs.journal_subject());
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
            let mut entry = context.entry("register", registration.inputs.journal_subject());
            entry.after =
                Some(summary(&registration.inputs, registration.projection.deadline.as_ref()));
            self.entries.push(entry);
            self.registrations.new.push(registration);
            self.imported.added = self.imported.added.saturating_add(1);
            return;
        };
        if is_same(known, &registration) {
            self.imported.unchanged = self.imported.unchanged.saturating_add(1);
            return;
        }
        let mut entry = context.entry("revise", registration.inputs.journal_subject());
        entry.before = Some(summary(&known.inputs, known.deadline.as_ref()));
        entry.after =
            Some(summary(&registration.inputs, registration.projection.deadline.as_ref()));
        self.entries.push(entry);
        let change = recalculate::change(known, &registration.projection, REVISED);
        self.registrations.revised.push(Revision { id: known.id, registration, change });
        self.imported.revised = self.imported.revised.saturating_add(1);
    }
}

fn summary(inputs: &Inputs, deadline: Option<&crate::domain::deadline::Deadline>) -> String {
    let due =
        deadline.map_or_else(|| "no date".to_owned(), |deadline| format!("due {}", deadline.due));
    format!("{}; {} ({}); {due}", inputs.title, inputs.written, inputs.term)
}

/// True when the ledger already holds just this.
fn is_same(known: &Obligation, registration: &Registration) -> bool {
    known.inputs == registration.inputs
        && known.lead == registration.lead
        && known.responsible == registration.responsible
        && !known.assignments.is_empty()
        && known.deadline == registration.projection.deadline
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

/// What a row says, understood but not dated yet.
struct Understood<'a> {
    lead: Vec<UnitId>,
    responsible: Vec<UnitId>,
    rule: Option<&'a Rule>,
    term: Term,
    /// True when the term is a target of our own.
    internal: bool,
}

/// What a row makes of the ledger: every obligation it is about as it is to stand now, or a new one.
fn registrations<'a>(
    context: Context<'_>,
    ledger: &'a Ledger,
    listed: &ListedObligation,
) -> Result<Vec<(Registration, Option<&'a Obligation>)>, Vec<ObligationFaultKind>> {
    let row = understood(context, ledger, listed)?;
    let known = ledger.known.get(&reference(listed));
    if let Some(last) = known.and_then(|known| known.given_up(&row.term, &ledger.going_on)) {
        let last = last.inputs.full_reference();
        return Err(vec![ObligationFaultKind::SeriesGivenUp { last }]);
    }
    let today = context.now.today();
    let concerned = known.map_or_else(Vec::new, |known| known.concerned(&row.term, today));
    let newest = concerned.first().copied();
    let others = concerned.into_iter().skip(1).map(|other| {
        let listed = ListedObligation { ends: None, ..listed.clone() };
        (registration(context, ledger, &listed, &row, Some(other)), Some(other))
    });
    let registrations =
        std::iter::once((registration(context, ledger, listed, &row, newest), newest))
            .chain(others)
            .map(|(registration, same)| Ok((registration?, same)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|fault| vec![ObligationFaultKind::NoDate(fault)])?;
    if registrations.iter().any(|(registration, _)| registration.performers.is_empty()) {
        let in_lead = row.responsible.is_empty();
        let named = if in_lead { &row.lead } else { &row.responsible };
        let names = unit_names(&ledger.directory, named);
        return Err(vec![ObligationFaultKind::EmptyGroups { in_lead, names }]);
    }
    Ok(registrations)
}

fn understood<'a>(
    context: Context<'a>,
    ledger: &Ledger,
    listed: &ListedObligation,
) -> Result<Understood<'a>, Vec<ObligationFaultKind>> {
    let mut faults = Vec::new();
    let directory = &ledger.directory;
    let lead = parties::units(directory, &listed.lead, true, &mut faults);
    let responsible = parties::units(directory, &listed.responsible, false, &mut faults);
    if listed.lead.is_empty() && listed.responsible.is_empty() {
        faults.push(ObligationFaultKind::NobodyOwesIt);
    }
    let rule = rule(context, listed, &mut faults);
    let Some(term) = term(context, listed, rule, &mut faults) else { return Err(faults) };
    check_next(context, ledger, listed, &mut faults);
    let target = target(context, listed, &term, &mut faults);
    let internal = target.is_some();
    let term = target.unwrap_or(term);
    if faults.is_empty() {
        Ok(Understood { lead, responsible, rule, term, internal })
    } else {
        Err(faults)
    }
}

/// How one obligation is to stand; `same` is how it stands, and what moved its clock goes on moving it.
fn registration(
    context: Context<'_>,
    ledger: &Ledger,
    listed: &ListedObligation,
    row: &Understood<'_>,
    same: Option<&Obligation>,
) -> Result<Registration, DeadlineFault> {
    let Understood { lead, responsible, rule, term, internal } = row;
    let (occurrence, anchor) = occurrence(context, listed, (term, *internal), same);
    let inputs = Inputs {
        reference: reference(listed),
        occurrence,
        title: listed.title.clone(),
        written: listed.written.clone(),
        ladder: if *internal { INTERNAL.to_owned() } else { ladder(*rule, term) },
        term: term.clone(),
        anchor_on: anchor.map(Anchor::day),
        anchor_at: anchor.and_then(Anchor::instant),
        rule: rule.map(|rule| rule.key().to_owned()),
        internal: *internal,
        part_of: listed.part_of.clone(),
        source: listed.source.clone(),
        note: listed.note.clone(),
        then: listed.then.clone(),
    };
    let ground = context.law.ground(&ledger.directory, lead, responsible);
    let adjustments = same.and_then(|same| ledger.adjustments.get(&same.id));
    let adjustments = adjustments.map_or(&[][..], Vec::as_slice);
    let known = same.or_else(|| ledger.newest(&inputs.reference));
    Ok(Registration {
        projection: project::project(ground, &inputs, adjustments)?,
        performers: performers(&ledger.directory, (lead, responsible), known),
        inputs,
        lead: lead.clone(),
        responsible: responsible.clone(),
        ends_on: listed.ends,
    })
}

/// The units that owe a duty: groups expanded as they stand now. A duty that is known and names the same units keeps the
/// units it was registered with, whoever has joined or left a group since: `duban regroup` changes that.
fn performers(
    directory: &Directory,
    (lead, responsible): (&[UnitId], &[UnitId]),
    known: Option<&Obligation>,
) -> Vec<UnitId> {
    let names_the_same =
        |known: &&Obligation| known.lead == lead && known.responsible == responsible;
    match known.filter(names_the_same).filter(|known| !known.assignments.is_empty()) {
        Some(known) => known.assignments.iter().map(|share| share.unit).collect(),
        None => directory.expand(if responsible.is_empty() { lead } else { responsible }),
    }
}

/// What is to start when the duty is done must be another duty, of the list or of the ledger, or a rule.
fn check_next(
    context: Context<'_>,
    ledger: &Ledger,
    listed: &ListedObligation,
    faults: &mut Vec<ObligationFaultKind>,
) {
    let rules = &context.law.rules;
    for name in &listed.then {
        let is_duty = ledger.listed.contains(name) || ledger.known.contains_key(name);
        if Some(name) == listed.reference.as_ref() {
            faults.push(ObligationFaultKind::StartsItself);
        } else if !is_duty && rules.get(name).is_none() {
            let similar = most_similar(rules.names(), name);
            faults.push(ObligationFaultKind::UnknownNext { name: name.clone(), similar });
        }
    }
}

/// The reference of a row; one without gets one made of its words, so that the same row always gets the same.
fn reference(listed: &ListedObligation) -> String {
    if let Some(reference) = &listed.reference {
        return reference.clone();
    }
    let mut hash = Sha256::new();
    for part in [&listed.title, &listed.written, &listed.source] {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    let short: Vec<u8> = hash.finalize().into_iter().take(5).collect();
    format!("auto-{}", BASE32_NOPAD.encode(&short).to_ascii_lowercase())
}
