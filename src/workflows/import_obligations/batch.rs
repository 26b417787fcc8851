//! Takes the rows of a batch one by one: what each adds or changes, and what is wrong with it.
//!
//! Must not know: files, lists as wholes. Callers: this folder.

use super::answers::Answers;
use super::compare::{Verdict, pair, verdict};
use super::comparison::{ChangedRow, ListComparison};
use super::date_doubt::date_doubt;
use super::fault::{ObligationFault, ObligationFaultKind, Place};
use super::ledger::Ledger;
use super::list::{ListState, NewUnnumbered, Pending};
use super::rows::registrations;
use super::summary::summary;
use crate::domain::deadline::Deadline;
use crate::domain::directory::Directory;
use crate::domain::journal::Action;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{AssignmentState, Inputs, Obligation};
use crate::domain::term::Term;
use crate::storage::imports::{FormerDuty, ImportBatch};
use crate::storage::journal::Entry;
use crate::storage::journal_fact::Fact;
use crate::storage::obligations::{Registration, Revision, SeriesEnd};
use crate::workflows::context::Context;
use crate::workflows::names::unit_names;
use crate::workflows::recalculate;

/// What moved a date that the list has changed; told to those who know the old date.
const REVISED: &str = "任务清单修订";

/// What a batch of rows changes, with the lines of the journal that say so.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) changes: ImportBatch,
    pub(super) entries: Vec<Entry>,
}

/// One batch while it is read.
pub(super) struct Reading<'a> {
    pub(super) context: Context<'a>,
    pub(super) answers: Answers,
    pub(super) table: usize,
    pub(super) ledger: &'a Ledger<'a>,
    pub(super) list: &'a mut ListState,
    pub(super) compared: &'a mut ListComparison,
    pub(super) faults: &'a mut Vec<ObligationFault>,
    pub(super) batch: Batch,
}

impl Reading<'_> {
    pub(super) fn take(&mut self, line: usize, row: ListedObligation, reference: String) {
        self.compared.rows += 1;
        let place = Place { table: self.table, line };
        let mut kinds = Vec::new();
        if let Err(first) = self.list.meet(&reference, place) {
            let reference = reference.clone();
            kinds.push(ObligationFaultKind::SameReference { reference, first });
        }
        self.check_names(place, &row, &reference);
        match registrations(self.context, self.ledger, self.list, &row, reference) {
            Ok(registered) if kinds.is_empty() => self.compare(line, &row, registered),
            Ok(_) => {}
            Err(more) => kinds.extend(more),
        }
        self.faults.extend(kinds.into_iter().map(|kind| ObligationFault { place, kind }));
    }

    /// Each name in 接续 must be another obligation, of the list or of the ledger, or a rule; what is not known yet may
    /// still come.
    fn check_names(&mut self, place: Place, row: &ListedObligation, reference: &str) {
        let rules = &self.context.law.rules;
        if !row.then.is_empty() {
            self.list.follows.insert(reference.to_owned(), (Some(place), row.then.clone()));
        }
        for name in &row.then {
            if let Some(known) = self.ledger.meant(name) {
                let follows = || (None, known.inputs.then.clone());
                self.list.follows.entry(name.clone()).or_insert_with(follows);
            }
            if name == reference {
                let kind = ObligationFaultKind::StartsItself;
                self.faults.push(ObligationFault { place, kind });
            } else if rules.get(name).is_none() && self.ledger.meant(name).is_none() {
                self.list.pending.push(Pending::Next { place, name: name.clone() });
            }
        }
    }

    /// `registered`: every obligation the row is about, as it is to stand, with how it stands now.
    fn compare(
        &mut self,
        line: usize,
        row: &ListedObligation,
        registered: Vec<(Registration, Option<&Obligation>)>,
    ) {
        if let Some((first, _)) = registered.first() {
            self.note_quota(line, &first.inputs);
            self.end_others(&first.inputs);
        }
        let (mut fields, mut is_changed) = (Vec::new(), false);
        let mut named = None;
        for (registration, known) in registered {
            let Some(known) = known else {
                self.add(line, row, registration);
                return;
            };
            let verdict = verdict(self.ledger.directory, known, &registration, self.answers);
            match verdict {
                Verdict::Unchanged => continue,
                Verdict::Doubtful(why) => {
                    let directory = self.ledger.directory;
                    self.compared.suspicious.push(pair(
                        directory,
                        (line, why),
                        known,
                        &registration,
                    ));
                    return;
                }
                Verdict::Changed(changes) => fields.extend(changes),
            }
            is_changed = true;
            self.note_date(&registration);
            let Inputs { reference, title, .. } = &registration.inputs;
            named.get_or_insert_with(|| (reference.clone(), title.clone()));
            self.revise(registration, known);
        }
        match named {
            Some((reference, title)) if is_changed => {
                fields.dedup();
                self.compared.changed.push(ChangedRow { reference, title, fields });
            }
            _ => self.compared.unchanged += 1,
        }
    }

    fn add(&mut self, line: usize, row: &ListedObligation, registration: Registration) {
        let Registration { inputs, projection, performers, .. } = &registration;
        self.note_beside(inputs);
        self.note_date(&registration);
        if let Some(doubt) = date_doubt(&registration, self.answers, self.context.now) {
            self.compared.doubtful.push((inputs.full_reference(), doubt));
        }
        if row.reference.is_none() && self.list.is_known {
            self.list.new_unnumbered.push(NewUnnumbered {
                line,
                reference: inputs.reference.clone(),
                title: inputs.title.clone(),
                written: inputs.written.clone(),
                due: projection.deadline.as_ref().map(|deadline| deadline.due),
                units: performers.clone(),
            });
        }
        let mut entry = self.context.entry(Action::Register, inputs.journal_subject());
        entry.after = Some(summary(inputs, projection.deadline.as_ref()));
        self.batch.entries.push(entry);
        let closings = closings(self.context, self.ledger.directory, &registration);
        self.batch.entries.extend(closings);
        self.compared.added.push(inputs.reference.clone());
        self.batch.changes.new.push(registration);
    }

    fn revise(&mut self, registration: Registration, known: &Obligation) {
        let (inputs, projection) = (&registration.inputs, &registration.projection);
        let mut entry = self.context.entry(Action::Revise, inputs.journal_subject());
        entry.before = Some(summary(&known.inputs, known.deadline.as_ref()));
        entry.after = Some(summary(inputs, projection.deadline.as_ref()));
        self.batch.entries.push(entry);
        let change = recalculate::change(known, projection, REVISED);
        self.batch.changes.former.push(former(known));
        self.batch.changes.revised.push(Revision {
            id: known.id,
            registration,
            change,
            revives: false,
        });
    }

    /// Notes whether a duty that is added or changed has a date, and whether that has passed.
    fn note_date(&mut self, registration: &Registration) {
        let Registration { inputs, projection, .. } = registration;
        let Some(deadline) = &projection.deadline else {
            self.compared.undated.push(inputs.full_reference());
            return;
        };
        self.compared.dated += 1;
        let is_done = registration.completion.is_some();
        let can_be_late = !is_done && !inputs.internal && !matches!(inputs.term, Term::AtLeast(_));
        if can_be_late && Deadline::is_over(deadline, self.context.now) {
            self.compared.late.push((inputs.full_reference(), deadline.due));
        }
    }

    /// Ends the series of the same reference that come back otherwise than these inputs, once.
    fn end_others(&mut self, inputs: &Inputs) {
        let Some(known) = self.ledger.known.get(&inputs.reference) else { return };
        for other in known.of_other_kind(&inputs.term) {
            let ended = &mut self.batch.changes.ended;
            if !self.ledger.open_series.holds(other.id) || ended.iter().any(|it| it.id == other.id)
            {
                continue;
            }
            let on = self.context.now.today();
            let mut entry = self.context.entry(Action::EndSeries, other.inputs.journal_subject());
            entry.before = Some(Fact::Term(other.inputs.term.to_string()).into());
            let term = Some(inputs.term.to_string());
            entry.after = Some(Fact::SeriesEnded { on, term }.into());
            self.batch.entries.push(entry);
            ended.push(SeriesEnd { id: other.id, on });
            self.batch.changes.former.push(former(other));
            self.compared.ended.push(inputs.reference.clone());
        }
    }

    /// Notes what is owed under another kind of term than that of a new obligation of the same reference.
    fn note_beside(&mut self, new: &Inputs) {
        let Some(known) = self.ledger.known.get(&new.reference) else { return };
        let owed = known.of_other_kind(&new.term).filter(|other| other.is_owed());
        self.compared.beside.extend(owed.map(|other| other.inputs.full_reference()));
    }

    /// Notes a quota, which others may be part of, and the whole that it is part of itself.
    fn note_quota(&mut self, line: usize, inputs: &Inputs) {
        if let Term::Times(quota) = &inputs.term {
            self.list.quotas.insert(inputs.reference.clone(), *quota);
        }
        if let Some(whole) = &inputs.part_of {
            let name = match &inputs.part_of_list {
                Some(list) => format!("{list}/{whole}"),
                None => whole.clone(),
            };
            let known = self.ledger.meant(&name).map(|whole| whole.inputs.term.clone());
            self.list.pending.push(Pending::Whole {
                place: Place { table: self.table, line },
                part: inputs.reference.clone(),
                term: inputs.term.clone(),
                whole: whole.clone(),
                known,
            });
        }
    }
}

/// The lines of the journal about the shares of a new duty that is done, as `duban close` writes them.
fn closings(
    context: Context<'_>,
    directory: &Directory,
    registration: &Registration,
) -> Vec<Entry> {
    let Some(completion) = &registration.completion else { return Vec::new() };
    let entry = |unit: String| {
        let mut entry = context.entry(Action::Close, registration.inputs.journal_subject());
        let closed = Fact::Share {
            unit,
            state: AssignmentState::Closed.word().to_owned(),
            done_on: Some(completion.on),
            evidence: completion.evidence.clone(),
        };
        entry.after = Some(closed.into());
        entry
    };
    unit_names(directory, &registration.performers).into_iter().map(entry).collect()
}

/// How an obligation stands, for the day on which the import is taken back.
pub(super) fn former(known: &Obligation) -> FormerDuty {
    FormerDuty {
        id: known.id,
        inputs: known.inputs.clone(),
        lead: known.lead.clone(),
        responsible: known.responsible.clone(),
        performers: known
            .assignments
            .iter()
            .filter(|share| !share.has_left)
            .map(|share| share.unit)
            .collect(),
        ends_on: known.ends_on,
    }
}
