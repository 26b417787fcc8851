//! Writes an import: its parameters are put together without the write lock, then one transaction writes them with a handful
//! of statements for each batch.
//!
//! Must not know: what the rows say, how they were compared. Callers: `imports`.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{SqliteConnection, SqliteTransaction};

use super::database::Sqlite;
use super::json_rows::JsonRows;
use super::obligations::{BATCH, set_ends};
use super::registration::NewRows;
use super::revision::RevisedRows;
use super::rows::{exactly_one, json_ids};
use super::spool::{Spool, Spooled};
use super::{journal_lines, register_state, revision};
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::domain::obligation::ObligationId;
use crate::domain::uid::Uid;
use crate::storage::StorageError;
use crate::storage::imports::{FormerDuty, ImportBatch, ImportWriter};
use crate::storage::journal::Entry;
use crate::storage::obligations::{Registration, SeriesEnd};
use crate::storage::register_state::{RegisterState, WriteResult};
use crate::storage::uids::uids;

const ADD_LIST: &str = "INSERT INTO list (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";

const ADD_IMPORT: &str = "\
INSERT INTO import (id, list_id, file, imported_at, imported_by)
SELECT $5, list.id, $2, $3, $4 FROM list WHERE list.name = $1";

const ADD_COUNTS: &str = "\
UPDATE import SET added = added + $2, revised = revised + $3, withdrawn = withdrawn + $4 WHERE id = $1";

/// An obligation that one import changes twice keeps how it stood before the first change.
const ADD_CHANGES: &str = "\
INSERT INTO import_change (import_id, obligation_id, kind, former)
SELECT $2, value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each($1) WHERE 1 = 1
ON CONFLICT (import_id, obligation_id) DO NOTHING";

pub(super) const STATEMENTS: &[&str] = &[ADD_LIST, ADD_IMPORT, ADD_COUNTS, ADD_CHANGES];

/// An import that is being put together, then its open transaction.
pub(super) struct Writer {
    ledger: Sqlite,
    now: Moment,
    /// As of when the ledger was compared.
    since: RegisterState,
    spool: Spool,
    parts: Vec<Part>,
    /// The import that the next parts belong to.
    import: Option<i64>,
    next_import: i64,
    next_key: i64,
    transaction: Option<SqliteTransaction<'static>>,
}

/// What is written by a few statements; its texts wait in the spool.
enum Part {
    List { import: i64, list: String, file: String, by: String },
    New { rows: NewRows<Spooled>, import: Option<i64> },
    Revised(RevisedRows<Spooled>),
    Withdrawn(Vec<ObligationId>),
    Ended(Vec<SeriesEnd>),
    Changes { import: i64, former: Spooled, counts: [usize; 3] },
    Entries(Spooled),
}

impl Writer {
    pub(super) fn begin(ledger: &Sqlite, now: Moment, since: RegisterState) -> Self {
        Self {
            ledger: ledger.clone(),
            now,
            since,
            spool: Spool::beside(&ledger.path),
            parts: Vec::new(),
            import: None,
            next_import: since.last_import + 1,
            next_key: since.last_obligation + 1,
            transaction: None,
        }
    }

    fn put(
        &mut self,
        part: impl FnOnce(&mut Spool) -> Result<Part, StorageError>,
    ) -> Result<(), StorageError> {
        let part = part(&mut self.spool)?;
        self.parts.push(part);
        Ok(())
    }

    async fn write_part(
        &mut self,
        part: Part,
        transaction: &mut SqliteConnection,
    ) -> Result<(), StorageError> {
        let (spool, now) = (&mut self.spool, self.now);
        match part {
            Part::List { import, list, file, by } => {
                sqlx::query(ADD_LIST).bind(&list).execute(&mut *transaction).await?;
                let query = sqlx::query(ADD_IMPORT).bind(&list).bind(file).bind(now.seconds());
                let done = query.bind(by).bind(import).execute(transaction).await?;
                exactly_one("begin import", done.rows_affected())
            }
            Part::New { rows, import } => {
                rows.try_map(|it| spool.take(&it))?.write(transaction, import, now).await
            }
            Part::Revised(rows) => {
                rows.try_map(|it| spool.take(&it))?.write(transaction, now).await
            }
            Part::Withdrawn(ids) => revision::withdraw_gone(transaction, &ids, now).await,
            Part::Ended(ended) => set_ends(transaction, &ended).await,
            Part::Changes { import, former, counts } => {
                let former = spool.take(&former)?;
                let query = sqlx::query(ADD_CHANGES).bind(former).bind(import);
                query.execute(&mut *transaction).await?;
                let [added, revised, withdrawn] =
                    counts.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
                let query = sqlx::query(ADD_COUNTS).bind(import).bind(added).bind(revised);
                query.bind(withdrawn).execute(transaction).await?;
                Ok(())
            }
            Part::Entries(entries) => {
                let entries = waiting_entries(&spool.take(&entries)?)?;
                journal_lines::append(transaction, &entries).await
            }
        }
    }
}

#[async_trait]
impl ImportWriter for Writer {
    fn begin_list(&mut self, list: &str, file: &str, by: &str) -> i64 {
        let import = self.next_import;
        let (list, file, by) = (list.to_owned(), file.to_owned(), by.to_owned());
        self.parts.push(Part::List { import, list, file, by });
        self.next_import += 1;
        self.import = Some(import);
        import
    }

    fn add(&mut self, batch: &ImportBatch, entries: &[Entry]) -> Result<(), StorageError> {
        let (now, import) = (self.now, self.import);
        for part in batch.new.chunks(BATCH) {
            let uids = uids(now, part.len())?;
            let part: Vec<(Uid, &Registration)> = uids.into_iter().zip(part).collect();
            let rows = NewRows::of(self.next_key, &part, now)?;
            for _ in &part {
                self.next_key += 1;
            }
            self.put(|spool| Ok(Part::New { rows: rows.try_map(|it| spool.put(&it))?, import }))?;
        }
        for part in batch.revised.chunks(BATCH) {
            let rows = RevisedRows::of(part)?;
            self.put(|spool| Ok(Part::Revised(rows.try_map(|it| spool.put(&it))?)))?;
        }
        if !batch.withdrawn.is_empty() {
            self.parts.push(Part::Withdrawn(batch.withdrawn.clone()));
        }
        if !batch.ended.is_empty() {
            self.parts.push(Part::Ended(batch.ended.clone()));
        }
        if let Some(import) = import {
            let counts = [batch.new.len(), batch.revised.len(), batch.withdrawn.len()];
            let former = changes(batch)?;
            self.put(|spool| Ok(Part::Changes { import, former: spool.put(&former)?, counts }))?;
        }
        if !entries.is_empty() {
            let entries = entries.iter().map(waiting_entry).collect::<serde_json::Value>();
            self.put(|spool| Ok(Part::Entries(spool.put(&entries.to_string())?)))?;
        }
        Ok(())
    }

    async fn write(&mut self) -> Result<WriteResult, StorageError> {
        let mut transaction = self.ledger.begin_write().await?;
        if register_state::is_overtaken(&mut transaction, &self.since).await? {
            return Ok(WriteResult::Overtaken);
        }
        self.spool.rewind()?;
        for part in std::mem::take(&mut self.parts) {
            self.write_part(part, &mut transaction).await?;
        }
        self.transaction = Some(transaction);
        Ok(WriteResult::Written)
    }

    async fn commit(self: Box<Self>) -> Result<(), StorageError> {
        if let Some(transaction) = self.transaction {
            transaction.commit().await?;
        }
        Ok(())
    }
}

/// How those that a batch changes stood before.
fn changes(batch: &ImportBatch) -> Result<String, StorageError> {
    let mut rows = JsonRows::default();
    for former in &batch.former {
        let is_withdrawn = batch.withdrawn.contains(&former.id);
        let mut row = rows.row();
        row.number(former.id.0);
        row.text(if is_withdrawn { "withdrawn" } else { "revised" });
        row.text(&former_json(former)?);
    }
    Ok(rows.into_json())
}

/// A line of the journal as it waits for the line before it.
type WaitingEntry = (i64, String, String, String, Option<String>, Option<String>, Option<String>);

fn waiting_entry(entry: &Entry) -> serde_json::Value {
    let Entry { at, actor, action, subject, before, after, reason } = entry;
    serde_json::json!([at.seconds(), actor, action.word(), subject, before, after, reason])
}

fn waiting_entries(text: &str) -> Result<Vec<Entry>, StorageError> {
    let unreadable = || StorageError::Unreadable { column: "journal", value: text.to_owned() };
    let entries: Vec<WaitingEntry> = serde_json::from_str(text).map_err(|_| unreadable())?;
    let entry = |(at, actor, action, subject, before, after, reason): WaitingEntry| {
        let at = Moment::at(Timestamp::from_second(at).ok()?);
        let action = Action::from_word(&action)?;
        Some(Entry { at, actor, action, subject, before, after, reason })
    };
    entries.into_iter().map(entry).collect::<Option<_>>().ok_or_else(unreadable)
}

/// What `former` of `import_change` holds; [`super::imports`] reads it.
fn former_json(former: &FormerDuty) -> Result<String, StorageError> {
    let FormerDuty { inputs, lead, responsible, performers, ends_on, .. } = former;
    let units = |units: &[crate::domain::unit::UnitId]| {
        units.iter().map(|unit| unit.0).collect::<Vec<i64>>()
    };
    let term = super::projection::short_form(&inputs.term)?;
    Ok(serde_json::json!({
        "title": inputs.title,
        "written": inputs.written,
        "term": term,
        "anchor_on": inputs.anchor_on,
        "anchor_at": inputs.anchor_at.map(Moment::seconds),
        "rule": inputs.rule,
        "internal": inputs.internal,
        "part_of": inputs.part_of,
        "part_of_list": inputs.part_of_list.as_deref(),
        "source": inputs.source,
        "note": inputs.note,
        "instructions": inputs.instructions,
        "ladder": inputs.ladder,
        "then": inputs.then,
        "lead": units(lead),
        "responsible": units(responsible),
        "performers": units(performers),
        "ends_on": ends_on,
    })
    .to_string())
}

/// Deletes what was registered and nobody was told of, with everything that hangs on it.
pub(super) async fn remove(
    transaction: &mut SqliteConnection,
    ids: impl Iterator<Item = i64>,
) -> Result<(), StorageError> {
    let ids = json_ids(ids);
    for statement in REMOVALS {
        sqlx::query(statement).bind(&ids).execute(&mut *transaction).await?;
    }
    Ok(())
}

/// Children first.
pub(super) const REMOVALS: [&str; 6] = [
    "DELETE FROM import_change WHERE obligation_id IN (SELECT value FROM json_each($1))",
    "DELETE FROM reminder WHERE obligation_id IN (SELECT value FROM json_each($1))",
    "DELETE FROM date_change WHERE obligation_id IN (SELECT value FROM json_each($1))",
    "DELETE FROM party WHERE obligation_id IN (SELECT value FROM json_each($1))",
    "DELETE FROM assignment WHERE obligation_id IN (SELECT value FROM json_each($1))",
    "DELETE FROM obligation WHERE id IN (SELECT value FROM json_each($1))",
];
