//! Statements on adjustments and on deadlines worked out again.
//!
//! Must not know: what an adjustment does to a date.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::database::Sqlite;
use super::journal_lines;
use super::projection::{add_date_change, set_projection};
use super::register_state::is_overtaken;
use super::rows::{RowReader, json_ids};
use crate::domain::deadline::{Adjustment, Change};
use crate::domain::moment::Moment;
use crate::domain::obligation::ObligationId;
use crate::storage::StorageError;
use crate::storage::adjustments::{Adjustments, Reprojection};
use crate::storage::journal::Entry;
use crate::storage::register_state::{RegisterState, WriteResult};

const ADJUSTMENTS_OF: &str = "\
SELECT obligation_id AS id, kind, effective_on, amount, ground, reason FROM adjustment
WHERE obligation_id IN (SELECT value FROM json_each($1)) AND struck_at IS NULL ORDER BY obligation_id, position";

/// Struck ones keep their positions, so the next one stands after them too.
const ADD_ADJUSTMENT: &str = "\
INSERT INTO adjustment (obligation_id, position, kind, effective_on, amount, ground, reason, recorded_at)
SELECT $1, $2 + (SELECT count(*) FROM adjustment WHERE obligation_id = $1 AND struck_at IS NOT NULL),
       $3, $4, $5, $6, $7, $8";

const NEXT_VERSION: &str =
    "UPDATE obligation SET deadline_version = deadline_version + 1 WHERE id = $1";

/// Two searches of one index; an inequality would read every open obligation.
const NOT_UNDER_LAW: &str = "\
SELECT id FROM obligation WHERE state = 'open' AND law_version < $1
UNION ALL SELECT id FROM obligation WHERE state = 'open' AND law_version > $1";

pub(super) const STATEMENTS: &[&str] =
    &[ADJUSTMENTS_OF, ADD_ADJUSTMENT, NEXT_VERSION, NOT_UNDER_LAW];

#[async_trait]
impl Adjustments for Sqlite {
    async fn adjustments(
        &self,
        obligations: &[ObligationId],
    ) -> Result<BTreeMap<ObligationId, Vec<Adjustment>>, StorageError> {
        let ids = json_ids(obligations.iter().map(|id| id.0));
        let rows = sqlx::query(ADJUSTMENTS_OF).bind(ids).fetch_all(&self.reader).await?;
        let mut adjustments: BTreeMap<ObligationId, Vec<Adjustment>> = BTreeMap::new();
        for row in &rows {
            let (id, adjustment) = adjustment(row)?;
            adjustments.entry(id).or_default().push(adjustment);
        }
        Ok(adjustments)
    }

    async fn record_adjustment(
        &self,
        earlier: usize,
        adjustment: &Adjustment,
        reprojection: &Reprojection,
        entry: Entry,
    ) -> Result<(), StorageError> {
        let (kind, amount) = words(adjustment.change);
        let position = i64::try_from(earlier).unwrap_or(i64::MAX);
        let mut transaction = self.begin_write().await?;
        sqlx::query(ADD_ADJUSTMENT)
            .bind(reprojection.id.0)
            .bind(position)
            .bind(kind)
            .bind(adjustment.on.to_string())
            .bind(amount)
            .bind(&adjustment.ground)
            .bind(&adjustment.reason)
            .bind(entry.at.seconds())
            .execute(&mut *transaction)
            .await?;
        reproject(&mut transaction, reprojection, entry.at).await?;
        journal_lines::append(&mut transaction, &[entry]).await?;
        Ok(transaction.commit().await?)
    }

    async fn reproject(
        &self,
        since: RegisterState,
        reprojections: &[Reprojection],
        now: Moment,
        entries: &[Entry],
    ) -> Result<WriteResult, StorageError> {
        let mut transaction = self.begin_write().await?;
        if is_overtaken(&mut transaction, &since).await? {
            return Ok(WriteResult::Overtaken);
        }
        for reprojection in reprojections {
            reproject(&mut transaction, reprojection, now).await?;
        }
        journal_lines::append(&mut transaction, entries).await?;
        transaction.commit().await?;
        Ok(WriteResult::Written)
    }

    async fn open_obligations_under_other_law(
        &self,
        law_version: &str,
    ) -> Result<Vec<ObligationId>, StorageError> {
        let rows = sqlx::query(NOT_UNDER_LAW).bind(law_version).fetch_all(&self.reader).await?;
        let mut ids = rows
            .iter()
            .map(|row| Ok(ObligationId(row.try_get("id")?)))
            .collect::<Result<Vec<_>, StorageError>>()?;
        ids.sort_unstable();
        Ok(ids)
    }
}

pub(super) async fn reproject(
    transaction: &mut SqliteConnection,
    reprojection: &Reprojection,
    now: Moment,
) -> Result<(), StorageError> {
    let Reprojection { id, projection, change } = reprojection;
    set_projection(&mut *transaction, *id, projection, change.is_some(), now).await?;
    if let Some(change) = change {
        sqlx::query(NEXT_VERSION).bind(id.0).execute(&mut *transaction).await?;
        add_date_change(transaction, *id, change, now).await?;
    }
    Ok(())
}

fn words(change: Change) -> (&'static str, Option<String>) {
    match change {
        Change::Extend(by) => ("extend", Some(by.to_string())),
        Change::Suspend => ("suspend", None),
        Change::Resume => ("resume", None),
        Change::Restart => ("restart", None),
    }
}

fn adjustment(row: &SqliteRow) -> Result<(ObligationId, Adjustment), StorageError> {
    let row = RowReader::keyed(row, "adjustment")?;
    let by = row.read_if_any("amount", |text| text.parse().ok())?;
    let change = row.read("kind", |kind| match (kind, by) {
        ("extend", Some(by)) => Some(Change::Extend(by)),
        ("suspend", None) => Some(Change::Suspend),
        ("resume", None) => Some(Change::Resume),
        ("restart", None) => Some(Change::Restart),
        _ => None,
    })?;
    let adjustment = Adjustment {
        on: row.date("effective_on")?,
        change,
        ground: row.get("ground")?,
        reason: row.get("reason")?,
    };
    Ok((ObligationId(row.id), adjustment))
}
