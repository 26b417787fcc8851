//! States of obligations and their assignments, silence, counted events.
//!
//! Must not know: which change is allowed (`domain::life`). Callers: other rooms through the trait [`Lifecycle`]; the
//! files of this folder that change assignments.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::database::Sqlite;
use super::rows::{RowReader, exactly, exactly_one, json_ids};
use super::{corrections, items, journal_lines};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentState, ObligationId, ObligationState, is_completed};
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::lifecycle::{CountedEvent, Lifecycle, StateChange};

const SET_STATE: &str = "\
UPDATE assignment
SET state = $3, has_left = 0, next_plan_on = $4, done_on = coalesce($5, done_on), evidence = coalesce($6, evidence),
    acknowledged_at = CASE $3 WHEN 'acknowledged' THEN $7 WHEN 'open' THEN NULL ELSE acknowledged_at END,
    reported_at = CASE $3 WHEN 'reported' THEN $7 WHEN 'open' THEN NULL ELSE reported_at END,
    closed_at = CASE $3 WHEN 'closed' THEN $7 WHEN 'open' THEN NULL ELSE closed_at END
WHERE id = $1 AND state = $2";

/// How the share stood before, for the day on which the change is taken back.
const ADD_STATE_CHANGE: &str = "\
INSERT INTO state_change (assignment_id, from_state, to_state, done_on, evidence, acknowledged_at, reported_at, closed_at,
                          changed_at)
SELECT id, state, $2, done_on, evidence, acknowledged_at, reported_at, closed_at, $3 FROM assignment WHERE id = $1";

/// For work that is owed again.
const CLEAR_DONE: &str = "UPDATE assignment SET done_on = NULL, evidence = NULL WHERE id = $1";

const ASSIGNMENT_STATES: &str = "\
SELECT id, obligation_id, state FROM assignment WHERE obligation_id IN (SELECT value FROM json_each($1)) ORDER BY id";

/// Takes obligation, state and whether it is completed. Follow-ups that have been started are not started again.
const SET_OBLIGATION_STATES: &str = "\
UPDATE obligation SET state = decided.value ->> 1,
    follow_up_state = CASE WHEN decided.value ->> 2 <> 0 THEN coalesce(obligation.follow_up_state, 'due') END
FROM jsonb_each($1) AS decided WHERE obligation.id = decided.value ->> 0";

const VOID_REMINDERS: &str = "\
UPDATE reminder SET state = 'void', reason = NULL
WHERE assignment_id = $1 AND state IN ('planned', 'blocked') AND rung <> 'notice.corrected'";

const SET_SILENCE: &str = "UPDATE obligation SET silent_until_on = $2 WHERE id = $1";

const REPLAN_OBLIGATION: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE obligation_id = $1 AND is_owed
  AND EXISTS (SELECT 1 FROM obligation WHERE id = $1 AND act_by_on IS NOT NULL)";

const ADD_EVENT: &str = "\
INSERT INTO counted_event (obligation_id, unit_id, happened_on, what, recorded_at)
SELECT $1, $2, $3, $4, $5
WHERE NOT EXISTS (SELECT 1 FROM counted_event
                  WHERE obligation_id = $1 AND unit_id = $2 AND happened_on = $3 AND what = $4
                    AND struck_at IS NULL)";

/// An event changes the day on which the rest of a quota no longer fits, for a part (其中) and for the whole.
const REPLAN_AFTER_EVENT: &str = "\
UPDATE assignment SET next_plan_on = $3
WHERE unit_id = $2 AND is_owed
  AND obligation_id IN (
      SELECT whole.id FROM obligation AS part
      JOIN obligation AS whole
          ON whole.id = part.id
          OR (whole.ref = part.part_of AND whole.list_id = coalesce(part.part_of_list_id, part.list_id)
              AND whole.occurrence = part.occurrence)
      WHERE part.id = $1 AND whole.act_by_on IS NOT NULL)";

const EVENTS_OF: &str = "\
SELECT counted_event.id, whole.id AS obligation_id, unit_id, happened_on, what
FROM obligation AS whole
JOIN obligation AS part
    ON part.id = whole.id
    OR (part.part_of = whole.ref AND part.occurrence = whole.occurrence
        AND coalesce(part.part_of_list_id, part.list_id) = whole.list_id)
JOIN counted_event ON counted_event.obligation_id = part.id
WHERE whole.id IN (SELECT value FROM json_each($1)) AND counted_event.struck_at IS NULL
ORDER BY happened_on, counted_event.id";

pub(super) const STATEMENTS: &[&str] = &[
    SET_STATE,
    ADD_STATE_CHANGE,
    CLEAR_DONE,
    ASSIGNMENT_STATES,
    SET_OBLIGATION_STATES,
    VOID_REMINDERS,
    SET_SILENCE,
    REPLAN_OBLIGATION,
    ADD_EVENT,
    REPLAN_AFTER_EVENT,
    EVENTS_OF,
];

#[async_trait]
impl Lifecycle for Sqlite {
    async fn change_states(
        &self,
        changes: &[StateChange],
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        for change in changes {
            change_state(&mut transaction, change, now).await?;
        }
        let obligations = changes.iter().map(|change| change.obligation);
        update_obligation_states(&mut transaction, obligations).await?;
        journal_lines::append(&mut transaction, entries).await?;
        Ok(transaction.commit().await?)
    }

    async fn silence(
        &self,
        obligation: ObligationId,
        until: Option<Date>,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        let query =
            sqlx::query(SET_SILENCE).bind(obligation.0).bind(until.map(|until| until.to_string()));
        let done = query.execute(&mut *transaction).await?;
        exactly_one("set silence", done.rows_affected())?;
        let query = sqlx::query(REPLAN_OBLIGATION).bind(obligation.0).bind(now.today().to_string());
        query.execute(&mut *transaction).await?;
        journal_lines::append(&mut transaction, entries).await?;
        Ok(transaction.commit().await?)
    }

    async fn count_event(
        &self,
        event: &CountedEvent,
        now: Moment,
        entries: &[Entry],
    ) -> Result<bool, StorageError> {
        let mut transaction = self.begin_write().await?;
        let done = sqlx::query(ADD_EVENT)
            .bind(event.obligation.0)
            .bind(event.unit.0)
            .bind(event.on.to_string())
            .bind(&event.what)
            .bind(now.seconds())
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(REPLAN_AFTER_EVENT)
            .bind(event.obligation.0)
            .bind(event.unit.0)
            .bind(now.today().to_string())
            .execute(&mut *transaction)
            .await?;
        journal_lines::append(&mut transaction, entries).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn counted_events(
        &self,
        obligations: &[ObligationId],
    ) -> Result<Vec<CountedEvent>, StorageError> {
        let mut reader = self.reader.acquire().await?;
        counted_events(&mut reader, obligations).await
    }
}

pub(super) async fn counted_events(
    connection: &mut SqliteConnection,
    obligations: &[ObligationId],
) -> Result<Vec<CountedEvent>, StorageError> {
    let ids = json_ids(obligations.iter().map(|obligation| obligation.0));
    let rows = sqlx::query(EVENTS_OF).bind(ids).fetch_all(connection).await?;
    rows.iter().map(counted_event).collect()
}

pub(super) async fn change_state(
    transaction: &mut SqliteConnection,
    change: &StateChange,
    now: Moment,
) -> Result<(), StorageError> {
    sqlx::query(ADD_STATE_CHANGE)
        .bind(change.assignment.0)
        .bind(change.to.word())
        .bind(now.seconds())
        .execute(&mut *transaction)
        .await?;
    let next_plan = change.to.is_owed().then(|| now.today().to_string());
    let done = sqlx::query(SET_STATE)
        .bind(change.assignment.0)
        .bind(change.from.word())
        .bind(change.to.word())
        .bind(next_plan)
        .bind(change.done.as_ref().map(|done| done.on.to_string()))
        .bind(change.done.as_ref().and_then(|done| done.evidence.as_deref()))
        .bind(now.seconds())
        .execute(&mut *transaction)
        .await?;
    exactly_one("change state", done.rows_affected())?;
    if change.to == AssignmentState::Open {
        sqlx::query(CLEAR_DONE).bind(change.assignment.0).execute(&mut *transaction).await?;
    }
    // whatever a person decides about a share answers the mail that proposed to count it as acknowledged
    let mut resolved = vec![ItemKey::Answer(change.assignment)];
    if !change.to.is_owed() {
        sqlx::query(VOID_REMINDERS).bind(change.assignment.0).execute(&mut *transaction).await?;
        resolved.push(ItemKey::Quota(change.assignment));
    }
    items::resolve(&mut *transaction, &resolved, now).await?;
    if let Some(correction) = &change.correction {
        corrections::add(transaction, change.assignment, correction, now).await?;
    }
    Ok(())
}

/// Sets the states of obligations from those of their assignments.
pub(super) async fn update_obligation_states(
    transaction: &mut SqliteConnection,
    obligations: impl Iterator<Item = ObligationId>,
) -> Result<(), StorageError> {
    let mut states: BTreeMap<ObligationId, Vec<AssignmentState>> =
        obligations.map(|obligation| (obligation, Vec::new())).collect();
    let ids = json_ids(states.keys().map(|obligation| obligation.0));
    for row in &sqlx::query(ASSIGNMENT_STATES).bind(ids).fetch_all(&mut *transaction).await? {
        let row = RowReader::keyed(row, "assignment")?;
        if let Some(states) = states.get_mut(&ObligationId(row.get("obligation_id")?)) {
            states.push(row.read("state", AssignmentState::from_word)?);
        }
    }
    let decided = states.iter().map(|(obligation, states)| {
        let state = ObligationState::of(states).word();
        serde_json::json!([obligation.0, state, i64::from(is_completed(states))])
    });
    let decided = decided.collect::<serde_json::Value>().to_string();
    let done = sqlx::query(SET_OBLIGATION_STATES).bind(decided).execute(transaction).await?;
    exactly("update obligation states", states.len(), done.rows_affected())
}

fn counted_event(row: &SqliteRow) -> Result<CountedEvent, StorageError> {
    let row = RowReader::keyed(row, "counted_event")?;
    Ok(CountedEvent {
        obligation: ObligationId(row.get("obligation_id")?),
        unit: UnitId(row.get("unit_id")?),
        on: row.date("happened_on")?,
        what: row.get("what")?,
    })
}
