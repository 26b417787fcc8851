//! Every statement on operator items (待人工处理): what is open, opened and resolved.
//!
//! Must not know: what an item asks of a person. An item is opened once per key until it is resolved. Callers: the files
//! of this folder, inside their transactions.

use sqlx::{Row as _, SqliteConnection};

use super::rows::{RowReader, json_texts};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentId;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::messages::OpenItem;

const OPEN: &str = "\
INSERT INTO operator_item (key, kind, detail, opened_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (key) DO UPDATE SET detail = excluded.detail, opened_at = excluded.opened_at, resolved_at = NULL
WHERE resolved_at IS NOT NULL";

const RESOLVE: &str = "\
UPDATE operator_item SET resolved_at = $2
WHERE key IN (SELECT value FROM json_each($1)) AND resolved_at IS NULL";

const RESOLVE_REACHABLE_UNITS: &str = "\
UPDATE operator_item SET resolved_at = $1
WHERE kind = 'unreachable' AND resolved_at IS NULL AND EXISTS (
    SELECT 1 FROM contact
    WHERE 'unreachable:' || unit_id = key AND retired_at IS NULL
      AND contact.address_key NOT IN (SELECT suppression.address_key FROM suppression))";

const OPEN_ITEMS: &str = "\
SELECT id, key, detail, opened_at FROM operator_item WHERE resolved_at IS NULL ORDER BY opened_at, id";

const OPENED_AT: &str = "\
SELECT id, opened_at FROM operator_item WHERE key = $1 AND resolved_at IS NULL";

const UNIT_NAME: &str = "SELECT name FROM unit WHERE id = $1";

const SHARE_NAME: &str = "\
SELECT ref || CASE occurrence WHEN '' THEN '' ELSE '/' || occurrence END || ' ' || unit.name AS name
FROM assignment JOIN obligation ON obligation.id = obligation_id JOIN unit ON unit.id = unit_id
WHERE assignment.id = $1";

pub(super) const STATEMENTS: &[&str] =
    &[OPEN, RESOLVE, RESOLVE_REACHABLE_UNITS, OPEN_ITEMS, OPENED_AT, UNIT_NAME, SHARE_NAME];

/// Opens an item; does nothing while it is open.
pub(super) async fn open(
    transaction: &mut SqliteConnection,
    item: &ItemKey,
    detail: &str,
    now: Moment,
) -> Result<(), StorageError> {
    let query = sqlx::query(OPEN)
        .bind(item.to_string())
        .bind(item.kind().word())
        .bind(detail)
        .bind(now.seconds());
    query.execute(transaction).await?;
    Ok(())
}

/// Opens the item that the rest of a quota no longer fits into its period.
pub(super) async fn open_quota(
    transaction: &mut SqliteConnection,
    assignment: AssignmentId,
    now: Moment,
) -> Result<(), StorageError> {
    let row = sqlx::query(SHARE_NAME).bind(assignment.0).fetch_one(&mut *transaction).await?;
    open(transaction, &ItemKey::Quota(assignment), row.try_get("name")?, now).await
}

/// Opens the item that no contact of a unit can be reached.
pub(super) async fn open_unreachable(
    transaction: &mut SqliteConnection,
    unit: UnitId,
    now: Moment,
) -> Result<(), StorageError> {
    let row = sqlx::query(UNIT_NAME).bind(unit.0).fetch_one(&mut *transaction).await?;
    open(transaction, &ItemKey::Unreachable(unit), row.try_get("name")?, now).await
}

/// Resolves the open items among these keys.
pub(super) async fn resolve(
    transaction: &mut SqliteConnection,
    items: &[ItemKey],
    now: Moment,
) -> Result<(), StorageError> {
    if items.is_empty() {
        return Ok(());
    }
    let keys: Vec<_> = items.iter().map(ItemKey::to_string).collect();
    resolve_keys(transaction, &keys, now).await.map(drop)
}

/// Resolves the open items among these keys, which a person may have mistyped; returns how many there were.
pub(super) async fn resolve_keys(
    transaction: &mut SqliteConnection,
    keys: &[String],
    now: Moment,
) -> Result<u64, StorageError> {
    let query = sqlx::query(RESOLVE).bind(json_texts(keys)).bind(now.seconds());
    Ok(query.execute(transaction).await?.rows_affected())
}

/// Resolves the items about units that have a contact who can be reached.
pub(super) async fn resolve_reachable_units(
    transaction: &mut SqliteConnection,
    now: Moment,
) -> Result<(), StorageError> {
    sqlx::query(RESOLVE_REACHABLE_UNITS).bind(now.seconds()).execute(transaction).await?;
    Ok(())
}

/// Returns the open items, oldest first.
pub(super) async fn list_open(
    connection: &mut SqliteConnection,
) -> Result<Vec<OpenItem>, StorageError> {
    let item = |row| {
        let row = RowReader::keyed(row, "operator_item")?;
        Ok(OpenItem {
            key: row.read("key", ItemKey::parse)?,
            detail: row.get("detail")?,
            since: row.moment("opened_at")?,
        })
    };
    sqlx::query(OPEN_ITEMS).fetch_all(connection).await?.iter().map(item).collect()
}

/// Returns when an item was opened; `None` when it is not open.
pub(super) async fn opened_at(
    connection: &mut SqliteConnection,
    item: &ItemKey,
) -> Result<Option<Moment>, StorageError> {
    let row = sqlx::query(OPENED_AT).bind(item.to_string()).fetch_optional(connection).await?;
    row.map(|row| RowReader::keyed(&row, "operator_item")?.moment("opened_at")).transpose()
}
