//! Completed and expired obligations and the follow-ups (接续) they start.
//!
//! Must not know: what follows what. Callers: other rooms through the trait [`FollowUps`].

use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::database::Sqlite;
use super::obligation_rows::by_ids;
use super::obligations::{derived_uid, store_under};
use super::rows::json_texts;
use super::{items, journal_lines};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::storage::StorageError;
use crate::storage::follow_ups::{Cause, FollowUps};
use crate::storage::journal::Entry;
use crate::storage::obligations::Registrations;

const COMPLETED: &str = "\
SELECT id FROM obligation WHERE follow_up_state = 'due' ORDER BY id";

const SET_STARTED: &str =
    "UPDATE obligation SET follow_up_state = 'started' WHERE id = $1 AND follow_up_state = 'due'";

const EXPIRED: &str = "\
SELECT id FROM obligation
WHERE rule IN (SELECT value FROM json_each($1)) AND due_on < $2 AND state = 'open' AND follow_up_state IS NULL
ORDER BY id";

const SET_STARTED_BY_EXPIRY: &str = "\
UPDATE obligation SET follow_up_state = 'started'
WHERE id = $1 AND due_on < $2 AND state = 'open' AND follow_up_state IS NULL";

pub(super) const STATEMENTS: &[&str] = &[COMPLETED, SET_STARTED, EXPIRED, SET_STARTED_BY_EXPIRY];

#[async_trait]
impl FollowUps for Sqlite {
    async fn completed_obligations(&self) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let rows = sqlx::query(COMPLETED).fetch_all(&mut *transaction).await?;
        obligations(&mut transaction, &rows).await
    }

    async fn expired_obligations(
        &self,
        rules: &[String],
        day: Date,
    ) -> Result<Vec<Obligation>, StorageError> {
        if rules.is_empty() {
            return Ok(Vec::new());
        }
        let mut transaction = self.reader.begin().await?;
        let query = sqlx::query(EXPIRED).bind(json_texts(rules)).bind(day.to_string());
        let rows = query.fetch_all(&mut *transaction).await?;
        obligations(&mut transaction, &rows).await
    }

    async fn start_follow_ups(
        &self,
        completed: ObligationId,
        cause: Cause,
        follow_ups: &Registrations,
        now: Moment,
        entries: &[Entry],
    ) -> Result<bool, StorageError> {
        let mut transaction = self.begin_write().await?;
        let query = match cause {
            Cause::Completion => sqlx::query(SET_STARTED).bind(completed.0),
            Cause::Expiry { before } => {
                sqlx::query(SET_STARTED_BY_EXPIRY).bind(completed.0).bind(before.to_string())
            }
        };
        let done = query.execute(&mut *transaction).await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let mut uids = Vec::with_capacity(follow_ups.new.len());
        for follow_up in &follow_ups.new {
            uids.push(derived_uid(&mut transaction, completed, &follow_up.inputs).await?);
        }
        store_under(&mut transaction, follow_ups, &uids, now).await?;
        items::resolve(&mut transaction, &[ItemKey::FollowUp(completed)], now).await?;
        journal_lines::append(&mut transaction, entries).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn report_stuck_follow_up(
        &self,
        completed: ObligationId,
        detail: &str,
        now: Moment,
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        items::open(&mut transaction, &ItemKey::FollowUp(completed), detail, now).await?;
        Ok(transaction.commit().await?)
    }
}

async fn obligations(
    transaction: &mut SqliteConnection,
    rows: &[SqliteRow],
) -> Result<Vec<Obligation>, StorageError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|row| row.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
    by_ids(transaction, ids.into_iter()).await
}
