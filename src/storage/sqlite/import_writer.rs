//! Writes an import: one transaction, a handful of statements for each batch.
//!
//! Must not know: what the rows say, how they were compared. Callers: `imports`.

use async_trait::async_trait;
use sqlx::{Row as _, SqliteConnection, SqliteTransaction};

use super::json_rows::JsonRows;
use super::obligations::{BATCH, set_ends};
use super::rows::json_ids;
use super::{journal_lines, registration, revision};
use crate::domain::moment::Moment;
use crate::domain::uid::Uid;
use crate::storage::StorageError;
use crate::storage::imports::{FormerDuty, ImportBatch, ImportWriter};
use crate::storage::journal::Entry;
use crate::storage::obligations::Registration;
use crate::storage::uids::uids;

const ADD_LIST: &str = "INSERT INTO list (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";

const ADD_IMPORT: &str = "\
INSERT INTO import (list_id, file, imported_at, imported_by)
SELECT list.id, $2, $3, $4 FROM list WHERE list.name = $1 RETURNING id";

const ADD_COUNTS: &str = "\
UPDATE import SET added = added + $2, revised = revised + $3, withdrawn = withdrawn + $4 WHERE id = $1";

/// An obligation that one import changes twice keeps how it stood before the first change.
const ADD_CHANGES: &str = "\
INSERT INTO import_change (import_id, obligation_id, kind, former)
SELECT $2, value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each($1) WHERE 1 = 1
ON CONFLICT (import_id, obligation_id) DO NOTHING";

pub(super) const STATEMENTS: &[&str] = &[ADD_LIST, ADD_IMPORT, ADD_COUNTS, ADD_CHANGES];

/// The open transaction of an import.
pub(super) struct Writer {
    pub(super) transaction: SqliteTransaction<'static>,
    pub(super) now: Moment,
    /// The import that is being written.
    pub(super) import: Option<i64>,
}

#[async_trait]
impl ImportWriter for Writer {
    async fn begin_list(&mut self, list: &str, file: &str, by: &str) -> Result<i64, StorageError> {
        sqlx::query(ADD_LIST).bind(list).execute(&mut *self.transaction).await?;
        let query = sqlx::query(ADD_IMPORT).bind(list).bind(file).bind(self.now.seconds());
        let row = query.bind(by).fetch_one(&mut *self.transaction).await?;
        let number = row.try_get("id")?;
        self.import = Some(number);
        Ok(number)
    }

    async fn write(&mut self, batch: &ImportBatch, entries: &[Entry]) -> Result<(), StorageError> {
        let now = self.now;
        let transaction: &mut SqliteConnection = &mut self.transaction;
        for part in batch.new.chunks(BATCH) {
            let uids = uids(now, part.len())?;
            let part: Vec<(Uid, &Registration)> = uids.into_iter().zip(part).collect();
            registration::add(&mut *transaction, &part, self.import, now).await?;
        }
        for part in batch.revised.chunks(BATCH) {
            revision::revise(&mut *transaction, part, now).await?;
        }
        revision::withdraw_gone(&mut *transaction, &batch.withdrawn, now).await?;
        set_ends(&mut *transaction, &batch.ended).await?;
        if let Some(import) = self.import {
            add_changes(&mut *transaction, import, batch).await?;
        }
        journal_lines::append(transaction, entries).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StorageError> {
        Ok(self.transaction.commit().await?)
    }
}

async fn add_changes(
    transaction: &mut SqliteConnection,
    import: i64,
    batch: &ImportBatch,
) -> Result<(), StorageError> {
    if !batch.former.is_empty() {
        let mut rows = JsonRows::default();
        for former in &batch.former {
            let is_withdrawn = batch.withdrawn.contains(&former.id);
            let mut row = rows.row();
            row.number(former.id.0);
            row.text(if is_withdrawn { "withdrawn" } else { "revised" });
            row.text(&former_json(former)?);
        }
        let query = sqlx::query(ADD_CHANGES).bind(rows.into_json()).bind(import);
        query.execute(&mut *transaction).await?;
    }
    let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    sqlx::query(ADD_COUNTS)
        .bind(import)
        .bind(count(batch.new.len()))
        .bind(count(batch.revised.len()))
        .bind(count(batch.withdrawn.len()))
        .execute(transaction)
        .await?;
    Ok(())
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
