//! Statements on who owes a share of an obligation: units that join, leave, and come back.
//!
//! Must not know: groups, what a state means to people.

use sqlx::SqliteConnection;

use super::obligations::json_ids;
use crate::domain::moment::Moment;
use crate::domain::obligation::ObligationId;
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

const SETTLE_ALARMS_OF_OTHERS: &str = "\
UPDATE operator_item SET resolved_at = $2
WHERE resolved_at IS NULL
  AND key IN (SELECT 'quota:' || id FROM assignment WHERE obligation_id = $1 AND has_left = 1)";

const REVIVE: &str = "\
UPDATE assignment
SET state = 'open', has_left = 0, done_on = NULL, evidence = NULL, acknowledged_at = NULL
WHERE obligation_id = $1 AND state = 'withdrawn' AND unit_id IN (SELECT value FROM json_each($2))";

pub(super) const STATEMENTS: &[&str] =
    &[ADD_ASSIGNMENT, WITHDRAW_OTHERS, VOID_REMINDERS_OF_OTHERS, SETTLE_ALARMS_OF_OTHERS, REVIVE];

/// Gives each unit a share; one that had left owes its own again, one that a person struck out does not.
pub(super) async fn add(
    transaction: &mut SqliteConnection,
    id: ObligationId,
    performers: &[UnitId],
) -> Result<(), StorageError> {
    for unit in performers {
        let assignment = sqlx::query(ADD_ASSIGNMENT).bind(id.0).bind(unit.0);
        assignment.execute(&mut *transaction).await?;
    }
    Ok(())
}

/// Takes their shares from the units that owe it no more; with `revives` gives them back to those that do.
pub(super) async fn withdraw_others(
    transaction: &mut SqliteConnection,
    revision: &Revision,
    now: Moment,
) -> Result<(), StorageError> {
    let id = revision.id.0;
    let performers = json_ids(revision.registration.performers.iter().map(|unit| unit.0));
    let withdrawn = sqlx::query(WITHDRAW_OTHERS).bind(id).bind(&performers);
    withdrawn.execute(&mut *transaction).await?;
    sqlx::query(VOID_REMINDERS_OF_OTHERS).bind(id).execute(&mut *transaction).await?;
    let alarms = sqlx::query(SETTLE_ALARMS_OF_OTHERS).bind(id).bind(now.seconds());
    alarms.execute(&mut *transaction).await?;
    if revision.revives {
        let revived = sqlx::query(REVIVE).bind(id).bind(&performers);
        revived.execute(&mut *transaction).await?;
    }
    Ok(())
}
