//! Writes what is computed from the inputs of an obligation: its deadline, and what a new deadline replaces.
//!
//! Must not know: how a deadline is computed. Callers: the files of this folder.

use sqlx::SqliteConnection;

use super::rows::exactly_one;
use crate::domain::moment::Moment;
use crate::domain::obligation::{DateChange, ObligationId};
use crate::domain::term::Term;
use crate::storage::StorageError;
use crate::storage::obligations::Projection;

const SET_PROJECTION: &str = "\
UPDATE obligation SET due_on = $2, due_at = $3, act_by_on = $4, earliest_on = $5, provisional = $6,
                      calendar_version = $7, rule_version = $8, law_version = $9, term = $10, method = $11
WHERE id = $1";

const REPLAN_ASSIGNMENTS: &str = "\
UPDATE assignment SET next_plan_on = $2 WHERE obligation_id = $1 AND is_owed";

const ADD_DATE_CHANGE: &str = "\
INSERT INTO date_change (obligation_id, deadline_version, due_on, due_at, act_by_on, earliest_on, provisional, paper,
                         changed_at, corrects)
SELECT id, deadline_version, $2, $3, $4, $5, $6, $7, $8, $9 FROM obligation WHERE id = $1";

pub(super) const STATEMENTS: &[&str] = &[SET_PROJECTION, REPLAN_ASSIGNMENTS, ADD_DATE_CHANGE];

/// Stores a deadline. With `replan` the next pass plans every assignment of the obligation again.
pub(super) async fn set_projection(
    transaction: &mut SqliteConnection,
    id: ObligationId,
    projection: &Projection,
    replan: bool,
    now: Moment,
) -> Result<(), StorageError> {
    let deadline = projection.deadline.as_ref();
    let query = sqlx::query(SET_PROJECTION)
        .bind(id.0)
        .bind(deadline.map(|deadline| deadline.due.to_string()))
        .bind(deadline.and_then(|deadline| deadline.due_at).map(Moment::seconds))
        .bind(deadline.map(|deadline| deadline.act_by.to_string()))
        .bind(deadline.and_then(|deadline| deadline.earliest).map(|date| date.to_string()))
        .bind(deadline.is_some_and(|deadline| deadline.provisional))
        .bind(&projection.calendar_version)
        .bind(&projection.rule_version)
        .bind(&projection.law_version)
        .bind(short_form(&projection.term)?)
        .bind(projection.method.to_string());
    exactly_one("set projection", query.execute(&mut *transaction).await?.rows_affected())?;
    if replan {
        let today = now.today().to_string();
        sqlx::query(REPLAN_ASSIGNMENTS).bind(id.0).bind(today).execute(&mut *transaction).await?;
    }
    Ok(())
}

/// The short form of a term, once it is certain that it can be read back: a row that cannot would stop every command that
/// reads it.
pub(super) fn short_form(term: &Term) -> Result<String, StorageError> {
    let value = term.to_string();
    if value.parse().as_ref() == Ok(term) {
        return Ok(value);
    }
    Err(StorageError::Unreadable { column: "term", value })
}

/// Stores the dates that the new deadline version has replaced.
pub(super) async fn add_date_change(
    transaction: &mut SqliteConnection,
    id: ObligationId,
    change: &DateChange,
    now: Moment,
) -> Result<(), StorageError> {
    let before = change.before.as_ref();
    let query = sqlx::query(ADD_DATE_CHANGE)
        .bind(id.0)
        .bind(before.map(|before| before.due.to_string()))
        .bind(before.and_then(|before| before.due_at).map(Moment::seconds))
        .bind(before.map(|before| before.act_by.to_string()))
        .bind(before.and_then(|before| before.earliest).map(|date| date.to_string()))
        .bind(before.is_some_and(|before| before.provisional))
        .bind(&change.paper)
        .bind(now.seconds())
        .bind(change.is_correction);
    exactly_one("add date change", query.execute(transaction).await?.rows_affected())
}
