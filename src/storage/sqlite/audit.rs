//! Statements that look for what must not be.
//!
//! Must not know: what to do about it. Each returns the offending rows as `subject`.

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use sqlx::{Row as _, SqliteConnection};

use super::Sqlite;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::audit::{Audit, Grace, Invariant, Violation};

const TOLD_UNACCEPTED: &str = "\
SELECT 'reminder ' || key AS subject FROM reminder
WHERE state = 'told' AND NOT EXISTS (SELECT 1 FROM message WHERE id = reminder.message_id AND state = 'accepted')
UNION ALL
SELECT 'reminder ' || key FROM reminder JOIN message ON message.id = reminder.message_id
WHERE message.state = 'accepted' AND reminder.state <> 'told' AND message.reported IS NOT 'bounced'";

const MISCOUNTED_ATTEMPTS: &str = "\
SELECT 'message ' || id AS subject FROM message
WHERE attempts <> (SELECT count(*) FROM attempt WHERE message_id = message.id)";

const OPEN_ATTEMPTS: &str = "\
SELECT 'message ' || id AS subject FROM message
WHERE (state = 'leased') <> EXISTS (SELECT 1 FROM attempt
                                    WHERE message_id = message.id AND ended_at IS NULL
                                      AND attempt.lease_token = message.lease_token)
   OR (SELECT count(*) FROM attempt WHERE message_id = message.id AND ended_at IS NULL) > 1";

const UNANSWERED: &str = "\
SELECT 'message ' || id AS subject FROM message
WHERE state = 'accepted'
  AND NOT EXISTS (SELECT 1 FROM attempt WHERE message_id = message.id AND number = message.attempts
                  AND dot_at IS NOT NULL AND ended_at IS NOT NULL AND class IS NULL AND code = 250)";

const STRANDED_REMINDERS: &str = "\
SELECT 'reminder ' || key AS subject FROM reminder
WHERE state = 'sealed'
  AND NOT EXISTS (SELECT 1 FROM message WHERE id = reminder.message_id
                  AND state IN ('ready', 'leased', 'deferred', 'unknown', 'held'))";

const MISCOUNTED_UNKNOWNS: &str = "\
SELECT 'message ' || id AS subject FROM message
WHERE unknowns <> (SELECT count(*) FROM attempt WHERE message_id = message.id AND class = 'ambiguous')";

const OVERLOOKED: &str = "\
SELECT 'assignment ' || assignment.id AS subject FROM assignment
JOIN obligation ON obligation.id = assignment.obligation_id
WHERE assignment.is_owed AND obligation.state = 'open'
  AND obligation.act_by_on IS NOT NULL AND next_plan_on < $1";

const FOR_THE_SUPPRESSED: &str = "\
SELECT 'message ' || id AS subject FROM message JOIN suppression ON suppression.address = message.recipient
WHERE is_sendable";

const FORGOTTEN: &str = "\
SELECT 'message ' || id AS subject FROM message
WHERE is_sendable AND next_attempt_at < $1
  AND NOT EXISTS (SELECT 1 FROM operator_item WHERE kind IN ('instance', 'clock') AND resolved_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM circuit_breaker
                  WHERE scope = 'relay'
                     OR scope = 'domain:' || substr(message.recipient, instr(message.recipient, '@') + 1))";

/// Bytes that are gone count as changed.
const BYTES_AFTER: &str = "\
SELECT message.id AS id, coalesce(bytes, x'') AS bytes, bytes_sha256
FROM message LEFT JOIN message_bytes ON message_bytes.message_id = message.id
WHERE message.id > $1 ORDER BY message.id LIMIT 500";

pub(super) const STATEMENTS: &[&str] = &[
    TOLD_UNACCEPTED,
    MISCOUNTED_ATTEMPTS,
    OPEN_ATTEMPTS,
    UNANSWERED,
    STRANDED_REMINDERS,
    MISCOUNTED_UNKNOWNS,
    OVERLOOKED,
    FOR_THE_SUPPRESSED,
    FORGOTTEN,
    BYTES_AFTER,
];

#[async_trait]
impl Audit for Sqlite {
    async fn violations(&self, grace: Grace, now: Moment) -> Result<Vec<Violation>, StorageError> {
        // one snapshot, so that a pass under way does not look like a fault
        let mut snapshot = self.reader.begin().await?;
        let mut found = Vec::new();
        for (invariant, statement) in [
            (Invariant::ToldMeansAccepted, TOLD_UNACCEPTED),
            (Invariant::AttemptsAreCounted, MISCOUNTED_ATTEMPTS),
            (Invariant::OpenAttemptsAreLeased, OPEN_ATTEMPTS),
            (Invariant::AcceptedMeansAnswered, UNANSWERED),
            (Invariant::SealedMeansUnderWay, STRANDED_REMINDERS),
            (Invariant::UnknownsAreCounted, MISCOUNTED_UNKNOWNS),
            (Invariant::NothingForTheSuppressed, FOR_THE_SUPPRESSED),
        ] {
            let rows = sqlx::query(statement).fetch_all(&mut *snapshot).await?;
            add(&mut found, invariant, &rows)?;
        }
        let looked = now.plus(-grace.look).today().to_string();
        let rows = sqlx::query(OVERLOOKED).bind(looked).fetch_all(&mut *snapshot).await?;
        add(&mut found, Invariant::NothingIsOverlooked, &rows)?;
        let due = now.plus(-grace.due).seconds();
        let rows = sqlx::query(FORGOTTEN).bind(due).fetch_all(&mut *snapshot).await?;
        add(&mut found, Invariant::NothingIsForgotten, &rows)?;
        changed_bytes(&mut snapshot, &mut found).await?;
        found.sort();
        Ok(found)
    }
}

fn add(
    found: &mut Vec<Violation>,
    invariant: Invariant,
    rows: &[sqlx::sqlite::SqliteRow],
) -> Result<(), StorageError> {
    for row in rows {
        found.push(Violation { invariant, subject: row.try_get("subject")? });
    }
    Ok(())
}

async fn changed_bytes(
    snapshot: &mut SqliteConnection,
    found: &mut Vec<Violation>,
) -> Result<(), StorageError> {
    let mut last = 0_i64;
    loop {
        let rows = sqlx::query(BYTES_AFTER).bind(last).fetch_all(&mut *snapshot).await?;
        for row in &rows {
            last = row.try_get("id")?;
            let (raw, sealed): (Vec<u8>, String) =
                (row.try_get("bytes")?, row.try_get("bytes_sha256")?);
            if HEXLOWER.encode(&Sha256::digest(&raw)) != sealed {
                let subject = format!("message {last}");
                found.push(Violation { invariant: Invariant::BytesAreFrozen, subject });
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}
