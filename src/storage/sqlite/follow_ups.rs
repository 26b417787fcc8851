//! Completed obligations and the follow-ups (接续) they start.
//!
//! Must not know: what follows what. Callers: other rooms through the trait [`FollowUps`].

use async_trait::async_trait;
use sqlx::Row as _;

use super::database::Sqlite;
use super::obligation_rows::by_ids;
use super::obligations::{derived_uid, store_under};
use super::{items, journal_lines};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::storage::StorageError;
use crate::storage::follow_ups::FollowUps;
use crate::storage::journal::Entry;
use crate::storage::obligations::Registrations;

const COMPLETED: &str = "\
SELECT id FROM obligation INDEXED BY obligation_follow_up_due WHERE follow_up_state = 'due' ORDER BY id";

const SET_STARTED: &str =
    "UPDATE obligation SET follow_up_state = 'started' WHERE id = $1 AND follow_up_state = 'due'";

pub(super) const STATEMENTS: &[&str] = &[COMPLETED, SET_STARTED];

#[async_trait]
impl FollowUps for Sqlite {
    async fn completed_obligations(&self) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let rows = sqlx::query(COMPLETED).fetch_all(&mut *transaction).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids = rows.iter().map(|row| row.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
        by_ids(&mut transaction, ids.into_iter()).await
    }

    async fn start_follow_ups(
        &self,
        completed: ObligationId,
        follow_ups: &Registrations,
        now: Moment,
        entries: &[Entry],
    ) -> Result<bool, StorageError> {
        let mut transaction = self.begin_write().await?;
        let done = sqlx::query(SET_STARTED).bind(completed.0).execute(&mut *transaction).await?;
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
