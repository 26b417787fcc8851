//! Puts messages into the outbox.
//!
//! Must not know: how a message is composed. Callers: the outbox only.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sqlx::{Row as _, SqliteConnection};

use crate::domain::delivery::{HeldReason, MessageKey, MessageState};
use crate::domain::journal::Action;
use crate::domain::ledger_identity::LedgerSecret;
use crate::domain::reminder::ReminderKey;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::outbox::{MessageKind, SealResult, SealedMessage};
use crate::storage::sqlite::ledger_identity::{address_key, secret};
use crate::storage::sqlite::rows::exactly;
use crate::storage::sqlite::{digests, journal_lines};

const KNOWN_MESSAGES: &str =
    "SELECT id, message_id FROM message WHERE message_id IN (SELECT value FROM json_each($1))";

const ADD_MESSAGE: &str = "\
INSERT INTO message (message_id, contact_id, kind, sender, recipient, subject, bytes_sha256, envelope_sha256, day_on, urgency, haste,
                     state, held_reason, sealed_at, next_attempt_at, expires_at, recipient_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id";

const ADD_BYTES: &str = "INSERT INTO message_bytes (message_id, bytes) VALUES ($1, $2)";

const PLANNED_KEYS: &str =
    "SELECT key FROM reminder WHERE key IN (SELECT value FROM json_each($1)) AND state = 'planned'";

const LINK_REMINDERS: &str = "\
UPDATE reminder SET state = 'sealed', message_id = link.value ->> 1, sealings = sealings + 1
FROM jsonb_each($1) AS link WHERE reminder.key = link.value ->> 0";

const LEAVE_OUT: &str = "\
UPDATE reminder SET left_out_at = left_out.value ->> 1
FROM jsonb_each($1) AS left_out
WHERE reminder.key = left_out.value ->> 0 AND state = 'planned' AND left_out_at IS NULL";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[KNOWN_MESSAGES, ADD_MESSAGE, ADD_BYTES, PLANNED_KEYS, LINK_REMINDERS, LEAVE_OUT];

/// Messages that are checked, linked and journaled by one statement each; bounds the size of their JSON parameters.
const BATCH: usize = 500;

/// Seals `messages` inside a transaction; returns what became of each.
pub(super) async fn seal(
    transaction: &mut SqliteConnection,
    messages: &[SealedMessage],
) -> Result<Vec<SealResult>, StorageError> {
    let mut results = Vec::with_capacity(messages.len());
    for batch in messages.chunks(BATCH) {
        results.append(&mut seal_batch(&mut *transaction, batch).await?);
    }
    Ok(results)
}

async fn seal_batch(
    transaction: &mut SqliteConnection,
    messages: &[SealedMessage],
) -> Result<Vec<SealResult>, StorageError> {
    let mut known = known_messages(&mut *transaction, messages).await?;
    let mut planned = planned_keys(&mut *transaction, messages).await?;
    let secret = secret(&mut *transaction).await?;
    let (mut results, mut links, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    let mut left_out = Vec::new();
    for message in messages {
        if let Some(key) = known.get(&message.message_id) {
            results.push(SealResult::Known(*key));
            continue;
        }
        let reminders = reminders_of(message);
        if !reminders.iter().all(|reminder| planned.contains(reminder.as_str())) {
            results.push(SealResult::Overtaken);
            continue;
        }
        let key = add_message(&mut *transaction, message, &secret).await?;
        for reminder in reminders {
            planned.remove(reminder.as_str());
            links.push(json!([reminder.as_str(), key.0]));
        }
        let sealed = message.sealed.seconds();
        left_out.extend(message.left_out().iter().map(|key| json!([key.as_str(), sealed])));
        known.insert(message.message_id.clone(), key);
        entries.push(entry(key, message));
        results.push(SealResult::Sealed(key));
    }
    let linked = links.len();
    let query = sqlx::query(LINK_REMINDERS).bind(Value::from(links).to_string());
    let done = query.execute(&mut *transaction).await?;
    exactly("link reminders", linked, done.rows_affected())?;
    if !left_out.is_empty() {
        let left_out = Value::from(left_out).to_string();
        sqlx::query(LEAVE_OUT).bind(left_out).execute(&mut *transaction).await?;
    }
    journal_lines::append(transaction, &entries).await?;
    Ok(results)
}

fn reminders_of(message: &SealedMessage) -> &[ReminderKey] {
    match &message.kind {
        MessageKind::Reminder { reminders, .. } => reminders.as_slice(),
        MessageKind::Operator => &[],
    }
}

/// The messages among these that are in the outbox already, by Message-ID.
async fn known_messages(
    transaction: &mut SqliteConnection,
    messages: &[SealedMessage],
) -> Result<BTreeMap<String, MessageKey>, StorageError> {
    let ids: Value = messages.iter().map(|message| message.message_id.as_str()).collect();
    let rows = sqlx::query(KNOWN_MESSAGES).bind(ids.to_string()).fetch_all(transaction).await?;
    let known =
        rows.iter().map(|row| Ok((row.try_get("message_id")?, MessageKey(row.try_get("id")?))));
    known.collect()
}

/// The keys of the reminders of these messages that are still planned.
async fn planned_keys(
    transaction: &mut SqliteConnection,
    messages: &[SealedMessage],
) -> Result<BTreeSet<String>, StorageError> {
    let keys: Value = messages.iter().flat_map(reminders_of).map(ReminderKey::as_str).collect();
    let rows = sqlx::query(PLANNED_KEYS).bind(keys.to_string()).fetch_all(transaction).await?;
    rows.iter().map(|row| Ok(row.try_get("key")?)).collect()
}

async fn add_message(
    transaction: &mut SqliteConnection,
    message: &SealedMessage,
    secret: &LedgerSecret,
) -> Result<MessageKey, StorageError> {
    let (kind, contact) = match &message.kind {
        MessageKind::Reminder { contact, .. } => ("reminder", Some(contact.0)),
        MessageKind::Operator => ("operator", None),
    };
    let envelope = [
        message.message_id.as_bytes(),
        message.sender.as_str().as_bytes(),
        message.recipient.as_str().as_bytes(),
        message.subject.as_bytes(),
    ];
    let row = sqlx::query(ADD_MESSAGE)
        .bind(&message.message_id)
        .bind(contact)
        .bind(kind)
        .bind(message.sender.as_str())
        .bind(message.recipient.as_str())
        .bind(&message.subject)
        .bind(digests::of_bytes(&message.bytes))
        .bind(digests::of_envelope(envelope))
        .bind(message.day.to_string())
        .bind(message.urgency)
        .bind(message.haste.word())
        .bind(first_state(message).word())
        .bind(message.held.map(HeldReason::word))
        .bind(message.sealed.seconds())
        .bind(message.not_before.seconds())
        .bind(message.expires.seconds())
        .bind(address_key(secret, message.recipient.as_str()))
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
