//! Lists, what is known of their rows, the imports on record and their undoing.
//!
//! Must not know: how rows are compared. Callers: other rooms through the trait [`Imports`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::database::Sqlite;
use super::import_writer::{REMOVALS, Writer, remove};
use super::json_rows::JsonRows;
use super::obligation_rows::{by_ids, complete, select_obligations};
use super::obligations::set_ends;
use super::rows::{RowReader, exactly_one, json_texts};
use super::{journal_lines, register_state, revision};
use crate::domain::moment::Moment;
use crate::domain::obligation::{Inputs, Obligation, ObligationId};
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::imports::{
    AddedDuty, FormerDuty, ImportRecord, ImportWriter, Imports, OwedDuty, Undo, UnnumberedDuty,
};
use crate::storage::journal::Entry;
use crate::storage::register_state::RegisterState;

const HAS_LIST: &str = "SELECT id FROM list WHERE list.name = $1";

const LISTS_WITH: &str = "\
SELECT list.name, count(DISTINCT obligation.ref) AS known
FROM jsonb_each($1) AS asked
JOIN obligation ON obligation.ref = asked.value ->> 0 AND obligation.title = asked.value ->> 1
JOIN list ON list.id = obligation.list_id
GROUP BY list.name ORDER BY known DESC, list.name";

const IN_LIST: &str = select_obligations!(
    "\
WHERE ref IN (SELECT value FROM json_each($2)) AND list_id = (SELECT list.id FROM list WHERE list.name = $1)
ORDER BY id DESC"
);

const OWED_IN_LIST: &str = "\
SELECT id, ref, title, due_on, occurrence <> '' AND has_successor = 0 AS opens_others FROM obligation
WHERE list_id = (SELECT list.id FROM list WHERE list.name = $1)
  AND (state = 'open' OR (occurrence <> '' AND has_successor = 0 AND (ends_on IS NULL OR ends_on > $2)))
ORDER BY id";

const OWING_UNITS: &str = "\
SELECT obligation_id, unit_id FROM assignment
WHERE has_left = 0 AND obligation_id IN (
    SELECT id FROM obligation WHERE list_id = (SELECT list.id FROM list WHERE list.name = $1) AND state = 'open')
ORDER BY obligation_id, unit_id";

const UNNUMBERED: &str = "\
SELECT ref, title, written, source FROM obligation
WHERE list_id = (SELECT list.id FROM list WHERE list.name = $1) AND ref >= 'auto-' AND ref < 'auto.'
ORDER BY id";

const ALL_IMPORTS: &str = "\
SELECT import.id, list.name AS list, file, imported_at, imported_by, added, revised, withdrawn, undone_at
FROM import JOIN list ON list.id = list_id ORDER BY import.id";

/// Obligations that an import registered, and later occurrences of their series.
const ADDED_BY: &str = "\
SELECT duty.id, duty.ref, duty.occurrence, duty.occurrence <> '' AND duty.has_successor = 0 AS opens_others,
       EXISTS (SELECT 1 FROM reminder WHERE reminder.obligation_id = duty.id
               AND reminder.state IN ('sealed', 'told', 'undeliverable')) AS is_mailed,
       EXISTS (SELECT 1 FROM assignment WHERE assignment.obligation_id = duty.id
               AND (assignment.state IN ('acknowledged', 'reported')
                    OR (assignment.state = 'closed' AND assignment.closed_at <> duty.registered_at)
                    OR (assignment.state = 'withdrawn' AND assignment.has_left = 0)))
       OR (duty.follow_up_state = 'started' AND duty.follow_ups <> '[]')
       OR EXISTS (SELECT 1 FROM adjustment WHERE adjustment.obligation_id = duty.id)
       OR EXISTS (SELECT 1 FROM counted_event WHERE counted_event.obligation_id = duty.id)
       OR EXISTS (SELECT 1 FROM state_change JOIN assignment ON assignment.id = state_change.assignment_id
                  WHERE assignment.obligation_id = duty.id) AS is_worked_on
FROM obligation AS duty
WHERE duty.list_id = (SELECT import.list_id FROM import WHERE import.id = $1)
  AND (duty.import_id = $1
       OR (duty.import_id IS NULL AND duty.occurrence <> ''
           AND EXISTS (SELECT 1 FROM obligation AS first
                       WHERE first.ref = duty.ref AND first.list_id = duty.list_id AND first.import_id = $1)))
ORDER BY duty.id";

const FORMER: &str = "\
SELECT obligation_id AS id, former FROM import_change WHERE import_id = $1 ORDER BY obligation_id";

const SET_UNDONE: &str = "UPDATE import SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL";

/// A series goes on as it did before the import ended it.
const RESTORE_ENDS: &str = "\
UPDATE obligation SET ends_on = former.former ->> '$.ends_on'
FROM import_change AS former WHERE former.import_id = $1 AND obligation.id = former.obligation_id";

pub(super) const STATEMENTS: &[&str] = &[
    HAS_LIST,
    LISTS_WITH,
    IN_LIST,
    OWED_IN_LIST,
    OWING_UNITS,
    UNNUMBERED,
    ALL_IMPORTS,
    ADDED_BY,
    FORMER,
    SET_UNDONE,
    RESTORE_ENDS,
    REMOVALS[0],
    REMOVALS[1],
    REMOVALS[2],
    REMOVALS[3],
    REMOVALS[4],
    REMOVALS[5],
];

#[async_trait]
impl Imports for Sqlite {
    async fn has_list(&self, name: &str) -> Result<bool, StorageError> {
        Ok(sqlx::query(HAS_LIST).bind(name).fetch_optional(&self.reader).await?.is_some())
    }

    async fn lists_with(
        &self,
        asked: &[(String, String)],
    ) -> Result<Vec<(String, usize)>, StorageError> {
        let mut rows = JsonRows::default();
        for (reference, title) in asked {
            let mut row = rows.row();
            row.text(reference);
            row.text(title);
        }
        let query = sqlx::query(LISTS_WITH).bind(rows.into_json());
        let found = query.fetch_all(&self.reader).await?;
        let list = |row: &SqliteRow| {
            let known: i64 = row.try_get("known")?;
            Ok((row.try_get("name")?, usize::try_from(known).unwrap_or(usize::MAX)))
        };
        found.iter().map(list).collect()
    }

    async fn obligations_in_list(
        &self,
        list: &str,
        references: &[String],
    ) -> Result<Vec<Obligation>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let query = sqlx::query(IN_LIST).bind(list).bind(json_texts(references));
        let rows = query.fetch_all(&mut *transaction).await?;
        complete(&mut transaction, &rows).await
    }

    async fn owed_in_list(&self, list: &str, today: Date) -> Result<Vec<OwedDuty>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let query = sqlx::query(OWED_IN_LIST).bind(list).bind(today.to_string());
        let rows = query.fetch_all(&mut *transaction).await?;
        let owing = sqlx::query(OWING_UNITS).bind(list).fetch_all(&mut *transaction).await?;
        let mut units: BTreeMap<i64, Vec<UnitId>> = BTreeMap::new();
        for row in &owing {
            let unit = UnitId(row.try_get("unit_id")?);
            units.entry(row.try_get("obligation_id")?).or_default().push(unit);
        }
        let duty = |row: &SqliteRow| {
            let row = RowReader::keyed(row, "obligation")?;
            Ok(OwedDuty {
                id: ObligationId(row.id),
                reference: row.get("ref")?,
                title: row.get("title")?,
                due: row.date_if_any("due_on")?,
                units: units.remove(&row.id).unwrap_or_default(),
                opens_others: row.get("opens_others")?,
            })
        };
        rows.iter().map(duty).collect()
    }

    async fn unnumbered_in_list(&self, list: &str) -> Result<Vec<UnnumberedDuty>, StorageError> {
        let rows = sqlx::query(UNNUMBERED).bind(list).fetch_all(&self.reader).await?;
        let duty = |row: &SqliteRow| {
            Ok(UnnumberedDuty {
                reference: row.try_get("ref")?,
                title: row.try_get("title")?,
                written: row.try_get("written")?,
                source: row.try_get("source")?,
            })
        };
        rows.iter().map(duty).collect()
    }

    async fn register_state(&self) -> Result<RegisterState, StorageError> {
        let mut transaction = self.reader.begin().await?;
        register_state::read(&mut transaction).await
    }

    async fn begin_import(
        &self,
        now: Moment,
        since: RegisterState,
    ) -> Result<Box<dyn ImportWriter>, StorageError> {
        Ok(Box::new(Writer::begin(self, now, since)))
    }

    async fn imports(&self) -> Result<Vec<ImportRecord>, StorageError> {
        let rows = sqlx::query(ALL_IMPORTS).fetch_all(&self.reader).await?;
        let record = |row: &SqliteRow| {
            let row = RowReader::keyed(row, "import")?;
            Ok(ImportRecord {
                number: row.id,
                list: row.get("list")?,
                file: row.get("file")?,
                at: row.moment("imported_at")?,
                by: row.get("imported_by")?,
                added: row.get("added")?,
                revised: row.get("revised")?,
                withdrawn: row.get("withdrawn")?,
                undone_at: row.moment_if_any("undone_at")?,
            })
        };
        rows.iter().map(record).collect()
    }

    async fn added_by_import(&self, number: i64) -> Result<Vec<AddedDuty>, StorageError> {
        let rows = sqlx::query(ADDED_BY).bind(number).fetch_all(&self.reader).await?;
        let duty = |row: &SqliteRow| {
            let row = RowReader::keyed(row, "obligation")?;
            let (reference, occurrence): (String, String) =
                (row.get("ref")?, row.get("occurrence")?);
            let is_single = occurrence.is_empty();
            Ok(AddedDuty {
                id: ObligationId(row.id),
                reference: if is_single { reference } else { format!("{reference}/{occurrence}") },
                is_mailed: row.get("is_mailed")?,
                is_worked_on: row.get("is_worked_on")?,
                opens_others: row.get("opens_others")?,
            })
        };
        rows.iter().map(duty).collect()
    }

    async fn former_duties(&self, number: i64) -> Result<Vec<FormerDuty>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        let rows = sqlx::query(FORMER).bind(number).fetch_all(&mut *transaction).await?;
        let ids = rows.iter().map(|row| row.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
        let present = by_ids(&mut transaction, ids.into_iter()).await?;
        let mut former = Vec::with_capacity(rows.len());
        for (row, present) in rows.iter().zip(present) {
            let row = RowReader::keyed(row, "import_change")?;
            former.push(row.read("former", |text| former_duty(text, present))?);
        }
        Ok(former)
    }

    async fn undo_import(
        &self,
        undo: &Undo,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        let query = sqlx::query(SET_UNDONE).bind(undo.number).bind(now.seconds());
        exactly_one("undo import", query.execute(&mut *transaction).await?.rows_affected())?;
        revision::revise(&mut transaction, &undo.revised, now).await?;
        sqlx::query(RESTORE_ENDS).bind(undo.number).execute(&mut *transaction).await?;
        revision::withdraw_gone(&mut transaction, &undo.withdrawn, now).await?;
        set_ends(&mut transaction, &undo.ended).await?;
        revision::withdraw_gone(&mut transaction, &undo.removed, now).await?;
        remove(&mut transaction, undo.removed.iter().map(|id| id.0)).await?;
        journal_lines::append(&mut transaction, entries).await?;
        Ok(transaction.commit().await?)
    }
}

/// What `import_change` holds of how an obligation stood before.
fn former_duty(text: &str, present: Obligation) -> Option<FormerDuty> {
    let former: Value = serde_json::from_str(text).ok()?;
    let text = |key: &str| former.get(key)?.as_str().map(str::to_owned);
    let date = |key: &str| text(key).map_or(Some(None), |it| it.parse().ok().map(Some));
    let units = |key: &str| -> Option<Vec<UnitId>> {
        former.get(key)?.as_array()?.iter().map(|unit| unit.as_i64().map(UnitId)).collect()
    };
    let then = former.get("then")?.as_array()?.iter().map(|name| name.as_str().map(str::to_owned));
    let anchor_at = match former.get("anchor_at").and_then(Value::as_i64) {
        Some(seconds) => Some(Moment::at(Timestamp::from_second(seconds).ok()?)),
        None => None,
    };
    Some(FormerDuty {
        id: present.id,
        inputs: Inputs {
            title: text("title")?,
            written: text("written")?,
            term: text("term")?.parse().ok()?,
            anchor_on: date("anchor_on")?,
            anchor_at,
            rule: text("rule"),
            internal: former.get("internal")?.as_bool()?,
            part_of: text("part_of"),
            part_of_list: text("part_of_list").map(Into::into),
            source: text("source")?,
            note: text("note")?,
            instructions: text("instructions")?,
            ladder: text("ladder")?,
            then: then.collect::<Option<Vec<String>>>()?,
            ..present.inputs
        },
        lead: units("lead")?,
        responsible: units("responsible")?,
        performers: units("performers")?,
        ends_on: date("ends_on")?,
    })
}
