//! Chooses the message to send next, and takes it.
//!
//! Must not know: how it is sent.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::roads;
use super::withdraw::{Burial, bury, take_back};
use crate::domain::address::Address;
use crate::domain::delivery::{BreakerScope, FailureClass, MessageKey};
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::{AbandonedLease, Claim, ClaimTerms, ClaimedMessage, Lease};
use crate::storage::sqlite::rows::Place;
use crate::storage::sqlite::script::Script;

/// A minute is the window of the rates.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The attempt that must leave the window before the rate has room again; no row while there is room.
const OLDEST_OF_RATE: &str = "\
SELECT 0 AS id, claimed_at FROM attempt WHERE claimed_at > $1 ORDER BY claimed_at DESC LIMIT 1 OFFSET $2 - 1";

/// How many attempts of the window count against the rate; counted no further than it goes, without one not at all.
const USED: &str = "\
SELECT count(*) AS used, $2 AS allowed FROM (SELECT 1 FROM attempt WHERE claimed_at > $1 LIMIT +coalesce($2, 0))";

/// The order is urgency, then age. A domain whose road is closed and an address or domain that has had its share
/// are passed over. `linked` counts all reminders of the message, `owed` those whose duty still stands. The `+` keeps
/// SQLite from planning the statement anew whenever the limit is bound, which costs five times its run.
const MOST_URGENT: &str = "\
SELECT id, message_id, sender, recipient, (SELECT bytes FROM message_bytes WHERE message_bytes.message_id = message.id) AS bytes,
       sealed_at, attempts, unknowns, lease_token,
       (SELECT count(*) FROM reminder WHERE message_id = message.id) AS linked,
       (SELECT count(*) FROM owed_reminder
        WHERE owed_reminder.message_id = message.id AND owed_reminder.state = 'sealed' AND silent_until_on <= day_on) AS owed,
       EXISTS (SELECT 1 FROM suppression WHERE address = recipient) AS suppressed,
       contact_id IS NULL
           OR EXISTS (SELECT 1 FROM contact WHERE id = contact_id AND address = recipient AND retired_at IS NULL)
           AS reachable
FROM message
WHERE is_sendable AND next_attempt_at <= $1 AND expires_at > $1
  AND NOT EXISTS (SELECT 1 FROM circuit_breaker
                  WHERE scope = 'domain:' || substr(message.recipient, instr(message.recipient, '@') + 1)
                    AND next_probe_at > $1)
  AND ($2 IS NULL OR $2 > (
      SELECT count(*) FROM attempt JOIN message AS other ON other.id = attempt.message_id
      WHERE attempt.claimed_at > $3
        AND substr(other.recipient, instr(other.recipient, '@'))
            = substr(message.recipient, instr(message.recipient, '@'))))
  AND ($4 IS NULL OR $4 > (
      SELECT count(*) FROM attempt JOIN message AS other ON other.id = attempt.message_id
      WHERE attempt.claimed_at > $5 AND other.recipient = message.recipient))
ORDER BY urgency DESC, next_attempt_at, id LIMIT +$6";

/// When the first of those that wait may go: its own time, the probe of its domain's road, and room in the rates. $2 is the
/// share of a domain in the window $3 (seconds), $4 that of an address in the window $5.
const NEXT_MOMENT: &str = "\
SELECT min(max(
    waiting.next,
    coalesce((SELECT next_probe_at FROM circuit_breaker
              WHERE scope = 'domain:' || substr(waiting.recipient, instr(waiting.recipient, '@') + 1)), 0),
    CASE WHEN $2 IS NULL THEN 0 ELSE coalesce($3 + (
        SELECT claimed_at FROM attempt JOIN message ON message.id = attempt.message_id
        WHERE claimed_at > $1 - $3
          AND substr(message.recipient, instr(message.recipient, '@'))
              = substr(waiting.recipient, instr(waiting.recipient, '@'))
        ORDER BY claimed_at DESC LIMIT 1 OFFSET $2 - 1), 0) END,
    CASE WHEN $4 IS NULL THEN 0 ELSE coalesce($5 + (
        SELECT claimed_at FROM attempt JOIN message ON message.id = attempt.message_id
        WHERE claimed_at > $1 - $5 AND message.recipient = waiting.recipient
        ORDER BY claimed_at DESC LIMIT 1 OFFSET $4 - 1), 0) END)) AS next
FROM (SELECT recipient, min(next_attempt_at) AS next FROM message
      WHERE is_sendable AND expires_at > $1 GROUP BY recipient) AS waiting";

const LEASE: &str = "\
UPDATE message SET state = 'leased', lease_token = lease_token + 1, attempts = attempts + 1, lease_until_at = $2
WHERE id IN (SELECT value FROM json_each($1)) AND is_sendable";

const OPEN_ATTEMPTS: &str = "\
INSERT INTO attempt (message_id, number, lease_token, claimed_at)
SELECT id, attempts, lease_token, $2 FROM message WHERE id IN (SELECT value FROM json_each($1))";

const EARLIER: &str = "SELECT message_id AS id, class FROM attempt WHERE message_id = $1 AND number < $2 ORDER BY number";

const LEASES: &str = "\
SELECT message.id, message.message_id, sender, recipient, bytes, sealed_at, attempts, unknowns, message.lease_token,
       contact_id, claimed_at, lease_until_at, dot_at
FROM message INDEXED BY message_leased JOIN message_bytes ON message_bytes.message_id = message.id
JOIN attempt ON attempt.message_id = message.id AND attempt.number = message.attempts
WHERE state = 'leased' ORDER BY message.id";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[OLDEST_OF_RATE, USED, MOST_URGENT, NEXT_MOMENT, LEASE, OPEN_ATTEMPTS, EARLIER, LEASES];

/// Why a message that is due is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unwanted {
    /// Part of it is done, or the contact has moved: what is still owed is planned anew.
    Otherwise,
    /// The address does not exist.
    Suppressed,
}

/// Claims for `sessions` sessions at a time, with these roads `closed`; returns an answer for each.
pub(super) async fn claim(
    transaction: &mut SqliteConnection,
    terms: &ClaimTerms,
    mut closed: BTreeMap<BreakerScope, Moment>,
    sessions: usize,
    now: Moment,
) -> Result<Vec<Claim>, StorageError> {
    let mut claims = Vec::with_capacity(sessions);
    while claims.len() < sessions {
        if let Some(next) = relay_is_busy_until(&mut *transaction, terms, &closed, now).await? {
            claims.resize(sessions, Claim::NothingDue { next: Some(next) });
            break;
        }
        // a probe and a rate are asked about anew for each message
        let limit = if closed.is_empty() && !terms.limit() { sessions - claims.len() } else { 1 };
        let sought = seek(Script::default(), terms, limit, now).run(&mut *transaction).await?;
        let rows = sought.into_iter().next().unwrap_or_default();
        if rows.is_empty() {
            let nothing = nothing_due(&mut *transaction, terms, now).await?;
            claims.resize(sessions, nothing);
            break;
        }
        claims.extend(take(&mut *transaction, &rows, terms, &closed, now).await?);
        if !closed.is_empty() {
            // a probe was reserved
            closed = roads::closed(&mut *transaction).await?;
        }
    }
    Ok(claims)
}

/// Leases the messages that are still wanted and drops the others.
async fn take(
    transaction: &mut SqliteConnection,
    rows: &[SqliteRow],
    terms: &ClaimTerms,
    closed: &BTreeMap<BreakerScope, Moment>,
    now: Moment,
) -> Result<Vec<Claim>, StorageError> {
    let until = now.plus(terms.lease);
    let choice = Choice::of(&mut *transaction, rows, now).await?;
    choice.lease(Script::default(), until, now).run(&mut *transaction).await?;
    if !closed.is_empty() {
        for claimed in &choice.chosen {
            // the others wait for what this one finds
            let roads =
                [BreakerScope::Relay, BreakerScope::Domain(claimed.recipient.domain().to_owned())];
            roads::reserve_probe(&mut *transaction, &roads, until).await?;
        }
    }
    choice.drop_others(transaction, now).await
}

/// Of messages that are due, which to send.
pub(super) struct Choice {
    chosen: Vec<ClaimedMessage>,
    others: Vec<(MessageKey, Unwanted)>,
}

impl Choice {
    pub(super) async fn of(
        transaction: &mut SqliteConnection,
        rows: &[SqliteRow],
        now: Moment,
    ) -> Result<Self, StorageError> {
        let mut choice = Self { chosen: Vec::with_capacity(rows.len()), others: Vec::new() };
        for row in rows {
            let place = Place::keyed(row, "message")?;
            let message = MessageKey(place.id);
            if let Some(why) = unwanted(row)? {
                choice.others.push((message, why));
                continue;
            }
            let token = place.get::<i64>("lease_token")?.saturating_add(1);
            let attempt = place.number::<u32>("attempts")?.saturating_add(1);
            let lease = Lease { message, token, attempt, claimed: now };
            choice.chosen.push(claimed(&mut *transaction, &place, lease).await?);
        }
        Ok(choice)
    }

    /// Leases what is to be sent.
    pub(super) fn lease(&self, script: Script, until: Moment, now: Moment) -> Script {
        if self.chosen.is_empty() {
            return script;
        }
        let keys = self.chosen.iter().map(|claimed| Value::from(claimed.lease.message.0));
        let keys = keys.collect::<Value>().to_string();
        script
            .add(LEASE)
            .bind(keys.clone())
            .bind(until.seconds())
            .must_change("claim message", self.chosen.len())
            .add(OPEN_ATTEMPTS)
            .bind(keys)
            .bind(now.seconds())
    }

    /// Takes out what is not to be sent; returns the answers.
    pub(super) async fn drop_others(
        self,
        transaction: &mut SqliteConnection,
        now: Moment,
    ) -> Result<Vec<Claim>, StorageError> {
        let mut claims = Vec::with_capacity(self.others.len());
        for &(message, why) in &self.others {
            match why {
                Unwanted::Otherwise => take_back(&mut *transaction, message, now).await?,
                Unwanted::Suppressed => {
                    bury(&mut *transaction, message, Burial::Suppressed, now).await?;
                }
            }
            claims.push(Claim::Dropped(message));
        }
        claims.extend(self.into_claims());
        Ok(claims)
    }

    /// True when every one of `sessions` gets a message, and nothing is to be taken out.
    pub(super) fn serves(&self, sessions: usize) -> bool {
        self.others.is_empty() && self.chosen.len() == sessions
    }

    /// The answers for what is to be sent.
    pub(super) fn into_claims(self) -> Vec<Claim> {
        self.chosen.into_iter().map(Box::new).map(Claim::Claimed).collect()
    }
}

/// The relay's own circuit, then its rate.
async fn relay_is_busy_until(
    transaction: &mut SqliteConnection,
    terms: &ClaimTerms,
    closed: &BTreeMap<BreakerScope, Moment>,
    now: Moment,
) -> Result<Option<Moment>, StorageError> {
    if let Some(probe) = closed.get(&BreakerScope::Relay).filter(|probe| **probe > now) {
        return Ok(Some(*probe));
    }
    let Some(per_minute) = terms.per_minute else { return Ok(None) };
    let oldest = sqlx::query(OLDEST_OF_RATE).bind(now.plus(-MINUTE).seconds()).bind(per_minute);
    let row = oldest.fetch_optional(transaction).await?;
    let claimed = row.map(|row| Place::keyed(&row, "attempt")?.moment("claimed_at")).transpose()?;
    Ok(claimed.map(|claimed| claimed.plus(MINUTE)))
}

/// Asks for the room in the relay's rate; read it with [`room_of`].
pub(super) fn seek_room(script: Script, terms: &ClaimTerms, now: Moment) -> Script {
    script.add(USED).bind(now.plus(-MINUTE).seconds()).bind(terms.per_minute)
}

/// So many messages may be claimed now, of the row that says it; no row and no rate are no limit.
pub(super) fn room_of(row: Option<&SqliteRow>) -> Result<usize, StorageError> {
    let Some(row) = row else { return Ok(usize::MAX) };
    let (used, allowed): (i64, Option<i64>) = (row.try_get("used")?, row.try_get("allowed")?);
    let room = allowed.map(|allowed| allowed.saturating_sub(used).max(0));
    Ok(room.and_then(|room| usize::try_from(room).ok()).unwrap_or(usize::MAX))
}

/// Asks for up to `limit` messages that are due.
pub(super) fn seek(script: Script, terms: &ClaimTerms, limit: usize, now: Moment) -> Script {
    script
        .add(MOST_URGENT)
        .bind(now.seconds())
        .bind(terms.per_domain_minute)
        .bind(now.plus(-MINUTE).seconds())
        .bind(terms.per_address_day)
        .bind(now.plus(-DAY).seconds())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
}

async fn nothing_due(
    transaction: &mut SqliteConnection,
    terms: &ClaimTerms,
    now: Moment,
) -> Result<Claim, StorageError> {
    let next = sqlx::query(NEXT_MOMENT)
        .bind(now.seconds())
        .bind(terms.per_domain_minute)
        .bind(MINUTE.as_secs())
        .bind(terms.per_address_day)
        .bind(DAY.as_secs());
    let row = next.fetch_one(transaction).await?;
    let next = Place { row: &row, table: "message", id: 0 }.moment_if_any("next")?;
    // never at once: nothing was found a moment ago
    let next = next.map(|next| next.max(now.plus(SignedDuration::from_secs(1))));
    Ok(Claim::NothingDue { next })
}

fn unwanted(row: &SqliteRow) -> Result<Option<Unwanted>, StorageError> {
    let may_have_arrived = row.try_get::<i64, _>("unknowns")? > 0;
    let (linked, owed): (i64, i64) = (row.try_get("linked")?, row.try_get("owed")?);
    if row.try_get("suppressed")? {
        return Ok(Some(Unwanted::Suppressed));
    }
    // a message that may have arrived keeps its bytes as long as any of it is owed, else it would arrive twice
    // under two Message-IDs
    let stands = if may_have_arrived { linked == 0 || owed > 0 } else { owed == linked };
    let reachable: bool = row.try_get("reachable")?;
    Ok((!stands || !reachable).then_some(Unwanted::Otherwise))
}

async fn claimed(
    connection: &mut SqliteConnection,
    place: &Place<'_>,
    lease: Lease,
) -> Result<ClaimedMessage, StorageError> {
    let earlier = if lease.attempt > 1 { earlier(connection, lease).await? } else { Vec::new() };
    let address = |text: &str| Address::parse(text).ok();
    Ok(ClaimedMessage {
        lease,
        message_id: place.get("message_id")?,
        sender: place.read("sender", address)?,
        recipient: place.read("recipient", address)?,
        raw: place.get("bytes")?,
        sealed: place.moment("sealed_at")?,
        unknowns: place.number("unknowns")?,
        earlier,
    })
}

async fn earlier(
    connection: &mut SqliteConnection,
    lease: Lease,
) -> Result<Vec<FailureClass>, StorageError> {
    let rows = sqlx::query(EARLIER).bind(lease.message.0).bind(lease.attempt);
    let mut classes = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let place = Place::keyed(&row, "attempt")?;
        classes.extend(place.read_if_any("class", FailureClass::from_word)?);
    }
    Ok(classes)
}

pub(super) async fn leases(
    connection: &mut SqliteConnection,
) -> Result<Vec<AbandonedLease>, StorageError> {
    let mut abandoned = Vec::new();
    for row in sqlx::query(LEASES).fetch_all(&mut *connection).await? {
        let place = Place::keyed(&row, "message")?;
        let lease = Lease {
            message: MessageKey(place.id),
            token: place.get("lease_token")?,
            attempt: place.number("attempts")?,
            claimed: place.moment("claimed_at")?,
        };
        let dot_was_imminent = place.get::<Option<i64>>("dot_at")?.is_some();
        let claimed = claimed(&mut *connection, &place, lease).await?;
        let until = place.moment("lease_until_at")?;
        abandoned.push(AbandonedLease { claimed, until, dot_was_imminent });
    }
    Ok(abandoned)
}
