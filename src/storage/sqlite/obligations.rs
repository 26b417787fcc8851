//! Statements on obligations, parties and assignments.
//!
//! Must not know: what a due date means.

use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::{Row as _, SqliteConnection};

use super::database::Sqlite;
use super::lifecycle::update_obligation_states;
use super::obligation_rows::{by_ids, complete, select_obligations};
use super::projection::{add_date_change, set_projection, short_form};
use super::rows::{RowReader, exactly_one, json_ids, json_texts};
use super::{assignments, journal_lines};
use crate::domain::moment::Moment;
use crate::domain::obligation::{Inputs, Obligation, ObligationId};
use crate::domain::uid::Uid;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::{
    Obligations, Registration, Registrations, Revision, Selection, StateFilter,
};
use crate::storage::uids::uids;

const ADD_OBLIGATION: &str = "\
INSERT INTO obligation (uid, ref, occurrence, title, written, term, anchor_on, anchor_at, rule, internal, source, note, ladder,
                        follow_ups, registered_at, part_of, list_id, part_of_list_id)
VALUES ($18, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
        (SELECT list.id FROM list WHERE list.name = $16), (SELECT list.id FROM list WHERE list.name = $17))
RETURNING id";

const UID: &str = "SELECT id, uid FROM obligation WHERE id = $1";

const SET_INPUTS: &str = "\
UPDATE obligation SET title = $2, written = $3, term = $4, anchor_on = $5, anchor_at = $6, rule = $7, internal = $8,
                      source = $9, note = $10, ladder = $11, follow_ups = $12,
                      deadline_version = deadline_version + $13, part_of = $14,
                      part_of_list_id = (SELECT list.id FROM list WHERE list.name = $15),
                      ladder_hash = CASE WHEN ladder = $11 THEN ladder_hash END
WHERE id = $1";

const SET_END: &str = "UPDATE obligation SET ends_on = $2, has_successor = 0 WHERE id = $1";

const CLEAR_PARTIES: &str = "DELETE FROM party WHERE obligation_id = $1";

const ADD_PARTY: &str =
    "INSERT INTO party (obligation_id, role, position, unit_id) VALUES ($1, $2, $3, $4)";

const SELECTED: &str = select_obligations!(
    "\
WHERE ($1 IS NULL OR due_on <= $1)
  AND ($2 IS NULL OR due_on < $2)
  AND ($3 IS NULL
       OR id IN (SELECT obligation_id FROM party WHERE unit_id IN (SELECT value FROM json_each($3)))
       OR id IN (SELECT obligation_id FROM assignment WHERE unit_id IN (SELECT value FROM json_each($3))))
  AND ($4 IS NULL OR due_on >= $4)
  AND ($5 = 'any' OR (state = 'open' AND ($5 = 'open' OR due_on IS NOT NULL)))
ORDER BY due_on IS NULL, due_on, id"
);

const BY_REFERENCE: &str =
    select_obligations!("WHERE ref IN (SELECT value FROM json_each($1)) ORDER BY id DESC");

const SENT_REMINDER: &str = "\
SELECT reminder.id FROM assignment JOIN reminder ON reminder.assignment_id = assignment.id
WHERE assignment.obligation_id = $1 AND reminder.state IN ('sealed', 'told') LIMIT 1";

const FOLLOWED_BY: &str = "\
SELECT id FROM obligation INDEXED BY obligation_follow_ups
WHERE follow_ups <> '[]'
  AND EXISTS (
      SELECT 1 FROM json_each(follow_ups)
      WHERE value = $1 || '/' || $2
         OR (value = $2
             AND (obligation.list_id = (SELECT list.id FROM list WHERE list.name = $1)
                  OR NOT EXISTS (SELECT 1 FROM obligation AS own
                                 WHERE own.ref = $2 AND own.list_id = obligation.list_id))))";

pub(super) const STATEMENTS: &[&str] = &[
    ADD_OBLIGATION,
    UID,
    SET_INPUTS,
    SET_END,
    CLEAR_PARTIES,
    ADD_PARTY,
    SELECTED,
    BY_REFERENCE,
    FOLLOWED_BY,
    SENT_REMINDER,
];

#[async_trait]
impl Obligations for Sqlite {
    async fn register(
        &self,
        registrations: &Registrations,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        store(&mut transaction, registrations, now).await?;
        journal_lines::append(&mut transaction, entries).await?;
        Ok(transaction.commit().await?)
    }

    async fn obligations(&self, selection: &Selection) -> Result<Vec<Obligation>, StorageError> {
        let units = selection.units.as_ref().map(|units| json_ids(units.iter().map(|unit| unit.0)));
        let scope = match selection.scope {
            StateFilter::Dated => "dated",
            StateFilter::Open => "open",
            StateFilter::Any => "any",
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
        by_ids(&mut transaction, ids.iter().map(|id| id.0)).await
    }

    async fn obligations_by_reference(
        &self,
        references: &[String],
    ) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let references = json_texts(references);
        let rows = sqlx::query(BY_REFERENCE).bind(references).fetch_all(&mut *transaction).await?;
        complete(&mut transaction, &rows).await
    }

    async fn obligations_followed_by(
        &self,
        list: &str,
        reference: &str,
    ) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let query = sqlx::query(FOLLOWED_BY).bind(list).bind(reference);
        let rows = query.fetch_all(&mut *transaction).await?;
        let ids = rows.iter().map(|row| row.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
        by_ids(&mut transaction, ids.into_iter()).await
    }
}

/// Registers, revises and ends obligations inside a transaction.
pub(super) async fn store(
    transaction: &mut SqliteConnection,
    registrations: &Registrations,
    now: Moment,
) -> Result<(), StorageError> {
    let uids = uids(now, registrations.new.len())?;
    store_under(transaction, registrations, &uids, now).await
}

/// Like [`store`], with the uids of the new obligations.
pub(super) async fn store_under(
    transaction: &mut SqliteConnection,
    registrations: &Registrations,
    uids: &[Uid],
    now: Moment,
) -> Result<(), StorageError> {
    for (uid, registration) in uids.iter().zip(&registrations.new) {
        let id = add_inputs(&mut *transaction, *uid, &registration.inputs, now).await?;
        store_details(&mut *transaction, id, registration, now).await?;
    }
    for revision in &registrations.revised {
        revise(&mut *transaction, revision, now).await?;
    }
    for end in &registrations.ended {
        set_end(&mut *transaction, end.id, end.on).await?;
    }
    Ok(())
}

/// The uid of an obligation that follows from `origin`: its next occurrence, or its follow-up.
pub(super) async fn derived_uid(
    transaction: &mut SqliteConnection,
    origin: ObligationId,
    inputs: &Inputs,
) -> Result<Uid, StorageError> {
    let row = sqlx::query(UID).bind(origin.0).fetch_one(transaction).await?;
    let uid = RowReader::keyed(&row, "obligation")?.uid("uid")?;
    Ok(uid.derived(&format!("{}/{}", inputs.reference, inputs.occurrence)))
}

pub(super) async fn add_inputs(
    transaction: &mut SqliteConnection,
    uid: Uid,
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
        .bind(json_texts(&inputs.then))
        .bind(now.seconds())
        .bind(&inputs.part_of)
        .bind(&*inputs.list)
        .bind(inputs.part_of_list.as_deref())
        .bind(uid.to_string())
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
        .bind(json_texts(&inputs.then))
        .bind(revision.change.is_some())
        .bind(&inputs.part_of)
        .bind(inputs.part_of_list.as_deref())
        .execute(&mut *transaction)
        .await?;
    exactly_one("revise obligation", done.rows_affected())?;
    if let Some(change) = &revision.change
        && dates_are_known(&mut *transaction, revision.id).await?
    {
        add_date_change(&mut *transaction, revision.id, change, now).await?;
    }
    sqlx::query(CLEAR_PARTIES).bind(revision.id.0).execute(&mut *transaction).await?;
    assignments::withdraw_others(&mut *transaction, revision, now).await?;
    store_details(&mut *transaction, revision.id, &revision.registration, now).await?;
    update_obligation_states(transaction, [revision.id].into_iter()).await
}

/// True when somebody was told of the dates of an obligation, or is about to be told.
async fn dates_are_known(
    transaction: &mut SqliteConnection,
    id: ObligationId,
) -> Result<bool, StorageError> {
    Ok(sqlx::query(SENT_REMINDER).bind(id.0).fetch_optional(transaction).await?.is_some())
}

/// Stores everything of an obligation but its inputs.
pub(super) async fn store_details(
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
    assignments::add(&mut *transaction, id, &registration.performers).await?;
    if let Some(on) = registration.ends_on {
        set_end(&mut *transaction, id, on).await?;
    }
    // an obligation without a date has nothing to plan
    let replan = registration.projection.deadline.is_some();
    set_projection(transaction, id, &registration.projection, replan, now).await
}

async fn set_end(
    transaction: &mut SqliteConnection,
    id: ObligationId,
    on: Date,
) -> Result<(), StorageError> {
    let done = sqlx::query(SET_END).bind(id.0).bind(on.to_string()).execute(transaction).await?;
    exactly_one("end series", done.rows_affected())
}
