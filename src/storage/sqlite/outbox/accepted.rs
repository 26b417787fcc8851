//! Records dot marks and accepted messages: each statement runs once for all messages of a batch.
//!
//! Must not know: failures (`failed`). Callers: `batch` only.

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::breakers;
use super::write::AttemptOutcome;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::Lease;
use crate::storage::sqlite::journal_lines;
use crate::storage::sqlite::rows::exactly;

const MARK_DOTS: &str = "\
UPDATE attempt SET dot_at = mark.value ->> 3 FROM jsonb_each($1) AS mark
WHERE message_id = mark.value ->> 0 AND number = mark.value ->> 1 AND lease_token = mark.value ->> 2
  AND ended_at IS NULL
  AND EXISTS (SELECT 1 FROM message WHERE id = mark.value ->> 0 AND lease_token = mark.value ->> 2
              AND state = 'leased')";

const ACCEPT_MESSAGES: &str = "\
UPDATE message SET state = 'accepted', lease_until_at = NULL, accepted_at = outcome.value ->> 3, last_stage = 'dot',
                   last_class = NULL, last_code = outcome.value ->> 4, last_reply = outcome.value ->> 5
FROM jsonb_each($1) AS outcome
WHERE message.id = outcome.value ->> 0 AND message.lease_token = outcome.value ->> 2 AND message.state = 'leased'";

const END_ATTEMPTS: &str = "\
UPDATE attempt SET ended_at = outcome.value ->> 3, stage = 'dot', code = outcome.value ->> 4, reply = outcome.value ->> 5
FROM jsonb_each($1) AS outcome
WHERE message_id = outcome.value ->> 0 AND number = outcome.value ->> 1 AND lease_token = outcome.value ->> 2
  AND ended_at IS NULL";

const SET_REMINDERS_TOLD: &str = "\
UPDATE reminder SET state = 'told', told_at = outcome.value ->> 3 FROM jsonb_each($1) AS outcome
WHERE reminder.message_id = outcome.value ->> 0 AND reminder.state = 'sealed'";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[MARK_DOTS, ACCEPT_MESSAGES, END_ATTEMPTS, SET_REMINDERS_TOLD];

/// Records the dot mark of each lease: the next byte may deliver its message.
pub(super) async fn mark_dots(
    transaction: &mut SqliteConnection,
    dots: &[(Lease, Moment)],
) -> Result<(), StorageError> {
    if dots.is_empty() {
        return Ok(());
    }
    let marks: Value = dots
        .iter()
        .map(|(lease, now)| json!([lease.message.0, lease.attempt, lease.token, now.seconds()]))
        .collect();
    let query = sqlx::query(MARK_DOTS).bind(marks.to_string());
    let done = query.execute(transaction).await?;
    exactly("mark dots", dots.len(), done.rows_affected())
}

/// Records that the relay has accepted these messages, marks their reminders as told, and closes the breakers.
pub(super) async fn record(
    transaction: &mut SqliteConnection,
    accepted: &[&AttemptOutcome],
) -> Result<(), StorageError> {
    let Some(now) = accepted.iter().map(|outcome| outcome.now).max() else { return Ok(()) };
    let outcomes: Value = accepted.iter().map(|outcome| columns(outcome)).collect();
    let outcomes = outcomes.to_string();
    for (what, statement) in [("record outcomes", ACCEPT_MESSAGES), ("end attempts", END_ATTEMPTS)]
    {
        let done = sqlx::query(statement).bind(&outcomes).execute(&mut *transaction).await?;
        exactly(what, accepted.len(), done.rows_affected())?;
    }
    sqlx::query(SET_REMINDERS_TOLD).bind(&outcomes).execute(&mut *transaction).await?;
    let lines: Vec<_> = accepted.iter().map(|outcome| outcome.entry()).collect();
    journal_lines::append(&mut *transaction, &lines).await?;
    let messages: Vec<_> = accepted.iter().map(|outcome| outcome.lease.message).collect();
    breakers::close_breakers(transaction, &messages, now).await
}

/// What the statements read as `outcome.value ->> N`.
fn columns(accepted: &AttemptOutcome) -> Value {
    let AttemptOutcome { lease, outcome, now, .. } = accepted;
    let reply = outcome.reply();
    json!([
        lease.message.0,
        lease.attempt,
        lease.token,
        now.seconds(),
        reply.map(|reply| reply.code),
        reply.map(|reply| reply.text.as_str()),
    ])
}
