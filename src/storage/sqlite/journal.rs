//! Writes and reads the journal's lines.
//!
//! Must not know: who reads them.

use async_trait::async_trait;
use sqlx::{Row as _, SqliteConnection};

use super::Sqlite;
use crate::storage::StorageError;
use crate::storage::journal::{Entry, FIRST_HASH, Journal, Line};

const LAST_LINE: &str = "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1";

const ADD_LINE: &str = "\
INSERT INTO journal (seq, at, actor, verb, subject, before, after, reason, previous_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const LINES_AFTER: &str = "\
SELECT seq, at, actor, verb, subject, before, after, reason, previous_hash, hash
FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2";

const LINES_OF_SUBJECT: &str = "\
SELECT seq, at, actor, verb, subject, before, after, reason, previous_hash, hash
FROM journal WHERE subject = $1 ORDER BY seq";

pub(super) const STATEMENTS: &[&str] = &[LAST_LINE, ADD_LINE, LINES_AFTER, LINES_OF_SUBJECT];

/// Adds lines to the journal inside the transaction of the step they describe.
pub(super) async fn append(
    transaction: &mut SqliteConnection,
    entries: &[Entry],
) -> Result<(), StorageError> {
    if entries.is_empty() {
        return Ok(());
    }
    let last = newest(&mut *transaction).await?;
    let (mut seq, mut previous_hash) = last.unwrap_or_else(|| (0, FIRST_HASH.to_owned()));
    for entry in entries {
        seq = seq.saturating_add(1);
        let line = chained(entry, seq, previous_hash);
        add(&mut *transaction, &line).await?;
        previous_hash = line.hash;
    }
    Ok(())
}

/// Number and hash of the newest line, if there is any.
pub(super) async fn newest(
    connection: &mut SqliteConnection,
) -> Result<Option<(i64, String)>, StorageError> {
    let last = sqlx::query(LAST_LINE).fetch_optional(connection).await?;
    Ok(last
        .map(|row| Ok::<_, sqlx::Error>((row.try_get("seq")?, row.try_get("hash")?)))
        .transpose()?)
}

fn chained(entry: &Entry, seq: i64, previous_hash: String) -> Line {
    let mut line = Line {
        seq,
        at: entry.at.seconds(),
        actor: entry.actor.clone(),
        verb: entry.verb.to_owned(),
        subject: entry.subject.clone(),
        before: entry.before.clone(),
        after: entry.after.clone(),
        reason: entry.reason.clone(),
        previous_hash,
        hash: String::new(),
    };
    line.hash = line.computed_hash();
    line
}

async fn add(transaction: &mut SqliteConnection, line: &Line) -> Result<(), StorageError> {
    sqlx::query(ADD_LINE)
        .bind(line.seq)
        .bind(line.at)
        .bind(&line.actor)
        .bind(&line.verb)
        .bind(&line.subject)
        .bind(&line.before)
        .bind(&line.after)
        .bind(&line.reason)
        .bind(&line.previous_hash)
        .bind(&line.hash)
        .execute(transaction)
        .await?;
    Ok(())
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

fn line(row: &sqlx::sqlite::SqliteRow) -> Result<Line, StorageError> {
    Ok(Line {
        seq: row.try_get("seq")?,
        at: row.try_get("at")?,
        actor: row.try_get("actor")?,
        verb: row.try_get("verb")?,
        subject: row.try_get("subject")?,
        before: row.try_get("before")?,
        after: row.try_get("after")?,
        reason: row.try_get("reason")?,
        previous_hash: row.try_get("previous_hash")?,
        hash: row.try_get("hash")?,
    })
}
