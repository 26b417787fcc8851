//! Reads assignments for the planner: a fixed number of statements for each batch, however large.
//!
//! Must not know: what the planner does with them. Callers: the files of this folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::domain::deadline::Deadline;
use crate::domain::ladder::{Ladder, Ladders};
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, AssignmentState, ObligationId, ObligationUid};
use crate::domain::recurrence::{Occurrence, QuotaShare};
use crate::domain::reminder::{
    AssignmentSnapshot, RecordedDateChange, RecordedReminder, ReminderKey, ReminderState,
};
use crate::domain::term::Term;
use crate::domain::unit::{ContactId, Rank, Role, UnitId, UnitUid};
use crate::storage::StorageError;
use crate::storage::reminders::{AssignmentBatch, PlanPosition};
use crate::storage::sqlite::lifecycle::counted_events;
use crate::storage::sqlite::obligation_rows::deadline;
use crate::storage::sqlite::rows::RowReader;
use crate::storage::sqlite::rows::json_ids;

/// A statement that selects what the planner asks about assignments, continued by the given text.
macro_rules! select_assignments {
    ($rest:literal) => {
        concat!(
            "SELECT assignment.id, obligation_id, obligation.uid, unit_id, unit.uid AS unit_uid, assignment.state, obligation.deadline_version, due_on, act_by_on, \
             due_at, earliest_on, provisional, coalesce(given_at, registered_at) AS registered_at, silent_until_on, ladder, ladder_hash, term, anchor_on, next_plan_on, \
             EXISTS (SELECT 1 FROM date_change \
                     WHERE date_change.obligation_id = obligation.id \
                       AND date_change.deadline_version = obligation.deadline_version) AS is_redated ",
            $rest
        )
    };
}

const TO_PLAN: &str = select_assignments!(
    "\
FROM assignment
JOIN obligation ON obligation.id = obligation_id
JOIN unit ON unit.id = unit_id
WHERE next_plan_on >= $2 AND next_plan_on <= $1 AND is_owed AND (next_plan_on > $2 OR assignment.id > $3)
ORDER BY next_plan_on, assignment.id LIMIT +$4"
);

/// Clocks in hours, which are planned at any hour. Few of them are open at a time, and an index names them.
const CLOCKS_IN_HOURS: &str = select_assignments!(
    "\
FROM obligation
JOIN assignment ON obligation_id = obligation.id
JOIN unit ON unit.id = unit_id
WHERE due_at IS NOT NULL AND obligation.state = 'open' AND is_owed AND next_plan_on <= $1
ORDER BY obligation.id, assignment.id"
);

const TO_PLAN_THROUGH: &str = select_assignments!(
    "\
FROM assignment
JOIN obligation ON obligation.id = obligation_id
JOIN unit ON unit.id = unit_id
WHERE next_plan_on <= $1 AND is_owed AND obligation.state = 'open' AND act_by_on IS NOT NULL
ORDER BY next_plan_on, assignment.id"
);

const LADDERS: &str = "\
SELECT hash, body FROM ladder_version WHERE hash IN (SELECT value FROM json_each($1))";

const LEADS: &str = "\
SELECT obligation_id, unit_id FROM party
WHERE role = 'lead' AND obligation_id IN (SELECT value FROM json_each($1)) ORDER BY obligation_id, position";

const OWING: &str = "\
SELECT obligation_id, unit_id FROM assignment
WHERE obligation_id IN (SELECT value FROM json_each($1)) AND state <> 'withdrawn' ORDER BY obligation_id, unit_id";

const RECORD: &str = "\
SELECT reminder.id, key, assignment_id, deadline_version, rung, repeat, role, reminder.rank, contact_id, state, told_at,
       contact.unit_id
FROM reminder LEFT JOIN contact ON contact.id = contact_id
WHERE assignment_id IN (SELECT value FROM json_each($1)) AND rung <> 'notice.corrected' ORDER BY reminder.id";

const DATE_CHANGES: &str = "\
SELECT obligation_id AS id, deadline_version, due_on, due_at, act_by_on, earliest_on, provisional, corrects FROM date_change
WHERE obligation_id IN (SELECT value FROM json_each($1)) ORDER BY obligation_id, deadline_version";

pub(in crate::storage::sqlite) const STATEMENTS: &[&str] =
    &[TO_PLAN, CLOCKS_IN_HOURS, TO_PLAN_THROUGH, LADDERS, LEADS, OWING, RECORD, DATE_CHANGES];

pub(super) async fn to_plan(
    transaction: &mut SqliteConnection,
    today: Date,
    after: Option<PlanPosition>,
    limit: u32,
    ladders: &Ladders,
) -> Result<AssignmentBatch, StorageError> {
    let rows = sqlx::query(TO_PLAN)
        .bind(today.to_string())
        .bind(after.map_or_else(String::new, |after| after.day.to_string()))
        .bind(after.map_or(i64::MIN, |after| after.assignment.0))
        .bind(limit)
        .fetch_all(&mut *transaction)
        .await?;
    batch(transaction, &rows, ladders).await
}

pub(super) async fn clocks_in_hours(
    transaction: &mut SqliteConnection,
    today: Date,
    ladders: &Ladders,
) -> Result<AssignmentBatch, StorageError> {
    let query = sqlx::query(CLOCKS_IN_HOURS).bind(today.to_string());
    let rows = query.fetch_all(&mut *transaction).await?;
    batch(transaction, &rows, ladders).await
}

pub(super) async fn to_plan_through(
    transaction: &mut SqliteConnection,
    day: Date,
    ladders: &Ladders,
) -> Result<AssignmentBatch, StorageError> {
    let query = sqlx::query(TO_PLAN_THROUGH).bind(day.to_string());
    let rows = query.fetch_all(&mut *transaction).await?;
    batch(transaction, &rows, ladders).await
}

async fn batch(
    transaction: &mut SqliteConnection,
    rows: &[SqliteRow],
    ladders: &Ladders,
) -> Result<AssignmentBatch, StorageError> {
    let frozen = frozen_ladders(transaction, rows).await?;
    let mut batch = AssignmentBatch::default();
    let mut redated: BTreeMap<ObligationId, Option<Deadline>> = BTreeMap::new();
    for row in rows {
        let row = RowReader::keyed(row, "assignment")?;
        let obligation = ObligationId(row.get("obligation_id")?);
        if row.get("is_redated")? {
            redated.insert(obligation, deadline(&row)?);
        }
        let name: String = row.get("ladder")?;
        let day = row.date_if_any("next_plan_on")?;
        batch.last = day.map(|day| PlanPosition { day, assignment: AssignmentId(row.id) });
        let hash: Option<String> = row.get("ladder_hash")?;
        let ladder = match hash {
            Some(hash) => frozen.get(&hash).cloned(),
            None => ladders.find(&name).cloned().inspect(|ladder| {
                batch.starting.insert(obligation, Arc::clone(ladder));
            }),
        };
        match ladder {
            Some(ladder) => batch.assignments.push(case(&row, obligation, ladder)?),
            None => {
                batch.without_ladder.insert(obligation, name);
            }
        }
    }
    add_leads(transaction, &mut batch.assignments).await?;
    add_owing(transaction, &mut batch.assignments).await?;
    add_date_changes(transaction, &mut batch.assignments, &redated).await?;
    add_record(transaction, &mut batch.assignments).await?;
    add_events(transaction, &mut batch.assignments).await?;
    Ok(batch)
}

fn case(
    row: &RowReader<'_>,
    obligation: ObligationId,
    ladder: Arc<Ladder>,
) -> Result<AssignmentSnapshot, StorageError> {
    Ok(AssignmentSnapshot {
        obligation,
        obligation_uid: ObligationUid(row.uid("uid")?),
        assignment: AssignmentId(row.id),
        unit: UnitId(row.get("unit_id")?),
        unit_uid: UnitUid(row.uid("unit_uid")?),
        leads: Vec::new(),
        owing: Vec::new(),
        state: row.read("state", AssignmentState::from_word)?,
        deadline_version: row.number("deadline_version")?,
        date_changes: Vec::new(),
        act_by: row.date_if_any("act_by_on")?,
        due_at: row.moment_if_any("due_at")?,
        is_minimum: row.date_if_any("earliest_on")?.is_some(),
        quota: quota(row)?,
        registered_on: row.moment("registered_at")?.today(),
        silent_until: row.date_if_any("silent_until_on")?,
        ladder,
        history: Vec::new(),
    })
}

/// The share of a quota; its events are added later.
fn quota(row: &RowReader<'_>) -> Result<Option<QuotaShare>, StorageError> {
    let term: Term = row.read("term", |text| text.parse().ok())?;
    let Term::Times(quota) = term else { return Ok(None) };
    let day = row.date_if_any("anchor_on")?;
    let period = day.and_then(|day| Occurrence::containing(&term, day));
    Ok(period.map(|period| QuotaShare { quota, period, events: Vec::new() }))
}

/// The frozen ladders of these rows, each read once.
pub(super) async fn frozen_ladders(
    transaction: &mut SqliteConnection,
    rows: &[SqliteRow],
) -> Result<BTreeMap<String, Arc<Ladder>>, StorageError> {
    let mut hashes: Vec<String> = Vec::new();
    for row in rows {
        hashes.extend(RowReader::keyed(row, "assignment")?.get::<Option<String>>("ladder_hash")?);
    }
    hashes.sort_unstable();
    hashes.dedup();
    let rows = sqlx::query(LADDERS)
        .bind(serde_json::Value::from(hashes).to_string())
        .fetch_all(transaction)
        .await?;
    rows.iter().map(frozen_ladder).collect()
}

fn frozen_ladder(row: &SqliteRow) -> Result<(String, Arc<Ladder>), StorageError> {
    let row = RowReader { row, table: "ladder_version", id: 0 };
    let ladder: Ladder = row.read("body", |text| text.parse().ok())?;
    Ok((row.get("hash")?, Arc::new(ladder)))
}

async fn add_leads(
    transaction: &mut SqliteConnection,
    cases: &mut [AssignmentSnapshot],
) -> Result<(), StorageError> {
    let ids = json_ids(cases.iter().map(|case| case.obligation.0));
    let rows = sqlx::query(LEADS).bind(ids).fetch_all(transaction).await?;
    let mut leads: BTreeMap<ObligationId, Vec<UnitId>> = BTreeMap::new();
    for row in &rows {
        let row = RowReader { row, table: "party", id: 0 };
        let obligation = ObligationId(row.get("obligation_id")?);
        leads.entry(obligation).or_default().push(UnitId(row.get("unit_id")?));
    }
    for case in cases {
        case.leads = leads.get(&case.obligation).cloned().unwrap_or_default();
    }
    Ok(())
}

async fn add_owing(
    transaction: &mut SqliteConnection,
    cases: &mut [AssignmentSnapshot],
) -> Result<(), StorageError> {
    let leads_together = |case: &&mut AssignmentSnapshot| case.leads.len() > 1;
    let mut led: Vec<&mut AssignmentSnapshot> = cases.iter_mut().filter(leads_together).collect();
    if led.is_empty() {
        return Ok(());
    }
    let ids = json_ids(led.iter().map(|case| case.obligation.0));
    let rows = sqlx::query(OWING).bind(ids).fetch_all(transaction).await?;
    let mut owing: BTreeMap<ObligationId, Vec<UnitId>> = BTreeMap::new();
    for row in &rows {
        let row = RowReader { row, table: "assignment", id: 0 };
        let obligation = ObligationId(row.get("obligation_id")?);
        owing.entry(obligation).or_default().push(UnitId(row.get("unit_id")?));
    }
    for case in &mut led {
        case.owing = owing.get(&case.obligation).cloned().unwrap_or_default();
    }
    Ok(())
}

/// `redated` are the present deadlines of the obligations whose dates have moved.
async fn add_date_changes(
    transaction: &mut SqliteConnection,
    cases: &mut [AssignmentSnapshot],
    redated: &BTreeMap<ObligationId, Option<Deadline>>,
) -> Result<(), StorageError> {
    if redated.is_empty() {
        return Ok(());
    }
    let ids = json_ids(redated.keys().map(|obligation| obligation.0));
    let rows = sqlx::query(DATE_CHANGES).bind(ids).fetch_all(transaction).await?;
    let mut changes: BTreeMap<ObligationId, Vec<RecordedDateChange>> = BTreeMap::new();
    for row in &rows {
        let row = RowReader::keyed(row, "date_change")?;
        let obligation = ObligationId(row.id);
        let now = redated.get(&obligation).copied().flatten();
        let is_same = match (deadline(&row)?, now) {
            (Some(before), Some(now)) => before.coincides_with(&now),
            (before, now) => before.is_none() && now.is_none(),
        };
        changes.entry(obligation).or_default().push(RecordedDateChange {
            version: row.number("deadline_version")?,
            is_other_date: !is_same,
            is_correction: row.get("corrects")?,
        });
    }
    for case in cases {
        case.date_changes = changes.get(&case.obligation).cloned().unwrap_or_default();
    }
    Ok(())
}

async fn add_record(
    transaction: &mut SqliteConnection,
    cases: &mut [AssignmentSnapshot],
) -> Result<(), StorageError> {
    let ids = json_ids(cases.iter().map(|case| case.assignment.0));
    let rows = sqlx::query(RECORD).bind(ids).fetch_all(transaction).await?;
    let mut records: BTreeMap<AssignmentId, Vec<RecordedReminder>> = BTreeMap::new();
    for row in &rows {
        let row = RowReader::keyed(row, "reminder")?;
        let assignment = AssignmentId(row.get("assignment_id")?);
        records.entry(assignment).or_default().push(recorded(&row)?);
    }
    for case in cases {
        case.history = records.remove(&case.assignment).unwrap_or_default();
    }
    Ok(())
}

async fn add_events(
    transaction: &mut SqliteConnection,
    cases: &mut [AssignmentSnapshot],
) -> Result<(), StorageError> {
    let quotas = cases.iter().filter(|case| case.quota.is_some());
    let quotas: Vec<ObligationId> = quotas.map(|case| case.obligation).collect();
    if quotas.is_empty() {
        return Ok(());
    }
    let mut events: BTreeMap<(ObligationId, UnitId), Vec<Date>> = BTreeMap::new();
    for event in counted_events(transaction, &quotas).await? {
        events.entry((event.obligation, event.unit)).or_default().push(event.on);
    }
    for case in cases {
        let held = events.remove(&(case.obligation, case.unit));
        if let Some((quota, held)) = case.quota.as_mut().zip(held) {
            quota.events = held;
        }
    }
    Ok(())
}

fn recorded(row: &RowReader<'_>) -> Result<RecordedReminder, StorageError> {
    let told = row.moment_if_any("told_at")?;
    Ok(RecordedReminder {
        key: ReminderKey::from_stored(row.get("key")?),
        deadline_version: row.number("deadline_version")?,
        occasion: row.occasion()?,
        role: row.read("role", Role::from_word)?,
        rank: row.read("rank", Rank::from_word)?,
        unit: row.get::<Option<i64>>("unit_id")?.map(UnitId),
        contact: row.get::<Option<i64>>("contact_id")?.map(ContactId),
        state: row.read("state", |word| record_state(word, told))?,
    })
}

fn record_state(word: &str, told: Option<Moment>) -> Option<ReminderState> {
    match word {
        "planned" => Some(ReminderState::Planned),
        "sealed" => Some(ReminderState::Sealed),
        "told" => told.map(|told| ReminderState::Told(told.today())),
        "covered" => Some(ReminderState::Covered),
        "blocked" => Some(ReminderState::Blocked),
        "void" => Some(ReminderState::Void),
        "undeliverable" => Some(ReminderState::Undeliverable),
        _ => None,
    }
}
