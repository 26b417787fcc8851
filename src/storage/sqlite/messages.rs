//! Statements for looking into the outbox and command it.
//!
//! Must not know: what a person may do (`domain::delivery`).

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::rows::Place;
use super::script::exactly_one;
use super::{Sqlite, journal};
use crate::domain::address::Address;
use crate::domain::delivery::{
    BreakerReason, BreakerScope, FailureClass, HeldReason, MessageCommand, MessageKey,
    MessageState, Stage,
};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::messages::{
    AttemptRecord, Ending, Messages, Move, OpenBreaker, OpenItem, QueuedMessage,
};

const MESSAGES: &str = "\
SELECT id, message_id, recipient, subject, day_on, state, held_reason, sealed_at, next_attempt_at, expires_at,
       attempts, unknowns, accepted_at, last_stage AS stage, last_class AS class, last_code AS code,
       last_reply AS reply
FROM message WHERE $1 = '[]' OR state IN (SELECT value FROM json_each($1))
ORDER BY urgency DESC, id";

const MESSAGE: &str = "\
SELECT id, message_id, recipient, subject, day_on, state, held_reason, sealed_at, next_attempt_at, expires_at,
       attempts, unknowns, accepted_at, last_stage AS stage, last_class AS class, last_code AS code,
       last_reply AS reply
FROM message WHERE id = $1";

const ATTEMPTS: &str = "\
SELECT message_id AS id, number, claimed_at, dot_at, ended_at, stage, class, code, reply
FROM attempt WHERE message_id = $1 ORDER BY number";

const RAW: &str = "SELECT bytes FROM message_bytes WHERE message_id = $1";

/// A message whose time is over gets a new life when a person wants it sent after all.
const STEER: &str = "\
UPDATE message SET state = $3, held_reason = $4,
                   next_attempt_at = CASE WHEN $3 IN ('ready', 'unknown') THEN $5 ELSE next_attempt_at END,
                   expires_at = CASE WHEN $3 IN ('ready', 'unknown') AND expires_at <= $5 THEN $6 ELSE expires_at END
WHERE id = $1 AND state = $2";

/// Settled for the planner too: nobody is told of these rungs any more.
const DROP_REMINDERS: &str = "\
UPDATE reminder SET state = 'covered', reason = 'cancelled' WHERE message_id = $1 AND state = 'sealed'";

const REVIVE_REMINDERS: &str = "\
UPDATE reminder SET state = 'sealed', reason = NULL WHERE message_id = $1 AND state = 'undeliverable'";

/// Whoever wants a message tried again says that its mailbox exists after all.
const BELIEVE_IN_MAILBOX: &str =
    "DELETE FROM suppression WHERE address = (SELECT recipient FROM message WHERE id = $1)";

const SETTLE_MAILBOX_OF: &str = "\
UPDATE operator_item SET resolved_at = $2
WHERE key = 'mailbox:' || (SELECT recipient FROM message WHERE id = $1) AND resolved_at IS NULL";

const SETTLE_ITEMS_OF: &str = "\
UPDATE operator_item SET resolved_at = $2
WHERE key IN ('undelivered:' || $1, 'ambiguous:' || $1) AND resolved_at IS NULL";

const CLOSED_ROADS: &str = "SELECT 0 AS id, scope, reason, opened_at, next_probe_at, failures FROM circuit_breaker ORDER BY scope";

const OPEN_ITEMS: &str = "\
SELECT id, key, kind, detail, opened_at FROM operator_item WHERE resolved_at IS NULL ORDER BY opened_at, id";

/// Whoever has looked after a mailbox says that it is there.
const LIFT_SUPPRESSION: &str = "DELETE FROM suppression WHERE address = $1";

const SETTLE_ITEM: &str =
    "UPDATE operator_item SET resolved_at = $2 WHERE key = $1 AND resolved_at IS NULL";

pub(super) const STATEMENTS: &[&str] = &[
    MESSAGES,
    MESSAGE,
    ATTEMPTS,
    RAW,
    STEER,
    DROP_REMINDERS,
    REVIVE_REMINDERS,
    BELIEVE_IN_MAILBOX,
    SETTLE_MAILBOX_OF,
    SETTLE_ITEMS_OF,
    CLOSED_ROADS,
    OPEN_ITEMS,
    LIFT_SUPPRESSION,
    SETTLE_ITEM,
];

#[async_trait]
impl Messages for Sqlite {
    async fn messages(&self, states: &[MessageState]) -> Result<Vec<QueuedMessage>, StorageError> {
        let words: Vec<String> =
            states.iter().map(|state| format!("\"{}\"", state.word())).collect();
        let rows = sqlx::query(MESSAGES).bind(format!("[{}]", words.join(",")));
        rows.fetch_all(&self.reader).await?.iter().map(queued).collect()
    }

    async fn message(&self, key: MessageKey) -> Result<Option<QueuedMessage>, StorageError> {
        let row = sqlx::query(MESSAGE).bind(key.0).fetch_optional(&self.reader).await?;
        row.as_ref().map(queued).transpose()
    }

    async fn attempts(&self, key: MessageKey) -> Result<Vec<AttemptRecord>, StorageError> {
        let rows = sqlx::query(ATTEMPTS).bind(key.0).fetch_all(&self.reader).await?;
        rows.iter().map(attempt).collect()
    }

    async fn message_bytes(&self, key: MessageKey) -> Result<Option<Vec<u8>>, StorageError> {
        let row = sqlx::query(RAW).bind(key.0).fetch_optional(&self.reader).await?;
        Ok(row.map(|row| row.try_get("bytes")).transpose()?)
    }

    async fn steer(
        &self,
        moves: &[Move],
        command: MessageCommand,
        actor: &str,
        now: Moment,
        expires: Moment,
    ) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        for step in moves {
            steer_one(&mut transaction, *step, command, now, expires).await?;
        }
        let entries = moves.iter().map(|step| entry(*step, command, actor, now));
        journal::append(&mut transaction, &entries.collect::<Vec<_>>()).await?;
        Ok(transaction.commit().await?)
    }

    async fn open_breakers(&self) -> Result<Vec<OpenBreaker>, StorageError> {
        let rows = sqlx::query(CLOSED_ROADS).fetch_all(&self.reader).await?;
        rows.iter().map(closed_road).collect()
    }

    async fn open_items(&self) -> Result<Vec<OpenItem>, StorageError> {
        let rows = sqlx::query(OPEN_ITEMS).fetch_all(&self.reader).await?;
        rows.iter().map(open_item).collect()
    }

    async fn resolve_item(
        &self,
        key: &str,
        actor: &str,
        now: Moment,
    ) -> Result<bool, StorageError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(SETTLE_ITEM).bind(key).bind(now.seconds());
        if done.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(address) = key.strip_prefix("mailbox:") {
            sqlx::query(LIFT_SUPPRESSION).bind(address).execute(&mut *transaction).await?;
        }
        let entry = Entry {
            at: now,
            actor: actor.to_owned(),
            action: Action::ItemResolved,
            subject: format!("item {key}"),
            before: None,
            after: None,
            reason: None,
        };
        journal::append(&mut transaction, &[entry]).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

async fn steer_one(
    transaction: &mut SqliteConnection,
    step: Move,
    command: MessageCommand,
    now: Moment,
    expires: Moment,
) -> Result<(), StorageError> {
    let held = (step.to == MessageState::Held).then(|| HeldReason::Operator.word());
    let done = sqlx::query(STEER)
        .bind(step.key.0)
        .bind(step.from.word())
        .bind(step.to.word())
        .bind(held)
        .bind(now.seconds())
        .bind(expires.seconds())
        .execute(&mut *transaction)
        .await?;
    exactly_one("steer message", done.rows_affected())?;
    let reminders = match command {
        MessageCommand::Cancel => DROP_REMINDERS,
        MessageCommand::Retry => REVIVE_REMINDERS,
        MessageCommand::Hold | MessageCommand::Release => return Ok(()),
    };
    sqlx::query(reminders).bind(step.key.0).execute(&mut *transaction).await?;
    if command == MessageCommand::Retry {
        sqlx::query(BELIEVE_IN_MAILBOX).bind(step.key.0).execute(&mut *transaction).await?;
        let settled = sqlx::query(SETTLE_MAILBOX_OF).bind(step.key.0).bind(now.seconds());
        settled.execute(&mut *transaction).await?;
    }
    let settled = sqlx::query(SETTLE_ITEMS_OF).bind(step.key.0).bind(now.seconds());
    settled.execute(transaction).await?;
    Ok(())
}

fn queued(row: &SqliteRow) -> Result<QueuedMessage, StorageError> {
    let place = Place::keyed(row, "message")?;
    Ok(QueuedMessage {
        key: MessageKey(place.id),
        message_id: place.get("message_id")?,
        recipient: place.read("recipient", |text| Address::parse(text).ok())?,
        subject: place.get("subject")?,
        day: place.date("day_on")?,
        state: place.read("state", MessageState::from_word)?,
        held: place.read_if_any("held_reason", HeldReason::from_word)?,
        sealed: place.moment("sealed_at")?,
        next_attempt: place.moment("next_attempt_at")?,
        expires: place.moment("expires_at")?,
        attempts: place.number("attempts")?,
        unknowns: place.number("unknowns")?,
        accepted: place.moment_if_any("accepted_at")?,
        last: ending(&place)?,
    })
}

fn attempt(row: &SqliteRow) -> Result<AttemptRecord, StorageError> {
    let place = Place::keyed(row, "attempt")?;
    Ok(AttemptRecord {
        number: place.number("number")?,
        claimed: place.moment("claimed_at")?,
        dot: place.moment_if_any("dot_at")?,
        ended: place.moment_if_any("ended_at")?,
        ending: ending(&place)?,
    })
}

fn ending(place: &Place<'_>) -> Result<Ending, StorageError> {
    Ok(Ending {
        stage: place.read_if_any("stage", Stage::from_word)?,
        class: place.read_if_any("class", FailureClass::from_word)?,
        code: place.get("code")?,
        reply: place.get("reply")?,
    })
}

fn closed_road(row: &SqliteRow) -> Result<OpenBreaker, StorageError> {
    let place = Place::keyed(row, "circuit")?;
    Ok(OpenBreaker {
        scope: place.read("scope", BreakerScope::from_word)?,
        reason: place.read("reason", BreakerReason::from_word)?,
        since: place.moment("opened_at")?,
        next_probe: place.moment("next_probe_at")?,
        failures: place.number("failures")?,
    })
}

fn open_item(row: &SqliteRow) -> Result<OpenItem, StorageError> {
    let place = Place::keyed(row, "operator_item")?;
    Ok(OpenItem {
        key: place.read("key", ItemKey::parse)?,
        detail: place.get("detail")?,
        since: place.moment("opened_at")?,
    })
}

fn entry(step: Move, command: MessageCommand, actor: &str, now: Moment) -> Entry {
    Entry {
        at: now,
        actor: actor.to_owned(),
        action: command.action(),
        subject: format!("message {}", step.key.0),
        before: Some(step.from.word().to_owned()),
        after: Some(step.to.word().to_owned()),
        reason: None,
    }
}
