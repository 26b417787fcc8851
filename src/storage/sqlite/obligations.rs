//! Statements on obligations, parties and assignments.
//!
//! Must not know: what a due date means.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::adjustments::add_change;
use super::lifecycle::settle;
use super::rows::Place;
use super::script::exactly_one;
use super::{Sqlite, journal, shares};
use crate::domain::deadline::{Deadline, Method};
use crate::domain::moment::Moment;
use crate::domain::obligation::{
    Assignment, AssignmentId, AssignmentState, Basis, Inputs, Obligation, ObligationId,
    ObligationState,
};
use crate::domain::term::Term;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::{
    Obligations, Projection, Registration, Registrations, Revision, Scope, Selection,
};

const ADD_OBLIGATION: &str = "\
INSERT INTO obligation (ref, occurrence, title, written, term, anchor_on, anchor_at, rule, internal, source, note, ladder,
                        follow_ups, registered_at, part_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
RETURNING id";

const SET_INPUTS: &str = "\
UPDATE obligation SET title = $2, written = $3, term = $4, anchor_on = $5, anchor_at = $6, rule = $7, internal = $8,
                      source = $9, note = $10, ladder = $11, follow_ups = $12,
                      deadline_version = deadline_version + $13, part_of = $14,
                      ladder_hash = CASE WHEN ladder = $11 THEN ladder_hash END
WHERE id = $1";

const SET_PROJECTION: &str = "\
UPDATE obligation SET due_on = $2, due_at = $3, act_by_on = $4, earliest_on = $5, provisional = $6,
                      calendar_version = $7, rule_version = $8, law_version = $9, term = $10, method = $11
WHERE id = $1";

const SET_END: &str = "UPDATE obligation SET ends_on = $2, has_successor = 0 WHERE id = $1";

const CLEAR_PARTIES: &str = "DELETE FROM party WHERE obligation_id = $1";

const ADD_PARTY: &str =
    "INSERT INTO party (obligation_id, role, position, unit_id) VALUES ($1, $2, $3, $4)";

const LOOK_AGAIN: &str = "\
UPDATE assignment SET next_plan_on = $2 WHERE obligation_id = $1 AND is_owed";

const SELECTED: &str = "\
SELECT id, ref, occurrence, title, written, term, anchor_on, anchor_at, rule, internal, source, note, ladder,
       follow_ups, registered_at, state, due_on, due_at, act_by_on, earliest_on, provisional, deadline_version, calendar_version,
       rule_version, part_of, ends_on, method
FROM obligation
WHERE ($1 IS NULL OR due_on <= $1)
  AND ($2 IS NULL OR due_on < $2)
  AND ($3 IS NULL
       OR id IN (SELECT obligation_id FROM party WHERE unit_id IN (SELECT value FROM json_each($3)))
       OR id IN (SELECT obligation_id FROM assignment WHERE unit_id IN (SELECT value FROM json_each($3))))
  AND ($4 IS NULL OR due_on >= $4)
  AND ($5 = 'any' OR (state = 'open' AND ($5 = 'open' OR due_on IS NOT NULL)))
ORDER BY due_on IS NULL, due_on, id";

const BY_KEY: &str = "\
SELECT id, ref, occurrence, title, written, term, anchor_on, anchor_at, rule, internal, source, note, ladder,
       follow_ups, registered_at, state, due_on, due_at, act_by_on, earliest_on, provisional, deadline_version, calendar_version,
       rule_version, part_of, ends_on, method
FROM obligation WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id";

const BY_KEYS: &str = "\
SELECT id, ref, occurrence, title, written, term, anchor_on, anchor_at, rule, internal, source, note, ladder,
       follow_ups, registered_at, state, due_on, due_at, act_by_on, earliest_on, provisional, deadline_version, calendar_version,
       rule_version, part_of, ends_on, method
FROM obligation WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id";

const BY_REFERENCE: &str = "\
SELECT id, ref, occurrence, title, written, term, anchor_on, anchor_at, rule, internal, source, note, ladder,
       follow_ups, registered_at, state, due_on, due_at, act_by_on, earliest_on, provisional, deadline_version, calendar_version,
       rule_version, part_of, ends_on, method
FROM obligation WHERE ref IN (SELECT value FROM json_each($1)) ORDER BY id DESC";

const IS_KNOWN: &str = "\
SELECT reminder.id FROM assignment JOIN reminder ON reminder.assignment_id = assignment.id
WHERE assignment.obligation_id = $1 AND reminder.state IN ('sealed', 'told') LIMIT 1";

const BEFORE: &str = "\
SELECT id FROM obligation INDEXED BY obligation_follow_ups
WHERE follow_ups <> '[]' AND EXISTS (SELECT 1 FROM json_each(follow_ups) WHERE value = $1)";

const PARTIES_OF: &str = "\
SELECT obligation_id, role, unit_id FROM party
WHERE obligation_id IN (SELECT value FROM json_each($1)) ORDER BY obligation_id, role, position";

const ASSIGNMENTS_OF: &str = "\
SELECT id, obligation_id, unit_id, state, done_on, has_left FROM assignment
WHERE obligation_id IN (SELECT value FROM json_each($1)) ORDER BY obligation_id, id";

pub(super) const STATEMENTS: &[&str] = &[
    ADD_OBLIGATION,
    SET_INPUTS,
    SET_PROJECTION,
    SET_END,
    CLEAR_PARTIES,
    ADD_PARTY,
    LOOK_AGAIN,
    SELECTED,
    BY_KEY,
    BY_KEYS,
    BY_REFERENCE,
    BEFORE,
    IS_KNOWN,
    PARTIES_OF,
    ASSIGNMENTS_OF,
];

#[async_trait]
impl Obligations for Sqlite {
    async fn register(
        &self,
        registrations: &Registrations,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        put(&mut transaction, registrations, now).await?;
        journal::append(&mut transaction, entries).await?;
        Ok(transaction.commit().await?)
    }

    async fn obligations(&self, selection: &Selection) -> Result<Vec<Obligation>, StorageError> {
        let units = selection.units.as_ref().map(|units| json_ids(units.iter().map(|unit| unit.0)));
        let scope = match selection.scope {
            Scope::Dated => "dated",
            Scope::Open => "open",
            Scope::Any => "any",
        };
        let mut transaction = self.reader.begin().await?;
        let rows = sqlx::query(SELECTED)
            .bind(selection.due_through.map(|date| date.to_string()))
            .bind(selection.due_before.map(|date| date.to_string()))
            .bind(units)
            .bind(selection.due_from.map(|date| date.to_string()))
            .bind(scope)
            .fetch_all(&mut *transaction)
            .await?;
        complete(&mut transaction, &rows).await
    }

    async fn obligation(&self, id: ObligationId) -> Result<Option<Obligation>, StorageError> {
        Ok(self.obligations_by_key(&[id]).await?.pop())
    }

    async fn obligations_by_key(
        &self,
        ids: &[ObligationId],
    ) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let ids = json_ids(ids.iter().map(|id| id.0));
        let rows = sqlx::query(BY_KEY).bind(ids).fetch_all(&mut *transaction).await?;
        complete(&mut transaction, &rows).await
    }

    async fn obligations_by_reference(
        &self,
        references: &[String],
    ) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let references = json_names(references);
        let rows = sqlx::query(BY_REFERENCE).bind(references).fetch_all(&mut *transaction).await?;
        complete(&mut transaction, &rows).await
    }

    async fn obligations_followed_by(
        &self,
        reference: &str,
    ) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let rows = sqlx::query(BEFORE).bind(reference).fetch_all(&mut *transaction).await?;
        let ids = rows.iter().map(|row| row.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
        by_ids(&mut transaction, &json_ids(ids.into_iter())).await
    }
}

/// Registers, revises and ends within a transaction.
pub(super) async fn put(
    transaction: &mut SqliteConnection,
    registrations: &Registrations,
    now: Moment,
) -> Result<(), StorageError> {
    for registration in &registrations.new {
        let id = add(&mut *transaction, &registration.inputs, now).await?;
        set_rest(&mut *transaction, id, registration, now).await?;
    }
    for revision in &registrations.revised {
        revise(&mut *transaction, revision, now).await?;
    }
    for end in &registrations.ended {
        set_end(&mut *transaction, end.id, end.on).await?;
    }
    Ok(())
}

pub(super) async fn add(
    transaction: &mut SqliteConnection,
    inputs: &Inputs,
    now: Moment,
) -> Result<ObligationId, StorageError> {
    let row = sqlx::query(ADD_OBLIGATION)
        .bind(&inputs.reference)
        .bind(&inputs.occurrence)
        .bind(&inputs.title)
        .bind(&inputs.written)
        .bind(short_form(&inputs.term)?)
        .bind(inputs.anchor_on.map(|date| date.to_string()))
        .bind(inputs.anchor_at.map(Moment::seconds))
        .bind(&inputs.rule)
        .bind(inputs.internal)
        .bind(&inputs.source)
        .bind(&inputs.note)
        .bind(&inputs.ladder)
        .bind(json_names(&inputs.then))
        .bind(now.seconds())
        .bind(&inputs.part_of)
        .fetch_one(transaction)
        .await?;
    Ok(ObligationId(row.try_get("id")?))
}

async fn revise(
    transaction: &mut SqliteConnection,
    revision: &Revision,
    now: Moment,
) -> Result<(), StorageError> {
    let inputs = &revision.registration.inputs;
    let done = sqlx::query(SET_INPUTS)
        .bind(revision.id.0)
        .bind(&inputs.title)
        .bind(&inputs.written)
        .bind(short_form(&inputs.term)?)
        .bind(inputs.anchor_on.map(|date| date.to_string()))
        .bind(inputs.anchor_at.map(Moment::seconds))
        .bind(&inputs.rule)
        .bind(inputs.internal)
        .bind(&inputs.source)
        .bind(&inputs.note)
        .bind(&inputs.ladder)
        .bind(json_names(&inputs.then))
        .bind(revision.change.is_some())
        .bind(&inputs.part_of)
        .execute(&mut *transaction)
        .await?;
    exactly_one("revise obligation", done.rows_affected())?;
    if let Some(change) = &revision.change
        && is_known(&mut *transaction, revision.id).await?
    {
        add_change(&mut *transaction, revision.id, change, now).await?;
    }
    sqlx::query(CLEAR_PARTIES).bind(revision.id.0).execute(&mut *transaction).await?;
    shares::withdraw_others(&mut *transaction, revision, now).await?;
    set_rest(&mut *transaction, revision.id, &revision.registration, now).await?;
    settle(transaction, revision.id).await
}

/// True when somebody was told of the dates of an obligation, or is about to be.
async fn is_known(
    transaction: &mut SqliteConnection,
    id: ObligationId,
) -> Result<bool, StorageError> {
    Ok(sqlx::query(IS_KNOWN).bind(id.0).fetch_optional(transaction).await?.is_some())
}

/// Everything about an obligation besides its inputs.
pub(super) async fn set_rest(
    transaction: &mut SqliteConnection,
    id: ObligationId,
    registration: &Registration,
    now: Moment,
) -> Result<(), StorageError> {
    for (role, units) in [("lead", &registration.lead), ("responsible", &registration.responsible)]
    {
        for (position, unit) in (0_i64..).zip(units) {
            let party = sqlx::query(ADD_PARTY).bind(id.0).bind(role).bind(position).bind(unit.0);
            party.execute(&mut *transaction).await?;
        }
    }
    shares::add(&mut *transaction, id, &registration.performers).await?;
    if let Some(on) = registration.ends_on {
        set_end(&mut *transaction, id, on).await?;
    }
    // A duty without a date has nothing to be looked at for.
    let look = registration.projection.deadline.is_some();
    set_projection(transaction, id, &registration.projection, look, now).await
}

async fn set_end(
    transaction: &mut SqliteConnection,
    id: ObligationId,
    on: Date,
) -> Result<(), StorageError> {
    let done = sqlx::query(SET_END).bind(id.0).bind(on.to_string()).execute(transaction).await?;
    exactly_one("end series", done.rows_affected())
}

/// The short form of a term, once it is certain that it can be read back: a row that cannot would stop every command that
/// meets it.
fn short_form(term: &Term) -> Result<String, StorageError> {
    let value = term.to_string();
    if value.parse().as_ref() == Ok(term) {
        return Ok(value);
    }
    Err(StorageError::Unreadable { column: "term", value })
}

/// Stores a deadline. With `look_again` the planner looks at every share of it in its next pass.
pub(super) async fn set_projection(
    transaction: &mut SqliteConnection,
    id: ObligationId,
    projection: &Projection,
    look_again: bool,
    now: Moment,
) -> Result<(), StorageError> {
    let deadline = projection.deadline.as_ref();
    let done = sqlx::query(SET_PROJECTION)
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
        .bind(projection.method.to_string())
        .execute(&mut *transaction)
        .await?;
    exactly_one("set projection", done.rows_affected())?;
    if look_again {
        let today = now.today().to_string();
        sqlx::query(LOOK_AGAIN).bind(id.0).bind(today).execute(&mut *transaction).await?;
    }
    Ok(())
}

/// A JSON array of texts.
fn json_names(names: &[String]) -> String {
    serde_json::Value::from(names.to_vec()).to_string()
}

/// A JSON array, for `IN (SELECT value FROM json_each(…))`.
pub(super) fn json_ids(ids: impl Iterator<Item = i64>) -> String {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    format!("[{}]", ids.join(","))
}

/// The obligations with these keys, given as a JSON array; each once, by key.
pub(super) async fn by_ids(
    transaction: &mut SqliteConnection,
    ids: &str,
) -> Result<Vec<Obligation>, StorageError> {
    let rows = sqlx::query(BY_KEYS).bind(ids).fetch_all(&mut *transaction).await?;
    complete(transaction, &rows).await
}

/// Adds parties and assignments to rows of `obligation`, with one query each.
async fn complete(
    transaction: &mut SqliteConnection,
    rows: &[SqliteRow],
) -> Result<Vec<Obligation>, StorageError> {
    let mut obligations =
        rows.iter().map(obligation).collect::<Result<Vec<Obligation>, StorageError>>()?;
    let ids = json_ids(obligations.iter().map(|obligation| obligation.id.0));
    let parties = sqlx::query(PARTIES_OF).bind(&ids).fetch_all(&mut *transaction).await?;
    let assignments = sqlx::query(ASSIGNMENTS_OF).bind(&ids).fetch_all(&mut *transaction).await?;
    let places: BTreeMap<ObligationId, usize> =
        obligations.iter().enumerate().map(|(place, obligation)| (obligation.id, place)).collect();
    for row in &parties {
        let id = ObligationId(row.try_get("obligation_id")?);
        let Some(obligation) = places.get(&id).and_then(|place| obligations.get_mut(*place)) else {
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
        let place = places.get(&assignment.obligation);
        if let Some(obligation) = place.and_then(|place| obligations.get_mut(*place)) {
            obligation.assignments.push(assignment);
        }
    }
    Ok(obligations)
}

fn obligation(row: &SqliteRow) -> Result<Obligation, StorageError> {
    let place = Place::keyed(row, "obligation")?;
    Ok(Obligation {
        id: ObligationId(place.id),
        inputs: Inputs {
            reference: place.get("ref")?,
            occurrence: place.get("occurrence")?,
            title: place.get("title")?,
            written: place.get("written")?,
            term: place.read("term", |text| text.parse().ok())?,
            anchor_on: place.date_if_any("anchor_on")?,
            anchor_at: place.moment_if_any("anchor_at")?,
            rule: place.get("rule")?,
            internal: place.get("internal")?,
            part_of: place.get("part_of")?,
            source: place.get("source")?,
            note: place.get("note")?,
            ladder: place.get("ladder")?,
            then: place.read("follow_ups", |text| serde_json::from_str(text).ok())?,
        },
        deadline: deadline(&place)?,
        deadline_version: place.number("deadline_version")?,
        basis: Basis {
            calendar_version: place.get("calendar_version")?,
            rule_version: place.get("rule_version")?,
            method: place.read_if_any("method", Method::from_word)?,
        },
        registered_at: place.moment("registered_at")?,
        state: place.read("state", ObligationState::from_word)?,
        ends_on: place.date_if_any("ends_on")?,
        lead: Vec::new(),
        responsible: Vec::new(),
        assignments: Vec::new(),
    })
}

/// The deadline of a row that names its columns as `obligation` does.
pub(super) fn deadline(place: &Place<'_>) -> Result<Option<Deadline>, StorageError> {
    let Some(due) = place.date_if_any("due_on")? else { return Ok(None) };
    Ok(Some(Deadline {
        due,
        due_at: place.moment_if_any("due_at")?,
        act_by: place.date("act_by_on")?,
        earliest: place.date_if_any("earliest_on")?,
        provisional: place.get("provisional")?,
    }))
}

fn assignment(row: &SqliteRow) -> Result<Assignment, StorageError> {
    let place = Place::keyed(row, "assignment")?;
    Ok(Assignment {
        id: AssignmentId(place.id),
        obligation: ObligationId(place.get("obligation_id")?),
        unit: UnitId(place.get("unit_id")?),
        state: place.read("state", AssignmentState::from_word)?,
        done_on: place.date_if_any("done_on")?,
        has_left: place.get("has_left")?,
    })
}
