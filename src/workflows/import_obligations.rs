//! Takes a list of obligations into the ledger: all or nothing.
//!
//! Must not know: the file the list came from, how a date is computed.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE32_NOPAD;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::Context;
use super::inspect::{most_similar, similar_name};
use super::law::keep_calendars;
use super::{project, recalculate};
use crate::domain::deadline::{Adjustment, Anchor, DeadlineFault};
use crate::domain::directory::Directory;
use crate::domain::ladder;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{Inputs, Obligation, ObligationId};
use crate::domain::recurrence::Occurrence;
use crate::domain::rule::Rule;
use crate::domain::term::Term;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::{Registration, Revision};

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
    /// Neither a lead nor a responsible unit: nobody would owe it.
    NobodyOwesIt,
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
    /// The newest occurrence of each reference of the list, and of each that a row is to start.
    known: BTreeMap<String, Obligation>,
    adjustments: BTreeMap<ObligationId, Vec<Adjustment>>,
}

impl Ledger {
    async fn load(context: Context<'_>, list: &[ListedObligation]) -> Result<Self, StorageError> {
        let directory = context.store.directory().await?;
        let listed: BTreeSet<String> = list.iter().map(reference).collect();
        let next = list.iter().flat_map(|listed| listed.then.iter().cloned());
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
        && known.deadline == registration.projection.deadline
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
            Ok(registration) => registrations.push(registration),
            Err(more) => kinds.extend(more),
        }
        faults.extend(kinds.into_iter().map(|kind| ObligationFault { entry, kind }));
    }
    if faults.is_empty() { Ok(registrations) } else { Err(faults) }
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
    let lead = units(directory, &listed.lead, true, &mut faults);
    let responsible = units(directory, &listed.responsible, false, &mut faults);
    if listed.lead.is_empty() && listed.responsible.is_empty() {
        faults.push(ObligationFaultKind::NobodyOwesIt);
    }
    let named = if responsible.is_empty() { &lead } else { &responsible };
    let performers = directory.expand(named);
    let rule = rule(context, listed, &mut faults);
    let Some(term) = term(context, listed, rule, &mut faults) else { return Err(faults) };
    check_next(context, ledger, listed, &mut faults);
    let (occurrence, anchor) = occurrence(context, listed, &term, known);
    let inputs = Inputs {
        reference: reference(listed),
        occurrence,
        title: listed.title.clone(),
        written: listed.written.clone(),
        ladder: ladder(rule, &term),
        term,
        anchor_on: anchor.map(Anchor::day),
        anchor_at: anchor.and_then(Anchor::instant),
        rule: rule.map(|rule| rule.key().to_owned()),
        internal: false,
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
    Ok(Registration { inputs, projection, lead, responsible, performers })
}

/// The rule a row names; one that is not known becomes a fault.
fn rule<'a>(
    context: Context<'a>,
    listed: &ListedObligation,
    faults: &mut Vec<ObligationFaultKind>,
) -> Option<&'a Rule> {
    let name = listed.rule.as_ref()?;
    let rules = &context.law.rules;
    let rule = rules.get(name);
    if rule.is_none() {
        let similar = most_similar(rules.names(), name);
        faults.push(ObligationFaultKind::UnknownRule { name: name.clone(), similar });
    }
    rule
}

/// The term of a row: as written, else that of its rule on the trigger's day.
fn term(
    context: Context<'_>,
    listed: &ListedObligation,
    rule: Option<&Rule>,
    faults: &mut Vec<ObligationFaultKind>,
) -> Option<Term> {
    if let Some(term) = &listed.term {
        return Some(term.clone());
    }
    let on = listed.trigger.map_or_else(|| context.now.today(), Anchor::day);
    let term = rule.and_then(|rule| rule.on(on)).map(|version| version.term.clone());
    match (&term, rule) {
        (None, Some(rule)) => {
            faults.push(ObligationFaultKind::RuleNotInForce { rule: rule.name.clone(), on });
        }
        (None, None) if listed.rule.is_none() => faults.push(ObligationFaultKind::NoTerm),
        _ => {}
    }
    term
}

/// The ladder a duty climbs: that of its rule, else the one made for its kind of term.
fn ladder(rule: Option<&Rule>, term: &Term) -> String {
    let by_rule = rule.and_then(|rule| rule.ladder.as_deref());
    by_rule.or_else(|| ladder::default_ladder(term)).unwrap_or_default().to_owned()
}

/// Which period a duty that comes back is registered for, and its first day: the one the ledger holds, else the one of
/// the trigger, else the present one. Any other duty has no period, and its anchor is the trigger; an event that is on
/// record has happened, so a list that does not name it changes nothing.
fn occurrence(
    context: Context<'_>,
    listed: &ListedObligation,
    term: &Term,
    known: Option<&Obligation>,
) -> (String, Option<Anchor>) {
    let start = listed.trigger.map_or_else(|| context.now.today(), Anchor::day);
    let same = known.map(|known| &known.inputs).filter(|known| known.term == *term);
    let Some(period) = Occurrence::containing(term, start) else {
        return (String::new(), listed.trigger.or_else(|| same.and_then(Inputs::anchor)));
    };
    match same {
        Some(known) => (known.occurrence.clone(), known.anchor()),
        None => (period.label, Some(Anchor::Day(period.first))),
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

/// The units of these names, each once, in order; names the ledger does not know become faults.
fn units(
    directory: &Directory,
    names: &[String],
    in_lead: bool,
    faults: &mut Vec<ObligationFaultKind>,
) -> Vec<UnitId> {
    let mut units = Vec::new();
    for name in names {
        match directory.find(name) {
            Some(unit) if units.contains(&unit.id) => {}
            Some(unit) => units.push(unit.id),
            None => faults.push(ObligationFaultKind::UnknownUnit {
                in_lead,
                name: name.clone(),
                similar: similar_name(directory, name),
            }),
        }
    }
    units
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
