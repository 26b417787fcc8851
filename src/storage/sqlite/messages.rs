//! The messages of the outbox as an operator sees and steers them, open breakers and open items.
//!
//! Must not know: what an operator may do (`domain::delivery`). Callers: other rooms through the trait [`Messages`].

use async_trait::async_trait;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::database::Sqlite;
use super::ledger_identity::{address_key, secret};
use super::rows::{RowReader, exactly_one, json_texts};
use super::{items, journal_lines, mail_bundles};
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

/// A statement that selects what is shown of a message, continued by the given text.
macro_rules! select_messages {
    ($rest:literal) => {
        concat!(
            "SELECT id, message_id, recipient, subject, day_on, state, held_reason, sealed_at, next_attempt_at, \
             expires_at, attempts, unknowns, accepted_at, last_stage AS stage, last_class AS class, \
             last_code AS code, last_reply AS reply FROM message ",
            $rest
        )
    };
}

const MESSAGES: &str = select_messages!(
    "WHERE $1 = '[]' OR state IN (SELECT value FROM json_each($1)) ORDER BY urgency DESC, id"
);

const MESSAGE: &str = select_messages!("WHERE id = $1");

const ATTEMPTS: &str = "\
SELECT message_id AS id, number, claimed_at, dot_at, ended_at, stage, class, code, reply
FROM attempt WHERE message_id = $1 ORDER BY number";

/// An expired message that is to be sent after all gets the new expiry $6.
const STEER: &str = "\
UPDATE message SET state = $3, held_reason = $4,
                   next_attempt_at = CASE WHEN $3 IN ('ready', 'unknown') THEN $5 ELSE next_attempt_at END,
                   expires_at = CASE WHEN $3 IN ('ready', 'unknown') AND expires_at <= $5 THEN $6 ELSE expires_at END
WHERE id = $1 AND state = $2";

/// `covered`, so that the planner does not plan them again.
const COVER_REMINDERS: &str = "\
UPDATE reminder SET state = 'covered', reason = 'cancelled' WHERE message_id = $1 AND state = 'sealed'";

const RESEAL_REMINDERS: &str = "\
UPDATE reminder SET state = 'sealed', reason = NULL WHERE message_id = $1 AND state = 'undeliverable'";

/// Retrying a message says that its mailbox exists after all.
const LIFT_SUPPRESSION_OF: &str =
    "DELETE FROM suppression WHERE address_key = (SELECT recipient_key FROM message WHERE id = $1)";

const RECIPIENT: &str = "SELECT recipient FROM message WHERE id = $1";

const OPEN_BREAKERS: &str = "SELECT 0 AS id, scope, reason, opened_at, next_probe_at, failures FROM circuit_breaker ORDER BY scope";

/// Resolving the item about a mailbox says that it exists.
const LIFT_SUPPRESSION: &str = "DELETE FROM suppression WHERE address_key = $1";

pub(super) const STATEMENTS: &[&str] = &[
    MESSAGES,
    MESSAGE,
    ATTEMPTS,
    STEER,
    COVER_REMINDERS,
    RESEAL_REMINDERS,
    LIFT_SUPPRESSION_OF,
    RECIPIENT,
    OPEN_BREAKERS,
    LIFT_SUPPRESSION,
];

#[async_trait]
impl Messages for Sqlite {
    async fn messages(&self, states: &[MessageState]) -> Result<Vec<QueuedMessage>, StorageError> {
        let states: Vec<_> = states.iter().map(|state| state.word()).collect();
        let query = sqlx::query(MESSAGES).bind(json_texts(&states));
        query.fetch_all(&self.reader).await?.iter().map(queued).collect()
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
        let mut reader = self.reader.acquire().await?;
        mail_bundles::bytes_of(&mut reader, key).await
    }

    async fn steer(
        &self,
        moves: &[Move],
        command: MessageCommand,
        actor: &str,
        now: Moment,
        expires: Moment,
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        for step in moves {
            steer_one(&mut transaction, *step, command, now, expires).await?;
        }
        let entries = moves.iter().map(|step| entry(*step, command, actor, now));
        journal_lines::append(&mut transaction, &entries.collect::<Vec<_>>()).await?;
        Ok(transaction.commit().await?)
    }

    async fn open_breakers(&self) -> Result<Vec<OpenBreaker>, StorageError> {
        let rows = sqlx::query(OPEN_BREAKERS).fetch_all(&self.reader).await?;
        rows.iter().map(open_breaker).collect()
    }

    async fn open_items(&self) -> Result<Vec<OpenItem>, StorageError> {
        let mut reader = self.reader.acquire().await?;
        items::list_open(&mut reader).await
    }

    async fn resolve_item(
        &self,
        key: &str,
        actor: &str,
        now: Moment,
    ) -> Result<bool, StorageError> {
        let mut transaction = self.begin_write().await?;
        if items::resolve_keys(&mut transaction, &[key.to_owned()], now).await? == 0 {
            return Ok(false);
        }
        if let Some(address) = key.strip_prefix("mailbox:") {
            let key = address_key(&secret(&mut transaction).await?, address);
            sqlx::query(LIFT_SUPPRESSION).bind(key).execute(&mut *transaction).await?;
        }
        // An address in the subject of a line could not be erased.
        let entry = if let Some(ItemKey::Mailbox(address)) = ItemKey::parse(key) {
            Entry::new(now, Action::ItemResolved, "item mailbox").before(address.to_string())
        } else {
            Entry::new(now, Action::ItemResolved, format!("item {key}"))
        };
        let entry = entry.by(actor);
        journal_lines::append(&mut transaction, &[entry]).await?;
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
        MessageCommand::Cancel => COVER_REMINDERS,
        MessageCommand::Retry => RESEAL_REMINDERS,
        MessageCommand::Hold | MessageCommand::Release => return Ok(()),
    };
    sqlx::query(reminders).bind(step.key.0).execute(&mut *transaction).await?;
    let mut resolved = vec![ItemKey::Undelivered(step.key), ItemKey::Ambiguous(step.key)];
    if command == MessageCommand::Retry {
        sqlx::query(LIFT_SUPPRESSION_OF).bind(step.key.0).execute(&mut *transaction).await?;
        let row = sqlx::query(RECIPIENT).bind(step.key.0).fetch_one(&mut *transaction).await?;
        let row = RowReader { row: &row, table: "message", id: step.key.0 };
        resolved.push(ItemKey::Mailbox(row.read("recipient", |text| Address::parse(text).ok())?));
    }
    items::resolve(transaction, &resolved, now).await
}

fn queued(row: &SqliteRow) -> Result<QueuedMessage, StorageError> {
    let row = RowReader::keyed(row, "message")?;
    Ok(QueuedMessage {
        key: MessageKey(row.id),
        message_id: row.get("message_id")?,
        recipient: row.read("recipient", |text| Address::parse(text).ok())?,
        subject: row.get("subject")?,
        day: row.date("day_on")?,
        state: row.read("state", MessageState::from_word)?,
        held: row.read_if_any("held_reason", HeldReason::from_word)?,
        sealed: row.moment("sealed_at")?,
        next_attempt: row.moment("next_attempt_at")?,
        expires: row.moment("expires_at")?,
        attempts: row.number("attempts")?,
        unknowns: row.number("unknowns")?,
        accepted: row.moment_if_any("accepted_at")?,
        last: ending(&row)?,
    })
}

fn attempt(row: &SqliteRow) -> Result<AttemptRecord, StorageError> {
    let row = RowReader::keyed(row, "attempt")?;
    Ok(AttemptRecord {
        number: row.number("number")?,
        claimed: row.moment("claimed_at")?,
        dot: row.moment_if_any("dot_at")?,
        ended: row.moment_if_any("ended_at")?,
        ending: ending(&row)?,
    })
}

fn ending(row: &RowReader<'_>) -> Result<Ending, StorageError> {
    Ok(Ending {
        stage: row.read_if_any("stage", Stage::from_word)?,
        class: row.read_if_any("class", FailureClass::from_word)?,
        code: row.get("code")?,
        reply: row.get("reply")?,
    })
}

fn open_breaker(row: &SqliteRow) -> Result<OpenBreaker, StorageError> {
    let row = RowReader::keyed(row, "circuit_breaker")?;
    Ok(OpenBreaker {
        scope: row.read("scope", BreakerScope::from_word)?,
        reason: row.read("reason", BreakerReason::from_word)?,
        since: row.moment("opened_at")?,
        next_probe: row.moment("next_probe_at")?,
        failures: row.number("failures")?,
    })
}

fn entry(step: Move, command: MessageCommand, actor: &str, now: Moment) -> Entry {
    Entry::new(now, command.action(), format!("message {}", step.key.0))
        .by(actor)
        .before(step.from.word())
        .after(step.to.word())
}
