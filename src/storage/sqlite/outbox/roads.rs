//! Circuits, and the items that call a person to a closed road.
//!
//! Must not know: messages.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::ACTOR;
use crate::domain::delivery::{BreakerReason, BreakerScope, probe_delay};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::sqlite::journal;
use crate::storage::sqlite::rows::Place;
use crate::storage::sqlite::script::Script;

const CIRCUIT: &str = "SELECT 0 AS id, reason, opened_at, next_probe_at, failures FROM circuit_breaker WHERE scope = $1";

const CLOSED: &str = "SELECT 0 AS id, scope, next_probe_at FROM circuit_breaker";

const RESERVE_PROBE: &str = "UPDATE circuit_breaker SET next_probe_at = $3 WHERE scope IN ($1, $2)";

const RELEASE_PROBE: &str =
    "UPDATE circuit_breaker SET next_probe_at = $4 WHERE scope IN ($1, $2) AND opened_at < $3";

const OPEN_CIRCUIT: &str = "\
INSERT INTO circuit_breaker (scope, reason, opened_at, next_probe_at, failures) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason, next_probe_at = excluded.next_probe_at,
                                  failures = excluded.failures";

const CLOSE_CIRCUITS: &str = "DELETE FROM circuit_breaker WHERE scope IN ($1, $2) RETURNING scope";

const OPEN_ITEM: &str = "\
INSERT INTO operator_item (key, kind, detail, opened_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (key) DO UPDATE SET detail = excluded.detail, opened_at = excluded.opened_at, resolved_at = NULL
WHERE resolved_at IS NOT NULL";

const RESOLVE_ITEMS: &str =
    "UPDATE operator_item SET resolved_at = $2 WHERE key GLOB $1 AND resolved_at IS NULL";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] = &[
    CIRCUIT,
    CLOSED,
    RESERVE_PROBE,
    RELEASE_PROBE,
    OPEN_CIRCUIT,
    CLOSE_CIRCUITS,
    OPEN_ITEM,
    RESOLVE_ITEMS,
];

/// The roads that are closed, each with the moment at which one message may try it again.
pub(super) async fn closed(
    connection: &mut SqliteConnection,
) -> Result<BTreeMap<BreakerScope, Moment>, StorageError> {
    closed_of(&sqlx::query(CLOSED).fetch_all(connection).await?)
}

/// Asks for the roads that are closed; read them with [`closed_of`].
pub(super) fn seek_closed(script: Script) -> Script {
    script.add(CLOSED)
}

/// As [`closed`], of the rows that hold them.
pub(super) fn closed_of(
    rows: &[SqliteRow],
) -> Result<BTreeMap<BreakerScope, Moment>, StorageError> {
    let mut roads = BTreeMap::new();
    for row in rows {
        let place = Place::keyed(row, "circuit")?;
        roads.insert(place.read("scope", BreakerScope::from_word)?, place.moment("next_probe_at")?);
    }
    Ok(roads)
}

/// Makes everybody else wait for the probe under way; does nothing on open roads.
pub(super) async fn reserve_probe(
    transaction: &mut SqliteConnection,
    roads: &[BreakerScope; 2],
    until: Moment,
) -> Result<(), StorageError> {
    let [one, other] = roads;
    let reserved = sqlx::query(RESERVE_PROBE).bind(one.word()).bind(other.word());
    reserved.bind(until.seconds()).execute(transaction).await?;
    Ok(())
}

/// Ends a probe that has found out nothing: the next one may follow soon.
pub(super) async fn release_probe(
    transaction: &mut SqliteConnection,
    roads: &[BreakerScope; 2],
    claimed: Moment,
    now: Moment,
) -> Result<(), StorageError> {
    let [one, other] = roads;
    let next = now.plus(probe_delay(BreakerReason::Unreachable, 1));
    let released = sqlx::query(RELEASE_PROBE).bind(one.word()).bind(other.word());
    released.bind(claimed.seconds()).bind(next.seconds()).execute(transaction).await?;
    Ok(())
}

/// Closes a road after a failure of an attempt claimed at `claimed`.
///
/// Sessions that were under way when the road closed fail together; only the first of them counts.
pub(super) async fn close_road(
    transaction: &mut SqliteConnection,
    scope: &BreakerScope,
    reason: BreakerReason,
    claimed: Moment,
    now: Moment,
) -> Result<(), StorageError> {
    let row = sqlx::query(CIRCUIT).bind(scope.word()).fetch_optional(&mut *transaction).await?;
    let (opened, failures) = match &row {
        Some(row) => {
            let place = Place::keyed(row, "circuit")?;
            let opened = place.moment("opened_at")?;
            if claimed <= opened {
                return Ok(());
            }
            (opened, place.number::<u32>("failures")?.saturating_add(1))
        }
        None => (now, 1),
    };
    sqlx::query(OPEN_CIRCUIT)
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
    let entry = line(Action::BreakerOpened, &scope.word(), Some(reason.word()), now);
    journal::append(transaction, &[entry]).await
}

/// Opens roads that have worked; does nothing when they were open.
pub(super) async fn open_roads(
    transaction: &mut SqliteConnection,
    roads: &[BreakerScope; 2],
    now: Moment,
) -> Result<(), StorageError> {
    let [one, other] = roads;
    let opened = sqlx::query(CLOSE_CIRCUITS).bind(one.word()).bind(other.word());
    for row in opened.fetch_all(&mut *transaction).await? {
        let scope: String = row.try_get("scope")?;
        let items =
            sqlx::query(RESOLVE_ITEMS).bind(format!("breaker:{scope}:*")).bind(now.seconds());
        items.execute(&mut *transaction).await?;
        journal::append(&mut *transaction, &[line(Action::BreakerClosed, &scope, None, now)])
            .await?;
    }
    Ok(())
}

/// Opens an item; does nothing while one with this key is open.
pub(in crate::storage::sqlite) async fn open_item(
    transaction: &mut SqliteConnection,
    key: &ItemKey,
    detail: &str,
    now: Moment,
) -> Result<(), StorageError> {
    let query = sqlx::query(OPEN_ITEM).bind(key.to_string()).bind(key.kind().word());
    query.bind(detail).bind(now.seconds()).execute(transaction).await?;
    Ok(())
}

fn line(action: Action, scope: &str, reason: Option<&str>, now: Moment) -> Entry {
    Entry {
        at: now,
        actor: ACTOR.to_owned(),
        action,
        subject: format!("breaker {scope}"),
        before: None,
        after: None,
        reason: reason.map(str::to_owned),
    }
}
