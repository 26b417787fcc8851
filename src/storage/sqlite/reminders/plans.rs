//! Records plans.
//!
//! Must not know: why something was decided. Callers: the files of this folder.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentId;
use crate::domain::reminder::{NextLook, Plan, Reminder, Verdict};
use crate::storage::StorageError;
use crate::storage::reminders::AssignmentBatch;
use crate::storage::sqlite::items;

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

/// Not when the dates have moved since the assignment was read: that has set a day already.
const SET_NEXT_PLAN: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE id = $1 AND next_plan_on IS NOT $2 AND is_owed
  AND EXISTS (SELECT 1 FROM obligation WHERE obligation.id = obligation_id AND deadline_version = $3)";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[ADD_LADDER_VERSION, FREEZE_LADDER, DECIDE, SET_NEXT_PLAN];

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
        changed += decide(transaction, reminder, now).await?;
    }
    let versions: BTreeMap<AssignmentId, u32> =
        batch.assignments.iter().map(|case| (case.assignment, case.deadline_version)).collect();
    for NextLook { assignment, on } in &plan.next_looks {
        sqlx::query(SET_NEXT_PLAN)
            .bind(assignment.0)
            .bind(on.map(|on| on.to_string()))
            .bind(versions.get(assignment))
            .execute(&mut *transaction)
            .await?;
    }
    update_items(transaction, batch, plan, now).await?;
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
        let query = sqlx::query(FREEZE_LADDER).bind(obligation.0).bind(&hash);
        query.execute(&mut *transaction).await?;
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

async fn update_items(
    transaction: &mut SqliteConnection,
    batch: &AssignmentBatch,
    plan: &Plan,
    now: Moment,
) -> Result<(), StorageError> {
    items::resolve_reachable_units(&mut *transaction, now).await?;
    for item in &plan.items {
        if let ItemKey::Unreachable(unit) = item {
            items::open_unreachable(&mut *transaction, *unit, now).await?;
        } else if let ItemKey::Quota(assignment) = item {
            items::open_quota(&mut *transaction, *assignment, now).await?;
        }
    }
    for name in batch.without_ladder.values() {
        items::open(&mut *transaction, &ItemKey::UnknownLadder(name.clone()), name, now).await?;
    }
    Ok(())
}
