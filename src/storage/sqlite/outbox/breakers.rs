//! Circuit breakers of the relay and of recipient domains, with the items that open and close with them.
//!
//! Must not know: messages, beyond their recipients. A closed breaker has no row.
//! Callers: the files of this folder.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use crate::domain::delivery::{BreakerReason, BreakerScope, MessageKey, probe_delay};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::sqlite::rows::{RowReader, json_ids};
use crate::storage::sqlite::{items, journal_lines};

const BREAKER: &str = "SELECT 0 AS id, opened_at, failures FROM circuit_breaker WHERE scope = $1";

const OPEN_BREAKERS: &str = "SELECT 0 AS id, scope, next_probe_at FROM circuit_breaker";

const RESERVE_PROBE: &str = "\
UPDATE circuit_breaker SET next_probe_at = $2 WHERE scope IN ('relay', 'domain:' || $1)";

const RELEASE_PROBE: &str = "\
UPDATE circuit_breaker SET next_probe_at = $3 WHERE scope IN ('relay', 'domain:' || $1) AND opened_at < $2";

const OPEN_BREAKER: &str = "\
INSERT INTO circuit_breaker (scope, reason, opened_at, next_probe_at, failures) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason, next_probe_at = excluded.next_probe_at,
                                  failures = excluded.failures";

const CLOSE_BREAKERS: &str = "\
DELETE FROM circuit_breaker
WHERE scope = 'relay'
   OR scope IN (SELECT 'domain:' || recipient_domain FROM message
                WHERE id IN (SELECT value FROM json_each($1)))
RETURNING 0 AS id, scope";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[BREAKER, OPEN_BREAKERS, RESERVE_PROBE, RELEASE_PROBE, OPEN_BREAKER, CLOSE_BREAKERS];

/// Returns the open breakers, each with the moment from which one message may probe it.
pub(super) async fn list_open(
    connection: &mut SqliteConnection,
) -> Result<BTreeMap<BreakerScope, Moment>, StorageError> {
    let mut breakers = BTreeMap::new();
    for row in &sqlx::query(OPEN_BREAKERS).fetch_all(connection).await? {
        let row = RowReader::keyed(row, "circuit_breaker")?;
        breakers.insert(row.read("scope", BreakerScope::from_word)?, row.moment("next_probe_at")?);
    }
    Ok(breakers)
}

/// Postpones the next probe of the relay and of `domain` until the probe that begins now must have ended.
pub(super) async fn reserve_probe(
    transaction: &mut SqliteConnection,
    domain: &str,
    until: Moment,
) -> Result<(), StorageError> {
    let query = sqlx::query(RESERVE_PROBE).bind(domain).bind(until.seconds());
    query.execute(transaction).await?;
    Ok(())
}

/// Allows the next probe one minute after `now`, because the probe claimed at `claimed` proved nothing about the relay or the
/// domain.
pub(super) async fn release_probe(
    transaction: &mut SqliteConnection,
    domain: &str,
    claimed: Moment,
    now: Moment,
) -> Result<(), StorageError> {
    let next = now.plus(probe_delay(BreakerReason::Unreachable, 1));
    let query =
        sqlx::query(RELEASE_PROBE).bind(domain).bind(claimed.seconds()).bind(next.seconds());
    query.execute(transaction).await?;
    Ok(())
}

/// Opens a breaker after a failed attempt claimed at `claimed`, or counts one more failure of an open one.
///
/// Attempts that were under way when it opened fail together; only the first of them counts.
pub(super) async fn open_breaker(
    transaction: &mut SqliteConnection,
    scope: &BreakerScope,
    reason: BreakerReason,
    claimed: Moment,
    now: Moment,
) -> Result<(), StorageError> {
    let row = sqlx::query(BREAKER).bind(scope.word()).fetch_optional(&mut *transaction).await?;
    let (opened, failures) = match &row {
        Some(row) => {
            let row = RowReader::keyed(row, "circuit_breaker")?;
            let opened = row.moment("opened_at")?;
            if claimed <= opened {
                return Ok(());
            }
            (opened, row.number::<u32>("failures")? + 1)
        }
        None => (now, 1),
    };
    sqlx::query(OPEN_BREAKER)
        .bind(scope.word())
        .bind(reason.word())
        .bind(opened.seconds())
        .bind(now.plus(probe_delay(reason, failures)).seconds())
        .bind(failures)
        .execute(&mut *transaction)
        .await?;
    if row.is_some() {
        return Ok(());
    }
    let entry = Entry::new(now, Action::BreakerOpened, subject(scope)).reason(reason.word());
    journal_lines::append(transaction, &[entry]).await
}

/// Closes the breakers of the relay and of the recipients' domains, and resolves their items: sending to them works.
pub(super) async fn close_breakers(
    transaction: &mut SqliteConnection,
    messages: &[MessageKey],
    now: Moment,
) -> Result<(), StorageError> {
    let messages = json_ids(messages.iter().map(|message| message.0));
    let rows = sqlx::query(CLOSE_BREAKERS).bind(messages).fetch_all(&mut *transaction).await?;
    for row in &rows {
        let scope =
            RowReader::keyed(row, "circuit_breaker")?.read("scope", BreakerScope::from_word)?;
        let keys =
            BreakerReason::ALL.map(|reason| ItemKey::Breaker { scope: scope.clone(), reason });
        items::resolve(&mut *transaction, &keys, now).await?;
        let entry = Entry::new(now, Action::BreakerClosed, subject(&scope));
        journal_lines::append(&mut *transaction, &[entry]).await?;
    }
    Ok(())
}

fn subject(scope: &BreakerScope) -> String {
    format!("breaker {}", scope.word())
}
