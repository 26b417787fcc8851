//! Counts messages and checks the pages of the file.
//!
//! Must not know: what the counts are shown for. Callers: other rooms through the trait [`Health`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::Row as _;

use super::database::Sqlite;
use super::rows::RowReader;
use crate::domain::delivery::MessageState;
use crate::storage::StorageError;
use crate::storage::health::Health;

const MESSAGES_BY_STATE: &str =
    "SELECT 0 AS id, state, count(*) AS messages FROM message GROUP BY state";

const CHECK_PAGES: &str = "PRAGMA quick_check(1)";

pub(super) const STATEMENTS: &[&str] = &[MESSAGES_BY_STATE, CHECK_PAGES];

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
        let finding: String =
            sqlx::query(CHECK_PAGES).fetch_one(&self.reader).await?.try_get("quick_check")?;
        if finding == "ok" {
            return Ok(());
        }
        Err(StorageError::Damaged { path: self.path.clone(), finding })
    }
}
