//! Packs and deletes what is kept for a limited time; the size of the file.
//!
//! Must not know: how long anything is kept. Callers: other rooms through the trait [`Retention`].

use async_trait::async_trait;
use sqlx::Row as _;

use super::database::Sqlite;
use super::rows::json_ids;
use super::{journal_lines, mail_bundles};
use crate::domain::delivery::MessageKey;
use crate::domain::moment::Moment;
use crate::domain::retention::{RetentionCounts, RetentionCutoffs};
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::retention::{LedgerSize, Retention};

const COUNT_TO_PACK: &str = "\
SELECT count(*) AS due FROM message JOIN message_bytes ON message_bytes.message_id = message.id
WHERE state = 'accepted' AND accepted_at < $1";

const TO_PACK: &str = "\
SELECT message.id, day_on, bytes FROM message JOIN message_bytes ON message_bytes.message_id = message.id
WHERE state = 'accepted' AND accepted_at < $1
  AND day_on = (SELECT min(day_on) FROM message JOIN message_bytes ON message_bytes.message_id = message.id
                WHERE state = 'accepted' AND accepted_at < $1)
ORDER BY message.id LIMIT 500";

const COUNT_TO_DELETE: &str = "\
SELECT count(*) AS due FROM message
WHERE sealed_at < $1 AND bytes_erased_at IS NULL
  AND state NOT IN ('ready', 'leased', 'deferred', 'unknown', 'held')";

const TO_DELETE: &str = "\
SELECT id FROM message
WHERE sealed_at < $1 AND bytes_erased_at IS NULL
  AND state NOT IN ('ready', 'leased', 'deferred', 'unknown', 'held')
ORDER BY id LIMIT 500";

const DELETE_LAST_REPLIES: &str =
    "UPDATE message SET last_reply = NULL WHERE id IN (SELECT value FROM json_each($1))";

const DELETE_REPLIES: &str =
    "UPDATE attempt SET reply = NULL WHERE message_id IN (SELECT value FROM json_each($1))";

const COUNT_INCOMING: &str =
    "SELECT count(*) AS due FROM incoming_message WHERE taken_at < $1 AND detail <> ''";

const DELETE_INCOMING: &str = "\
UPDATE incoming_message SET detail = ''
WHERE digest IN (SELECT digest FROM incoming_message WHERE taken_at < $1 AND detail <> '' ORDER BY digest LIMIT 500)";

const RETIRED_ADDRESSES: &str = "\
SELECT DISTINCT lower(address) AS address FROM contact
WHERE retired_at < $1 AND address NOT LIKE 'erased-%@erased.invalid'
  AND NOT EXISTS (SELECT 1 FROM contact AS other
                  WHERE lower(other.address) = lower(contact.address)
                    AND (other.retired_at IS NULL OR other.retired_at >= $1))
  AND NOT EXISTS (SELECT 1 FROM reminder
                  JOIN obligation ON obligation.id = reminder.obligation_id
                  JOIN assignment ON assignment.id = reminder.assignment_id
                  WHERE reminder.contact_id = contact.id
                    AND (obligation.state = 'open' OR assignment.closed_at >= $1))
  AND NOT EXISTS (SELECT 1 FROM message
                  WHERE message.contact_id = contact.id
                    AND message.state IN ('ready', 'leased', 'deferred', 'unknown', 'held'))
ORDER BY address";

const REWRITE_FILE: &str = "VACUUM";
const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
const PAGE_SIZE: &str = "PRAGMA page_size";
const PAGE_COUNT: &str = "PRAGMA page_count";
const FREE_PAGES: &str = "PRAGMA freelist_count";

pub(super) const STATEMENTS: &[&str] = &[
    COUNT_TO_PACK,
    TO_PACK,
    COUNT_TO_DELETE,
    TO_DELETE,
    DELETE_LAST_REPLIES,
    DELETE_REPLIES,
    COUNT_INCOMING,
    DELETE_INCOMING,
    RETIRED_ADDRESSES,
    PAGE_SIZE,
    PAGE_COUNT,
    FREE_PAGES,
];

#[async_trait]
impl Retention for Sqlite {
    async fn due_for_retention(
        &self,
        cutoffs: &RetentionCutoffs,
    ) -> Result<RetentionCounts, StorageError> {
        let contacts = match cutoffs.retired_contacts {
            Some(before) => self.retired_addresses(before).await?.len(),
            None => 0,
        };
        Ok(RetentionCounts {
            packed: self.count_due(COUNT_TO_PACK, cutoffs.unpacked_mails).await?,
            mails: self.count_due(COUNT_TO_DELETE, cutoffs.mails).await?,
            incoming: self.count_due(COUNT_INCOMING, cutoffs.incoming).await?,
            contacts: u64::try_from(contacts).unwrap_or(u64::MAX),
        })
    }

    async fn pack_mails(&self, before: Moment) -> Result<u64, StorageError> {
        let mut transaction = self.begin_write().await?;
        let rows = sqlx::query(TO_PACK).bind(before.seconds()).fetch_all(&mut *transaction).await?;
        let Some(first) = rows.first() else { return Ok(0) };
        let day: String = first.try_get("day_on")?;
        let mails = rows
            .iter()
            .map(|row| Ok((MessageKey(row.try_get("id")?), row.try_get("bytes")?)))
            .collect::<Result<Vec<mail_bundles::Mail>, StorageError>>()?;
        mail_bundles::pack(&mut transaction, &day, &mails).await?;
        transaction.commit().await?;
        Ok(u64::try_from(mails.len()).unwrap_or(u64::MAX))
    }

    async fn delete_mails(&self, before: Moment, now: Moment) -> Result<u64, StorageError> {
        let mut transaction = self.begin_write().await?;
        let rows =
            sqlx::query(TO_DELETE).bind(before.seconds()).fetch_all(&mut *transaction).await?;
        let keys = rows
            .iter()
            .map(|row| Ok(MessageKey(row.try_get("id")?)))
            .collect::<Result<Vec<MessageKey>, StorageError>>()?;
        if keys.is_empty() {
            return Ok(0);
        }
        let erased = mail_bundles::erase(&mut transaction, &keys, now.seconds()).await?;
        let ids = json_ids(keys.iter().map(|key| key.0));
        for statement in [DELETE_LAST_REPLIES, DELETE_REPLIES] {
            sqlx::query(statement).bind(&ids).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(erased)
    }

    async fn delete_incoming(&self, before: Moment) -> Result<u64, StorageError> {
        let query = sqlx::query(DELETE_INCOMING).bind(before.seconds());
        Ok(query.execute(&self.writer).await?.rows_affected())
    }

    async fn retired_addresses(&self, before: Moment) -> Result<Vec<String>, StorageError> {
        let query = sqlx::query(RETIRED_ADDRESSES).bind(before.seconds());
        let rows = query.fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok(row.try_get("address")?)).collect()
    }

    async fn record_retention(&self, entry: &Entry) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        journal_lines::append(&mut transaction, std::slice::from_ref(entry)).await?;
        Ok(transaction.commit().await?)
    }

    async fn rewrite_file(&self) -> Result<(), StorageError> {
        sqlx::query(REWRITE_FILE).execute(&self.writer).await?;
        sqlx::query(EMPTY_LOG).execute(&self.writer).await?;
        Ok(())
    }

    async fn ledger_size(&self) -> Result<LedgerSize, StorageError> {
        let page = self.figure(PAGE_SIZE).await?;
        let (pages, free) = (self.figure(PAGE_COUNT).await?, self.figure(FREE_PAGES).await?);
        Ok(LedgerSize { bytes: page.saturating_mul(pages), free: page.saturating_mul(free) })
    }
}

impl Sqlite {
    async fn count_due(
        &self,
        statement: &'static str,
        before: Option<Moment>,
    ) -> Result<u64, StorageError> {
        let Some(before) = before else { return Ok(0) };
        let row = sqlx::query(statement).bind(before.seconds()).fetch_one(&self.reader).await?;
        Ok(u64::try_from(row.try_get::<i64, _>("due")?).unwrap_or_default())
    }

    async fn figure(&self, pragma: &'static str) -> Result<u64, StorageError> {
        let row = sqlx::query(pragma).fetch_one(&self.reader).await?;
        Ok(u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or_default())
    }
}
