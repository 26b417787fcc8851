//! Counts messages and checks the pages of the file.
//!
//! Must not know: what the counts are shown for. Callers: other rooms through the trait [`Health`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::SignedDuration;
use sqlx::Row as _;

use super::database::Sqlite;
use super::rows::RowReader;
use crate::domain::delivery::MessageState;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::health::Health;

const MESSAGES_BY_STATE: &str =
    "SELECT 0 AS id, state, count(*) AS messages FROM message GROUP BY state";

const EMPTY_CACHE: &str = "PRAGMA shrink_memory";

const CHECK_PAGES: &str = "PRAGMA quick_check(1)";

const IS_CHECKED: &str = "SELECT 1 FROM instance WHERE checked_at > $1 AND checked_at <= $2";

const SET_CHECKED: &str = "UPDATE instance SET checked_at = $1";

pub(super) const STATEMENTS: &[&str] =
    &[MESSAGES_BY_STATE, CHECK_PAGES, EMPTY_CACHE, IS_CHECKED, SET_CHECKED];

/// How long a check of the file holds good.
const DAY: SignedDuration = SignedDuration::from_hours(24);

#[async_trait]
impl Health for Sqlite {
    async fn messages_by_state(&self) -> Result<BTreeMap<MessageState, u64>, StorageError> {
        let rows = sqlx::query(MESSAGES_BY_STATE).fetch_all(&self.reader).await?;
        rows.iter()
            .map(|row| {
                let row = RowReader::keyed(row, "message")?;
                Ok((row.read("state", MessageState::from_word)?, row.number("messages")?))
            })
            .collect()
    }

    async fn check_pages(&self) -> Result<(), StorageError> {
        // on a connection that is opened read-only SQLite passes over the constraints of rows
        let finding: String =
            sqlx::query(CHECK_PAGES).fetch_one(&self.writer).await?.try_get("quick_check")?;
        // the check has filled the cache with pages that nobody asks for
        sqlx::query(EMPTY_CACHE).execute(&self.writer).await?;
        if finding == "ok" {
            return Ok(());
        }
        Err(StorageError::Damaged { path: self.path.clone(), finding })
    }

    async fn check_pages_once_a_day(&self, now: Moment) -> Result<(), StorageError> {
        let query = sqlx::query(IS_CHECKED).bind(now.plus(-DAY).seconds()).bind(now.seconds());
        if query.fetch_optional(&self.reader).await?.is_some() {
            return Ok(());
        }
        self.check_pages_at_start(now).await
    }

    async fn check_pages_at_start(&self, now: Moment) -> Result<(), StorageError> {
        self.check_pages().await?;
        sqlx::query(SET_CHECKED).bind(now.seconds()).execute(&self.writer).await?;
        Ok(())
    }
}
