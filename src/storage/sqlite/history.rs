//! What is on record about one obligation: its shares and the reminders that are in a message.
//!
//! Must not know: how it is shown. Callers: other rooms through the trait [`History`].

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;

use super::database::Sqlite;
use super::rows::RowReader;
use crate::domain::delivery::{MessageKey, MessageState};
use crate::domain::ladder::Tone;
use crate::domain::obligation::{AssignmentState, ObligationId};
use crate::domain::reminder::Occasion;
use crate::domain::unit::{Role, UnitId};
use crate::storage::StorageError;
use crate::storage::history::{History, MailedReminder, ShareRecord};

const SHARES: &str = "\
SELECT id, unit_id, state, acknowledged_at, reported_at, done_on, evidence, closed_at FROM assignment
WHERE obligation_id = $1 ORDER BY id";

const MAILED: &str = "\
SELECT reminder.id, reminder.message_id, message.state AS message_state, message.day_on, message.accepted_at,
       contact.name AS contact, message.recipient, assignment.unit_id, reminder.role, reminder.tone, reminder.rung,
       reminder.repeat
FROM assignment
JOIN reminder ON reminder.assignment_id = assignment.id
JOIN message ON message.id = reminder.message_id
JOIN contact ON contact.id = reminder.contact_id
WHERE assignment.obligation_id = $1 ORDER BY reminder.message_id, reminder.id";

pub(super) const STATEMENTS: &[&str] = &[SHARES, MAILED];

#[async_trait]
impl History for Sqlite {
    async fn share_records(
        &self,
        obligation: ObligationId,
    ) -> Result<Vec<ShareRecord>, StorageError> {
        let rows = sqlx::query(SHARES).bind(obligation.0).fetch_all(&self.reader).await?;
        rows.iter().map(share).collect()
    }

    async fn mailed_reminders(
        &self,
        obligation: ObligationId,
    ) -> Result<Vec<MailedReminder>, StorageError> {
        let rows = sqlx::query(MAILED).bind(obligation.0).fetch_all(&self.reader).await?;
        rows.iter().map(reminder).collect()
    }
}

fn share(row: &SqliteRow) -> Result<ShareRecord, StorageError> {
    let row = RowReader::keyed(row, "assignment")?;
    Ok(ShareRecord {
        unit: UnitId(row.get("unit_id")?),
        state: row.read("state", AssignmentState::from_word)?,
        acknowledged: row.moment_if_any("acknowledged_at")?,
        reported: row.moment_if_any("reported_at")?,
        done_on: row.date_if_any("done_on")?,
        evidence: row.get("evidence")?,
        closed: row.moment_if_any("closed_at")?,
    })
}

fn reminder(row: &SqliteRow) -> Result<MailedReminder, StorageError> {
    let row = RowReader::keyed(row, "reminder")?;
    Ok(MailedReminder {
        message: MessageKey(row.get("message_id")?),
        message_state: row.read("message_state", MessageState::from_word)?,
        day: row.date("day_on")?,
        accepted: row.moment_if_any("accepted_at")?,
        contact: row.get("contact")?,
        recipient: row.get("recipient")?,
        owed_by: UnitId(row.get("unit_id")?),
        role: row.read("role", Role::from_word)?,
        tone: row.read("tone", Tone::from_word)?,
        occasion: Occasion::from_stored(row.get("rung")?, row.number("repeat")?),
    })
}
