//! Writes and reads the journal's lines.
//!
//! Must not know: who reads them.

use async_trait::async_trait;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::Sqlite;
use super::script::Script;
use crate::storage::StorageError;
use crate::storage::journal::{Entry, FIRST_HASH, Journal, Line};

const LAST_LINE: &str = "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1";

const ADD_LINES: &str = "\
INSERT INTO journal (seq, at, actor, action, subject, before, after, reason, previous_hash, hash)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
       value ->> 8, value ->> 9
FROM json_each($1)";

const LINES_AFTER: &str = "\
SELECT seq, at, actor, action, subject, before, after, reason, previous_hash, hash
FROM journal WHERE seq > $1 ORDER BY seq LIMIT +$2";

const LINES_OF_SUBJECT: &str = "\
SELECT seq, at, actor, action, subject, before, after, reason, previous_hash, hash
FROM journal WHERE subject = $1 ORDER BY seq";

pub(super) const STATEMENTS: &[&str] = &[LAST_LINE, ADD_LINES, LINES_AFTER, LINES_OF_SUBJECT];

/// Adds lines to the journal inside the transaction of the step they describe.
pub(super) async fn append(
    transaction: &mut SqliteConnection,
    entries: &[Entry],
) -> Result<(), StorageError> {
    if entries.is_empty() {
        return Ok(());
    }
    let last = newest(&mut *transaction).await?;
    add_lines(Script::default(), last, entries).run(transaction).await?;
    Ok(())
}

/// Asks for the newest line; read it with [`newest_of`].
pub(super) fn seek_newest(script: Script) -> Script {
    script.add(LAST_LINE)
}

/// Adds lines after `newest`.
pub(super) fn add_lines(
    script: Script,
    newest: Option<(i64, String)>,
    entries: &[Entry],
) -> Script {
    let (mut seq, mut previous_hash) = newest.unwrap_or_else(|| (0, FIRST_HASH.to_owned()));
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        seq = seq.saturating_add(1);
        let line = chained(entry, seq, previous_hash);
        rows.push(row(&line));
        previous_hash = line.hash;
    }
    script.add(ADD_LINES).bind(Value::from(rows).to_string())
}

/// Number and hash of the newest line, if there is any.
pub(super) async fn newest(
    connection: &mut SqliteConnection,
) -> Result<Option<(i64, String)>, StorageError> {
    newest_of(sqlx::query(LAST_LINE).fetch_optional(connection).await?.as_ref())
}

/// The newest line, of the row that holds it.
pub(super) fn newest_of(row: Option<&SqliteRow>) -> Result<Option<(i64, String)>, StorageError> {
    row.map(|row| Ok((row.try_get("seq")?, row.try_get("hash")?))).transpose()
}

/// Numbers and hashes what will be stored: the lines travel as JSON, in which SQLite ends a text at NUL.
fn chained(entry: &Entry, seq: i64, previous_hash: String) -> Line {
    let stored = |text: &str| text.replace('\0', "\u{FFFD}");
    let mut line = Line {
        seq,
        at: entry.at.seconds(),
        actor: stored(&entry.actor),
        verb: entry.action.word().to_owned(),
        subject: stored(&entry.subject),
        before: entry.before.as_deref().map(stored),
        after: entry.after.as_deref().map(stored),
        reason: entry.reason.as_deref().map(stored),
        previous_hash,
        hash: String::new(),
    };
    line.hash = line.computed_hash();
    line
}

fn row(line: &Line) -> Value {
    json!([
        line.seq,
        line.at,
        line.actor,
        line.verb,
        line.subject,
        line.before,
        line.after,
        line.reason,
        line.previous_hash,
        line.hash,
    ])
}

#[async_trait]
impl Journal for Sqlite {
    async fn journal_after(&self, seq: i64, limit: u32) -> Result<Vec<Line>, StorageError> {
        let rows = sqlx::query(LINES_AFTER).bind(seq).bind(limit).fetch_all(&self.reader).await?;
        rows.iter().map(line).collect()
    }

    async fn journal_of(&self, subject: &str) -> Result<Vec<Line>, StorageError> {
        let rows = sqlx::query(LINES_OF_SUBJECT).bind(subject).fetch_all(&self.reader).await?;
        rows.iter().map(line).collect()
    }
}

fn line(row: &SqliteRow) -> Result<Line, StorageError> {
    Ok(Line {
        seq: row.try_get("seq")?,
        at: row.try_get("at")?,
        actor: row.try_get("actor")?,
        verb: row.try_get("action")?,
        subject: row.try_get("subject")?,
        before: row.try_get("before")?,
        after: row.try_get("after")?,
        reason: row.try_get("reason")?,
        previous_hash: row.try_get("previous_hash")?,
        hash: row.try_get("hash")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::journal::Action;
    use crate::domain::moment::Moment;
    use crate::storage::journal::verify;

    fn entry(subject: &str, reason: Option<&str>) -> Entry {
        Entry {
            at: Moment::from_local(jiff::civil::date(2026, 1, 5).at(9, 0, 0, 0)).unwrap(),
            actor: "张三".to_owned(),
            action: Action::Close,
            subject: subject.to_owned(),
            before: None,
            after: Some(r#"{"a": "\"督办\\"}"#.to_owned()),
            reason: reason.map(str::to_owned),
        }
    }

    #[tokio::test]
    async fn whatever_is_written_is_read_as_it_was_hashed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("ledger.db")).await.unwrap();
        let entries = [entry("a 1", Some("完成\0\u{1F600}\r\n'\"")), entry("", None)];
        for _ in 0..2 {
            let mut transaction = store.write().await.unwrap();
            append(&mut transaction, &entries).await.unwrap();
            transaction.commit().await.unwrap();
        }
        let lines = store.journal_after(0, 10).await.unwrap();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0].reason.as_deref(), Some("完成\u{FFFD}\u{1F600}\r\n'\""));
        assert_eq!(lines[1].reason, None);
        assert!(verify((0, FIRST_HASH.to_owned()), &lines).is_ok());
    }
}
