//! Records failed attempts and what follows from them.
//!
//! Must not know: why it follows (`domain::delivery`). No outcome is recorded for a lease that is lost. Callers:
//! `batch`, `withdraw`; `incoming`, when a bounce reports that a mail was not delivered.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::breakers;
use super::write::AttemptOutcome;
use crate::domain::delivery::{
    BreakerChange, Disposition, FailureClass, HeldReason, MessageKey, Outcome, PROBES_OF_OTHERS,
    Stage, classify,
};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::Lease;
use crate::storage::sqlite::ledger_identity::{address_key, secret};
use crate::storage::sqlite::rows::exactly_one;
use crate::storage::sqlite::{items, journal_lines};

const END_LEASE: &str = "\
UPDATE message SET state = $3, lease_until_at = NULL, next_attempt_at = coalesce($4, next_attempt_at),
                   held_reason = $5, unknowns = unknowns + $6, last_stage = $7, last_class = $8, last_code = $9,
                   last_reply = $10
WHERE id = $1 AND lease_token = $2 AND state = 'leased' RETURNING recipient";

const END_ATTEMPT: &str = "\
UPDATE attempt SET ended_at = $4, stage = $5, class = $6, code = $7, reply = $8
WHERE message_id = $1 AND number = $2 AND lease_token = $3 AND ended_at IS NULL";

/// Undoes a claim. The state before it is derived from the counters: `unknown` after an attempt with an unknown
/// outcome, `deferred` after any other attempt, else `ready`.
const UNDO_LEASE: &str = "\
UPDATE message SET state = CASE WHEN unknowns > 0 THEN 'unknown' WHEN attempts > 1 THEN 'deferred' ELSE 'ready' END,
                   lease_until_at = NULL, attempts = attempts - 1
WHERE id = $1 AND lease_token = $2 AND state = 'leased' RETURNING recipient";

const SET_LAST_OUTCOME: &str = "\
UPDATE message SET last_stage = $2, last_class = $3, last_code = $4, last_reply = $5 WHERE id = $1";

const DELETE_ATTEMPT: &str = "\
DELETE FROM attempt WHERE message_id = $1 AND number = $2 AND lease_token = $3 AND ended_at IS NULL";

/// Postpones a message until $4 further probes can have been made, so that those probes use other recipients: one bad
/// recipient must not keep a breaker open for all.
const POSTPONE_BEHIND_PROBES: &str = "\
UPDATE message SET next_attempt_at = $3 + CASE WHEN next_probe_at > $3 THEN $4 * (next_probe_at - $3) ELSE 0 END
FROM circuit_breaker
WHERE message.id = $1 AND circuit_breaker.scope = $2";

const SET_REMINDERS_UNDELIVERABLE: &str = "\
UPDATE reminder SET state = 'undeliverable', reason = $2 WHERE message_id = $1 AND state = 'sealed'";

/// The next pass plans the assignments of a message again, even if the planner has set a later day.
const REPLAN_ASSIGNMENTS: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE id IN (SELECT assignment_id FROM reminder WHERE message_id = $1)
  AND is_owed AND (next_plan_on IS NULL OR next_plan_on > $2)";

const SUPPRESS: &str = "\
INSERT INTO suppression (address_key, reason, since_at) VALUES ($1, $2, $3) ON CONFLICT (address_key) DO NOTHING";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] = &[
    END_LEASE,
    END_ATTEMPT,
    UNDO_LEASE,
    SET_LAST_OUTCOME,
    DELETE_ATTEMPT,
    POSTPONE_BEHIND_PROBES,
    SET_REMINDERS_UNDELIVERABLE,
    REPLAN_ASSIGNMENTS,
    SUPPRESS,
];

/// Records an attempt that was not accepted.
pub(super) async fn record(
    transaction: &mut SqliteConnection,
    failed: &AttemptOutcome,
) -> Result<(), StorageError> {
    let AttemptOutcome { lease, decision, now, .. } = failed;
    let recipient = if decision.disposition == Disposition::Requeued {
        undo_attempt(&mut *transaction, failed).await?
    } else {
        journal_lines::append(&mut *transaction, &[failed.entry()]).await?;
        end_attempt(&mut *transaction, failed).await?
    };
    if let Disposition::Dead { suppress: is_unknown_mailbox } = decision.disposition {
        let reason = decision.class.map_or("undeliverable", FailureClass::word);
        dead_letter_reminders(&mut *transaction, lease.message, reason, *now).await?;
        if is_unknown_mailbox {
            suppress(&mut *transaction, &recipient, FailureClass::UnknownMailbox, *now).await?;
        }
    }
    update_breakers(&mut *transaction, failed, &recipient).await?;
    let Some(item) = &decision.item else { return Ok(()) };
    items::open(transaction, item, &item_detail(item, &recipient), *now).await
}

/// Undoes an attempt that does not count against the message; returns the recipient.
async fn undo_attempt(
    transaction: &mut SqliteConnection,
    failed: &AttemptOutcome,
) -> Result<String, StorageError> {
    let AttemptOutcome { lease, outcome, .. } = failed;
    let recipient = undo_lease(&mut *transaction, lease).await?;
    let reply = outcome.reply();
    sqlx::query(SET_LAST_OUTCOME)
        .bind(lease.message.0)
        .bind(outcome.stage().word())
        .bind(classify(outcome).map(FailureClass::word))
        .bind(reply.map(|reply| reply.code))
        .bind(reply.map(|reply| reply.text.as_str()))
        .execute(transaction)
        .await?;
    Ok(recipient)
}

/// Ends a lease as if the message had never been claimed.
pub(super) async fn cancel_claim(
    transaction: &mut SqliteConnection,
    lease: &Lease,
) -> Result<(), StorageError> {
    undo_lease(transaction, lease).await.map(drop)
}

async fn undo_lease(
    transaction: &mut SqliteConnection,
    lease: &Lease,
) -> Result<String, StorageError> {
    let query = sqlx::query(UNDO_LEASE).bind(lease.message.0).bind(lease.token);
    let row = query.fetch_optional(&mut *transaction).await?;
    let recipient = recipient_of_lease("undo lease", row)?;
    let query =
        sqlx::query(DELETE_ATTEMPT).bind(lease.message.0).bind(lease.attempt).bind(lease.token);
    exactly_one("delete attempt", query.execute(transaction).await?.rows_affected())?;
    Ok(recipient)
}

/// Ends an attempt that counts against the message; returns the recipient.
async fn end_attempt(
    transaction: &mut SqliteConnection,
    failed: &AttemptOutcome,
) -> Result<String, StorageError> {
    let AttemptOutcome { lease, outcome, decision, now } = failed;
    let (stage, class) = (outcome.stage().word(), classify(outcome).map(FailureClass::word));
    let code = outcome.reply().map(|reply| reply.code);
    let text = outcome.reply().map(|reply| reply.text.as_str());
    let query = sqlx::query(END_LEASE)
        .bind(lease.message.0)
        .bind(lease.token)
        .bind(failed.state().word())
        .bind(next_attempt(decision.disposition).map(Moment::seconds))
        .bind(held_reason(decision.disposition).map(HeldReason::word))
        .bind(i64::from(matches!(outcome, Outcome::Unknown { .. })))
        .bind(stage)
        .bind(class)
        .bind(code)
        .bind(text);
    let row = query.fetch_optional(&mut *transaction).await?;
    let recipient = recipient_of_lease("end lease", row)?;
    let query = sqlx::query(END_ATTEMPT)
        .bind(lease.message.0)
        .bind(lease.attempt)
        .bind(lease.token)
        .bind(now.seconds())
        .bind(stage)
        .bind(class)
        .bind(code)
        .bind(text);
    exactly_one("end attempt", query.execute(transaction).await?.rows_affected())?;
    Ok(recipient)
}

/// No row means that the lease is lost.
fn recipient_of_lease(what: &'static str, row: Option<SqliteRow>) -> Result<String, StorageError> {
    match row {
        Some(row) => Ok(row.try_get("recipient")?),
        None => Err(StorageError::WrongRowCount { what, expected: 1, actual: 0 }),
    }
}

/// Marks the reminders of a message undeliverable and has their assignments planned again.
pub(super) async fn dead_letter_reminders(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    reason: &str,
    now: Moment,
) -> Result<(), StorageError> {
    let query = sqlx::query(SET_REMINDERS_UNDELIVERABLE).bind(message.0).bind(reason);
    query.execute(&mut *transaction).await?;
    replan_assignments(transaction, message, now).await
}

/// Stops all mail to an address until an operator allows it again.
pub(in crate::storage::sqlite) async fn suppress(
    transaction: &mut SqliteConnection,
    address: &str,
    class: FailureClass,
    now: Moment,
) -> Result<(), StorageError> {
    let key = address_key(&secret(&mut *transaction).await?, address);
    let query = sqlx::query(SUPPRESS).bind(key).bind(class.word()).bind(now.seconds());
    query.execute(transaction).await?;
    Ok(())
}

/// Has the next pass plan the assignments of a message again.
pub(in crate::storage::sqlite) async fn replan_assignments(
    transaction: &mut SqliteConnection,
    message: MessageKey,
    now: Moment,
) -> Result<(), StorageError> {
    let query = sqlx::query(REPLAN_ASSIGNMENTS).bind(message.0).bind(now.today().to_string());
    query.execute(transaction).await?;
    Ok(())
}

async fn update_breakers(
    transaction: &mut SqliteConnection,
    failed: &AttemptOutcome,
    recipient: &str,
) -> Result<(), StorageError> {
    let AttemptOutcome { lease, outcome, decision, now } = failed;
    match &decision.breaker {
        BreakerChange::Open { scope, reason } => {
            breakers::open_breaker(&mut *transaction, scope, *reason, lease.claimed, *now).await?;
            if decision.disposition == Disposition::Requeued && outcome.stage() >= Stage::Recipient
            {
                let query = sqlx::query(POSTPONE_BEHIND_PROBES)
                    .bind(lease.message.0)
                    .bind(scope.word())
                    .bind(now.seconds())
                    .bind(PROBES_OF_OTHERS);
                query.execute(transaction).await?;
            }
            Ok(())
        }
        BreakerChange::Close => breakers::close_breakers(transaction, &[lease.message], *now).await,
        BreakerChange::Keep => {
            let domain = recipient.split_once('@').map_or("", |(_, domain)| domain);
            breakers::release_probe(transaction, domain, lease.claimed, *now).await
        }
    }
}

/// What the operator reads beside the kind of an item that an attempt opens.
fn item_detail(item: &ItemKey, recipient: &str) -> String {
    match item {
        ItemKey::Breaker { scope, reason } => format!("{} {}", scope.word(), reason.word()),
        ItemKey::Undelivered(message) | ItemKey::Ambiguous(message) => {
            format!("{} {recipient}", message.0)
        }
        ItemKey::Mailbox(_)
        | ItemKey::Damaged(_)
        | ItemKey::Returned(_)
        | ItemKey::Mail(_)
        | ItemKey::Answer(_)
        | ItemKey::FollowUp(_)
        | ItemKey::Unreachable(_)
        | ItemKey::Quota(_)
        | ItemKey::UnknownLadder(_)
        | ItemKey::Instance
        | ItemKey::Clock
        | ItemKey::LadderEnded(_)
        | ItemKey::Suspended(_)
        | ItemKey::Silenced(_)
        | ItemKey::AwaitsEvent(_)
        | ItemKey::NotTold(_) => recipient.to_owned(),
    }
}

fn next_attempt(disposition: Disposition) -> Option<Moment> {
    match disposition {
        Disposition::Deferred(at) | Disposition::Unknown(at) => Some(at),
        Disposition::Accepted
        | Disposition::Requeued
        | Disposition::Held(_)
        | Disposition::Dead { .. } => None,
    }
}

fn held_reason(disposition: Disposition) -> Option<HeldReason> {
    match disposition {
        Disposition::Held(reason) => Some(reason),
        Disposition::Accepted
        | Disposition::Requeued
        | Disposition::Deferred(_)
        | Disposition::Unknown(_)
        | Disposition::Dead { .. } => None,
    }
}
