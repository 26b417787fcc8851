//! What units owe, in short: for the end of a reminder.
//!
//! Must not know: how a mail is composed. Callers: this folder.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::domain::obligation::AssignmentState;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::reminders::{OpenShare, OpenShares};
use crate::storage::sqlite::obligation_rows::deadline;
use crate::storage::sqlite::rows::{RowReader, json_ids};

/// Of each series the occurrence that is due first; minima and internal targets are no debts.
const OPEN_SHARES: &str = "\
WITH share AS (
    SELECT assignment.unit_id, assignment.state, obligation.id, ref, title, due_on, due_at, act_by_on, earliest_on, provisional,
           row_number() OVER (PARTITION BY assignment.unit_id, list_id, ref ORDER BY due_on, obligation.id) AS nth,
           count(*) OVER (PARTITION BY assignment.unit_id, list_id, ref) AS occurrences
    FROM json_each($1) AS asked
    JOIN assignment ON assignment.unit_id = asked.value
    JOIN obligation ON obligation.id = assignment.obligation_id
    WHERE assignment.state IN ('open', 'acknowledged', 'reported') AND obligation.state = 'open'
      AND internal = 0 AND earliest_on IS NULL AND due_on <= $2
), series AS (
    SELECT share.*, row_number() OVER (PARTITION BY unit_id ORDER BY due_on, id) AS place,
           count(*) OVER (PARTITION BY unit_id) AS total
    FROM share WHERE nth = 1
)
SELECT unit_id, state, id, ref, title, due_on, due_at, act_by_on, earliest_on, provisional, occurrences, total
FROM series WHERE place <= $3 ORDER BY unit_id, place";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] = &[OPEN_SHARES];

pub(super) async fn open_shares(
    connection: &mut SqliteConnection,
    units: &[UnitId],
    due_through: Date,
    limit: u32,
) -> Result<BTreeMap<UnitId, OpenShares>, StorageError> {
    let query = sqlx::query(OPEN_SHARES)
        .bind(json_ids(units.iter().map(|unit| unit.0)))
        .bind(due_through.to_string())
        .bind(limit);
    let mut by_unit: BTreeMap<UnitId, OpenShares> = BTreeMap::new();
    for row in query.fetch_all(connection).await? {
        let unit = UnitId(RowReader::keyed(&row, "obligation")?.get("unit_id")?);
        let shares = by_unit.entry(unit).or_default();
        shares.total = RowReader::keyed(&row, "obligation")?.number("total")?;
        shares.first.extend(open_share(&row)?);
    }
    Ok(by_unit)
}

fn open_share(row: &SqliteRow) -> Result<Option<OpenShare>, StorageError> {
    let row = RowReader::keyed(row, "obligation")?;
    let Some(deadline) = deadline(&row)? else { return Ok(None) };
    Ok(Some(OpenShare {
        reference: row.get("ref")?,
        title: row.get("title")?,
        occurrences: row.number("occurrences")?,
        deadline,
        state: row.read("state", AssignmentState::from_word)?,
    }))
}
