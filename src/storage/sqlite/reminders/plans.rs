//! Records plans.
//!
//! Must not know: why something was decided. Callers: the files of this folder.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use crate::domain::item::ItemKey;
use crate::domain::ladder::Ladder;
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentId;
use crate::domain::reminder::{NextLook, Plan, Reminder, Verdict};
use crate::storage::StorageError;
use crate::storage::reminders::AssignmentBatch;
use crate::storage::sqlite::items;

const ADD_LADDER_VERSION: &str = "\
INSERT INTO ladder_version (hash, name, body) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";

const FREEZE_LADDERS: &str = "\
UPDATE obligation SET ladder_hash = started.value ->> 1
FROM jsonb_each($1) AS started
WHERE obligation.id = started.value ->> 0 AND ladder_hash IS NULL";

/// A reminder that is in a message, told or covered is never changed by a plan.
const DECIDE: &str = "\
INSERT INTO reminder (key, obligation_id, assignment_id, deadline_version, rung, repeat, role, rank, tone, contact_id,
                      state, reason, covered_by, haste, planned_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
       value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, $2
FROM jsonb_each($1) WHERE true
ON CONFLICT (key) DO UPDATE
SET state = excluded.state, reason = excluded.reason, covered_by = excluded.covered_by, role = excluded.role,
    rank = excluded.rank, haste = excluded.haste, message_id = NULL, planned_at = excluded.planned_at
WHERE reminder.state IN ('planned', 'blocked', 'void')
  AND (reminder.state <> excluded.state OR reminder.reason IS DISTINCT FROM excluded.reason
       OR reminder.haste <> excluded.haste)";

/// Not when the dates have moved since the assignment was read: that has set a day already.
const SET_NEXT_PLANS: &str = "\
UPDATE assignment SET next_plan_on = look.value ->> 1
FROM jsonb_each($1) AS look
WHERE assignment.id = look.value ->> 0 AND next_plan_on IS DISTINCT FROM look.value ->> 1 AND is_owed
  AND EXISTS (SELECT 1 FROM obligation
              WHERE obligation.id = assignment.obligation_id AND deadline_version = look.value ->> 2)";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[ADD_LADDER_VERSION, FREEZE_LADDERS, DECIDE, SET_NEXT_PLANS];

/// Returns how many reminders changed.
pub(super) async fn record(
    transaction: &mut SqliteConnection,
    batch: &AssignmentBatch,
    plan: &Plan,
    now: Moment,
) -> Result<u64, StorageError> {
    freeze_ladders(transaction, batch).await?;
    let changed = decide(transaction, &plan.reminders, now).await?;
    set_next_plans(transaction, batch, plan).await?;
    update_items(transaction, batch, plan, now).await?;
    Ok(changed)
}

async fn freeze_ladders(
    transaction: &mut SqliteConnection,
    batch: &AssignmentBatch,
) -> Result<(), StorageError> {
    if batch.starting.is_empty() {
        return Ok(());
    }
    let mut hashes: BTreeMap<&str, String> = BTreeMap::new();
    let mut started = Vec::with_capacity(batch.starting.len());
    for (obligation, ladder) in &batch.starting {
        if !hashes.contains_key(ladder.name()) {
            let hash = add_ladder_version(&mut *transaction, ladder).await?;
            hashes.insert(ladder.name(), hash);
        }
        started.push(json!([obligation.0, hashes.get(ladder.name())]));
    }
    let started = Value::from(started).to_string();
    sqlx::query(FREEZE_LADDERS).bind(started).execute(transaction).await?;
    Ok(())
}

/// Keeps a ladder as it stands; returns its hash.
pub(in crate::storage::sqlite) async fn add_ladder_version(
    transaction: &mut SqliteConnection,
    ladder: &Ladder,
) -> Result<String, StorageError> {
    let hash = ladder.hash();
    let query = sqlx::query(ADD_LADDER_VERSION).bind(&hash).bind(ladder.name());
    query.bind(ladder.to_string()).execute(transaction).await?;
    Ok(hash)
}

/// Returns how many reminders changed.
async fn decide(
    transaction: &mut SqliteConnection,
    reminders: &[Reminder],
    now: Moment,
) -> Result<u64, StorageError> {
    if reminders.is_empty() {
        return Ok(0);
    }
    let decided: Vec<Value> = reminders.iter().map(columns).collect();
    let query = sqlx::query(DECIDE).bind(Value::from(decided).to_string()).bind(now.seconds());
    Ok(query.execute(transaction).await?.rows_affected())
}

fn columns(reminder: &Reminder) -> Value {
    let (state, reason, covered_by) = match &reminder.verdict {
        Verdict::Planned => ("planned", None, None),
        Verdict::CoveredBy(key) => ("covered", Some("newer".to_owned()), Some(key.as_str())),
        Verdict::Acknowledged => ("covered", Some("acknowledged".to_owned()), None),
        Verdict::Blocked(obstacle) => ("blocked", Some(obstacle.word()), None),
        Verdict::Void => ("void", None, None),
    };
    json!([
        reminder.key.as_str(),
        reminder.obligation.0,
        reminder.assignment.0,
        reminder.deadline_version,
        reminder.occasion.name(),
        reminder.occasion.number(),
        reminder.role.word(),
        reminder.rank.word(),
        reminder.tone.word(),
        reminder.contact.map(|contact| contact.0),
        state,
        reason,
        covered_by,
        reminder.haste.word(),
    ])
}

async fn set_next_plans(
    transaction: &mut SqliteConnection,
    batch: &AssignmentBatch,
    plan: &Plan,
) -> Result<(), StorageError> {
    let versions: BTreeMap<AssignmentId, u32> =
        batch.assignments.iter().map(|case| (case.assignment, case.deadline_version)).collect();
    let looks = plan.next_looks.iter().map(|NextLook { assignment, on }| {
        json!([assignment.0, on.map(|on| on.to_string()), versions.get(assignment)])
    });
    let looks = looks.collect::<Value>().to_string();
    sqlx::query(SET_NEXT_PLANS).bind(looks).execute(transaction).await?;
    Ok(())
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
