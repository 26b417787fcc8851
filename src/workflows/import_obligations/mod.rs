//! Takes a list of obligations into the ledger: all or nothing.
//!
//! Must not know: the file the list came from, how a date is computed.

mod parties;
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
use crate::domain::term::Term;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::{Registration, Revision};
use terms::{ladder, occurrence, rule, target, term};

/// The ladder of internal targets: it never speaks of lateness.
const INTERNAL: &str = "internal";

/// What moved a date when the list says otherwise now; told only to those who were told the old one.
const REVISED: &str = "任务清单修订";

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Obligations that were not in the ledger.
    pub added: usize,
    /// Obligations that changed.
    pub revised: usize,
    /// Obligations that were there just so.
    pub unchanged: usize,
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
    let registrations =
        registrations(context, &ledger, list).map_err(ImportObligationsError::Rejected)?;
    let mut import = Import::default();
    for registration in registrations {
        let known = ledger.known.get(&registration.inputs.reference);
        let same = known.filter(|known| known.inputs.occurrence == registration.inputs.occurrence);
        import.take(context, registration, same);
    }
    let Import { new, revised, entries, imported } = import;
    if !entries.is_empty() {
        keep_calendars(context).await?;
        context.store.register(&new, &revised, context.now, &entries).await?;
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
    Ok(registrations(context, &ledger, list).err().unwrap_or_default())
}

/// What the ledger holds that bears on a list.
struct Ledger {
    directory: Directory,
    /// The references of the list.
    listed: BTreeSet<String>,
    /// The newest occurrence of each reference of the list, and of each that a row is to start, and of the wholes
    /// its quotas are part of.
    known: BTreeMap<String, Obligation>,
    adjustments: BTreeMap<ObligationId, Vec<Adjustment>>,
}

impl Ledger {
    async fn load(context: Context<'_>, list: &[ListedObligation]) -> Result<Self, StorageError> {
        let directory = context.store.directory().await?;
        let listed: BTreeSet<String> = list.iter().map(reference).collect();
        let next =
            list.iter().flat_map(|listed| listed.then.iter().chain(&listed.part_of).cloned());
        let references: Vec<String> = listed.iter().cloned().chain(next).collect();
        let known = newest(context.store.obligations_called(&references).await?);
        let ids: Vec<ObligationId> = known.values().map(|known| known.id).collect();
        let adjustments = context.store.adjustments(&ids).await?;
        Ok(Self { directory, listed, known, adjustments })
    }
}

/// What an import is going to do.
#[derive(Default)]
struct Import {
    new: Vec<Registration>,
    revised: Vec<Revision>,
    entries: Vec<Entry>,
    imported: Imported,
}

impl Import {
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
            self.new.push(registration);
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
        self.revised.push(Revision { id: known.id, registration, change });
        self.imported.revised = self.imported.revised.saturating_add(1);
    }
}

/// The newest occurrence of each reference.
fn newest(obligations: Vec<Obligation>) -> BTreeMap<String, Obligation> {
    let mut newest = BTreeMap::new();
    for obligation in obligations {
        newest.entry(obligation.inputs.reference.clone()).or_insert(obligation);
    }
    newest
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

fn registrations(
    context: Context<'_>,
    ledger: &Ledger,
    list: &[ListedObligation],
) -> Result<Vec<Registration>, Vec<ObligationFault>> {
    let mut faults = Vec::new();
    let mut first_rows: BTreeMap<String, usize> = BTreeMap::new();
    let mut registrations = Vec::new();
    for (entry, listed) in list.iter().enumerate() {
        let mut kinds = Vec::new();
        let reference = reference(listed);
        if let Some(first) = first_rows.get(&reference).copied() {
            kinds.push(ObligationFaultKind::SameReference { reference: reference.clone(), first });
        }
        first_rows.insert(reference.clone(), entry);
        match registration(context, ledger, listed) {
            Ok(registration) => registrations.push((entry, registration)),
            Err(more) => kinds.extend(more),
        }
        faults.extend(kinds.into_iter().map(|kind| ObligationFault { entry, kind }));
    }
    faults.extend(parts_without_whole(ledger, &registrations));
    faults.sort_by_key(|fault| fault.entry);
    let registrations = registrations.into_iter().map(|(_, registration)| registration);
    if faults.is_empty() { Ok(registrations.collect()) } else { Err(faults) }
}

/// A quota inside a quota (每年不少于4次，其中…不少于2次) has the same period as the whole, and asks for no more.
fn parts_without_whole(
    ledger: &Ledger,
    registrations: &[(usize, Registration)],
) -> Vec<ObligationFault> {
    let stored = ledger.known.iter().map(|(reference, known)| (reference, &known.inputs.term));
    let listed = registrations.iter().map(|(_, it)| (&it.inputs.reference, &it.inputs.term));
    let terms: BTreeMap<&String, &Term> = stored.chain(listed).collect();
    let fits = |inputs: &Inputs, whole: &String| match (&inputs.term, terms.get(whole)) {
        (Term::Times(part), Some(Term::Times(all))) => {
            part.every == all.every && part.times <= all.times && *whole != inputs.reference
        }
        _ => false,
    };
    let fault = |(entry, registration): &(usize, Registration)| {
        let inputs = &registration.inputs;
        let whole = inputs.part_of.clone().filter(|whole| !fits(inputs, whole))?;
        Some(ObligationFault { entry: *entry, kind: ObligationFaultKind::NoWhole { whole } })
    };
    registrations.iter().filter_map(fault).collect()
}

fn registration(
    context: Context<'_>,
    ledger: &Ledger,
    listed: &ListedObligation,
) -> Result<Registration, Vec<ObligationFaultKind>> {
    let mut faults = Vec::new();
    let directory = &ledger.directory;
    let known = ledger.known.get(&reference(listed));
    let adjustments = known.and_then(|known| ledger.adjustments.get(&known.id));
    let lead = parties::units(directory, &listed.lead, true, &mut faults);
    let responsible = parties::units(directory, &listed.responsible, false, &mut faults);
    if listed.lead.is_empty() && listed.responsible.is_empty() {
        faults.push(ObligationFaultKind::NobodyOwesIt);
    }
    let performers = performers(directory, (&lead, &responsible), known);
    if performers.is_empty() && faults.is_empty() {
        let in_lead = responsible.is_empty();
        let names = unit_names(directory, if in_lead { &lead } else { &responsible });
        faults.push(ObligationFaultKind::EmptyGroups { in_lead, names });
    }
    let rule = rule(context, listed, &mut faults);
    let Some(term) = term(context, listed, rule, &mut faults) else { return Err(faults) };
    check_next(context, ledger, listed, &mut faults);
    let target = target(context, listed, &term, &mut faults);
    let internal = target.is_some();
    let term = target.unwrap_or(term);
    let (occurrence, anchor) = occurrence(context, listed, (&term, internal), known);
    let inputs = Inputs {
        reference: reference(listed),
        occurrence,
        title: listed.title.clone(),
        written: listed.written.clone(),
        ladder: if internal { INTERNAL.to_owned() } else { ladder(rule, &term) },
        term,
        anchor_on: anchor.map(Anchor::day),
        anchor_at: anchor.and_then(Anchor::instant),
        rule: rule.map(|rule| rule.key().to_owned()),
        internal,
        part_of: listed.part_of.clone(),
        source: listed.source.clone(),
        note: listed.note.clone(),
        then: listed.then.clone(),
    };
    let ground = context.law.ground(directory, &lead, &responsible);
    let projection = match project::project(ground, &inputs, adjustments.map_or(&[], Vec::as_slice))
    {
        Ok(projection) => projection,
        Err(fault) => {
            faults.push(ObligationFaultKind::NoDate(fault));
            return Err(faults);
        }
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Registration { inputs, projection, lead, responsible, performers, ends_on: listed.ends })
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
