//! An import: tables are read and compared, then read again and written.
//!
//! Must not know: how a row is compared, what a list lacks. Callers: this folder; `add` and `cli` through its module.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answers::Answers;
use super::batch::{Batch, Reading};
use super::comparison::{Comparison, ListComparison};
use super::error::ImportObligationsError;
use super::ledger::Ledger;
use super::list::ListState;
use super::series::OpenSeries;
use super::tables::ListedTable;
use crate::domain::directory::Directory;
use crate::domain::journal::Action;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::BY_HAND;
use crate::storage::StorageError;
use crate::storage::imports::{ImportBatch, ImportWriter};
use crate::storage::journal_fact::Fact;
use crate::storage::register_state::{ATTEMPTS, RegisterState, WriteResult};
use crate::workflows::context::Context;
use crate::workflows::fail_point;

/// Rows that are compared and written at once.
const BATCH: usize = 2_000;

/// Tables compared with the ledger, not written yet.
pub struct Import<'a> {
    pub(super) context: Context<'a>,
    pub(super) tables: &'a [ListedTable<'a>],
    pub(super) answers: Answers,
    pub(super) directory: Directory,
    /// As of when the ledger was read.
    since: RegisterState,
    open_series: OpenSeries,
    pub(super) lists: BTreeMap<Arc<str>, ListState>,
    /// What it would do.
    pub comparison: Comparison,
}

/// Registers what is new in `list` and revises what has changed, among the duties entered one by one. The same again
/// changes nothing. Nobody is asked about dates that are past or far away.
///
/// # Errors
///
/// [`ImportObligationsError`]; the ledger is as it was.
pub async fn import_obligations(
    context: Context<'_>,
    list: &[ListedObligation],
) -> Result<ListComparison, ImportObligationsError> {
    let name: Arc<str> = BY_HAND.into();
    let table = ListedTable { list: &name, is_named: true, is_whole: false, file: "", rows: &list };
    let tables = [table];
    let answers = Answers { late: true, planned: true, ..Answers::default() };
    let import = Import::compare(context, &tables, answers).await?;
    Ok(import.write().await?.lists.pop().unwrap_or_default())
}

impl<'a> Import<'a> {
    /// Reads the tables and compares them with the ledger; nothing is written.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub async fn compare(
        context: Context<'a>,
        tables: &'a [ListedTable<'a>],
        answers: Answers,
    ) -> Result<Self, StorageError> {
        let since = context.store.register_state().await?;
        let directory = context.store.directory().await?;
        Self::compare_among(context, (since, directory), tables, answers).await
    }

    /// As [`compare`](Self::compare), with a directory that holds every unit the tables name, and the state of the ledger
    /// before that was read.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub async fn compare_among(
        context: Context<'a>,
        (since, directory): (RegisterState, Directory),
        tables: &'a [ListedTable<'a>],
        answers: Answers,
    ) -> Result<Self, StorageError> {
        let mut lists = BTreeMap::new();
        for table in tables {
            if !lists.contains_key(table.list) {
                let state = ListState::load(context.store, table.list).await?;
                lists.insert(Arc::clone(table.list), state);
            }
        }
        let today = context.now.today();
        let newest = if lists.values().any(|list| list.is_known) {
            context.store.newest_occurrences().await?
        } else {
            Vec::new()
        };
        let newest = newest.into_iter().map(|series| (series.obligation.id, series.ends_on));
        let open_series = OpenSeries::after(today, newest);
        let comparison = Comparison::default();
        let mut import =
            Self { context, tables, answers, directory, since, open_series, lists, comparison };
        import.read_all(None).await?;
        if answers.revise && import.adopt_similar() {
            import.read_all(None).await?;
        }
        Ok(import)
    }

    /// Writes what was compared, in one transaction, and returns what was done. Where others have changed the ledger since, the
    /// tables are compared anew.
    ///
    /// # Errors
    ///
    /// [`ImportObligationsError`] when a row cannot be taken in or a person has to be asked first;
    /// [`StorageError::KeepsChanging`] when the ledger changed each time.
    pub async fn write(mut self) -> Result<Comparison, ImportObligationsError> {
        for attempt in 1..=ATTEMPTS {
            if attempt > 1 {
                self = Self::compare(self.context, self.tables, self.answers).await?;
            }
            self.refuse()?;
            if !self.comparison.changes_something() {
                return Ok(self.comparison);
            }
            self.context.keep_calendars().await?;
            let (store, now) = (self.context.store, self.context.now);
            let mut writer = store.begin_import(now, self.since).await?;
            self.read_all(Some(&mut *writer)).await?;
            match writer.write().await? {
                WriteResult::Written => {
                    fail_point::reach("import-written");
                    writer.commit().await?;
                    return Ok(self.comparison);
                }
                WriteResult::Overtaken => {}
            }
        }
        Err(StorageError::KeepsChanging.into())
    }

    fn refuse(&mut self) -> Result<(), ImportObligationsError> {
        if !self.comparison.faults.is_empty() {
            let faults = std::mem::take(&mut self.comparison.faults);
            return Err(ImportObligationsError::Rejected(faults));
        }
        let asks = self.comparison.asks(self.answers);
        if asks || self.comparison.suspicious().next().is_some() {
            let comparison = std::mem::take(&mut self.comparison);
            return Err(ImportObligationsError::Differs(Box::new(comparison)));
        }
        Ok(())
    }

    /// Reads every table once; with a writer it writes what changes.
    async fn read_all(
        &mut self,
        mut writer: Option<&mut (dyn ImportWriter + 'static)>,
    ) -> Result<(), StorageError> {
        let before = std::mem::take(&mut self.comparison);
        if writer.is_none() {
            self.lists.values_mut().for_each(ListState::forget_rows);
        }
        for (index, table) in self.tables.iter().enumerate() {
            let changes = before.lists.get(index).is_none_or(ListComparison::changes_something);
            if writer.is_some() && !changes {
                self.comparison.lists.extend(before.lists.get(index).cloned());
                continue;
            }
            let compared = match writer.as_deref_mut() {
                Some(writer) => self.read_table(index, table, Some(writer)).await?,
                None => self.read_table(index, table, None).await?,
            };
            self.comparison.lists.push(compared);
        }
        if writer.is_none() {
            let pending = self.unresolved();
            self.comparison.faults.extend(pending);
            self.comparison.faults.sort_by_key(|fault| fault.place);
            self.compare_lists().await?;
        }
        Ok(())
    }

    async fn read_table(
        &mut self,
        index: usize,
        table: &ListedTable<'a>,
        mut writer: Option<&mut (dyn ImportWriter + 'static)>,
    ) -> Result<ListComparison, StorageError> {
        let mut compared = ListComparison {
            list: Arc::clone(table.list),
            file: table.file.to_owned(),
            ..ListComparison::default()
        };
        if let Some(writer) = writer.as_deref_mut()
            && table.is_whole
        {
            let by = self.context.actor;
            compared.number = Some(writer.begin_list(table.list, file_name(table.file), by));
        }
        let mut rows = table.rows.rows();
        loop {
            let read: Vec<(usize, ListedObligation)> = rows.by_ref().take(BATCH).collect();
            if read.is_empty() {
                break;
            }
            let batch = self.read_batch(index, table, read, &mut compared).await?;
            if let Some(writer) = writer.as_deref_mut() {
                writer.add(&batch.changes, &batch.entries)?;
                fail_point::reach("import-batch-read");
            }
        }
        if let Some(writer) = writer {
            self.withdraw_gone(table, &mut compared, &mut *writer).await?;
            self.record(&compared, writer)?;
        }
        Ok(compared)
    }

    async fn read_batch(
        &mut self,
        index: usize,
        table: &ListedTable<'a>,
        rows: Vec<(usize, ListedObligation)>,
        compared: &mut ListComparison,
    ) -> Result<Batch, StorageError> {
        let Some(list) = self.lists.get_mut(table.list) else { return Ok(Batch::default()) };
        let references: Vec<String> = rows.iter().map(|(_, row)| list.reference(row)).collect();
        let ledger = Ledger::load(
            self.context,
            (table.list, list.is_known),
            (&self.directory, &self.open_series),
            (&rows, &references),
            self.answers.late,
        )
        .await?;
        let mut reading = Reading {
            context: self.context,
            answers: self.answers,
            table: index,
            ledger: &ledger,
            list,
            compared,
            faults: &mut self.comparison.faults,
            batch: Batch::default(),
        };
        for ((line, row), reference) in rows.into_iter().zip(references) {
            reading.take(line, row, reference);
        }
        Ok(reading.batch)
    }

    /// The line of the journal that tells of one import.
    fn record(
        &self,
        compared: &ListComparison,
        writer: &mut (dyn ImportWriter + 'static),
    ) -> Result<(), StorageError> {
        let Some(number) = compared.number else { return Ok(()) };
        let ListComparison { list, file, added, changed, gone, withdraws_gone, .. } = compared;
        let withdrawn = if *withdraws_gone { gone.count } else { 0 };
        let mut entry = self.context.entry(Action::ImportObligations, format!("import {number}"));
        let (added, revised) = (added.count, changed.count);
        let (list, file) = (list.to_string(), file_name(file).to_owned());
        entry.after = Some(Fact::Imported { list, file, added, revised, withdrawn }.into());
        writer.add(&ImportBatch::default(), &[entry])
    }
}

/// The name of a file without its folder, which is nobody's business a year later.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
