//! Writes down how an attempt failed and what follows from it.
//!
//! Must not know: why it is so (`domain::delivery`). Every write after the claim is guarded by the lease.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::{ACTOR, roads};
use crate::domain::delivery::{
    BreakerChange, BreakerScope, Decision, Disposition, FailureClass, HeldReason, MessageKey,
    MessageState, Outcome, PROBES_OF_OTHERS, Stage, classify,
};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::outbox::Lease;
use crate::storage::sqlite::journal;
use crate::storage::sqlite::script::exactly_one;

const END_LEASE: &str = "\
UPDATE message SET state = $3, lease_until_at = NULL, next_attempt_at = coalesce($4, next_attempt_at),
                   held_reason = $5, accepted_at = $6, unknowns = unknowns + $7, last_stage = $8,
                   last_class = $9, last_code = $10, last_reply = $11
WHERE id = $1 AND lease_token = $2 AND state = 'leased' RETURNING recipient";

const END_ATTEMPT: &str = "\
UPDATE attempt SET ended_at = $4, stage = $5, class = $6, code = $7, reply = $8
WHERE message_id = $1 AND number = $2 AND lease_token = $3 AND ended_at IS NULL";

/// The state before the claim is known from what was counted: nothing but an unknown outcome counts unknowns.
const UNDO_LEASE: &str = "\
UPDATE message SET state = CASE WHEN unknowns > 0 THEN 'unknown' WHEN attempts > 1 THEN 'deferred' ELSE 'ready' END,
                   lease_until_at = NULL, attempts = attempts - 1, last_stage = $3, last_class = $4,
                   last_code = $5, last_reply = $6
WHERE id = $1 AND lease_token = $2 AND state = 'leased' RETURNING recipient";

/// As [`UNDO_LEASE`], for a message that was not even offered: nothing was learned of it.
const GIVE_BACK: &str = "\
UPDATE message SET state = CASE WHEN unknowns > 0 THEN 'unknown' WHEN attempts > 1 THEN 'deferred' ELSE 'ready' END,
                   lease_until_at = NULL, attempts = attempts - 1
WHERE id = $1 AND lease_token = $2 AND state = 'leased'";

/// Else the most urgent message would be every probe, and one bad recipient would keep the road closed for all.
const STAND_ASIDE: &str = "\
UPDATE message SET next_attempt_at = $3 + $4 * max(next_probe_at - $3, 0) FROM circuit_breaker
WHERE message.id = $1 AND circuit_breaker.scope = $2";

const UNDO_ATTEMPT: &str = "DELETE FROM attempt WHERE message_id = $1 AND number = $2 AND lease_token = $3 AND ended_at IS NULL";

const GIVE_UP_REMINDERS: &str = "\
UPDATE reminder SET state = 'undeliverable', reason = $2 WHERE message_id = $1 AND state = 'sealed'";

/// The planner looks at what a message leaves behind on its next pass, not on the day it had in mind.
const LOOK_AGAIN: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE id IN (SELECT assignment_id FROM reminder WHERE message_id = $1)
  AND is_owed AND (next_plan_on IS NULL OR next_plan_on > $2)";

const SUPPRESS: &str = "\
INSERT INTO suppression (address, reason, since_at) VALUES ($1, $2, $3) ON CONFLICT (address) DO NOTHING";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] = &[
    END_LEASE,
    END_ATTEMPT,
    UNDO_LEASE,
    GIVE_BACK,
    STAND_ASIDE,
    UNDO_ATTEMPT,
    GIVE_UP_REMINDERS,
    LOOK_AGAIN,
    SUPPRESS,
];

/// Writes down the end of an attempt that was not accepted.
pub(super) async fn record(
    transaction: &mut SqliteConnection,
    lease: &Lease,
    outcome: &Outcome,
    decision: &Decision,
    now: Moment,
) -> Result<(), StorageError> {
    let recipient = if decision.disposition == Disposition::Requeued {
        undo_attempt(&mut *transaction, lease, outcome).await?
    } else {
        let entry = outcome_entry(lease, outcome, decision, now);
        journal::append(&mut *transaction, &[entry]).await?;
        end_attempt(&mut *transaction, lease, outcome, decision.disposition, now).await?
    };
    settle_reminders(&mut *transaction, lease.message, decision, now).await?;
    if decision.disposition == (Disposition::Dead { suppress: true }) {
        suppress(&mut *transaction, &recipient, FailureClass::UnknownMailbox, now).await?;
    }
    settle_roads(&mut *transaction, &decision.breaker, &recipient, lease, now).await?;
    if decision.disposition == Disposition::Requeued && outcome.stage() >= Stage::Recipient {
        stand_aside(&mut *transaction, lease.message, &decision.breaker, now).await?;
    }
    if let Some(item) = &decision.item {
        let detail = item_detail(item, &recipient);
        roads::open_item(transaction, item, &detail, now).await?;
    }
    Ok(())
}

/// Returns the recipient.
async fn undo_attempt(
    transaction: &mut SqliteConnection,
    lease: &Lease,
    outcome: &Outcome,
) -> Result<String, StorageError> {
    let reply = outcome.reply();
    let done = sqlx::query(UNDO_LEASE)
        .bind(lease.message.0)
        .bind(lease.token)
        .bind(outcome.stage().word())
        .bind(classify(outcome).map(FailureClass::word))
        .bind(reply.map(|reply| reply.code))
        .bind(reply.map(|reply| reply.text.as_str()))
        .fetch_optional(&mut *transaction)
        .await?;
    let recipient = held_lease("take attempt back", done)?;
    forget_attempt(transaction, lease).await?;
    Ok(recipient)
}

/// Ends a lease as if there had been none.
pub(super) async fn give_back(
    transaction: &mut SqliteConnection,
    lease: &Lease,
) -> Result<(), StorageError> {
    let done = sqlx::query(GIVE_BACK).bind(lease.message.0).bind(lease.token);
    exactly_one("give message back", done.execute(&mut *transaction).await?.rows_affected())?;
    forget_attempt(transaction, lease).await
}

async fn stand_aside(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    circuit: &BreakerChange,
    now: Moment,
) -> Result<(), StorageError> {
    let BreakerChange::Open { scope, .. } = circuit else { return Ok(()) };
    let aside = sqlx::query(STAND_ASIDE).bind(message.0).bind(scope.word());
    aside.bind(now.seconds()).bind(PROBES_OF_OTHERS).execute(transaction).await?;
    Ok(())
}

async fn forget_attempt(
    transaction: &mut SqliteConnection,
    lease: &Lease,
) -> Result<(), StorageError> {
    let gone =
        sqlx::query(UNDO_ATTEMPT).bind(lease.message.0).bind(lease.attempt).bind(lease.token);
    exactly_one("forget attempt", gone.execute(transaction).await?.rows_affected())
}

/// Returns the recipient.
async fn end_attempt(
    transaction: &mut SqliteConnection,
    lease: &Lease,
    outcome: &Outcome,
    fate: Disposition,
    now: Moment,
) -> Result<String, StorageError> {
    let ambiguous = matches!(outcome, Outcome::Unknown { .. });
    let (stage, class) = (outcome.stage().word(), classify(outcome).map(FailureClass::word));
    let code = outcome.reply().map(|reply| reply.code);
    let text = outcome.reply().map(|reply| reply.text.as_str());
    let done = sqlx::query(END_LEASE)
        .bind(lease.message.0)
        .bind(lease.token)
        .bind(state_after(fate).word())
        .bind(next_attempt_after(fate).map(Moment::seconds))
        .bind(held_after(fate).map(HeldReason::word))
        .bind((fate == Disposition::Accepted).then(|| now.seconds()))
        .bind(i64::from(ambiguous))
        .bind(stage)
        .bind(class)
        .bind(code)
        .bind(text)
        .fetch_optional(&mut *transaction)
        .await?;
    let recipient = held_lease("record outcome", done)?;
    let ended = sqlx::query(END_ATTEMPT)
        .bind(lease.message.0)
        .bind(lease.attempt)
        .bind(lease.token)
        .bind(now.seconds())
        .bind(stage)
        .bind(class)
        .bind(code)
        .bind(text);
    exactly_one("end attempt", ended.execute(transaction).await?.rows_affected())?;
    Ok(recipient)
}

/// The recipient of the message whose lease has just ended; no row means that the lease was lost.
fn held_lease(what: &'static str, row: Option<SqliteRow>) -> Result<String, StorageError> {
    match row {
        Some(row) => Ok(row.try_get("recipient")?),
        None => Err(StorageError::WrongRowCount { what, expected: 1, actual: 0 }),
    }
}

async fn settle_reminders(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    decision: &Decision,
    now: Moment,
) -> Result<(), StorageError> {
    match decision.disposition {
        Disposition::Dead { .. } => {
            let reason = decision.class.map_or("undeliverable", FailureClass::word);
            give_up_reminders(transaction, message, reason, now).await
        }
        Disposition::Accepted
        | Disposition::Requeued
        | Disposition::Deferred(_)
        | Disposition::Unknown(_)
        | Disposition::Held(_) => Ok(()),
    }
}

pub(super) async fn give_up_reminders(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    reason: &str,
    now: Moment,
) -> Result<(), StorageError> {
    let given_up = sqlx::query(GIVE_UP_REMINDERS).bind(message.0).bind(reason);
    given_up.execute(&mut *transaction).await?;
    look_again(transaction, message, now).await
}

/// Sends nothing more to an address until a person has looked after it.
pub(in crate::storage::sqlite) async fn suppress(
    transaction: &mut SqliteConnection,
    address: &str,
    class: FailureClass,
    now: Moment,
) -> Result<(), StorageError> {
    let suppressed = sqlx::query(SUPPRESS).bind(address).bind(class.word()).bind(now.seconds());
    suppressed.execute(transaction).await?;
    Ok(())
}

pub(in crate::storage::sqlite) async fn look_again(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    now: Moment,
) -> Result<(), StorageError> {
    let looked = sqlx::query(LOOK_AGAIN).bind(message.0).bind(now.today().to_string());
    looked.execute(transaction).await?;
    Ok(())
}

async fn settle_roads(
    transaction: &mut SqliteConnection,
    circuit: &BreakerChange,
    recipient: &str,
    lease: &Lease,
    now: Moment,
) -> Result<(), StorageError> {
    let domain = recipient.split_once('@').map_or("", |(_, domain)| domain);
    let both = [BreakerScope::Relay, BreakerScope::Domain(domain.to_owned())];
    match circuit {
        BreakerChange::Open { scope, reason } => {
            roads::close_road(transaction, scope, *reason, lease.claimed, now).await
        }
        BreakerChange::Close => roads::open_roads(transaction, &both, now).await,
        BreakerChange::Keep => roads::release_probe(transaction, &both, lease.claimed, now).await,
    }
}

fn state_after(fate: Disposition) -> MessageState {
    match fate {
        Disposition::Accepted => MessageState::Accepted,
        Disposition::Requeued => MessageState::Ready,
        Disposition::Deferred(_) => MessageState::Deferred,
        Disposition::Unknown(_) => MessageState::Unknown,
        Disposition::Held(_) => MessageState::Held,
        Disposition::Dead { .. } => MessageState::Dead,
    }
}

fn next_attempt_after(fate: Disposition) -> Option<Moment> {
    match fate {
        Disposition::Deferred(at) | Disposition::Unknown(at) => Some(at),
        Disposition::Accepted
        | Disposition::Requeued
        | Disposition::Held(_)
        | Disposition::Dead { .. } => None,
    }
}

fn held_after(fate: Disposition) -> Option<HeldReason> {
    match fate {
        Disposition::Held(reason) => Some(reason),
        Disposition::Accepted
        | Disposition::Requeued
        | Disposition::Deferred(_)
        | Disposition::Unknown(_)
        | Disposition::Dead { .. } => None,
    }
}

/// What the operator reads beside the kind of the item.
pub(super) fn item_detail(item: &ItemKey, recipient: &str) -> String {
    match item {
        ItemKey::Breaker { scope, reason } => format!("{} {}", scope.word(), reason.word()),
        ItemKey::Undelivered(message) | ItemKey::Ambiguous(message) => {
            format!("{} {recipient}", message.0)
        }
        ItemKey::Mailbox(_)
        | ItemKey::Returned(_)
        | ItemKey::Answer(_)
        | ItemKey::FollowUp(_)
        | ItemKey::Unreachable(_)
        | ItemKey::Quota(_)
        | ItemKey::UnknownLadder(_)
        | ItemKey::Instance
        | ItemKey::Clock => recipient.to_owned(),
    }
}

pub(super) fn outcome_entry(
    lease: &Lease,
    outcome: &Outcome,
    decision: &Decision,
    now: Moment,
) -> Entry {
    let answer = outcome.reply().map(|reply| format!("{} {}", reply.code, reply.text));
    let class =
        decision.class.map(|class| format!("{} at {}", class.word(), outcome.stage().word()));
    Entry {
        at: now,
        actor: ACTOR.to_owned(),
        action: Action::Deliver,
        subject: format!("message {}", lease.message.0),
        before: Some(format!("attempt {}", lease.attempt)),
        after: Some(state_after(decision.disposition).word().to_owned()),
        reason: match (class, answer) {
            (Some(class), Some(answer)) => Some(format!("{class}: {answer}")),
            (class, answer) => class.or(answer),
        },
    }
}
