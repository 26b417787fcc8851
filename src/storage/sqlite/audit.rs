//! Statements that find broken invariants; each returns the offending rows as `subject`.
//!
//! Must not know: what to do about them. Callers: other rooms through the trait [`Audit`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::{Row as _, SqliteConnection};

use super::database::Sqlite;
use super::digests::{is_as_sealed, of_bytes};
use super::rows::json_ids;
use super::{items, mail_bundles};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::audit::{Audit, Grace, Invariant, Violation};

const TOLD_UNACCEPTED: &str = "\
SELECT 'reminder ' || key AS subject FROM reminder
WHERE state = 'told' AND NOT EXISTS (SELECT 1 FROM message WHERE id = reminder.message_id AND state = 'accepted')
UNION ALL
SELECT 'reminder ' || key FROM reminder JOIN message ON message.id = reminder.message_id
WHERE message.state = 'accepted' AND reminder.state <> 'told' AND message.reported IS DISTINCT FROM 'bounced'";

const MISCOUNTED_ATTEMPTS: &str = "\
SELECT 'message ' || id AS subject FROM message
WHERE attempts <> (SELECT count(*) FROM attempt WHERE message_id = message.id)";

const OPEN_ATTEMPTS: &str = "\
SELECT 'message ' || id AS subject FROM message
WHERE (state = 'leased') <> EXISTS (SELECT 1 FROM attempt
                                    WHERE message_id = message.id AND ended_at IS NULL
                                      AND attempt.lease_token = message.lease_token)
   OR (SELECT count(*) FROM attempt WHERE message_id = message.id AND ended_at IS NULL) > 1";

const ACCEPTED_WITHOUT_REPLY: &str = "\
SELECT 'message ' || id AS subject FROM message
WHERE state = 'accepted'
  AND NOT EXISTS (SELECT 1 FROM attempt WHERE message_id = message.id AND number = message.attempts
                  AND dot_at IS NOT NULL AND ended_at IS NOT NULL AND class IS NULL AND code = 250)";

const SEALED_WITHOUT_MESSAGE: &str = "\
SELECT 'reminder ' || key AS subject FROM reminder
WHERE state = 'sealed'
  AND NOT EXISTS (SELECT 1 FROM message WHERE id = reminder.message_id
                  AND state IN ('ready', 'leased', 'deferred', 'unknown', 'held'))";

const MISCOUNTED_UNKNOWNS: &str = "\
SELECT 'message ' || id AS subject FROM message
WHERE unknowns <> (SELECT count(*) FROM attempt WHERE message_id = message.id AND class = 'ambiguous')";

const UNPLANNED: &str = "\
SELECT 'assignment ' || assignment.id AS subject FROM assignment
JOIN obligation ON obligation.id = assignment.obligation_id
WHERE assignment.is_owed AND obligation.state = 'open'
  AND obligation.act_by_on IS NOT NULL AND next_plan_on < $1";

const TO_SUPPRESSED_ADDRESSES: &str = "\
SELECT 'message ' || id AS subject FROM message JOIN suppression ON suppression.address_key = message.recipient_key
WHERE is_sendable";

const OVERDUE_MESSAGES: &str = "\
SELECT 'message ' || id AS subject FROM message
WHERE is_sendable AND next_attempt_at < $1
  AND NOT EXISTS (SELECT 1 FROM circuit_breaker
                  WHERE scope = 'relay'
                     OR scope = 'domain:' || message.recipient_domain)";

/// Missing bytes count as changed, unless they were erased on purpose. Packed ones are read a bundle at a time.
const BYTES_AFTER: &str = "\
SELECT message.id AS id, message.message_id AS message_id, sender, recipient, subject, bytes,
       bytes_sha256, envelope_sha256
FROM message LEFT JOIN message_bytes ON message_bytes.message_id = message.id
WHERE message.id > $1 AND bytes_erased_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM bundled_message WHERE bundled_message.message_id = message.id)
ORDER BY message.id LIMIT 500";

const DIGESTS: &str =
    "SELECT id, bytes_sha256 FROM message WHERE id IN (SELECT value FROM json_each($1))";

pub(super) const STATEMENTS: &[&str] = &[
    TOLD_UNACCEPTED,
    MISCOUNTED_ATTEMPTS,
    OPEN_ATTEMPTS,
    ACCEPTED_WITHOUT_REPLY,
    SEALED_WITHOUT_MESSAGE,
    MISCOUNTED_UNKNOWNS,
    UNPLANNED,
    TO_SUPPRESSED_ADDRESSES,
    OVERDUE_MESSAGES,
    BYTES_AFTER,
    DIGESTS,
];

#[async_trait]
impl Audit for Sqlite {
    async fn violations(&self, grace: Grace, now: Moment) -> Result<Vec<Violation>, StorageError> {
        // one snapshot, so that a pass under way does not look like a violation
        let mut snapshot = self.reader.begin().await?;
        let mut found = Vec::new();
        for (invariant, statement) in [
            (Invariant::ToldMeansAccepted, TOLD_UNACCEPTED),
            (Invariant::AttemptsAreCounted, MISCOUNTED_ATTEMPTS),
            (Invariant::OpenAttemptsAreLeased, OPEN_ATTEMPTS),
            (Invariant::AcceptedMeansAnswered, ACCEPTED_WITHOUT_REPLY),
            (Invariant::SealedMeansUnderWay, SEALED_WITHOUT_MESSAGE),
            (Invariant::UnknownsAreCounted, MISCOUNTED_UNKNOWNS),
            (Invariant::NothingForTheSuppressed, TO_SUPPRESSED_ADDRESSES),
        ] {
            let rows = sqlx::query(statement).fetch_all(&mut *snapshot).await?;
            add(&mut found, invariant, &rows)?;
        }
        let looked = now.plus(-grace.look).today().to_string();
        let rows = sqlx::query(UNPLANNED).bind(looked).fetch_all(&mut *snapshot).await?;
        add(&mut found, Invariant::NothingIsOverlooked, &rows)?;
        if !is_all_mail_held(&mut snapshot).await? {
            let due = now.plus(-grace.due).seconds();
            let rows = sqlx::query(OVERDUE_MESSAGES).bind(due).fetch_all(&mut *snapshot).await?;
            add(&mut found, Invariant::NothingIsForgotten, &rows)?;
        }
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

async fn is_all_mail_held(snapshot: &mut SqliteConnection) -> Result<bool, StorageError> {
    for item in [ItemKey::Instance, ItemKey::Clock] {
        if items::opened_at(&mut *snapshot, &item).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
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
            if !is_as_sealed(row)? {
                let subject = format!("message {last}");
                found.push(Violation { invariant: Invariant::BytesAreFrozen, subject });
            }
        }
        if rows.is_empty() {
            break;
        }
    }
    let mut last = 0_i64;
    while let Some((bundle, mails)) = mail_bundles::bundle_after(&mut *snapshot, last).await? {
        last = bundle;
        let keys = json_ids(mails.iter().map(|(key, _)| key.0));
        let rows = sqlx::query(DIGESTS).bind(keys).fetch_all(&mut *snapshot).await?;
        let digests: BTreeMap<i64, String> = rows
            .iter()
            .map(|row| Ok((row.try_get("id")?, row.try_get("bytes_sha256")?)))
            .collect::<Result<_, StorageError>>()?;
        for (key, bytes) in &mails {
            let digest = of_bytes(bytes);
            if digests.get(&key.0) != Some(&digest) {
                let subject = format!("message {}", key.0);
                found.push(Violation { invariant: Invariant::BytesAreFrozen, subject });
            }
        }
    }
    Ok(())
}
