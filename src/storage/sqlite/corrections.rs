//! Corrections of what was told: who is to hear them, and what they say.
//!
//! Must not know: when something is wrong, how it is worded. Callers: the files of this folder, inside the transaction of
//! the step that corrects.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::rows::RowReader;
use crate::domain::ladder::Tone;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, ObligationUid};
use crate::domain::reminder::{
    Correction, CorrectionKind, Haste, Hearer, KeyPrefix, Occasion, PlannedCorrection, ToldReminder,
};
use crate::domain::unit::{ContactId, ContactUid, Rank, Role, UnitUid};
use crate::storage::StorageError;

const SHARE: &str = "\
SELECT assignment.id, obligation_id, obligation.uid, deadline_version, unit.uid AS unit_uid,
       (SELECT count(*) FROM correction WHERE assignment_id = assignment.id) + 1 AS number
FROM assignment
JOIN obligation ON obligation.id = obligation_id
JOIN unit ON unit.id = unit_id
WHERE assignment.id = $1";

const TOLD: &str = "\
SELECT reminder.id, contact_id, contact.uid AS contact_uid, role, reminder.rank, tone, rung, repeat, deadline_version, told_at,
       correction.kind, correction.detail
FROM reminder
JOIN contact ON contact.id = contact_id
LEFT JOIN correction ON reminder.rung = 'notice.corrected'
    AND correction.assignment_id = reminder.assignment_id AND correction.number = reminder.repeat
WHERE reminder.assignment_id = $1 AND reminder.state = 'told' AND contact.retired_at IS NULL
ORDER BY told_at, reminder.id";

/// A correction that was not told yet is not told any more: what comes after it is right.
const VOID_PLANNED: &str = "\
UPDATE reminder SET state = 'void', reason = NULL
WHERE assignment_id = $1 AND rung = 'notice.corrected' AND state = 'planned'";

const ADD: &str = "\
INSERT INTO correction (assignment_id, number, kind, detail, reason, made_at) VALUES ($1, $2, $3, $4, $5, $6)";

const PLAN: &str = "\
INSERT INTO reminder (key, obligation_id, assignment_id, deadline_version, rung, repeat, role, rank, tone, contact_id, state,
                      haste, planned_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8,
       value ->> 9, 'planned', value ->> 10, $2
FROM jsonb_each($1)";

/// What planned corrections say, with the day of the last mail to the same contact about the share.
const SAID: &str = "\
SELECT reminder.id, correction.kind, correction.detail, correction.reason, correction.made_at,
       (SELECT max(said.told_at) FROM reminder AS said
        WHERE said.assignment_id = reminder.assignment_id AND said.contact_id = reminder.contact_id
          AND said.state = 'told') AS said_at
FROM reminder
JOIN correction ON correction.assignment_id = reminder.assignment_id AND correction.number = reminder.repeat
WHERE reminder.id IN (SELECT value FROM json_each($1)) AND reminder.rung = 'notice.corrected'";

pub(super) const STATEMENTS: &[&str] = &[SHARE, TOLD, VOID_PLANNED, ADD, PLAN, SAID];

/// Plans one letter to each of those who were told of a share what is now wrong; nothing when nobody was.
pub(super) async fn add(
    transaction: &mut SqliteConnection,
    assignment: AssignmentId,
    correction: &Correction,
    now: Moment,
) -> Result<(), StorageError> {
    sqlx::query(VOID_PLANNED).bind(assignment.0).execute(&mut *transaction).await?;
    let rows = sqlx::query(TOLD).bind(assignment.0).fetch_all(&mut *transaction).await?;
    let told = rows.iter().map(told).collect::<Result<Vec<_>, _>>()?;
    if told.is_empty() {
        return Ok(());
    }
    let row = sqlx::query(SHARE).bind(assignment.0).fetch_one(&mut *transaction).await?;
    let share = RowReader::keyed(&row, "assignment")?;
    let version = share.number("deadline_version")?;
    let hearers = correction.hearers(&told, version);
    if hearers.is_empty() {
        return Ok(());
    }
    let number: u32 = share.number("number")?;
    let Correction { kind, reason, .. } = correction;
    let query = sqlx::query(ADD).bind(assignment.0).bind(number).bind(kind.word());
    let query = query.bind(kind.detail()).bind(reason).bind(now.seconds());
    query.execute(&mut *transaction).await?;
    let prefix = KeyPrefix {
        obligation: ObligationUid(share.uid("uid")?),
        deadline_version: version,
        unit: UnitUid(share.uid("unit_uid")?),
    };
    let obligation: i64 = share.get("obligation_id")?;
    let planned = hearers.into_iter().map(|Hearer { contact, contact_uid, role, rank }| {
        let occasion = Occasion::Correction { number };
        let key = prefix.for_contact(&occasion, contact_uid);
        json!([
            key.as_str(),
            obligation,
            assignment.0,
            version,
            occasion.name(),
            number,
            role.word(),
            rank.word(),
            Tone::Warn.word(),
            contact.0,
            Haste::DayMail.word()
        ])
    });
    let planned = planned.collect::<Value>().to_string();
    sqlx::query(PLAN).bind(planned).bind(now.seconds()).execute(transaction).await?;
    Ok(())
}

/// What these reminders say, by key; those that are no corrections are left out.
pub(super) async fn said(
    transaction: &mut SqliteConnection,
    reminders: &str,
) -> Result<BTreeMap<i64, PlannedCorrection>, StorageError> {
    let rows = sqlx::query(SAID).bind(reminders).fetch_all(transaction).await?;
    let mut said = BTreeMap::new();
    for row in &rows {
        let row = RowReader::keyed(row, "correction")?;
        let detail: String = row.get("detail")?;
        let correction = PlannedCorrection {
            kind: row.read("kind", |word| CorrectionKind::from_stored(word, &detail))?,
            reason: row.get("reason")?,
            made_on: row.moment("made_at")?.today(),
            said_on: row.moment_if_any("said_at")?.map(Moment::today),
        };
        said.insert(row.id, correction);
    }
    Ok(said)
}

fn told(row: &SqliteRow) -> Result<ToldReminder, StorageError> {
    let row = RowReader::keyed(row, "reminder")?;
    let detail: Option<String> = row.get("detail")?;
    let detail = detail.unwrap_or_default();
    Ok(ToldReminder {
        contact: ContactId(row.get("contact_id")?),
        contact_uid: ContactUid(row.uid("contact_uid")?),
        role: row.read("role", Role::from_word)?,
        rank: row.read("rank", Rank::from_word)?,
        tone: row.read("tone", Tone::from_word)?,
        occasion: row.occasion()?,
        deadline_version: row.number("deadline_version")?,
        at: row.moment("told_at")?,
        correction: row.read_if_any("kind", |word| CorrectionKind::from_stored(word, &detail))?,
    })
}
