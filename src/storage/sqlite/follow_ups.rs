//! Statements on completed duties and what follows them.
//!
//! Must not know: what follows what.

use async_trait::async_trait;
use sqlx::Row as _;

use super::obligations::{by_ids, json_ids, put};
use super::{Sqlite, journal};
use crate::domain::moment::Moment;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::storage::StorageError;
use crate::storage::follow_ups::FollowUps;
use crate::storage::journal::Entry;
use crate::storage::obligations::Registrations;

const COMPLETED: &str = "\
SELECT id FROM obligation INDEXED BY obligation_follow_up_due WHERE follow_up_state = 'due' ORDER BY id";

const START: &str =
    "UPDATE obligation SET follow_up_state = 'started' WHERE id = $1 AND follow_up_state = 'due'";

const REPORT_STUCK: &str = "\
INSERT INTO operator_item (key, kind, detail, opened_at) VALUES ('follow-up:' || $1, 'follow-up', $2, $3)
ON CONFLICT (key) DO UPDATE SET detail = excluded.detail, opened_at = excluded.opened_at, resolved_at = NULL
WHERE resolved_at IS NOT NULL";

const SETTLE_STUCK: &str = "UPDATE operator_item SET resolved_at = $2 WHERE key = 'follow-up:' || $1 AND resolved_at IS NULL";

pub(super) const STATEMENTS: &[&str] = &[COMPLETED, START, REPORT_STUCK, SETTLE_STUCK];

#[async_trait]
impl FollowUps for Sqlite {
    async fn completed_obligations(&self) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let rows = sqlx::query(COMPLETED).fetch_all(&mut *transaction).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids = rows.iter().map(|row| row.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
        by_ids(&mut transaction, &json_ids(ids.into_iter())).await
    }

    async fn start_follow_ups(
        &self,
        completed: ObligationId,
        followers: &Registrations,
        now: Moment,
        entries: &[Entry],
    ) -> Result<bool, StorageError> {
        let mut transaction = self.write().await?;
        let started = sqlx::query(START).bind(completed.0).execute(&mut *transaction).await?;
        if started.rows_affected() == 0 {
            return Ok(false);
        }
        put(&mut transaction, followers, now).await?;
        let settled = sqlx::query(SETTLE_STUCK).bind(completed.0).bind(now.seconds());
        settled.execute(&mut *transaction).await?;
        journal::append(&mut transaction, entries).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn report_stuck_follow_up(
        &self,
        completed: ObligationId,
        detail: &str,
        now: Moment,
    ) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        let item = sqlx::query(REPORT_STUCK).bind(completed.0).bind(detail).bind(now.seconds());
        item.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }
}
