//! Entries about one obligation, and striking them.
//!
//! Must not know: what follows from an entry. Callers: other rooms through the trait [`Entries`].

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::database::Sqlite;
use super::rows::{RowReader, exactly_one};
use super::{adjustments, journal_lines, lifecycle};
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, AssignmentState, ObligationId};
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::entries::{Entries, EntryKind, RecordedEntry, Strike};
use crate::storage::journal::Entry;

const ADJUSTMENTS: &str = "\
SELECT position AS id, kind, effective_on, amount, recorded_at, struck_at FROM adjustment
WHERE obligation_id = $1 ORDER BY position";

const EVENTS: &str = "\
SELECT id, unit_id, happened_on, what, recorded_at, struck_at FROM counted_event
WHERE obligation_id = $1 ORDER BY id";

const STATES: &str = "\
SELECT state_change.id, assignment_id, assignment.unit_id, from_state, to_state, changed_at AS recorded_at, struck_at
FROM state_change JOIN assignment ON assignment.id = assignment_id
WHERE assignment.obligation_id = $1 ORDER BY state_change.id";

const STRIKE_ADJUSTMENT: &str = "\
UPDATE adjustment SET struck_at = $3 WHERE obligation_id = $1 AND position = $2 AND struck_at IS NULL";

const STRIKE_EVENT: &str =
    "UPDATE counted_event SET struck_at = $2 WHERE id = $1 AND struck_at IS NULL";

/// Only the last change of a share that is not struck can be taken back.
const STRIKE_STATE: &str = "\
UPDATE state_change SET struck_at = $2
WHERE id = $1 AND struck_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM state_change AS later
                  WHERE later.assignment_id = state_change.assignment_id AND later.id > $1 AND later.struck_at IS NULL)";

const RESTORE_SHARE: &str = "\
UPDATE assignment
SET state = former.from_state, done_on = former.done_on, evidence = former.evidence,
    acknowledged_at = former.acknowledged_at, reported_at = former.reported_at, closed_at = former.closed_at,
    next_plan_on = CASE WHEN former.from_state IN ('open', 'acknowledged') THEN $2 END
FROM state_change AS former
WHERE former.id = $1 AND assignment.id = former.assignment_id AND assignment.state = former.to_state";

const REPLAN: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE obligation_id = $1 AND is_owed
  AND EXISTS (SELECT 1 FROM obligation WHERE obligation.id = $1 AND act_by_on IS NOT NULL)";

pub(super) const STATEMENTS: &[&str] = &[
    ADJUSTMENTS,
    EVENTS,
    STATES,
    STRIKE_ADJUSTMENT,
    STRIKE_EVENT,
    STRIKE_STATE,
    RESTORE_SHARE,
    REPLAN,
];

#[async_trait]
impl Entries for Sqlite {
    async fn entries(&self, obligation: ObligationId) -> Result<Vec<RecordedEntry>, StorageError> {
        let mut reader = self.reader.begin().await?;
        let mut entries = Vec::new();
        let kinds: [(&str, fn(&RowReader<'_>) -> Result<EntryKind, StorageError>); 3] =
            [(ADJUSTMENTS, adjustment), (EVENTS, event), (STATES, state)];
        for (statement, read) in kinds {
            let rows = sqlx::query(statement).bind(obligation.0).fetch_all(&mut *reader).await?;
            for row in &rows {
                entries.push(entry(row, read)?);
            }
        }
        entries.sort_by_key(|entry: &RecordedEntry| entry.at);
        Ok(entries)
    }

    async fn strike(
        &self,
        strike: &Strike<'_>,
        now: Moment,
        entry: Entry,
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        for struck in strike.entries {
            strike_one(&mut transaction, strike.obligation, &struck.kind, now).await?;
        }
        let obligations = std::iter::once(strike.obligation);
        lifecycle::update_obligation_states(&mut transaction, obligations).await?;
        if let Some(reprojection) = &strike.reprojection {
            adjustments::reproject(&mut transaction, reprojection, now).await?;
        }
        let query = sqlx::query(REPLAN).bind(strike.obligation.0).bind(now.today().to_string());
        query.execute(&mut *transaction).await?;
        journal_lines::append(&mut transaction, &[entry]).await?;
        Ok(transaction.commit().await?)
    }
}

async fn strike_one(
    transaction: &mut SqliteConnection,
    obligation: ObligationId,
    kind: &EntryKind,
    now: Moment,
) -> Result<(), StorageError> {
    let done = match kind {
        EntryKind::Adjustment { position, .. } => {
            let query = sqlx::query(STRIKE_ADJUSTMENT).bind(obligation.0).bind(position);
            query.bind(now.seconds()).execute(&mut *transaction).await?
        }
        EntryKind::Event { id, .. } => {
            let query = sqlx::query(STRIKE_EVENT).bind(id).bind(now.seconds());
            query.execute(&mut *transaction).await?
        }
        EntryKind::State { id, .. } => {
            let query = sqlx::query(RESTORE_SHARE).bind(id).bind(now.today().to_string());
            exactly_one("restore share", query.execute(&mut *transaction).await?.rows_affected())?;
            let query = sqlx::query(STRIKE_STATE).bind(id).bind(now.seconds());
            query.execute(&mut *transaction).await?
        }
    };
    exactly_one("strike entry", done.rows_affected())
}

fn entry(
    row: &SqliteRow,
    read: fn(&RowReader<'_>) -> Result<EntryKind, StorageError>,
) -> Result<RecordedEntry, StorageError> {
    let struck: Option<i64> = row.try_get("struck_at")?;
    let row = RowReader::keyed(row, "entry")?;
    Ok(RecordedEntry {
        kind: read(&row)?,
        at: row.moment("recorded_at")?,
        is_struck: struck.is_some(),
    })
}

fn adjustment(row: &RowReader<'_>) -> Result<EntryKind, StorageError> {
    Ok(EntryKind::Adjustment {
        position: row.id,
        word: row.get("kind")?,
        on: row.date("effective_on")?,
        amount: row.get("amount")?,
    })
}

fn event(row: &RowReader<'_>) -> Result<EntryKind, StorageError> {
    Ok(EntryKind::Event {
        id: row.id,
        unit: UnitId(row.get("unit_id")?),
        on: row.date("happened_on")?,
        what: row.get("what")?,
    })
}

fn state(row: &RowReader<'_>) -> Result<EntryKind, StorageError> {
    Ok(EntryKind::State {
        id: row.id,
        assignment: AssignmentId(row.get("assignment_id")?),
        unit: UnitId(row.get("unit_id")?),
        from: row.read("from_state", AssignmentState::from_word)?,
        to: row.read("to_state", AssignmentState::from_word)?,
    })
}
