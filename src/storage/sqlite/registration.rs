//! Registers obligations in sets: a few statements for any number of them, with their parties, shares and dates.
//!
//! Must not know: what a due date means, which obligations are new. Callers: the files of this folder, inside the
//! transaction of the step that registers.

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::{Row as _, SqliteConnection};

use super::json_rows::{JsonRow, JsonRows};
use super::lifecycle::update_obligation_states;
use super::projection::short_form;
use super::reminders::plans::add_ladder_version;
use super::rows::exactly;
use crate::domain::ladder::Ladder;
use crate::domain::moment::Moment;
use crate::domain::obligation::ObligationId;
use crate::domain::uid::Uid;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::obligations::Registration;

const LAST_KEY: &str = "SELECT coalesce(max(id), 0) AS last FROM obligation";

const ADD_OBLIGATIONS: &str = "\
INSERT INTO obligation (id, uid, list_id, ref, occurrence, title, written, term, anchor_on, anchor_at, rule, internal, part_of,
                        part_of_list_id, source, note, ladder, follow_ups, ends_on, due_on, due_at, act_by_on, earliest_on,
                        provisional, calendar_version, rule_version, law_version, method, instructions, ladder_hash,
                        registered_at, import_id)
SELECT value ->> 0, value ->> 28, (SELECT list.id FROM list WHERE list.name = value ->> 1), value ->> 2, value ->> 3, value ->> 4,
       value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11,
       (SELECT list.id FROM list WHERE list.name = value ->> 12), value ->> 13, value ->> 14, value ->> 15, value ->> 16,
       value ->> 17, value ->> 18, value ->> 19, value ->> 20, value ->> 21, value ->> 22, value ->> 23, value ->> 24,
       value ->> 25, value ->> 26, value ->> 27, value ->> 29, $2, $3
FROM jsonb_each($1)";

const ADD_PARTIES: &str = "\
INSERT INTO party (obligation_id, role, position, unit_id)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM jsonb_each($1)";

const ADD_SHARES: &str = "\
INSERT INTO assignment (obligation_id, unit_id, next_plan_on)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each($1)";

/// Closes the shares of obligations that were done before they were registered.
const CLOSE_SHARES: &str = "\
UPDATE assignment
SET state = 'closed', next_plan_on = NULL, done_on = new.value ->> 1, evidence = new.value ->> 2, closed_at = $2
FROM jsonb_each($1) AS new WHERE assignment.obligation_id = new.value ->> 0";

pub(super) const STATEMENTS: &[&str] =
    &[LAST_KEY, ADD_OBLIGATIONS, ADD_PARTIES, ADD_SHARES, CLOSE_SHARES];

/// New obligations as parameters of statements; their keys follow each other.
pub(super) struct NewRows<T = String> {
    count: usize,
    obligations: T,
    parties: T,
    shares: T,
    /// Those that are done already.
    completions: T,
    completed: Vec<ObligationId>,
    /// Each ladder that one of them starts on.
    ladders: Vec<Arc<Ladder>>,
}

impl NewRows {
    /// `first` is the key of the first.
    pub(super) fn of(
        first: i64,
        registrations: &[(Uid, &Registration)],
        now: Moment,
    ) -> Result<Self, StorageError> {
        let today = now.today().to_string();
        let (mut obligations, mut shares) = (JsonRows::default(), JsonRows::default());
        let (mut parties, mut completions) = (JsonRows::default(), JsonRows::default());
        let (mut completed, mut ladders) = (Vec::new(), Vec::new());
        let mut hashes: BTreeMap<&str, String> = BTreeMap::new();
        for (id, (uid, registration)) in (first..).zip(registrations) {
            let start = registration.start.as_ref();
            if let Some(start) = start.filter(|start| !hashes.contains_key(start.ladder.name())) {
                hashes.insert(start.ladder.name(), start.ladder.hash());
                ladders.push(Arc::clone(&start.ladder));
            }
            let hash = start.and_then(|start| hashes.get(start.ladder.name()));
            add_obligation(&mut obligations, id, registration, *uid, hash.map(String::as_str))?;
            add_parties(&mut parties, ObligationId(id), registration);
            // An obligation without a date has nothing to plan.
            let has_date = registration.projection.deadline.is_some();
            let look = start.map_or_else(|| today.clone(), |start| start.first_look_on.to_string());
            let plan_on = has_date.then_some(look.as_str());
            for unit in &registration.performers {
                let mut row = shares.row();
                row.number(id);
                row.number(unit.0);
                row.text_if_any(plan_on);
            }
            if let Some(completion) = &registration.completion {
                let mut row = completions.row();
                row.number(id);
                row.plain(completion.on);
                row.text_if_any(completion.evidence.as_deref());
                completed.push(ObligationId(id));
            }
        }
        Ok(Self {
            count: registrations.len(),
            obligations: obligations.into_json(),
            parties: parties.into_json(),
            shares: shares.into_json(),
            completions: completions.into_json(),
            completed,
            ladders,
        })
    }

    pub(super) async fn write(
        self,
        transaction: &mut SqliteConnection,
        import: Option<i64>,
        now: Moment,
    ) -> Result<(), StorageError> {
        for ladder in &self.ladders {
            add_ladder_version(&mut *transaction, ladder).await?;
        }
        let query = sqlx::query(ADD_OBLIGATIONS).bind(self.obligations);
        let done = query.bind(now.seconds()).bind(import).execute(&mut *transaction).await?;
        exactly("register obligations", self.count, done.rows_affected())?;
        store_parties(&mut *transaction, self.parties).await?;
        sqlx::query(ADD_SHARES).bind(self.shares).execute(&mut *transaction).await?;
        if self.completed.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(CLOSE_SHARES).bind(self.completions).bind(now.seconds());
        query.execute(&mut *transaction).await?;
        update_obligation_states(transaction, self.completed.into_iter()).await
    }
}

impl<T> NewRows<T> {
    /// The same with each parameter replaced, in their order.
    pub(super) fn try_map<U>(
        self,
        mut replace: impl FnMut(T) -> Result<U, StorageError>,
    ) -> Result<NewRows<U>, StorageError> {
        let Self { count, obligations, parties, shares, completions, completed, ladders } = self;
        Ok(NewRows {
            count,
            obligations: replace(obligations)?,
            parties: replace(parties)?,
            shares: replace(shares)?,
            completions: replace(completions)?,
            completed,
            ladders,
        })
    }
}

/// Returns the key that the next new obligation gets.
pub(super) async fn next_key(connection: &mut SqliteConnection) -> Result<i64, StorageError> {
    let row = sqlx::query(LAST_KEY).fetch_one(connection).await?;
    Ok(row.try_get::<i64, _>("last")? + 1)
}

/// Registers new obligations; returns the key of the first, the others follow it.
pub(super) async fn add(
    transaction: &mut SqliteConnection,
    registrations: &[(Uid, &Registration)],
    now: Moment,
) -> Result<ObligationId, StorageError> {
    let first = next_key(&mut *transaction).await?;
    NewRows::of(first, registrations, now)?.write(transaction, None, now).await?;
    Ok(ObligationId(first))
}

fn add_obligation(
    rows: &mut JsonRows,
    id: i64,
    registration: &Registration,
    uid: Uid,
    ladder_hash: Option<&str>,
) -> Result<(), StorageError> {
    let inputs = &registration.inputs;
    let mut row = rows.row();
    row.number(id);
    row.text(&inputs.list);
    row.text(&inputs.reference);
    row.text(&inputs.occurrence);
    add_inputs_and_dates(&mut row, registration)?;
    row.plain(uid);
    row.text_if_any(ladder_hash);
    Ok(())
}

/// Adds what a document says and the dates that follow, from `title` to `instructions`: the same columns in the same order for a
/// new obligation and for a revised one.
pub(super) fn add_inputs_and_dates(
    row: &mut JsonRow<'_>,
    registration: &Registration,
) -> Result<(), StorageError> {
    let Registration { inputs, projection, .. } = registration;
    let deadline = projection.deadline.as_ref();
    row.text(&inputs.title);
    row.text(&inputs.written);
    row.text(&short_form(&projection.term)?);
    row.plain_if_any(inputs.anchor_on);
    row.number_if_any(inputs.anchor_at.map(Moment::seconds));
    row.text_if_any(inputs.rule.as_deref());
    row.flag(inputs.internal);
    row.text_if_any(inputs.part_of.as_deref());
    row.text_if_any(inputs.part_of_list.as_deref());
    row.text(&inputs.source);
    row.text(&inputs.note);
    row.text(&inputs.ladder);
    row.text(&follow_ups(&inputs.then));
    row.plain_if_any(registration.ends_on);
    row.plain_if_any(deadline.map(|deadline| deadline.due));
    row.number_if_any(deadline.and_then(|deadline| deadline.due_at).map(Moment::seconds));
    row.plain_if_any(deadline.map(|deadline| deadline.act_by));
    row.plain_if_any(deadline.and_then(|deadline| deadline.earliest));
    row.flag(deadline.is_some_and(|deadline| deadline.provisional));
    row.text(&projection.calendar_version);
    row.text_if_any(projection.rule_version.as_deref());
    row.text(&projection.law_version);
    row.plain(projection.method);
    row.text(&inputs.instructions);
    Ok(())
}

/// 接续 as it is stored: a JSON array.
pub(super) fn follow_ups(then: &[String]) -> String {
    if then.is_empty() { "[]".to_owned() } else { super::rows::json_texts(then) }
}

/// Adds lead and responsible units in the document's order.
pub(super) fn add_parties(rows: &mut JsonRows, id: ObligationId, registration: &Registration) {
    let mut add = |role: &str, units: &[UnitId]| {
        for (position, unit) in (0_i64..).zip(units) {
            let mut row = rows.row();
            row.number(id.0);
            row.text(role);
            row.number(position);
            row.number(unit.0);
        }
    };
    add("lead", &registration.lead);
    add("responsible", &registration.responsible);
}

pub(super) async fn store_parties(
    transaction: &mut SqliteConnection,
    parties: String,
) -> Result<(), StorageError> {
    sqlx::query(ADD_PARTIES).bind(parties).execute(transaction).await?;
    Ok(())
}
