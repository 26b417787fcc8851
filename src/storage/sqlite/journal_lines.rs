//! Appends lines to the journal, each chained to the one before it by its hash.
//!
//! Must not know: who reads them. Callers: the files of this folder, inside the transaction of the step they record.

use serde_json::{Value, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::storage::StorageError;
use crate::storage::journal::{Entry, FIRST_HASH, Field, Line};
use crate::storage::uids::{Salts, salts};

const LAST_LINE: &str = "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1";

const ADD_LINES: &str = "\
INSERT INTO journal (seq, at, action, subject, actor, before, after, reason, actor_salt, before_salt, after_salt,
                     reason_salt, previous_hash, hash)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
       unhex(value ->> 8), unhex(value ->> 9), unhex(value ->> 10), unhex(value ->> 11), value ->> 12, value ->> 13
FROM jsonb_each($1)";

/// Lines with one of some texts, in whatever case, in a field that may be erased.
const LINES_WITH: &str = "\
SELECT seq, at, action, subject, actor, before, after, reason, actor_salt, before_salt, after_salt, reason_salt,
       actor_digest, before_digest, after_digest, reason_digest, previous_hash, hash
FROM journal
WHERE EXISTS (
    SELECT 1 FROM json_each($1) AS sought
    WHERE instr(lower(coalesce(actor, '')), sought.value) > 0 OR instr(lower(coalesce(before, '')), sought.value) > 0
       OR instr(lower(coalesce(after, '')), sought.value) > 0 OR instr(lower(coalesce(reason, '')), sought.value) > 0)";

/// A digest that is NULL leaves its text as it is.
const ERASE_FIELDS: &str = "\
UPDATE journal
SET actor_digest = coalesce(unhex(erased.value ->> 1), actor_digest),
    actor = CASE WHEN erased.value ->> 1 IS NULL THEN actor END,
    actor_salt = CASE WHEN erased.value ->> 1 IS NULL THEN actor_salt END,
    before_digest = coalesce(unhex(erased.value ->> 2), before_digest),
    before = CASE WHEN erased.value ->> 2 IS NULL THEN before END,
    before_salt = CASE WHEN erased.value ->> 2 IS NULL THEN before_salt END,
    after_digest = coalesce(unhex(erased.value ->> 3), after_digest),
    after = CASE WHEN erased.value ->> 3 IS NULL THEN after END,
    after_salt = CASE WHEN erased.value ->> 3 IS NULL THEN after_salt END,
    reason_digest = coalesce(unhex(erased.value ->> 4), reason_digest),
    reason = CASE WHEN erased.value ->> 4 IS NULL THEN reason END,
    reason_salt = CASE WHEN erased.value ->> 4 IS NULL THEN reason_salt END
FROM jsonb_each($1) AS erased WHERE journal.seq = erased.value ->> 0";

pub(super) const STATEMENTS: &[&str] = &[LAST_LINE, ADD_LINES, LINES_WITH, ERASE_FIELDS];

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
    for (entry, salts) in entries.iter().zip(salts(entries.len())?) {
        seq += 1;
        let line = chained(entry, salts, seq, previous_hash);
        lines.push(columns(&line));
        previous_hash = line.hash;
    }
    sqlx::query(ADD_LINES).bind(Value::from(lines).to_string()).execute(transaction).await?;
    Ok(())
}

/// Erases every field that has one of `sought`, in whatever case of ASCII letters; returns how many. Texts that are all
/// space are not sought.
pub(super) async fn erase_fields_with(
    transaction: &mut SqliteConnection,
    sought: &[String],
) -> Result<usize, StorageError> {
    let sought: Vec<String> = sought
        .iter()
        .filter(|text| !text.trim().is_empty())
        .map(|text| text.to_ascii_lowercase())
        .collect();
    let lines = sqlx::query(LINES_WITH)
        .bind(Value::from(sought.clone()).to_string())
        .fetch_all(&mut *transaction)
        .await?;
    let mut erased = 0;
    let mut lines_erased = Vec::with_capacity(lines.len());
    for row in &lines {
        let line = line(row)?;
        let digests = [&line.actor, &line.before, &line.after, &line.reason].map(|field| {
            let text = field.text()?.to_ascii_lowercase();
            let is_sought = sought.iter().any(|sought| text.contains(sought.as_str()));
            field
                .digest()
                .filter(|_| is_sought)
                .map(|digest| data_encoding::HEXLOWER.encode(&digest))
        });
        erased += digests.iter().flatten().count();
        let [actor, before, after, reason] = digests;
        lines_erased.push(json!([line.seq, actor, before, after, reason]));
    }
    sqlx::query(ERASE_FIELDS)
        .bind(Value::from(lines_erased).to_string())
        .execute(transaction)
        .await?;
    Ok(erased)
}

/// Returns number and hash of the last line, if there is any.
pub(super) async fn last_line(
    connection: &mut SqliteConnection,
) -> Result<Option<(i64, String)>, StorageError> {
    let row = sqlx::query(LAST_LINE).fetch_optional(connection).await?;
    row.map(|row| Ok((row.try_get("seq")?, row.try_get("hash")?))).transpose()
}

/// Numbers and hashes a line. NUL is replaced before hashing: lines go to SQLite as JSON, where it ends a text.
fn chained(entry: &Entry, salts: Salts, seq: i64, previous_hash: String) -> Line {
    let stored = |text: &str| text.replace('\0', "\u{FFFD}");
    let field = |text: Option<&str>, salt| {
        text.map_or(Field::Absent, |text| Field::Kept { text: stored(text), salt })
    };
    let [actor, before, after, reason] = salts;
    let mut line = Line {
        seq,
        at: entry.at.seconds(),
        actor: field(Some(&entry.actor), actor),
        verb: entry.action.word().to_owned(),
        subject: stored(&entry.subject),
        before: field(entry.before.as_deref(), before),
        after: field(entry.after.as_deref(), after),
        reason: field(entry.reason.as_deref(), reason),
        previous_hash,
        hash: String::new(),
    };
    line.hash = line.computed_hash();
    line
}

fn columns(line: &Line) -> Value {
    let salt = |field: &Field| match field {
        Field::Kept { salt, .. } => Some(data_encoding::HEXLOWER.encode(salt)),
        Field::Absent | Field::Erased { .. } => None,
    };
    json!([
        line.seq,
        line.at,
        line.verb,
        line.subject,
        line.actor.text(),
        line.before.text(),
        line.after.text(),
        line.reason.text(),
        salt(&line.actor),
        salt(&line.before),
        salt(&line.after),
        salt(&line.reason),
        line.previous_hash,
        line.hash,
    ])
}

/// Reads a stored line.
pub(super) fn line(row: &SqliteRow) -> Result<Line, StorageError> {
    Ok(Line {
        seq: row.try_get("seq")?,
        at: row.try_get("at")?,
        actor: field(row, ["actor", "actor_salt", "actor_digest"])?,
        verb: row.try_get("action")?,
        subject: row.try_get("subject")?,
        before: field(row, ["before", "before_salt", "before_digest"])?,
        after: field(row, ["after", "after_salt", "after_digest"])?,
        reason: field(row, ["reason", "reason_salt", "reason_digest"])?,
        previous_hash: row.try_get("previous_hash")?,
        hash: row.try_get("hash")?,
    })
}

fn field(row: &SqliteRow, [text, salt, digest]: [&str; 3]) -> Result<Field, StorageError> {
    let salt: Option<&[u8]> = row.try_get(salt)?;
    let digest: Option<&[u8]> = row.try_get(digest)?;
    let salt = salt.and_then(|salt| salt.try_into().ok());
    let digest = digest.and_then(|digest| digest.try_into().ok());
    Ok(match (row.try_get(text)?, salt, digest) {
        (Some(text), Some(salt), _) => Field::Kept { text, salt },
        (_, _, Some(digest)) => Field::Erased { digest },
        (..) => Field::Absent,
    })
}
