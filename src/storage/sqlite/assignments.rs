//! Which units owe a share of an obligation: units that are named, named no more, named again.
//!
//! Must not know: groups. Callers: `obligations`.

use sqlx::{Row as _, SqliteConnection};

use super::items;
use super::rows::json_ids;
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, ObligationId};
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::obligations::Revision;

const ADD_ASSIGNMENT: &str = "\
INSERT INTO assignment (obligation_id, unit_id) VALUES ($1, $2)
ON CONFLICT (obligation_id, unit_id) DO UPDATE
SET state = 'open', has_left = 0, done_on = NULL, evidence = NULL, acknowledged_at = NULL WHERE has_left = 1";

/// Shares of units that no longer owe it; those already reported stay.
const WITHDRAW_OTHERS: &str = "\
UPDATE assignment SET state = 'withdrawn', has_left = 1, next_plan_on = NULL
WHERE obligation_id = $1 AND is_owed
  AND unit_id NOT IN (SELECT value FROM json_each($2))";

const VOID_REMINDERS_OF_OTHERS: &str = "\
UPDATE reminder SET state = 'void', reason = NULL
WHERE state IN ('planned', 'blocked')
  AND assignment_id IN (SELECT id FROM assignment WHERE obligation_id = $1 AND has_left = 1)";

const LEFT: &str = "SELECT id FROM assignment WHERE obligation_id = $1 AND has_left = 1";

const REOPEN: &str = "\
UPDATE assignment
SET state = 'open', has_left = 0, done_on = NULL, evidence = NULL, acknowledged_at = NULL
WHERE obligation_id = $1 AND state = 'withdrawn' AND unit_id IN (SELECT value FROM json_each($2))";

pub(super) const STATEMENTS: &[&str] =
    &[ADD_ASSIGNMENT, WITHDRAW_OTHERS, VOID_REMINDERS_OF_OTHERS, LEFT, REOPEN];

/// Gives each unit a share. A unit that had left owes its share again; a share withdrawn by a person stays withdrawn.
pub(super) async fn add(
    transaction: &mut SqliteConnection,
    id: ObligationId,
    performers: &[UnitId],
) -> Result<(), StorageError> {
    for unit in performers {
        let query = sqlx::query(ADD_ASSIGNMENT).bind(id.0).bind(unit.0);
        query.execute(&mut *transaction).await?;
    }
    Ok(())
}

/// Withdraws the shares of units that owe the obligation no more; with `revives` reopens those of units that do.
pub(super) async fn withdraw_others(
    transaction: &mut SqliteConnection,
    revision: &Revision,
    now: Moment,
) -> Result<(), StorageError> {
    let id = revision.id.0;
    let performers = json_ids(revision.registration.performers.iter().map(|unit| unit.0));
    let query = sqlx::query(WITHDRAW_OTHERS).bind(id).bind(&performers);
    query.execute(&mut *transaction).await?;
    sqlx::query(VOID_REMINDERS_OF_OTHERS).bind(id).execute(&mut *transaction).await?;
    let mut quota_items = Vec::new();
    for row in sqlx::query(LEFT).bind(id).fetch_all(&mut *transaction).await? {
        quota_items.push(ItemKey::Quota(AssignmentId(row.try_get("id")?)));
    }
    items::resolve(&mut *transaction, &quota_items, now).await?;
    if revision.revives {
        let query = sqlx::query(REOPEN).bind(id).bind(&performers);
        query.execute(&mut *transaction).await?;
    }
    Ok(())
}
