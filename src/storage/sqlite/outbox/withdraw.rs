//! Takes waiting messages out of the outbox without an attempt: no longer owed, no such address, time over.
//!
//! Must not know: how an attempt ends (`record`), what is said instead.

use sqlx::{Row as _, SqliteConnection};

use super::record::{give_up_reminders, item_detail, look_again};
use super::{ACTOR, roads};
use crate::domain::delivery::{
    FailureClass, MessageKey, MessageState, Retirement, Stage, Trial, retire,
};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::outbox::Expired;
use crate::storage::sqlite::journal;
use crate::storage::sqlite::rows::Place;
use crate::storage::sqlite::script::exactly_one;

const PLAN_REMINDERS_AGAIN: &str = "\
UPDATE reminder SET state = 'planned', message_id = NULL
WHERE message_id = $1 AND state = 'sealed' AND id IN (
    SELECT owed_reminder.id FROM owed_reminder JOIN message ON message.id = owed_reminder.message_id
    WHERE owed_reminder.message_id = $1 AND silent_until_on <= day_on)";

const VOID_REMINDERS: &str = "\
UPDATE reminder SET state = 'void', reason = 'not owed any more' WHERE message_id = $1 AND state = 'sealed'";

const END_WAITING: &str = "\
UPDATE message SET state = $2, last_class = coalesce($3, last_class), held_reason = NULL
WHERE id = $1 AND state IN ('ready', 'deferred', 'unknown', 'held')";

/// Through the indexes of what waits: by itself SQLite reads every message there ever was.
const OVERDUE: &str = "\
SELECT id FROM message INDEXED BY message_due
WHERE is_sendable AND expires_at <= $1
UNION ALL
SELECT id FROM message INDEXED BY message_held
WHERE state = 'held' AND held_reason = 'ambiguous' AND expires_at <= $1
ORDER BY id";

const TRIALS: &str = "SELECT message_id AS id, claimed_at, stage, class, code FROM attempt WHERE message_id = $1 ORDER BY number";

const RECIPIENT: &str = "SELECT recipient FROM message WHERE id = $1";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[PLAN_REMINDERS_AGAIN, VOID_REMINDERS, END_WAITING, OVERDUE, TRIALS, RECIPIENT];

/// Why a waiting message is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Burial {
    /// Its address does not exist.
    Suppressed,
    /// Its time is over.
    Expired,
}

/// Cancels a message whose duties have changed; what is still owed goes back to the planner.
pub(in crate::storage::sqlite) async fn take_back(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    now: Moment,
) -> Result<(), StorageError> {
    return_to_planner(transaction, message, "no longer as owed", now).await
}

async fn return_to_planner(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    why: &str,
    now: Moment,
) -> Result<(), StorageError> {
    let ended = sqlx::query(END_WAITING)
        .bind(message.0)
        .bind(MessageState::Cancelled.word())
        .bind(None::<&str>);
    exactly_one("take message back", ended.execute(&mut *transaction).await?.rows_affected())?;
    look_again(&mut *transaction, message, now).await?;
    sqlx::query(PLAN_REMINDERS_AGAIN).bind(message.0).execute(&mut *transaction).await?;
    sqlx::query(VOID_REMINDERS).bind(message.0).execute(&mut *transaction).await?;
    let entry = waiting_entry(message, Action::Cancel, MessageState::Cancelled, why, now);
    journal::append(transaction, &[entry]).await
}

/// Gives a waiting message up, which is never silent.
pub(super) async fn bury(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    burial: Burial,
    now: Moment,
) -> Result<(), StorageError> {
    let (state, action, reason, class) = match burial {
        Burial::Suppressed => {
            let class = FailureClass::UnknownMailbox.word();
            (MessageState::Dead, Action::DeadLetter, class, Some(class))
        }
        Burial::Expired => (MessageState::Expired, Action::Expire, "expired", None),
    };
    let ended = sqlx::query(END_WAITING).bind(message.0).bind(state.word()).bind(class);
    exactly_one("give message up", ended.execute(&mut *transaction).await?.rows_affected())?;
    give_up_reminders(&mut *transaction, message, reason, now).await?;
    let recipient = recipient_of(&mut *transaction, message).await?;
    if burial == Burial::Expired {
        let item = ItemKey::Undelivered(message);
        let detail = item_detail(&item, &recipient);
        roads::open_item(&mut *transaction, &item, &detail, now).await?;
    }
    journal::append(transaction, &[waiting_entry(message, action, state, reason, now)]).await
}

pub(super) async fn expire(
    transaction: &mut SqliteConnection,
    now: Moment,
) -> Result<Expired, StorageError> {
    let rows = sqlx::query(OVERDUE).bind(now.seconds()).fetch_all(&mut *transaction).await?;
    let mut expired = Expired::default();
    for row in rows {
        let message = MessageKey(Place::keyed(&row, "message")?.id);
        match retire(&trials(&mut *transaction, message).await?) {
            Retirement::GivenUp => {
                bury(&mut *transaction, message, Burial::Expired, now).await?;
                expired.expired += 1;
            }
            Retirement::WrittenAnew => {
                let why = "too old, and never had its chance";
                return_to_planner(&mut *transaction, message, why, now).await?;
                expired.replanned += 1;
            }
        }
    }
    Ok(expired)
}

async fn trials(
    transaction: &mut SqliteConnection,
    message: MessageKey,
) -> Result<Vec<Trial>, StorageError> {
    let rows = sqlx::query(TRIALS).bind(message.0).fetch_all(transaction).await?;
    let trial = |row| {
        let place = Place::keyed(row, "attempt")?;
        Ok(Trial {
            on: place.moment("claimed_at")?.today(),
            stage: place.read_if_any("stage", Stage::from_word)?,
            class: place.read_if_any("class", FailureClass::from_word)?,
            is_answered: place.get::<Option<u16>>("code")?.is_some(),
        })
    };
    rows.iter().map(trial).collect()
}

async fn recipient_of(
    transaction: &mut SqliteConnection,
    message: MessageKey,
) -> Result<String, StorageError> {
    let row = sqlx::query(RECIPIENT).bind(message.0).fetch_one(transaction).await?;
    Ok(row.try_get("recipient")?)
}

fn waiting_entry(
    message: MessageKey,
    action: Action,
    after: MessageState,
    reason: &str,
    now: Moment,
) -> Entry {
    Entry {
        at: now,
        actor: ACTOR.to_owned(),
        action,
        subject: format!("message {}", message.0),
        before: None,
        after: Some(after.word().to_owned()),
        reason: Some(reason.to_owned()),
    }
}
