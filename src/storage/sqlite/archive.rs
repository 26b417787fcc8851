//! Cuts out of the ledger what ended in a period, as a ledger of its own.
//!
//! Must not know: what else stands in an archive (`cli`). Callers: `cli`.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use jiff::civil::Date;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};

use super::database::{COPY, Sqlite};
use super::mail_bundles;
use crate::domain::delivery::MessageKey;
use crate::domain::moment::Moment;
use crate::storage::StorageError;

/// Keeps the obligations that ended from $1 until before $2: closed with their last share, or withdrawn as the journal says.
const OTHER_OBLIGATIONS: &str = "\
DELETE FROM obligation
WHERE state = 'open' OR coalesce(
    (SELECT max(assignment.closed_at) FROM assignment
     WHERE assignment.obligation_id = obligation.id AND assignment.state = 'closed'),
    (SELECT max(journal.at) FROM journal
     WHERE journal.action = 'withdraw' AND journal.subject = 'obligation '
         || CASE obligation.list_id WHEN 1 THEN ''
            ELSE (SELECT list.name FROM list WHERE list.id = obligation.list_id) || '/' END
         || obligation.ref || CASE obligation.occurrence WHEN '' THEN '' ELSE '/' || obligation.occurrence END),
    registered_at) NOT BETWEEN $1 AND $2 - 1";

/// Bytes of mails about other obligations, packed together with some that are kept.
const OTHER_BUNDLED_MAILS: &str = "\
SELECT message_id FROM bundled_message
WHERE message_id NOT IN (SELECT reminder.message_id FROM reminder WHERE reminder.message_id IS NOT NULL)";

/// What belongs to other obligations; before [`LEFT_OVERS`], so that each statement finds what the ones before it left.
const PARTS_OF_OTHERS: [&str; 9] = [
    "DELETE FROM party WHERE obligation_id NOT IN (SELECT id FROM obligation)",
    "DELETE FROM reminder WHERE obligation_id NOT IN (SELECT id FROM obligation)",
    "DELETE FROM assignment WHERE obligation_id NOT IN (SELECT id FROM obligation)",
    "DELETE FROM correction WHERE assignment_id NOT IN (SELECT id FROM assignment)",
    "DELETE FROM state_change WHERE assignment_id NOT IN (SELECT id FROM assignment)",
    "DELETE FROM import_change WHERE obligation_id NOT IN (SELECT id FROM obligation)",
    "DELETE FROM adjustment WHERE obligation_id NOT IN (SELECT id FROM obligation)",
    "DELETE FROM date_change WHERE obligation_id NOT IN (SELECT id FROM obligation)",
    "DELETE FROM counted_event WHERE obligation_id NOT IN (SELECT id FROM obligation)",
];

/// Mails, contacts and lists that nothing names any more, and what belongs to an installation and not to the record.
const LEFT_OVERS: [&str; 16] = [
    "DELETE FROM message_bytes WHERE message_id NOT IN (SELECT reminder.message_id FROM reminder WHERE reminder.message_id IS NOT NULL)",
    "DELETE FROM attempt WHERE message_id NOT IN (SELECT reminder.message_id FROM reminder WHERE reminder.message_id IS NOT NULL)",
    "DELETE FROM incoming_message WHERE message_id IS NULL
        OR message_id NOT IN (SELECT reminder.message_id FROM reminder WHERE reminder.message_id IS NOT NULL)",
    "DELETE FROM message WHERE id NOT IN (SELECT reminder.message_id FROM reminder WHERE reminder.message_id IS NOT NULL)",
    "DELETE FROM absence",
    "UPDATE contact SET erase_after_at = NULL",
    "DELETE FROM contact WHERE id NOT IN (
        SELECT contact_id FROM reminder WHERE contact_id IS NOT NULL
        UNION SELECT contact_id FROM message WHERE contact_id IS NOT NULL)",
    "DELETE FROM import_change WHERE import_id NOT IN (SELECT import_id FROM obligation WHERE import_id IS NOT NULL)",
    "DELETE FROM import WHERE id NOT IN (SELECT import_id FROM obligation WHERE import_id IS NOT NULL)",
    "DELETE FROM list WHERE id <> 1 AND id NOT IN (
        SELECT list_id FROM obligation UNION SELECT part_of_list_id FROM obligation WHERE part_of_list_id IS NOT NULL
        UNION SELECT list_id FROM import)",
    "DELETE FROM suppression",
    "DELETE FROM circuit_breaker",
    "DELETE FROM operator_item",
    "DELETE FROM item_decision",
    "DELETE FROM instance",
    "DELETE FROM ledger",
];

/// The journal through the period, from its first line: a chain without its beginning proves nothing.
const LATER_LINES: &str = "\
DELETE FROM journal WHERE seq > coalesce((SELECT max(earlier.seq) FROM journal AS earlier WHERE earlier.at < $1), 0)";

const FOREIGN_KEYS: &str = "PRAGMA foreign_key_check";

pub(super) const STATEMENTS: &[&str] =
    &[OTHER_OBLIGATIONS, OTHER_BUNDLED_MAILS, LATER_LINES, FOREIGN_KEYS];

pub(super) const DELETIONS: [&[&str]; 2] = [&PARTS_OF_OTHERS, &LEFT_OVERS];

impl Sqlite {
    /// See [`Site::write_part`](crate::storage::site::Site::write_part).
    pub(super) async fn write_part_to(
        &self,
        path: &Path,
        scratch: &Path,
        from: Date,
        through: Date,
    ) -> Result<(), StorageError> {
        sqlx::query(COPY).bind(scratch.display().to_string()).execute(&self.reader).await?;
        let options = SqliteConnectOptions::new().filename(scratch).foreign_keys(false);
        let mut copy = options.connect().await?;
        cut(&mut copy, seconds(from), seconds(through.tomorrow().unwrap_or(Date::MAX))).await?;
        if let Some(row) = sqlx::query(FOREIGN_KEYS).fetch_optional(&mut copy).await? {
            let finding: String = row.try_get(0)?;
            return Err(StorageError::Damaged { path: scratch.to_owned(), finding });
        }
        sqlx::query(COPY).bind(path.display().to_string()).execute(&mut copy).await?;
        copy.close().await?;
        blank_counters(path).map_err(|source| StorageError::File { path: path.to_owned(), source })
    }
}

async fn cut(copy: &mut SqliteConnection, from: i64, until: i64) -> Result<(), StorageError> {
    let query = sqlx::query(OTHER_OBLIGATIONS).bind(from).bind(until);
    query.execute(&mut *copy).await?;
    for statement in PARTS_OF_OTHERS {
        sqlx::query(statement).execute(&mut *copy).await?;
    }
    let rows = sqlx::query(OTHER_BUNDLED_MAILS).fetch_all(&mut *copy).await?;
    let others: Vec<MessageKey> = rows
        .iter()
        .map(|row| Ok(MessageKey(row.try_get("message_id")?)))
        .collect::<Result<_, StorageError>>()?;
    mail_bundles::erase(&mut *copy, &others, until).await?;
    for statement in LEFT_OVERS {
        sqlx::query(statement).execute(&mut *copy).await?;
    }
    sqlx::query(LATER_LINES).bind(until).execute(copy).await?;
    Ok(())
}

/// The first second of a day in Asia/Shanghai.
fn seconds(day: Date) -> i64 {
    Moment::from_local(day.at(0, 0, 0, 0)).map_or(i64::MAX, Moment::seconds)
}

/// Overwrites the counters of changes in the header of a database file, which say how often it was written and not what
/// stands in it: the change counter, the schema cookie, and the counter at which the version is valid
/// (sqlite.org/fileformat.html, 1.3).
fn blank_counters(path: &Path) -> std::io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).open(path)?;
    for place in [24, 40, 92] {
        file.seek(SeekFrom::Start(place))?;
        file.write_all(&[0, 0, 0, 1])?;
    }
    file.sync_all()
}
