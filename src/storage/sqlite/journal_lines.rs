//! Appends lines to the journal, each chained to the one before it by its hash.
//!
//! Must not know: who reads them. Callers: the files of this folder, inside the transaction of the step they record.

use serde_json::{Value, json};
use sqlx::{Row as _, SqliteConnection};

use crate::storage::StorageError;
use crate::storage::journal::{Entry, FIRST_HASH, Line};

const LAST_LINE: &str = "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1";

const ADD_LINES: &str = "\
INSERT INTO journal (seq, at, actor, action, subject, before, after, reason, previous_hash, hash)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
       value ->> 8, value ->> 9
FROM json_each($1)";

pub(super) const STATEMENTS: &[&str] = &[LAST_LINE, ADD_LINES];

/// Appends lines inside the transaction of the step that they record.
pub(super) async fn append(
    transaction: &mut SqliteConnection,
    entries: &[Entry],
) -> Result<(), StorageError> {
    if entries.is_empty() {
        return Ok(());
    }
    let last = last_line(&mut *transaction).await?;
    let (mut seq, mut previous_hash) = last.unwrap_or_else(|| (0, FIRST_HASH.to_owned()));
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        seq += 1;
        let line = chained(entry, seq, previous_hash);
        lines.push(columns(&line));
        previous_hash = line.hash;
    }
    sqlx::query(ADD_LINES).bind(Value::from(lines).to_string()).execute(transaction).await?;
    Ok(())
}

/// Returns number and hash of the last line, if there is any.
pub(super) async fn last_line(
    connection: &mut SqliteConnection,
) -> Result<Option<(i64, String)>, StorageError> {
    let row = sqlx::query(LAST_LINE).fetch_optional(connection).await?;
    row.map(|row| Ok((row.try_get("seq")?, row.try_get("hash")?))).transpose()
}

/// Numbers and hashes a line. NUL is replaced before hashing: lines go to SQLite as JSON, where it ends a text.
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

fn columns(line: &Line) -> Value {
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
