//! Takes messages out of the outbox without another attempt: they are no longer owed, damaged, addressed to a
//! suppressed mailbox, or expired.
//!
//! Must not know: how an attempt ends (`failed`), what is composed instead. Callers: the files of this
//! folder; `units`, `posts` and `unit_changes`, when a contact gets another address or leaves.

use sqlx::{Row as _, SqliteConnection};

use super::failed::{dead_letter_reminders, replan_assignments};
use crate::domain::delivery::{
    ExpiryDecision, FailureClass, HeldReason, MessageKey, MessageState, PastAttempt, Stage,
    decide_expired,
};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::outbox::Expired;
use crate::storage::sqlite::rows::{RowReader, exactly_one};
use crate::storage::sqlite::{items, journal_lines};

const REPLAN_REMINDERS: &str = "\
UPDATE reminder SET state = 'planned', message_id = NULL
WHERE message_id = $1 AND state = 'sealed' AND id IN (
    SELECT owed_reminder.id FROM owed_reminder JOIN message ON message.id = owed_reminder.message_id
    WHERE owed_reminder.message_id = $1 AND silent_until_on <= day_on)";

const VOID_REMINDERS: &str = "\
UPDATE reminder SET state = 'void', reason = 'not owed any more' WHERE message_id = $1 AND state = 'sealed'";

const END_MESSAGE: &str = "\
UPDATE message SET state = $2, last_class = coalesce($3, last_class), held_reason = NULL
WHERE id = $1 AND (is_sendable OR state = 'held')";

const PAST_EXPIRY: &str = "\
SELECT id FROM message
WHERE is_sendable AND expires_at <= $1
UNION ALL
SELECT id FROM message
WHERE state = 'held' AND held_reason = 'ambiguous' AND expires_at <= $1";

const ATTEMPTS: &str = "SELECT message_id AS id, claimed_at, stage, class, code FROM attempt WHERE message_id = $1 ORDER BY number";

const HOLD_DAMAGED: &str = "\
UPDATE message SET state = 'held', held_reason = $2 WHERE id = $1 AND is_sendable AND unknowns > 0";

const RECIPIENT: &str = "SELECT recipient FROM message WHERE id = $1";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] = &[
    REPLAN_REMINDERS,
    VOID_REMINDERS,
    END_MESSAGE,
    PAST_EXPIRY,
    ATTEMPTS,
    HOLD_DAMAGED,
    RECIPIENT,
];

/// Cancels a message that no longer matches the owed reminders or the address. The reminders still owed are planned
/// again.
pub(in crate::storage::sqlite) async fn take_back(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    now: Moment,
) -> Result<(), StorageError> {
    replan(transaction, message, "no longer as owed", now).await
}

async fn replan(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    reason: &str,
    now: Moment,
) -> Result<(), StorageError> {
    end_message(&mut *transaction, message, MessageState::Cancelled, None).await?;
    replan_assignments(&mut *transaction, message, now).await?;
    sqlx::query(REPLAN_REMINDERS).bind(message.0).execute(&mut *transaction).await?;
    sqlx::query(VOID_REMINDERS).bind(message.0).execute(&mut *transaction).await?;
    let entry = entry(Action::Cancel, message, MessageState::Cancelled, reason, now);
    journal_lines::append(transaction, &[entry]).await
}

/// Dead-letters a message whose address is known not to exist; the item about the address is already open.
pub(super) async fn dead_letter_suppressed(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    now: Moment,
) -> Result<(), StorageError> {
    let class = FailureClass::UnknownMailbox;
    end_message(&mut *transaction, message, MessageState::Dead, Some(class)).await?;
    dead_letter_reminders(&mut *transaction, message, class.word(), now).await?;
    let entry = entry(Action::DeadLetter, message, MessageState::Dead, class.word(), now);
    journal_lines::append(transaction, &[entry]).await
}

/// Takes out a message that differs from what was sealed, and opens an item about it. Its reminders are planned again
/// and composed into another message. A message that may have been delivered is held instead, because its recipient
/// could get both messages.
pub(super) async fn take_out_damaged(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    now: Moment,
) -> Result<(), StorageError> {
    let query = sqlx::query(HOLD_DAMAGED).bind(message.0).bind(HeldReason::Damaged.word());
    if query.execute(&mut *transaction).await?.rows_affected() == 0 {
        replan(&mut *transaction, message, "damaged", now).await?;
    } else {
        let entry = entry(Action::Hold, message, MessageState::Held, "damaged", now);
        journal_lines::append(&mut *transaction, &[entry]).await?;
    }
    let detail = message.0.to_string();
    items::open(transaction, &ItemKey::Damaged(message), &detail, now).await
}

/// Ends a message that is too old to be sent, and opens an item about it.
async fn expire_message(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    now: Moment,
) -> Result<(), StorageError> {
    end_message(&mut *transaction, message, MessageState::Expired, None).await?;
    dead_letter_reminders(&mut *transaction, message, "expired", now).await?;
    let row = sqlx::query(RECIPIENT).bind(message.0).fetch_one(&mut *transaction).await?;
    let recipient: String = row.try_get("recipient")?;
    let detail = format!("{} {recipient}", message.0);
    items::open(&mut *transaction, &ItemKey::Undelivered(message), &detail, now).await?;
    let entry = entry(Action::Expire, message, MessageState::Expired, "expired", now);
    journal_lines::append(transaction, &[entry]).await
}

/// Ends every message that has expired at `now`, as [`decide_expired`] decides from its attempts.
pub(super) async fn expire(
    transaction: &mut SqliteConnection,
    now: Moment,
) -> Result<Expired, StorageError> {
    let rows = sqlx::query(PAST_EXPIRY).bind(now.seconds()).fetch_all(&mut *transaction).await?;
    let mut count = Expired::default();
    for row in rows {
        let message = MessageKey(RowReader::keyed(&row, "message")?.id);
        match decide_expired(&attempts(&mut *transaction, message).await?) {
            ExpiryDecision::DeadLetter => {
                expire_message(&mut *transaction, message, now).await?;
                count.expired += 1;
            }
            ExpiryDecision::Recompose => {
                replan(
                    &mut *transaction,
                    message,
                    "expired; the recipient did not refuse it on enough days",
                    now,
                )
                .await?;
                count.replanned += 1;
            }
        }
    }
    Ok(count)
}

async fn end_message(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    state: MessageState,
    class: Option<FailureClass>,
) -> Result<(), StorageError> {
    let query = sqlx::query(END_MESSAGE)
        .bind(message.0)
        .bind(state.word())
        .bind(class.map(FailureClass::word));
    exactly_one("end message", query.execute(transaction).await?.rows_affected())
}

async fn attempts(
    transaction: &mut SqliteConnection,
    message: MessageKey,
) -> Result<Vec<PastAttempt>, StorageError> {
    let rows = sqlx::query(ATTEMPTS).bind(message.0).fetch_all(transaction).await?;
    let attempt = |row| {
        let row = RowReader::keyed(row, "attempt")?;
        Ok(PastAttempt {
            on: row.moment("claimed_at")?.today(),
            stage: row.read_if_any("stage", Stage::from_word)?,
            class: row.read_if_any("class", FailureClass::from_word)?,
            is_answered: row.get::<Option<u16>>("code")?.is_some(),
        })
    };
    rows.iter().map(attempt).collect()
}

fn entry(
    action: Action,
    message: MessageKey,
    after: MessageState,
    reason: &str,
    now: Moment,
) -> Entry {
    Entry::new(now, action, format!("message {}", message.0)).after(after.word()).reason(reason)
}
