//! The marks of a delivery that goes well, for all sessions that wait at the same time: dot imminent, accepted.
//!
//! Must not know: failures (`record`). A statement for sixteen messages costs little more than for one.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::{Row as _, SqliteConnection};

use super::group::Recording;
use super::record::{self, outcome_entry};
use super::roads;
use crate::domain::address::Address;
use crate::domain::delivery::Scope;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::Lease;
use crate::storage::sqlite::journal;

const MARK_DOTS: &str = "\
UPDATE attempt SET dot_at = mark.value ->> 3 FROM json_each($1) AS mark
WHERE message_id = mark.value ->> 0 AND n = mark.value ->> 1 AND lease_token = mark.value ->> 2
  AND ended_at IS NULL
  AND EXISTS (SELECT 1 FROM message WHERE id = mark.value ->> 0 AND lease_token = mark.value ->> 2
              AND state = 'leased')";

const ACCEPT_MESSAGES: &str = "\
UPDATE message SET state = 'accepted', lease_until_at = NULL, accepted_at = mark.value ->> 3, last_stage = 'dot',
                   last_class = NULL, last_code = mark.value ->> 4, last_reply = mark.value ->> 5
FROM json_each($1) AS mark
WHERE message.id = mark.value ->> 0 AND message.lease_token = mark.value ->> 2 AND message.state = 'leased'";

const ACCEPT_ATTEMPTS: &str = "\
UPDATE attempt SET ended_at = mark.value ->> 3, stage = 'dot', code = mark.value ->> 4, reply = mark.value ->> 5
FROM json_each($1) AS mark
WHERE message_id = mark.value ->> 0 AND n = mark.value ->> 1 AND lease_token = mark.value ->> 2
  AND ended_at IS NULL";

const TELL_REMINDERS: &str = "\
UPDATE reminder SET state = 'told', told_at = mark.value ->> 3 FROM json_each($1) AS mark
WHERE reminder.message_id = mark.value ->> 0 AND reminder.state = 'sealed'";

const RECIPIENTS: &str =
    "SELECT recipient FROM message WHERE id IN (SELECT value ->> 0 FROM json_each($1))";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[MARK_DOTS, ACCEPT_MESSAGES, ACCEPT_ATTEMPTS, TELL_REMINDERS, RECIPIENTS];

/// Writes down that the dots of these messages are imminent.
pub(super) async fn mark_dots(
    transaction: &mut SqliteConnection,
    marks: &[(Lease, Moment)],
) -> Result<(), StorageError> {
    if marks.is_empty() {
        return Ok(());
    }
    let rows = marks
        .iter()
        .map(|(lease, now)| json!([lease.message.0, lease.attempt, lease.token, now.seconds()]));
    let all = rows.collect::<Value>().to_string();
    let done = sqlx::query(MARK_DOTS).bind(all).execute(transaction).await?;
    record::exactly("mark imminent dot", marks.len(), done.rows_affected())
}

/// Writes down that the relay answers for these messages now; opens the roads they took, of those in `closed`.
pub(super) async fn accept(
    transaction: &mut SqliteConnection,
    recordings: &[&Recording],
    closed: &BTreeMap<Scope, Moment>,
) -> Result<(), StorageError> {
    if recordings.is_empty() {
        return Ok(());
    }
    let all = recordings.iter().map(|recording| row(recording)).collect::<Value>().to_string();
    for (what, statement) in [("record outcome", ACCEPT_MESSAGES), ("end attempt", ACCEPT_ATTEMPTS)]
    {
        let done = sqlx::query(statement).bind(&all).execute(&mut *transaction).await?;
        record::exactly(what, recordings.len(), done.rows_affected())?;
    }
    sqlx::query(TELL_REMINDERS).bind(&all).execute(&mut *transaction).await?;
    let entries = recordings.iter().map(|recording| {
        outcome_entry(&recording.lease, &recording.outcome, &recording.decision, recording.now)
    });
    journal::append(&mut *transaction, &entries.collect::<Vec<_>>()).await?;
    // most of the time no road is closed, and nothing has to be looked up
    if closed.is_empty() { Ok(()) } else { open_roads(transaction, &all, recordings).await }
}

async fn open_roads(
    transaction: &mut SqliteConnection,
    all: &str,
    recordings: &[&Recording],
) -> Result<(), StorageError> {
    let Some(now) = recordings.iter().map(|recording| recording.now).max() else { return Ok(()) };
    for row in sqlx::query(RECIPIENTS).bind(all).fetch_all(&mut *transaction).await? {
        let recipient: String = row.try_get("recipient")?;
        let domain = Address::parse(&recipient).map(|address| address.domain().to_owned());
        let both = [Scope::Relay, Scope::Domain(domain.unwrap_or_default())];
        roads::open_roads(&mut *transaction, &both, now).await?;
    }
    Ok(())
}

fn row(recording: &Recording) -> Value {
    let Recording { lease, outcome, now, .. } = recording;
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
