//! Puts messages into the outbox.
//!
//! Must not know: how a message is composed. Callers: the outbox only.

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{Row as _, SqliteConnection};

use crate::domain::delivery::{HeldReason, MessageKey, MessageState};
use crate::domain::journal::Action;
use crate::domain::reminder::ReminderKey;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::outbox::{MessageKind, SealResult, SealedMessage};
use crate::storage::sqlite::journal_lines;
use crate::storage::sqlite::rows::exactly;

const WITH_MESSAGE_ID: &str = "SELECT id FROM message WHERE message_id = $1";

const ADD_MESSAGE: &str = "\
INSERT INTO message (message_id, contact_id, kind, sender, recipient, subject, bytes_sha256, day_on, urgency,
                     state, held_reason, sealed_at, next_attempt_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id";

const ADD_BYTES: &str = "INSERT INTO message_bytes (message_id, bytes) VALUES ($1, $2)";

const COUNT_PLANNED: &str = "\
SELECT count(*) AS planned FROM reminder
WHERE key IN (SELECT value FROM json_each($1)) AND state = 'planned'";

const LINK_REMINDERS: &str = "\
UPDATE reminder SET state = 'sealed', message_id = $2, sealings = sealings + 1
WHERE key IN (SELECT value FROM json_each($1))";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[WITH_MESSAGE_ID, ADD_MESSAGE, ADD_BYTES, COUNT_PLANNED, LINK_REMINDERS];

pub(super) async fn seal(
    transaction: &mut SqliteConnection,
    message: &SealedMessage,
) -> Result<SealResult, StorageError> {
    let known =
        sqlx::query(WITH_MESSAGE_ID).bind(&message.message_id).fetch_optional(&mut *transaction);
    if let Some(row) = known.await? {
        return Ok(SealResult::Known(MessageKey(row.try_get("id")?)));
    }
    let reminders = match &message.kind {
        MessageKind::Reminder { reminders, .. } => reminders.as_slice(),
        MessageKind::Operator => &[],
    };
    let keys: Value = reminders.iter().map(ReminderKey::as_str).collect();
    let keys = keys.to_string();
    let planned = sqlx::query(COUNT_PLANNED).bind(&keys).fetch_one(&mut *transaction).await?;
    if planned.try_get::<i64, _>("planned")? != i64::try_from(reminders.len()).unwrap_or(i64::MAX) {
        return Ok(SealResult::Overtaken);
    }
    let key = add_message(&mut *transaction, message).await?;
    let query = sqlx::query(LINK_REMINDERS).bind(&keys).bind(key.0);
    let done = query.execute(&mut *transaction).await?;
    exactly("link reminders", reminders.len(), done.rows_affected())?;
    journal_lines::append(transaction, &[entry(key, message)]).await?;
    Ok(SealResult::Sealed(key))
}

async fn add_message(
    transaction: &mut SqliteConnection,
    message: &SealedMessage,
) -> Result<MessageKey, StorageError> {
    let (kind, contact) = match &message.kind {
        MessageKind::Reminder { contact, .. } => ("reminder", Some(contact.0)),
        MessageKind::Operator => ("operator", None),
    };
    let row = sqlx::query(ADD_MESSAGE)
        .bind(&message.message_id)
        .bind(contact)
        .bind(kind)
        .bind(message.sender.as_str())
        .bind(message.recipient.as_str())
        .bind(&message.subject)
        .bind(HEXLOWER.encode(&Sha256::digest(&message.bytes)))
        .bind(message.day.to_string())
        .bind(message.urgency)
        .bind(first_state(message).word())
        .bind(message.held.map(HeldReason::word))
        .bind(message.sealed.seconds())
        .bind(message.not_before.seconds())
        .bind(message.expires.seconds())
        .fetch_one(&mut *transaction)
        .await?;
    let key = MessageKey(row.try_get("id")?);
    sqlx::query(ADD_BYTES).bind(key.0).bind(&message.bytes).execute(transaction).await?;
    Ok(key)
}

fn first_state(message: &SealedMessage) -> MessageState {
    if message.held.is_some() { MessageState::Held } else { MessageState::Ready }
}

fn entry(key: MessageKey, message: &SealedMessage) -> Entry {
    Entry::new(message.sealed, Action::Seal, format!("message {}", key.0))
        .after(first_state(message).word())
        .reason_if_any(message.held.map(|reason| reason.word().to_owned()))
}
