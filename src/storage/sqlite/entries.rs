//! Entries about one obligation, and striking them.
//!
//! Must not know: what follows from an entry. Callers: other rooms through the trait [`Entries`].

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::database::Sqlite;
use super::rows::{RowReader, exactly_one};
use super::{adjustments, corrections, items, journal_lines, lifecycle};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, AssignmentState, ObligationId};
use crate::domain::reminder::{Correction, CorrectionKind};
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::entries::{Entries, EntryKind, RecordedEntry, ShareMove, Strike};
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

const MOVED_SHARES: &str = "\
SELECT assignment.id, unit_id, moved_to_id, coalesce(given_at, registered_at) AS recorded_at, 0 AS struck_at
FROM assignment JOIN obligation ON obligation.id = obligation_id
WHERE obligation_id = $1 AND moved_to_id IS NOT NULL ORDER BY assignment.id";

const TAKE_SHARE: &str = "\
UPDATE assignment SET state = 'withdrawn', has_left = 0, next_plan_on = NULL, moved_to_id = $2
WHERE id = $1 AND state <> 'withdrawn'";

const GIVE_SHARE: &str = "\
INSERT INTO assignment (obligation_id, unit_id, next_plan_on, given_at)
SELECT id, $2, CASE WHEN act_by_on IS NOT NULL THEN $3 END, $4 FROM obligation WHERE id = $1
ON CONFLICT (obligation_id, unit_id) DO UPDATE
SET state = 'open', has_left = 0, done_on = NULL, evidence = NULL, acknowledged_at = NULL, reported_at = NULL,
    closed_at = NULL, moved_to_id = NULL, next_plan_on = excluded.next_plan_on, given_at = excluded.given_at
RETURNING id";

const CLEAR_PARTIES: &str = "DELETE FROM party WHERE obligation_id = $1 AND role = $2";

const ADD_PARTY: &str =
    "INSERT INTO party (obligation_id, role, position, unit_id) VALUES ($1, $2, $3, $4)";

const VOID_REMINDERS: &str = "\
UPDATE reminder SET state = 'void', reason = NULL
WHERE assignment_id = $1 AND state IN ('planned', 'blocked') AND rung <> 'notice.corrected'";

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
    MOVED_SHARES,
    TAKE_SHARE,
    GIVE_SHARE,
    CLEAR_PARTIES,
    ADD_PARTY,
    VOID_REMINDERS,
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
        let rows = sqlx::query(MOVED_SHARES).bind(obligation.0).fetch_all(&mut *reader).await?;
        for row in &rows {
            entries.push(entry(row, share)?);
        }
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
        for (share, correction) in &strike.corrections {
            corrections::add(&mut transaction, *share, correction, now).await?;
        }
        let query = sqlx::query(REPLAN).bind(strike.obligation.0).bind(now.today().to_string());
        query.execute(&mut *transaction).await?;
        journal_lines::append(&mut transaction, &[entry]).await?;
        Ok(transaction.commit().await?)
    }

    async fn move_share(
        &self,
        share: &ShareMove,
        now: Moment,
        entry: Entry,
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        take_share(&mut transaction, share, now).await?;
        give_share(&mut transaction, share, now).await?;
        let obligations = std::iter::once(share.obligation);
        lifecycle::update_obligation_states(&mut transaction, obligations).await?;
        journal_lines::append(&mut transaction, &[entry]).await?;
        Ok(transaction.commit().await?)
    }
}

async fn take_share(
    transaction: &mut SqliteConnection,
    share: &ShareMove,
    now: Moment,
) -> Result<(), StorageError> {
    let ShareMove { assignment, right, correction, .. } = share;
    let query = sqlx::query(TAKE_SHARE).bind(assignment.0).bind(right.0);
    exactly_one("take share", query.execute(&mut *transaction).await?.rows_affected())?;
    sqlx::query(VOID_REMINDERS).bind(assignment.0).execute(&mut *transaction).await?;
    let resolved = [ItemKey::Answer(*assignment), ItemKey::Quota(*assignment)];
    items::resolve(&mut *transaction, &resolved, now).await?;
    corrections::add(transaction, *assignment, correction, now).await
}

async fn give_share(
    transaction: &mut SqliteConnection,
    share: &ShareMove,
    now: Moment,
) -> Result<(), StorageError> {
    let ShareMove { obligation, right, role, named, correction, .. } = share;
    let query = sqlx::query(CLEAR_PARTIES).bind(obligation.0).bind(role.word());
    query.execute(&mut *transaction).await?;
    for (position, unit) in (0_i64..).zip(named) {
        let query = sqlx::query(ADD_PARTY).bind(obligation.0).bind(role.word());
        query.bind(position).bind(unit.0).execute(&mut *transaction).await?;
    }
    let query = sqlx::query(GIVE_SHARE).bind(obligation.0).bind(right.0);
    let query = query.bind(now.today().to_string()).bind(now.seconds());
    let row = query.fetch_one(&mut *transaction).await?;
    let given = AssignmentId(row.try_get("id")?);
    let kind = CorrectionKind::Restored;
    let restored = Correction { kind, reason: correction.reason.clone(), told_since: None };
    corrections::add(transaction, given, &restored, now).await
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
        // A share of a wrong unit is struck when it is moved.
        EntryKind::Share { .. } => return Ok(()),
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

fn share(row: &RowReader<'_>) -> Result<EntryKind, StorageError> {
    Ok(EntryKind::Share {
        assignment: AssignmentId(row.id),
        unit: UnitId(row.get("unit_id")?),
        right: UnitId(row.get("moved_to_id")?),
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
