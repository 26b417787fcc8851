//! Leased messages: reads what a dispatcher needs to send one, and lists all leases.
//!
//! Must not know: how a message is chosen (`claim`). Callers: the files of this folder.

use sqlx::SqliteConnection;

use crate::domain::address::Address;
use crate::domain::delivery::{FailureClass, MessageKey};
use crate::domain::reminder::Haste;
use crate::storage::StorageError;
use crate::storage::outbox::{AbandonedLease, ClaimedMessage, Lease};
use crate::storage::sqlite::rows::RowReader;

const EARLIER_CLASSES: &str = "\
SELECT message_id AS id, class FROM attempt WHERE message_id = $1 AND number < $2 ORDER BY number";

const LEASES: &str = "\
SELECT message.id, message.message_id, sender, recipient, bytes, haste, sealed_at, attempts, unknowns, message.lease_token,
       claimed_at, lease_until_at, dot_at
FROM message JOIN message_bytes ON message_bytes.message_id = message.id
JOIN attempt ON attempt.message_id = message.id AND attempt.number = message.attempts
WHERE state = 'leased' ORDER BY lease_until_at, message.id";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] = &[EARLIER_CLASSES, LEASES];

/// Reads the message of a row that has the columns of [`LEASES`] up to `unknowns`.
pub(super) async fn claimed_message(
    connection: &mut SqliteConnection,
    row: &RowReader<'_>,
    lease: Lease,
) -> Result<ClaimedMessage, StorageError> {
    let earlier =
        if lease.attempt > 1 { earlier_classes(connection, lease).await? } else { Vec::new() };
    let address = |text: &str| Address::parse(text).ok();
    Ok(ClaimedMessage {
        lease,
        message_id: row.get("message_id")?,
        sender: row.read("sender", address)?,
        recipient: row.read("recipient", address)?,
        bytes: row.get("bytes")?,
        haste: row.read("haste", Haste::from_word)?,
        sealed: row.moment("sealed_at")?,
        unknowns: row.number("unknowns")?,
        earlier,
    })
}

async fn earlier_classes(
    connection: &mut SqliteConnection,
    lease: Lease,
) -> Result<Vec<FailureClass>, StorageError> {
    let query = sqlx::query(EARLIER_CLASSES).bind(lease.message.0).bind(lease.attempt);
    let mut classes = Vec::new();
    for row in &query.fetch_all(connection).await? {
        let row = RowReader::keyed(row, "attempt")?;
        classes.extend(row.read_if_any("class", FailureClass::from_word)?);
    }
    Ok(classes)
}

/// Returns every lease, also those whose dispatchers still run; the caller leaves these out.
pub(super) async fn all(
    connection: &mut SqliteConnection,
) -> Result<Vec<AbandonedLease>, StorageError> {
    let mut leases = Vec::new();
    for row in &sqlx::query(LEASES).fetch_all(&mut *connection).await? {
        let row = RowReader::keyed(row, "message")?;
        let lease = Lease {
            message: MessageKey(row.id),
            token: row.get("lease_token")?,
            attempt: row.number("attempts")?,
            claimed: row.moment("claimed_at")?,
        };
        leases.push(AbandonedLease {
            claimed: claimed_message(&mut *connection, &row, lease).await?,
            until: row.moment("lease_until_at")?,
            dot_was_imminent: row.get::<Option<i64>>("dot_at")?.is_some(),
        });
    }
    Ok(leases)
}
