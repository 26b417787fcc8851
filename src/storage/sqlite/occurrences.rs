//! Series: their newest occurrences, the next ones, their ends.
//!
//! Must not know: when an occurrence begins. Callers: other rooms through the trait [`Occurrences`].

use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::{Row as _, SqliteConnection};

use super::database::Sqlite;
use super::lifecycle::update_obligation_states;
use super::obligation_rows::by_ids;
use super::obligations::derived_uid;
use super::rows::{RowReader, exactly_one};
use super::{journal_lines, registration};
use crate::domain::moment::Moment;
use crate::domain::obligation::ObligationId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::Registration;
use crate::storage::occurrences::{NewestOccurrence, Occurrences};

const NEWEST: &str = "\
SELECT id, ends_on FROM obligation
WHERE occurrence <> '' AND has_successor = 0 ORDER BY id";

const SET_HAS_SUCCESSOR: &str = "UPDATE obligation SET has_successor = 1 WHERE id = $1";

const OCCURRENCE: &str = "\
SELECT id FROM obligation
WHERE ref = $1 AND occurrence = $2 AND list_id = (SELECT list.id FROM list WHERE list.name = $3)";

const INHERIT_END: &str = "\
UPDATE obligation SET ends_on = (SELECT ends_on FROM obligation WHERE id = $2) WHERE id = $1";

const WITHDRAW_ALL: &str =
    "UPDATE assignment SET state = 'withdrawn', next_plan_on = NULL WHERE obligation_id = $1";

const END_SERIES: &str = "UPDATE obligation SET ends_on = $2, has_successor = 0 WHERE id = (
         SELECT newest.id FROM obligation AS asked
         JOIN obligation AS newest ON newest.ref = asked.ref AND newest.list_id = asked.list_id
         WHERE asked.id = $1 AND newest.occurrence <> '' ORDER BY newest.id DESC LIMIT 1)";

pub(super) const STATEMENTS: &[&str] =
    &[NEWEST, SET_HAS_SUCCESSOR, OCCURRENCE, INHERIT_END, WITHDRAW_ALL, END_SERIES];

#[async_trait]
impl Occurrences for Sqlite {
    async fn newest_occurrences(&self) -> Result<Vec<NewestOccurrence>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let rows = sqlx::query(NEWEST).fetch_all(&mut *transaction).await?;
        let mut ends = Vec::with_capacity(rows.len());
        for row in &rows {
            ends.push(RowReader::keyed(row, "obligation")?.date_if_any("ends_on")?);
        }
        let ids = rows.iter().map(|row| row.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
        let obligations = by_ids(&mut transaction, ids.into_iter()).await?;
        let newest = obligations.into_iter().zip(ends);
        Ok(newest.map(|(obligation, ends_on)| NewestOccurrence { obligation, ends_on }).collect())
    }

    async fn open_next_occurrence(
        &self,
        previous: ObligationId,
        next: Option<&Registration>,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        set_has_successor(&mut transaction, previous).await?;
        let is_new = match next {
            Some(next) => open(&mut transaction, previous, next, now).await?.is_some(),
            None => true,
        };
        if is_new {
            journal_lines::append(&mut transaction, entries).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn skip_occurrence(
        &self,
        previous: ObligationId,
        next: &Registration,
        now: Moment,
        entries: &[Entry],
    ) -> Result<bool, StorageError> {
        let mut transaction = self.begin_write().await?;
        set_has_successor(&mut transaction, previous).await?;
        let opened = open(&mut transaction, previous, next, now).await?;
        if let Some(id) = opened {
            sqlx::query(WITHDRAW_ALL).bind(id.0).execute(&mut *transaction).await?;
            update_obligation_states(&mut transaction, [id].into_iter()).await?;
            journal_lines::append(&mut transaction, entries).await?;
        }
        transaction.commit().await?;
        Ok(opened.is_some())
    }

    async fn end_series(
        &self,
        occurrence: ObligationId,
        on: Option<Date>,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        let query = sqlx::query(END_SERIES).bind(occurrence.0).bind(on.map(|on| on.to_string()));
        exactly_one("end series", query.execute(&mut *transaction).await?.rows_affected())?;
        journal_lines::append(&mut transaction, entries).await?;
        Ok(transaction.commit().await?)
    }
}

async fn set_has_successor(
    transaction: &mut SqliteConnection,
    previous: ObligationId,
) -> Result<(), StorageError> {
    let done = sqlx::query(SET_HAS_SUCCESSOR).bind(previous.0).execute(transaction).await?;
    exactly_one("set successor", done.rows_affected())
}

/// Registers an occurrence; `None` when it is already registered.
async fn open(
    transaction: &mut SqliteConnection,
    previous: ObligationId,
    next: &Registration,
    now: Moment,
) -> Result<Option<ObligationId>, StorageError> {
    let known = sqlx::query(OCCURRENCE)
        .bind(&next.inputs.reference)
        .bind(&next.inputs.occurrence)
        .bind(&*next.inputs.list)
        .fetch_optional(&mut *transaction)
        .await?;
    if known.is_some() {
        return Ok(None);
    }
    let uid = derived_uid(&mut *transaction, previous, &next.inputs).await?;
    let id = registration::add(&mut *transaction, &[(uid, next)], now).await?;
    sqlx::query(INHERIT_END).bind(id.0).bind(previous.0).execute(&mut *transaction).await?;
    Ok(Some(id))
}
