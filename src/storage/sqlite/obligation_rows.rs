//! Reads obligations with their parties and assignments.
//!
//! Must not know: who asks for them. Callers: the files of this folder.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::rows::{RowReader, json_ids};
use crate::domain::deadline::{Deadline, Method};
use crate::domain::obligation::{
    Assignment, AssignmentId, AssignmentState, Basis, Inputs, Obligation, ObligationId,
    ObligationState, ObligationUid,
};
use crate::domain::unit::UnitId;
use crate::storage::StorageError;

/// A statement that selects all columns of obligations, continued by the given text.
macro_rules! select_obligations {
    ($rest:literal) => {
        concat!(
            "SELECT id, uid, (SELECT list.name FROM list WHERE list.id = list_id) AS list, ref, occurrence, title, written, term, anchor_on, anchor_at, rule, internal, source, note, instructions, \
             ladder, follow_ups, registered_at, state, due_on, due_at, act_by_on, earliest_on, provisional, \
             deadline_version, calendar_version, rule_version, part_of, \
             (SELECT list.name FROM list WHERE list.id = part_of_list_id) AS part_of_list, ends_on, method FROM obligation ",
            $rest
        )
    };
}
pub(super) use select_obligations;

const BY_ID: &str =
    select_obligations!("WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id");

const PARTIES_OF: &str = "\
SELECT obligation_id, role, unit_id FROM party
WHERE obligation_id IN (SELECT value FROM json_each($1)) ORDER BY obligation_id, role, position";

const ASSIGNMENTS_OF: &str = "\
SELECT id, obligation_id, unit_id, state, done_on, has_left FROM assignment
WHERE obligation_id IN (SELECT value FROM json_each($1)) ORDER BY obligation_id, id";

pub(super) const STATEMENTS: &[&str] = &[BY_ID, PARTIES_OF, ASSIGNMENTS_OF];

/// Returns the obligations with these keys, each once, by key.
pub(super) async fn by_ids(
    transaction: &mut SqliteConnection,
    ids: impl Iterator<Item = i64>,
) -> Result<Vec<Obligation>, StorageError> {
    let rows = sqlx::query(BY_ID).bind(json_ids(ids)).fetch_all(&mut *transaction).await?;
    complete(transaction, &rows).await
}

/// Reads rows of `select_obligations!`; adds parties and assignments with one query each.
pub(super) async fn complete(
    transaction: &mut SqliteConnection,
    rows: &[SqliteRow],
) -> Result<Vec<Obligation>, StorageError> {
    let mut obligations =
        rows.iter().map(obligation).collect::<Result<Vec<Obligation>, StorageError>>()?;
    let ids = json_ids(obligations.iter().map(|obligation| obligation.id.0));
    let parties = sqlx::query(PARTIES_OF).bind(&ids).fetch_all(&mut *transaction).await?;
    let assignments = sqlx::query(ASSIGNMENTS_OF).bind(&ids).fetch_all(&mut *transaction).await?;
    let positions: BTreeMap<ObligationId, usize> = obligations
        .iter()
        .enumerate()
        .map(|(position, obligation)| (obligation.id, position))
        .collect();
    for row in &parties {
        let id = ObligationId(row.try_get("obligation_id")?);
        let Some(obligation) =
            positions.get(&id).and_then(|position| obligations.get_mut(*position))
        else {
            continue;
        };
        let unit = UnitId(row.try_get("unit_id")?);
        match row.try_get::<&str, _>("role")? {
            "lead" => obligation.lead.push(unit),
            _ => obligation.responsible.push(unit),
        }
    }
    for row in &assignments {
        let assignment = assignment(row)?;
        let position = positions.get(&assignment.obligation);
        if let Some(obligation) = position.and_then(|position| obligations.get_mut(*position)) {
            obligation.assignments.push(assignment);
        }
    }
    Ok(obligations)
}

fn obligation(row: &SqliteRow) -> Result<Obligation, StorageError> {
    let row = RowReader::keyed(row, "obligation")?;
    Ok(Obligation {
        id: ObligationId(row.id),
        uid: ObligationUid(row.uid("uid")?),
        inputs: Inputs {
            list: row.get::<String>("list")?.into(),
            reference: row.get("ref")?,
            occurrence: row.get("occurrence")?,
            title: row.get("title")?,
            written: row.get("written")?,
            term: row.read("term", |text| text.parse().ok())?,
            anchor_on: row.date_if_any("anchor_on")?,
            anchor_at: row.moment_if_any("anchor_at")?,
            rule: row.get("rule")?,
            internal: row.get("internal")?,
            part_of: row.get("part_of")?,
            part_of_list: row.get::<Option<String>>("part_of_list")?.map(Into::into),
            source: row.get("source")?,
            note: row.get("note")?,
            instructions: row.get("instructions")?,
            ladder: row.get("ladder")?,
            then: row.read("follow_ups", |text| serde_json::from_str(text).ok())?,
        },
        deadline: deadline(&row)?,
        deadline_version: row.number("deadline_version")?,
        basis: Basis {
            calendar_version: row.get("calendar_version")?,
            rule_version: row.get("rule_version")?,
            method: row.read_if_any("method", Method::from_word)?,
        },
        registered_at: row.moment("registered_at")?,
        state: row.read("state", ObligationState::from_word)?,
        ends_on: row.date_if_any("ends_on")?,
        lead: Vec::new(),
        responsible: Vec::new(),
        assignments: Vec::new(),
    })
}

/// The deadline of a row that names its columns as `obligation` does.
pub(super) fn deadline(row: &RowReader<'_>) -> Result<Option<Deadline>, StorageError> {
    let Some(due) = row.date_if_any("due_on")? else { return Ok(None) };
    Ok(Some(Deadline {
        due,
        due_at: row.moment_if_any("due_at")?,
        act_by: row.date("act_by_on")?,
        earliest: row.date_if_any("earliest_on")?,
        provisional: row.get("provisional")?,
    }))
}

fn assignment(row: &SqliteRow) -> Result<Assignment, StorageError> {
    let row = RowReader::keyed(row, "assignment")?;
    Ok(Assignment {
        id: AssignmentId(row.id),
        obligation: ObligationId(row.get("obligation_id")?),
        unit: UnitId(row.get("unit_id")?),
        state: row.read("state", AssignmentState::from_word)?,
        done_on: row.date_if_any("done_on")?,
        has_left: row.get("has_left")?,
    })
}
