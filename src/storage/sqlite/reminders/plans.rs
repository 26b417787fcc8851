//! Puts plans on record.
//!
//! Must not know: why something was decided.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentId;
use crate::domain::reminder::{NextLook, Plan, Reminder, Verdict};
use crate::storage::StorageError;
use crate::storage::reminders::AssignmentBatch;

const ADD_LADDER_VERSION: &str = "\
INSERT INTO ladder_version (hash, name, body) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";

const FREEZE_LADDER: &str =
    "UPDATE obligation SET ladder_hash = $2 WHERE id = $1 AND ladder_hash IS NULL";

/// A reminder that is in a message, told or covered is never changed by a plan.
const DECIDE: &str = "\
INSERT INTO reminder (key, obligation_id, assignment_id, deadline_version, rung, repeat, role, rank, tone, contact_id,
                      state, reason, covered_by, planned_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (key) DO UPDATE
SET state = excluded.state, reason = excluded.reason, covered_by = excluded.covered_by, role = excluded.role,
    rank = excluded.rank, message_id = NULL, planned_at = excluded.planned_at
WHERE reminder.state IN ('planned', 'blocked', 'void')
  AND (reminder.state <> excluded.state OR reminder.reason IS NOT excluded.reason)";

/// Dates that were moved since the case was read have ordered a look of their own.
const SET_NEXT_LOOK: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE id = $1 AND next_plan_on IS NOT $2 AND is_owed
  AND EXISTS (SELECT 1 FROM obligation WHERE obligation.id = obligation_id AND deadline_version = $3)";

const REPORT_UNREACHABLE: &str = "\
INSERT INTO operator_item (key, kind, detail, opened_at)
SELECT 'unreachable:' || id, 'unreachable', name, $2 FROM unit WHERE id = $1
ON CONFLICT (key) DO UPDATE SET opened_at = excluded.opened_at, resolved_at = NULL WHERE resolved_at IS NOT NULL";

const RESOLVE_REACHABLE: &str = "\
UPDATE operator_item SET resolved_at = $1
WHERE kind = 'unreachable' AND resolved_at IS NULL AND EXISTS (
    SELECT 1 FROM contact
    WHERE 'unreachable:' || unit_id = key AND retired_at IS NULL
      AND address NOT IN (SELECT address FROM suppression))";

const REPORT_QUOTA: &str = "\
INSERT INTO operator_item (key, kind, detail, opened_at)
SELECT 'quota:' || assignment.id, 'quota',
       ref || CASE occurrence WHEN '' THEN '' ELSE '/' || occurrence END || ' ' || unit.name, $2
FROM assignment JOIN obligation ON obligation.id = obligation_id JOIN unit ON unit.id = unit_id
WHERE assignment.id = $1
ON CONFLICT (key) DO UPDATE SET opened_at = excluded.opened_at, resolved_at = NULL WHERE resolved_at IS NOT NULL";

const REPORT_LADDER: &str = "\
INSERT INTO operator_item (key, kind, detail, opened_at) VALUES ('unknown-ladder:' || $1, 'unknown-ladder', $1, $2)
ON CONFLICT (key) DO UPDATE SET opened_at = excluded.opened_at, resolved_at = NULL WHERE resolved_at IS NOT NULL";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] = &[
    ADD_LADDER_VERSION,
    FREEZE_LADDER,
    DECIDE,
    SET_NEXT_LOOK,
    REPORT_UNREACHABLE,
    RESOLVE_REACHABLE,
    REPORT_QUOTA,
    REPORT_LADDER,
];

/// Returns how many reminders changed.
pub(super) async fn record(
    transaction: &mut SqliteConnection,
    batch: &AssignmentBatch,
    plan: &Plan,
    now: Moment,
) -> Result<u64, StorageError> {
    freeze_ladders(transaction, batch).await?;
    let mut changed = 0_u64;
    for reminder in &plan.reminders {
        changed = changed.saturating_add(decide(transaction, reminder, now).await?);
    }
    let versions: BTreeMap<AssignmentId, u32> =
        batch.assignments.iter().map(|case| (case.assignment, case.deadline_version)).collect();
    for NextLook { assignment, on } in &plan.next_looks {
        sqlx::query(SET_NEXT_LOOK)
            .bind(assignment.0)
            .bind(on.map(|on| on.to_string()))
            .bind(versions.get(assignment))
            .execute(&mut *transaction)
            .await?;
    }
    report(transaction, batch, plan, now).await?;
    Ok(changed)
}

async fn freeze_ladders(
    transaction: &mut SqliteConnection,
    batch: &AssignmentBatch,
) -> Result<(), StorageError> {
    for (obligation, ladder) in &batch.starting {
        let hash = ladder.hash();
        sqlx::query(ADD_LADDER_VERSION)
            .bind(&hash)
            .bind(ladder.name())
            .bind(ladder.to_string())
            .execute(&mut *transaction)
            .await?;
        let frozen = sqlx::query(FREEZE_LADDER).bind(obligation.0).bind(&hash);
        frozen.execute(&mut *transaction).await?;
    }
    Ok(())
}

async fn decide(
    transaction: &mut SqliteConnection,
    reminder: &Reminder,
    now: Moment,
) -> Result<u64, StorageError> {
    let (state, reason, covered_by) = match &reminder.verdict {
        Verdict::Planned => ("planned", None, None),
        Verdict::CoveredBy(key) => ("covered", Some("newer".to_owned()), Some(key.as_str())),
        Verdict::Acknowledged => ("covered", Some("acknowledged".to_owned()), None),
        Verdict::Blocked(obstacle) => ("blocked", Some(obstacle.word()), None),
        Verdict::Void => ("void", None, None),
    };
    let done = sqlx::query(DECIDE)
        .bind(reminder.key.as_str())
        .bind(reminder.obligation.0)
        .bind(reminder.assignment.0)
        .bind(reminder.deadline_version)
        .bind(reminder.occasion.name())
        .bind(reminder.occasion.number())
        .bind(reminder.role.word())
        .bind(reminder.rank.word())
        .bind(reminder.tone.word())
        .bind(reminder.contact.map(|contact| contact.0))
        .bind(state)
        .bind(reason)
        .bind(covered_by)
        .bind(now.seconds())
        .execute(transaction)
        .await?;
    Ok(done.rows_affected())
}

async fn report(
    transaction: &mut SqliteConnection,
    batch: &AssignmentBatch,
    plan: &Plan,
    now: Moment,
) -> Result<(), StorageError> {
    sqlx::query(RESOLVE_REACHABLE).bind(now.seconds()).execute(&mut *transaction).await?;
    for item in &plan.items {
        let query = if let ItemKey::Unreachable(unit) = item {
            sqlx::query(REPORT_UNREACHABLE).bind(unit.0)
        } else if let ItemKey::Quota(assignment) = item {
            sqlx::query(REPORT_QUOTA).bind(assignment.0)
        } else {
            continue;
        };
        query.bind(now.seconds()).execute(&mut *transaction).await?;
    }
    for name in batch.without_ladder.values() {
        let item = sqlx::query(REPORT_LADDER).bind(name).bind(now.seconds());
        item.execute(&mut *transaction).await?;
    }
    Ok(())
}
