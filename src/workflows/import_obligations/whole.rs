//! Compares whole lists: names that no row and no obligation has, what is gone from a list, which other list it resembles.
//!
//! Must not know: how a row is compared. Callers: `import`, by its methods.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::batch::former;
use super::comparison::{GoneDuty, ListComparison, Named, Resemblance};
use super::fault::{ObligationFault, ObligationFaultKind};
use super::import::Import;
use super::list::{ListState, Pending};
use super::reference::made_of_words;
use super::similar::similar;
use super::tables::ListedTable;
use crate::domain::journal::Action;
use crate::domain::obligation::{BY_HAND, ObligationId, journal_subject};
use crate::domain::similar::most_similar;
use crate::domain::term::Term;
use crate::storage::StorageError;
use crate::storage::imports::{ImportBatch, ImportWriter, OwedDuty};
use crate::storage::journal_fact::Fact;
use crate::storage::obligations::SeriesEnd;

/// Rows that are compared with other lists.
const SAMPLE: usize = 500;

impl Import<'_> {
    /// Treats each row that looks like a known obligation as that obligation; true when there is such a row.
    pub(super) fn adopt_similar(&mut self) -> bool {
        let mut is_any = false;
        for compared in &self.comparison.lists {
            let Some(list) = self.lists.get_mut(&compared.list) else { continue };
            for pair in &compared.similar {
                let row = list.new_unnumbered.iter().find(|row| row.line == pair.line);
                if let Some(made) = row.map(|row| row.reference.clone()) {
                    list.keep_reference(made, pair.reference.clone());
                    is_any = true;
                }
            }
        }
        is_any
    }

    /// Names in 接续 and 属于 that no row, no obligation and no rule has.
    pub(super) fn unresolved(&mut self) -> Vec<ObligationFault> {
        let mut faults = Vec::new();
        for (name, list) in &self.lists {
            for pending in &list.pending {
                faults.extend(self.fault_of(name, list, pending));
            }
            let kind = |reference: &str| ObligationFaultKind::StartsInRing {
                reference: reference.to_owned(),
            };
            let rings = list.rings().into_iter();
            faults.extend(rings.map(|(it, place)| ObligationFault { place, kind: kind(it) }));
        }
        faults
    }

    fn fault_of(
        &self,
        list_name: &str,
        list: &ListState,
        pending: &Pending,
    ) -> Option<ObligationFault> {
        match pending {
            Pending::Next { place, name } => {
                let in_list = |(list, state): (&Arc<str>, &ListState)| {
                    let rest = name.strip_prefix(&**list).and_then(|rest| rest.strip_prefix('/'));
                    rest.is_some_and(|rest| state.has_row(rest)) || state.has_row(name)
                };
                if list.has_row(name) || self.lists.iter().any(in_list) {
                    return None;
                }
                let rules = &self.context.law.rules;
                let similar = most_similar(rules.names(), name);
                let kind = ObligationFaultKind::UnknownNext { name: name.clone(), similar };
                Some(ObligationFault { place: *place, kind })
            }
            Pending::Whole { place, part, term, whole, known } => {
                let of_row = || list.quotas.get(whole).map(|quota| Term::Times(*quota));
                let of_whole = if list.has_row(whole) { of_row() } else { known.clone() };
                let name = whole.strip_prefix(list_name).and_then(|it| it.strip_prefix('/'));
                let is_itself = part == whole || name == Some(part);
                if !is_itself && is_part(term, of_whole.as_ref()) {
                    return None;
                }
                let kind = ObligationFaultKind::NoWhole { whole: whole.clone() };
                Some(ObligationFault { place: *place, kind })
            }
        }
    }

    /// Compares each list as a whole with the ledger: what is gone, which new rows look like it, which list it resembles.
    pub(super) async fn compare_lists(&mut self) -> Result<(), StorageError> {
        let answers = self.answers;
        for index in 0..self.tables.len() {
            let Some(table) = self.tables.get(index).copied() else { continue };
            if !table.is_whole {
                continue;
            }
            let owed = self.gone(&table).await?;
            let resembles = self.resembled(&table).await?;
            let Some(list) = self.lists.get_mut(table.list) else { continue };
            let Some(compared) = self.comparison.lists.get_mut(index) else { continue };
            compared.resembles = resembles;
            if !answers.separate {
                compared.similar = similar(&self.directory, &owed, &list.new_unnumbered);
            }
            note_gone(compared, &owed);
            compared.withdraws_gone =
                answers.complete && answers.confirmed && !compared.gone.is_empty();
        }
        Ok(())
    }

    /// What the ledger has of a list and its tables have no more; once for the last table of the list.
    async fn gone(&self, table: &ListedTable<'_>) -> Result<Vec<OwedDuty>, StorageError> {
        let Some(list) = self.lists.get(table.list).filter(|list| list.is_known) else {
            return Ok(Vec::new());
        };
        let last = self.tables.iter().rfind(|it| it.list == table.list);
        if last.is_none_or(|last| last.file != table.file) {
            return Ok(Vec::new());
        }
        let mut owed =
            self.context.store.owed_in_list(table.list, self.context.now.today()).await?;
        owed.retain(|duty| !list.has_row(&duty.reference) && !is_follow_up(list, &duty.reference));
        Ok(owed)
    }

    /// The list that holds most rows of a table whose own list is new.
    async fn resembled(
        &self,
        table: &ListedTable<'_>,
    ) -> Result<Option<Resemblance>, StorageError> {
        let is_known = self.lists.get(table.list).is_some_and(|list| list.is_known);
        if is_known || table.is_named {
            return Ok(None);
        }
        let rows = table.rows.rows().take(SAMPLE);
        let sample: Vec<(String, String)> = rows
            .map(|(_, row)| {
                let made = || made_of_words(&row.title, &row.written, &row.source);
                (row.reference.clone().unwrap_or_else(made), row.title)
            })
            .collect();
        let of = sample.len();
        let lists = self.context.store.lists_with(&sample).await?;
        let fullest = lists.into_iter().find(|(list, _)| list != BY_HAND);
        let most = fullest.filter(|(_, shared)| shared * 2 > of);
        Ok(most.map(|(list, shared)| Resemblance { list, shared, of }))
    }

    /// Withdraws what is gone from the list of a table, if the caller has said so.
    pub(super) async fn withdraw_gone(
        &self,
        table: &ListedTable<'_>,
        compared: &mut ListComparison,
        writer: &mut (dyn ImportWriter + 'static),
    ) -> Result<(), StorageError> {
        let owed = self.gone(table).await?;
        note_gone(compared, &owed);
        if owed.is_empty() || !(self.answers.complete && self.answers.confirmed) {
            return Ok(());
        }
        compared.withdraws_gone = true;
        let ids: Vec<ObligationId> = owed.iter().map(|duty| duty.id).collect();
        let known = self.context.store.obligations_by_key(&ids).await?;
        let on = self.context.now.today();
        let mut changes = ImportBatch::default();
        let mut entries = Vec::new();
        for duty in &owed {
            changes.withdrawn.push(duty.id);
            if duty.opens_others {
                changes.ended.push(SeriesEnd { id: duty.id, on });
            }
            let subject = journal_subject(table.list, &duty.reference);
            let mut entry = self.context.entry(Action::Withdraw, subject);
            entry.after = Some(Fact::GoneFromList { list: table.list.to_string() }.into());
            entries.push(entry);
        }
        changes.former = known.iter().map(former).collect();
        writer.add(&changes, &entries)
    }
}

/// An obligation that a rule started when a row of the list was done: the document never names it.
fn is_follow_up(list: &ListState, reference: &str) -> bool {
    reference.split_once('→').is_some_and(|(row, _)| {
        let row = row.split_once('/').map_or(row, |(row, _)| row);
        list.has_row(row)
    })
}

fn note_gone(compared: &mut ListComparison, owed: &[OwedDuty]) {
    let mut met = BTreeSet::new();
    compared.gone = Named::default();
    for OwedDuty { reference, title, due, .. } in owed {
        if met.insert(reference) {
            let (reference, title) = (reference.clone(), title.clone());
            compared.gone.push(GoneDuty { reference, title, due: *due });
        }
    }
}

/// A quota inside a quota (每年不少于4次，其中…不少于2次) has the same period as the whole, and asks for no more.
fn is_part(part: &Term, whole: Option<&Term>) -> bool {
    match (part, whole) {
        (Term::Times(part), Some(Term::Times(whole))) => {
            part.every == whole.every && part.times <= whole.times
        }
        _ => false,
    }
}
