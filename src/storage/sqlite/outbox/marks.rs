//! The marks of a delivery that goes well, for all sessions that wait at the same time: dot imminent, accepted.
//!
//! Must not know: failures (`record`). A statement for sixteen messages costs little more than for one.

use serde_json::{Value, json};
use sqlx::{Row as _, SqliteConnection};

use super::commit::Recording;
use super::record::outcome_entry;
use super::roads;
use crate::domain::address::Address;
use crate::domain::delivery::BreakerScope;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::Lease;
use crate::storage::sqlite::journal;
use crate::storage::sqlite::script::Script;

const MARK_DOTS: &str = "\
UPDATE attempt SET dot_at = mark.value ->> 3 FROM json_each($1) AS mark
WHERE message_id = mark.value ->> 0 AND number = mark.value ->> 1 AND lease_token = mark.value ->> 2
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
WHERE message_id = mark.value ->> 0 AND number = mark.value ->> 1 AND lease_token = mark.value ->> 2
  AND ended_at IS NULL";

const TELL_REMINDERS: &str = "\
UPDATE reminder SET state = 'told', told_at = mark.value ->> 3 FROM json_each($1) AS mark
WHERE reminder.message_id = mark.value ->> 0 AND reminder.state = 'sealed'";

const RECIPIENTS: &str =
    "SELECT recipient FROM message WHERE id IN (SELECT value ->> 0 FROM json_each($1))";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[MARK_DOTS, ACCEPT_MESSAGES, ACCEPT_ATTEMPTS, TELL_REMINDERS, RECIPIENTS];

/// Writes down that the dots of these messages are imminent.
pub(super) fn mark_dots(script: Script, marks: &[(Lease, Moment)]) -> Script {
    if marks.is_empty() {
        return script;
    }
    let rows = marks
        .iter()
        .map(|(lease, now)| json!([lease.message.0, lease.attempt, lease.token, now.seconds()]));
    let all = rows.collect::<Value>().to_string();
    script.add(MARK_DOTS).bind(all).must_change("mark imminent dot", marks.len())
}

/// Writes down that the relay answers for these messages now.
pub(super) fn accept(
    script: Script,
    newest: Option<(i64, String)>,
    recordings: &[&Recording],
) -> Script {
    if recordings.is_empty() {
        return script;
    }
    let all = json(recordings);
    let entries = recordings.iter().map(|recording| {
        outcome_entry(&recording.lease, &recording.outcome, &recording.decision, recording.now)
    });
    let script = script
        .add(ACCEPT_MESSAGES)
        .bind(all.clone())
        .must_change("record outcome", recordings.len())
        .add(ACCEPT_ATTEMPTS)
        .bind(all.clone())
        .must_change("end attempt", recordings.len())
        .add(TELL_REMINDERS)
        .bind(all);
    journal::add_lines(script, newest, &entries.collect::<Vec<_>>())
}

fn json(recordings: &[&Recording]) -> String {
    recordings.iter().map(|recording| row(recording)).collect::<Value>().to_string()
}

/// Opens the roads these messages took.
pub(super) async fn open_roads(
    transaction: &mut SqliteConnection,
    recordings: &[&Recording],
) -> Result<(), StorageError> {
    let Some(now) = recordings.iter().map(|recording| recording.now).max() else { return Ok(()) };
    for row in sqlx::query(RECIPIENTS).bind(json(recordings)).fetch_all(&mut *transaction).await? {
        let recipient: String = row.try_get("recipient")?;
        let domain = Address::parse(&recipient).map(|address| address.domain().to_owned());
        let both = [BreakerScope::Relay, BreakerScope::Domain(domain.unwrap_or_default())];
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
