//! Statements on obligations, parties and assignments.
//!
//! Must not know: what a due date means.

use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::{Row as _, SqliteConnection};

use super::database::Sqlite;
use super::json_rows::JsonRows;
use super::obligation_rows::{by_ids, complete, select_obligations};
use super::rows::{RowReader, exactly, json_ids, json_texts};
use super::{journal_lines, registration, revision};
use crate::domain::moment::Moment;
use crate::domain::obligation::{Inputs, Obligation, ObligationId};
use crate::domain::uid::Uid;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::{
    Obligations, Registration, Registrations, Selection, SeriesEnd, StateFilter,
};
use crate::storage::uids::uids;

/// Obligations written at once.
pub(super) const BATCH: usize = 2_000;

const UID: &str = "SELECT id, uid FROM obligation WHERE id = $1";

const SET_ENDS: &str = "\
UPDATE obligation SET ends_on = ended.value ->> 1, has_successor = 0
FROM jsonb_each($1) AS ended WHERE obligation.id = ended.value ->> 0";

/// A text before every date, and one after.
const FIRST_DAY: &str = "";
const LAST_DAY: &str = "9999-99-99";

/// Selects the keys of obligations, of the units $3 if they are given, with a further condition and an order.
macro_rules! select_ids {
    ($rest:literal) => {
        concat!(
            "SELECT id FROM obligation \
             WHERE ($3 IS NULL \
                    OR id IN (SELECT obligation_id FROM party WHERE unit_id IN (SELECT value FROM json_each($3))) \
                    OR id IN (SELECT obligation_id FROM assignment WHERE unit_id IN (SELECT value FROM json_each($3)))) \
               AND (provisional <> 0 OR $4 = 0) ",
            $rest
        )
    };
}

/// The index on the due dates of open obligations answers it.
const DATED: &str =
    select_ids!("AND state = 'open' AND due_on >= $1 AND due_on <= $2 ORDER BY due_on, id");

const IN_ANY_STATE: &str = select_ids!(
    "AND ((due_on >= $1 AND due_on <= $2) OR (due_on IS NULL AND $1 = '' AND $2 > '9999-12-31')) \
     AND (state = 'open' OR $5 = 'any') ORDER BY due_on IS NULL, due_on, id"
);

const BY_REFERENCE: &str =
    select_obligations!("WHERE ref IN (SELECT value FROM json_each($1)) ORDER BY id DESC");

const FOLLOWED_BY: &str = "\
SELECT id FROM obligation
WHERE follow_ups <> '[]'
  AND EXISTS (
      SELECT 1 FROM json_each(follow_ups)
      WHERE value = $1 || '/' || $2
         OR (value = $2
             AND (obligation.list_id = (SELECT list.id FROM list WHERE list.name = $1)
                  OR NOT EXISTS (SELECT 1 FROM obligation AS own
                                 WHERE own.ref = $2 AND own.list_id = obligation.list_id))))";

pub(super) const STATEMENTS: &[&str] =
    &[UID, SET_ENDS, DATED, IN_ANY_STATE, BY_REFERENCE, FOLLOWED_BY];

#[async_trait]
impl Obligations for Sqlite {
    async fn register(
        &self,
        registrations: &Registrations,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        store(&mut transaction, registrations, now).await?;
        journal_lines::append(&mut transaction, entries).await?;
        Ok(transaction.commit().await?)
    }

    async fn obligation_ids(
        &self,
        selection: &Selection,
    ) -> Result<Vec<ObligationId>, StorageError> {
        let units = selection.units.as_ref().map(|units| json_ids(units.iter().map(|unit| unit.0)));
        let text =
            |day: Option<Date>, none: &str| day.map_or(none.to_owned(), |day| day.to_string());
        let (statement, scope) = match selection.scope {
            StateFilter::Dated => (DATED, "dated"),
            StateFilter::Open => (IN_ANY_STATE, "open"),
            StateFilter::Any => (IN_ANY_STATE, "any"),
        };
        let query = sqlx::query(statement)
            .bind(text(selection.due_from, FIRST_DAY))
            .bind(text(selection.due_through, LAST_DAY))
            .bind(units)
            .bind(selection.only_provisional);
        let query = if statement == IN_ANY_STATE { query.bind(scope) } else { query };
        let rows = query.fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok(ObligationId(row.try_get("id")?))).collect()
    }

    async fn obligation(&self, id: ObligationId) -> Result<Option<Obligation>, StorageError> {
        Ok(self.obligations_by_key(&[id]).await?.pop())
    }

    async fn obligations_by_key(
        &self,
        ids: &[ObligationId],
    ) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        by_ids(&mut transaction, ids.iter().map(|id| id.0)).await
    }

    async fn obligations_by_reference(
        &self,
        references: &[String],
    ) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let references = json_texts(references);
        let rows = sqlx::query(BY_REFERENCE).bind(references).fetch_all(&mut *transaction).await?;
        complete(&mut transaction, &rows).await
    }

    async fn obligations_followed_by(
        &self,
        list: &str,
        reference: &str,
    ) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let query = sqlx::query(FOLLOWED_BY).bind(list).bind(reference);
        let rows = query.fetch_all(&mut *transaction).await?;
        let ids = rows.iter().map(|row| row.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
        by_ids(&mut transaction, ids.into_iter()).await
    }
}

/// Registers, revises, withdraws and ends obligations inside a transaction.
pub(super) async fn store(
    transaction: &mut SqliteConnection,
    registrations: &Registrations,
    now: Moment,
) -> Result<(), StorageError> {
    let uids = uids(now, registrations.new.len())?;
    store_under(transaction, registrations, &uids, now).await
}

/// Like [`store`], with the uids of the new obligations.
pub(super) async fn store_under(
    transaction: &mut SqliteConnection,
    registrations: &Registrations,
    uids: &[Uid],
    now: Moment,
) -> Result<(), StorageError> {
    let Registrations { new, revised, ended } = registrations;
    let new: Vec<(Uid, &Registration)> = uids.iter().copied().zip(new).collect();
    for batch in new.chunks(BATCH) {
        registration::add(&mut *transaction, batch, now).await?;
    }
    for batch in revised.chunks(BATCH) {
        revision::revise(&mut *transaction, batch, now).await?;
    }
    set_ends(transaction, ended).await
}

/// The uid of an obligation that follows from `origin`: its next occurrence, or its follow-up.
pub(super) async fn derived_uid(
    transaction: &mut SqliteConnection,
    origin: ObligationId,
    inputs: &Inputs,
) -> Result<Uid, StorageError> {
    let row = sqlx::query(UID).bind(origin.0).fetch_one(transaction).await?;
    let uid = RowReader::keyed(&row, "obligation")?.uid("uid")?;
    Ok(uid.derived(&format!("{}/{}", inputs.reference, inputs.occurrence)))
}

/// Sets the ends of series.
pub(super) async fn set_ends(
    transaction: &mut SqliteConnection,
    ended: &[SeriesEnd],
) -> Result<(), StorageError> {
    if ended.is_empty() {
        return Ok(());
    }
    let mut rows = JsonRows::default();
    for end in ended {
        let mut row = rows.row();
        row.number(end.id.0);
        row.plain(end.on);
    }
    let done = sqlx::query(SET_ENDS).bind(rows.into_json()).execute(transaction).await?;
    exactly("end series", ended.len(), done.rows_affected())
}
