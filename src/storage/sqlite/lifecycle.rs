//! Statements on states, silence and counted events.
//!
//! Must not know: which change is allowed.

use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::obligations::json_ids;
use super::rows::Place;
use super::script::exactly_one;
use super::{Sqlite, journal};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentState, ObligationId};
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::lifecycle::{CountedEvent, Lifecycle, StateChange};

const SET_STATE: &str = "\
UPDATE assignment
SET state = $3, has_left = 0, next_plan_on = $4, done_on = coalesce($5, done_on), evidence = coalesce($6, evidence),
    acknowledged_at = CASE $3 WHEN 'acknowledged' THEN $7 WHEN 'open' THEN NULL ELSE acknowledged_at END,
    reported_at = CASE $3 WHEN 'reported' THEN $7 ELSE reported_at END,
    closed_at = CASE $3 WHEN 'closed' THEN $7 WHEN 'open' THEN NULL ELSE closed_at END
WHERE id = $1 AND state = $2";

/// Work that is owed again was not done after all.
const FORGET_DONE: &str = "UPDATE assignment SET done_on = NULL, evidence = NULL WHERE id = $1";

/// The state of an obligation is that of its shares. Once the last of them is done, what follows it is due.
const SETTLE_OBLIGATION: &str = "\
UPDATE obligation SET state = CASE
    WHEN EXISTS (SELECT 1 FROM assignment WHERE obligation_id = $1 AND state IN ('open', 'acknowledged', 'reported'))
    THEN 'open'
    WHEN EXISTS (SELECT 1 FROM assignment WHERE obligation_id = $1 AND state = 'closed') THEN 'closed'
    ELSE 'withdrawn' END,
  follow_up_state = CASE
    WHEN EXISTS (SELECT 1 FROM assignment WHERE obligation_id = $1 AND is_owed) THEN NULL
    WHEN EXISTS (SELECT 1 FROM assignment WHERE obligation_id = $1 AND state IN ('reported', 'closed'))
    THEN coalesce(follow_up_state, 'due') END
WHERE id = $1";

const VOID_REMINDERS: &str = "\
UPDATE reminder SET state = 'void', reason = NULL
WHERE assignment_id = $1 AND state IN ('planned', 'blocked')";

/// Whatever a person decides about a share answers the mail that proposed to take it as signed for.
const SETTLE_PROPOSAL: &str =
    "UPDATE operator_item SET resolved_at = $2 WHERE key = $1 AND resolved_at IS NULL";
/// A quota that is no longer owed needs nobody any more.
const SETTLE_ALARM: &str = "\
UPDATE operator_item SET resolved_at = $2 WHERE key = 'quota:' || $1 AND resolved_at IS NULL";

const SET_SILENCE: &str = "UPDATE obligation SET silent_until_on = $2 WHERE id = $1";

const LOOK_AGAIN: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE obligation_id = $1 AND is_owed
  AND EXISTS (SELECT 1 FROM obligation WHERE id = $1 AND act_by_on IS NOT NULL)";

const COUNT: &str = "\
INSERT INTO counted_event (obligation_id, unit_id, happened_on, what, recorded_at)
SELECT $1, $2, $3, $4, $5
WHERE NOT EXISTS (SELECT 1 FROM counted_event
                  WHERE obligation_id = $1 AND unit_id = $2 AND happened_on = $3 AND what = $4)";

/// An event moves the day on which the rest no longer fits, of a part (其中) and of the whole.
const LOOK_AGAIN_AFTER: &str = "\
UPDATE assignment SET next_plan_on = $3
WHERE unit_id = $2 AND is_owed
  AND obligation_id IN (
      SELECT whole.id FROM obligation AS part
      JOIN obligation AS whole
          ON whole.id = part.id OR (whole.ref = part.part_of AND whole.occurrence = part.occurrence)
      WHERE part.id = $1 AND whole.act_by_on IS NOT NULL)";

const COUNTED: &str = "\
SELECT counted_event.id, whole.id AS obligation_id, unit_id, happened_on, what
FROM obligation AS whole
JOIN obligation AS part
    ON part.id = whole.id OR (part.part_of = whole.ref AND part.occurrence = whole.occurrence)
JOIN counted_event ON counted_event.obligation_id = part.id
WHERE whole.id IN (SELECT value FROM json_each($1))
ORDER BY happened_on, counted_event.id";

pub(super) const STATEMENTS: &[&str] = &[
    SET_STATE,
    FORGET_DONE,
    SETTLE_OBLIGATION,
    VOID_REMINDERS,
    SETTLE_PROPOSAL,
    SETTLE_ALARM,
    SET_SILENCE,
    LOOK_AGAIN,
    COUNT,
    LOOK_AGAIN_AFTER,
    COUNTED,
];

#[async_trait]
impl Lifecycle for Sqlite {
    async fn change_states(
        &self,
        obligation: ObligationId,
        changes: &[StateChange],
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        for change in changes {
            change_state(&mut transaction, change, now).await?;
        }
        settle(&mut transaction, obligation).await?;
        journal::append(&mut transaction, entries).await?;
        Ok(transaction.commit().await?)
    }

    async fn silence(
        &self,
        obligation: ObligationId,
        until: Option<Date>,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        let silenced =
            sqlx::query(SET_SILENCE).bind(obligation.0).bind(until.map(|until| until.to_string()));
        let silenced = silenced.execute(&mut *transaction).await?;
        exactly_one("silence obligation", silenced.rows_affected())?;
        let look = sqlx::query(LOOK_AGAIN).bind(obligation.0).bind(now.today().to_string());
        look.execute(&mut *transaction).await?;
        journal::append(&mut transaction, entries).await?;
        Ok(transaction.commit().await?)
    }

    async fn count_event(
        &self,
        event: &CountedEvent,
        now: Moment,
        entries: &[Entry],
    ) -> Result<bool, StorageError> {
        let mut transaction = self.write().await?;
        let counted = sqlx::query(COUNT)
            .bind(event.obligation.0)
            .bind(event.unit.0)
            .bind(event.on.to_string())
            .bind(&event.what)
            .bind(now.seconds())
            .execute(&mut *transaction)
            .await?;
        if counted.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(LOOK_AGAIN_AFTER)
            .bind(event.obligation.0)
            .bind(event.unit.0)
            .bind(now.today().to_string())
            .execute(&mut *transaction)
            .await?;
        journal::append(&mut transaction, entries).await?;
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
    let rows = sqlx::query(COUNTED).bind(ids).fetch_all(connection).await?;
    rows.iter().map(counted_event).collect()
}

async fn change_state(
    transaction: &mut SqliteConnection,
    change: &StateChange,
    now: Moment,
) -> Result<(), StorageError> {
    let look = change.to.is_owed().then(|| now.today().to_string());
    let changed = sqlx::query(SET_STATE)
        .bind(change.assignment.0)
        .bind(change.from.word())
        .bind(change.to.word())
        .bind(look)
        .bind(change.done.as_ref().map(|done| done.on.to_string()))
        .bind(change.done.as_ref().and_then(|done| done.evidence.as_deref()))
        .bind(now.seconds())
        .execute(&mut *transaction)
        .await?;
    exactly_one("change state", changed.rows_affected())?;
    if change.to == AssignmentState::Open {
        sqlx::query(FORGET_DONE).bind(change.assignment.0).execute(&mut *transaction).await?;
    }
    let proposal = ItemKey::Answer(change.assignment).to_string();
    sqlx::query(SETTLE_PROPOSAL)
        .bind(proposal)
        .bind(now.seconds())
        .execute(&mut *transaction)
        .await?;
    if !change.to.is_owed() {
        sqlx::query(VOID_REMINDERS).bind(change.assignment.0).execute(&mut *transaction).await?;
        let alarm = sqlx::query(SETTLE_ALARM).bind(change.assignment.0).bind(now.seconds());
        alarm.execute(&mut *transaction).await?;
    }
    Ok(())
}

/// Sets the state of an obligation by those of its shares.
pub(super) async fn settle(
    transaction: &mut SqliteConnection,
    obligation: ObligationId,
) -> Result<(), StorageError> {
    let settled = sqlx::query(SETTLE_OBLIGATION).bind(obligation.0).execute(transaction).await?;
    exactly_one("settle obligation", settled.rows_affected())
}

fn counted_event(row: &SqliteRow) -> Result<CountedEvent, StorageError> {
    let place = Place::keyed(row, "counted_event")?;
    Ok(CountedEvent {
        obligation: ObligationId(place.get("obligation_id")?),
        unit: UnitId(place.get("unit_id")?),
        on: place.date("happened_on")?,
        what: place.get("what")?,
    })
}
