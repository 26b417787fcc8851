//! Claims: chooses the next messages to send and leases them.
//!
//! Must not know: how a message is sent. Callers: `batch` only.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::withdraw::{dead_letter_suppressed, take_back, take_out_damaged};
use super::{breakers, leases};
use crate::domain::delivery::{BreakerScope, MessageKey};
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::{Claim, ClaimTerms, ClaimedMessage, Lease};
use crate::storage::sqlite::digests::is_as_sealed;
use crate::storage::sqlite::rows::{RowReader, exactly, json_ids};

/// The windows of the sending rates.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The attempt that must leave the rate window before another message may be claimed; no row while the limit is not
/// reached.
const OLDEST_OF_RATE: &str = "\
SELECT 0 AS id, claimed_at FROM attempt WHERE claimed_at > $1 ORDER BY claimed_at DESC LIMIT 1 OFFSET $2 - 1";

/// Orders by urgency, then by the time from which a message may be sent; skips domains with an open breaker, and
/// addresses and domains whose rate is used up. `linked` counts all reminders of the message, `owed` those that are
/// still owed. Without the `+` before the limit SQLite plans the statement again for every bound value, which takes
/// five times as long as running it.
const MOST_URGENT: &str = "\
SELECT id, message_id, sender, recipient, subject, bytes_sha256, envelope_sha256,
       (SELECT bytes FROM message_bytes WHERE message_bytes.message_id = message.id) AS bytes, haste, sealed_at,
       attempts, unknowns, lease_token,
       (SELECT count(*) FROM reminder WHERE message_id = message.id) AS linked,
       (SELECT count(*) FROM owed_reminder
        WHERE owed_reminder.message_id = message.id AND owed_reminder.state = 'sealed' AND silent_until_on <= day_on) AS owed,
       EXISTS (SELECT 1 FROM suppression WHERE address_key = recipient_key) AS suppressed,
       contact_id IS NULL
           OR EXISTS (SELECT 1 FROM contact WHERE id = contact_id AND address = recipient AND retired_at IS NULL)
           AS reachable
FROM message
WHERE is_sendable AND next_attempt_at <= $1 AND expires_at > $1 AND ($7 = 0 OR haste = 'any-hour')
  AND NOT EXISTS (SELECT 1 FROM circuit_breaker
                  WHERE scope = 'domain:' || message.recipient_domain
                    AND next_probe_at > $1)
  AND ($2 IS NULL OR $2 > (
      SELECT count(*) FROM attempt JOIN message AS other ON other.id = attempt.message_id
      WHERE attempt.claimed_at > $3
        AND other.recipient_domain = message.recipient_domain))
  AND ($4 IS NULL OR $4 > (
      SELECT count(*) FROM attempt JOIN message AS other ON other.id = attempt.message_id
      WHERE attempt.claimed_at > $5 AND other.recipient = message.recipient))
ORDER BY urgency DESC, next_attempt_at, id LIMIT +$6";

/// When the first sendable message may go: its own time, the next probe of its domain, and room in the rates. $2 is the
/// limit of a domain in the window $3 (seconds), $4 that of an address in the window $5.
const NEXT_MOMENT: &str = "\
SELECT min((
    SELECT max(moment) FROM (
        SELECT waiting.next AS moment
        UNION ALL
        SELECT next_probe_at FROM circuit_breaker WHERE scope = 'domain:' || waiting.recipient_domain
        UNION ALL
        SELECT * FROM (
            SELECT $3 + claimed_at FROM attempt JOIN message ON message.id = attempt.message_id
            WHERE $2 IS NOT NULL AND claimed_at > $1 - $3 AND message.recipient_domain = waiting.recipient_domain
            ORDER BY claimed_at DESC LIMIT 1 OFFSET coalesce($2, 1) - 1) AS of_domain
        UNION ALL
        SELECT * FROM (
            SELECT $5 + claimed_at FROM attempt JOIN message ON message.id = attempt.message_id
            WHERE $4 IS NOT NULL AND claimed_at > $1 - $5 AND message.recipient = waiting.recipient
            ORDER BY claimed_at DESC LIMIT 1 OFFSET coalesce($4, 1) - 1) AS of_address) AS bounds)) AS next
FROM (SELECT recipient, recipient_domain, min(next_attempt_at) AS next FROM message
      WHERE is_sendable AND expires_at > $1 GROUP BY recipient, recipient_domain) AS waiting";

const LEASE_MESSAGES: &str = "\
UPDATE message SET state = 'leased', lease_token = lease_token + 1, attempts = attempts + 1, lease_until_at = $2
WHERE id IN (SELECT value FROM json_each($1)) AND is_sendable";

const BEGIN_ATTEMPTS: &str = "\
INSERT INTO attempt (message_id, number, lease_token, claimed_at)
SELECT id, attempts, lease_token, $2 FROM message WHERE id IN (SELECT value FROM json_each($1))";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[OLDEST_OF_RATE, MOST_URGENT, NEXT_MOMENT, LEASE_MESSAGES, BEGIN_ATTEMPTS];

/// Why a due message is taken out of the outbox instead of being leased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unwanted {
    /// Some of its reminders are no longer owed, or the contact has another address. The reminders still owed are
    /// planned again.
    Outdated,
    /// The address does not exist.
    Suppressed,
    /// Its bytes or its addresses differ from those that were sealed: the disk has changed them.
    Damaged,
}

/// Claims messages for this number of `dispatchers`; returns one claim for each. `open_breakers` holds the next probe
/// of each open breaker.
pub(super) async fn claim(
    transaction: &mut SqliteConnection,
    terms: &ClaimTerms,
    mut open_breakers: BTreeMap<BreakerScope, Moment>,
    dispatchers: usize,
    now: Moment,
) -> Result<Vec<Claim>, StorageError> {
    let mut claims = Vec::with_capacity(dispatchers);
    while claims.len() < dispatchers {
        if let Some(next) = relay_blocked_until(transaction, terms, &open_breakers, now).await? {
            claims.resize(dispatchers, Claim::NothingDue { next: Some(next) });
            break;
        }
        // With an open breaker or a rate limit, one message is claimed at a time: each claim may use up the probe or
        // the rate.
        let is_unlimited = open_breakers.is_empty() && !terms.has_limits();
        let limit = if is_unlimited { dispatchers - claims.len() } else { 1 };
        let rows = most_urgent(&mut *transaction, terms, limit, now).await?;
        if rows.is_empty() {
            let nothing = nothing_due(&mut *transaction, terms, now).await?;
            claims.resize(dispatchers, nothing);
            break;
        }
        claims.extend(lease_wanted(&mut *transaction, &rows, terms, &open_breakers, now).await?);
        if !open_breakers.is_empty() {
            // The claimed message may have reserved a probe: read the probe times again.
            open_breakers = breakers::list_open(&mut *transaction).await?;
        }
    }
    Ok(claims)
}

/// Returns the moment from which both the breaker and the rate of the relay allow the next message; `None` when they
/// allow it now.
async fn relay_blocked_until(
    transaction: &mut SqliteConnection,
    terms: &ClaimTerms,
    open_breakers: &BTreeMap<BreakerScope, Moment>,
    now: Moment,
) -> Result<Option<Moment>, StorageError> {
    if let Some(probe) = open_breakers.get(&BreakerScope::Relay).filter(|probe| **probe > now) {
        return Ok(Some(*probe));
    }
    let Some(per_minute) = terms.per_minute else { return Ok(None) };
    let query = sqlx::query(OLDEST_OF_RATE).bind(now.plus(-MINUTE).seconds()).bind(per_minute);
    let row = query.fetch_optional(transaction).await?;
    let claimed = row.map(|row| RowReader::keyed(&row, "attempt")?.moment("claimed_at"));
    Ok(claimed.transpose()?.map(|claimed| claimed.plus(MINUTE)))
}

async fn most_urgent(
    transaction: &mut SqliteConnection,
    terms: &ClaimTerms,
    limit: usize,
    now: Moment,
) -> Result<Vec<SqliteRow>, StorageError> {
    let query = sqlx::query(MOST_URGENT)
        .bind(now.seconds())
        .bind(terms.per_domain_minute)
        .bind(now.plus(-MINUTE).seconds())
        .bind(terms.per_address_day)
        .bind(now.plus(-DAY).seconds())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(terms.any_hour_only);
    Ok(query.fetch_all(transaction).await?)
}

/// Leases the messages that are still wanted and takes the others out of the outbox.
async fn lease_wanted(
    transaction: &mut SqliteConnection,
    rows: &[SqliteRow],
    terms: &ClaimTerms,
    open_breakers: &BTreeMap<BreakerScope, Moment>,
    now: Moment,
) -> Result<Vec<Claim>, StorageError> {
    let mut claims = Vec::with_capacity(rows.len());
    let mut wanted = Vec::with_capacity(rows.len());
    for row in rows {
        let reader = RowReader::keyed(row, "message")?;
        let message = MessageKey(reader.id);
        match unwanted(row)? {
            Some(Unwanted::Outdated) => take_back(&mut *transaction, message, now).await?,
            Some(Unwanted::Suppressed) => {
                dead_letter_suppressed(&mut *transaction, message, now).await?;
            }
            Some(Unwanted::Damaged) => take_out_damaged(&mut *transaction, message, now).await?,
            None => {
                wanted.push(read_claimed(&mut *transaction, &reader, now).await?);
                continue;
            }
        }
        claims.push(Claim::Dropped(message));
    }
    let until = now.plus(terms.lease);
    lease(&mut *transaction, &wanted, until, now).await?;
    if !open_breakers.is_empty() {
        for message in &wanted {
            // This message is the probe; other messages to the domain wait until it has ended.
            let domain = message.recipient.domain();
            breakers::reserve_probe(&mut *transaction, domain, until).await?;
        }
    }
    claims.extend(wanted.into_iter().map(Box::new).map(Claim::Claimed));
    Ok(claims)
}

async fn read_claimed(
    transaction: &mut SqliteConnection,
    row: &RowReader<'_>,
    now: Moment,
) -> Result<ClaimedMessage, StorageError> {
    let lease = Lease {
        message: MessageKey(row.id),
        token: row.get::<i64>("lease_token")? + 1,
        attempt: row.number::<u32>("attempts")? + 1,
        claimed: now,
    };
    leases::claimed_message(transaction, row, lease).await
}

async fn lease(
    transaction: &mut SqliteConnection,
    messages: &[ClaimedMessage],
    until: Moment,
    now: Moment,
) -> Result<(), StorageError> {
    if messages.is_empty() {
        return Ok(());
    }
    let keys = json_ids(messages.iter().map(|message| message.lease.message.0));
    let query = sqlx::query(LEASE_MESSAGES).bind(&keys).bind(until.seconds());
    let done = query.execute(&mut *transaction).await?;
    exactly("lease messages", messages.len(), done.rows_affected())?;
    let query = sqlx::query(BEGIN_ATTEMPTS).bind(&keys).bind(now.seconds());
    let done = query.execute(transaction).await?;
    exactly("begin attempts", messages.len(), done.rows_affected())
}

async fn nothing_due(
    transaction: &mut SqliteConnection,
    terms: &ClaimTerms,
    now: Moment,
) -> Result<Claim, StorageError> {
    let query = sqlx::query(NEXT_MOMENT)
        .bind(now.seconds())
        .bind(terms.per_domain_minute)
        .bind(MINUTE.as_secs())
        .bind(terms.per_address_day)
        .bind(DAY.as_secs());
    let row = query.fetch_one(transaction).await?;
    let next = RowReader { row: &row, table: "message", id: 0 }.moment_if_any("next")?;
    // Nothing is due at `now`, so the next moment is at least one second later.
    let next = next.map(|next| next.max(now.plus(SignedDuration::from_secs(1))));
    Ok(Claim::NothingDue { next })
}

fn unwanted(row: &SqliteRow) -> Result<Option<Unwanted>, StorageError> {
    if !is_as_sealed(row)? {
        return Ok(Some(Unwanted::Damaged));
    }
    if row.try_get("suppressed")? {
        return Ok(Some(Unwanted::Suppressed));
    }
    let (linked, owed): (i64, i64) = (row.try_get("linked")?, row.try_get("owed")?);
    // A message that may have arrived is sent again with the same bytes while any of its reminders is owed: if they
    // were composed anew, they could arrive twice, under two Message-IDs.
    let may_have_arrived = row.try_get::<i64, _>("unknowns")? > 0;
    let is_owed = if may_have_arrived { linked == 0 || owed > 0 } else { owed == linked };
    let is_reachable: bool = row.try_get("reachable")?;
    Ok((!is_owed || !is_reachable).then_some(Unwanted::Outdated))
}
