//! Bytes of mails: each by itself at first, packed together by day later on.
//!
//! Must not know: when mails are packed or deleted. A bundle is one zlib stream, since mails of one day are much alike.
//! Callers: the files of this folder.

use std::collections::BTreeSet;
use std::io::{self, Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::rows::json_ids;
use crate::domain::delivery::MessageKey;
use crate::storage::{StorageError, Trouble};

const BYTES: &str = "SELECT bytes FROM message_bytes WHERE message_id = $1";

const BUNDLE_OF: &str = "\
SELECT packed, start, length FROM bundled_message JOIN mail_bundle ON mail_bundle.id = bundle_id WHERE message_id = $1";

const NEXT_BUNDLE: &str = "SELECT id, packed FROM mail_bundle WHERE id > $1 ORDER BY id LIMIT 1";

const IN_BUNDLE: &str = "\
SELECT message_id, start, length FROM bundled_message WHERE bundle_id = $1 ORDER BY start";

const BUNDLES_WITH: &str = "\
SELECT DISTINCT bundle_id FROM bundled_message WHERE message_id IN (SELECT value FROM json_each($1)) ORDER BY bundle_id";

const BUNDLE: &str = "SELECT packed FROM mail_bundle WHERE id = $1";

const ADD_BUNDLE: &str = "INSERT INTO mail_bundle (day_on, packed) VALUES ($1, $2) RETURNING id";

const SET_PACKED: &str = "UPDATE mail_bundle SET packed = $2 WHERE id = $1";

const PUT_IN_BUNDLE: &str = "\
INSERT INTO bundled_message (message_id, bundle_id, start, length)
SELECT value ->> 0, $2, value ->> 1, value ->> 2 FROM jsonb_each($1)";

const EMPTY_BUNDLE: &str = "DELETE FROM bundled_message WHERE bundle_id = $1";

const DELETE_BUNDLE: &str = "DELETE FROM mail_bundle WHERE id = $1";

const DELETE_BYTES: &str =
    "DELETE FROM message_bytes WHERE message_id IN (SELECT value FROM json_each($1))";

const MARK_BYTES_ERASED: &str = "\
UPDATE message SET bytes_erased_at = $2
WHERE id IN (SELECT value FROM json_each($1)) AND bytes_erased_at IS NULL";

pub(super) const STATEMENTS: &[&str] = &[
    BYTES,
    BUNDLE_OF,
    NEXT_BUNDLE,
    IN_BUNDLE,
    BUNDLES_WITH,
    BUNDLE,
    ADD_BUNDLE,
    SET_PACKED,
    PUT_IN_BUNDLE,
    EMPTY_BUNDLE,
    DELETE_BUNDLE,
    DELETE_BYTES,
    MARK_BYTES_ERASED,
];

/// A mail with its bytes.
pub(super) type Mail = (MessageKey, Vec<u8>);

/// Returns the bytes of a mail, packed or not; `None` when there is no such mail or they were erased.
pub(super) async fn bytes_of(
    connection: &mut SqliteConnection,
    key: MessageKey,
) -> Result<Option<Vec<u8>>, StorageError> {
    if let Some(row) = sqlx::query(BYTES).bind(key.0).fetch_optional(&mut *connection).await? {
        return Ok(Some(row.try_get("bytes")?));
    }
    let Some(row) = sqlx::query(BUNDLE_OF).bind(key.0).fetch_optional(connection).await? else {
        return Ok(None);
    };
    let unpacked = unpacked(row.try_get("packed")?)?;
    Ok(Some(part(&row, &unpacked)?.to_vec()))
}

/// Returns the first bundle after `after`, with its mails; `None` after the last.
pub(super) async fn bundle_after(
    connection: &mut SqliteConnection,
    after: i64,
) -> Result<Option<(i64, Vec<Mail>)>, StorageError> {
    let Some(row) = sqlx::query(NEXT_BUNDLE).bind(after).fetch_optional(&mut *connection).await?
    else {
        return Ok(None);
    };
    let id: i64 = row.try_get("id")?;
    Ok(Some((id, mails_of(connection, id, row.try_get("packed")?).await?)))
}

/// Packs mails of one day whose bytes stand by themselves.
pub(super) async fn pack(
    transaction: &mut SqliteConnection,
    day: &str,
    mails: &[Mail],
) -> Result<(), StorageError> {
    let (packed, places) = packed(mails)?;
    let row = sqlx::query(ADD_BUNDLE).bind(day).bind(packed).fetch_one(&mut *transaction).await?;
    let bundle: i64 = row.try_get("id")?;
    let query = sqlx::query(PUT_IN_BUNDLE).bind(places.to_string()).bind(bundle);
    query.execute(&mut *transaction).await?;
    let keys = json_ids(mails.iter().map(|(key, _)| key.0));
    sqlx::query(DELETE_BYTES).bind(keys).execute(transaction).await?;
    Ok(())
}

/// Deletes the bytes of these mails for good, packed or not, and marks when; their digests stay. Returns how many of the mails
/// had bytes.
pub(super) async fn erase(
    transaction: &mut SqliteConnection,
    mails: &[MessageKey],
    now_seconds: i64,
) -> Result<u64, StorageError> {
    let keys = json_ids(mails.iter().map(|key| key.0));
    let query = sqlx::query(MARK_BYTES_ERASED).bind(&keys).bind(now_seconds);
    let erased = query.execute(&mut *transaction).await?.rows_affected();
    sqlx::query(DELETE_BYTES).bind(&keys).execute(&mut *transaction).await?;
    let sought: BTreeSet<MessageKey> = mails.iter().copied().collect();
    for row in sqlx::query(BUNDLES_WITH).bind(&keys).fetch_all(&mut *transaction).await? {
        take_out(&mut *transaction, row.try_get("bundle_id")?, &sought).await?;
    }
    Ok(erased)
}

/// Packs a bundle anew without the mails in `sought`; deletes it when nothing is left.
async fn take_out(
    transaction: &mut SqliteConnection,
    bundle: i64,
    sought: &BTreeSet<MessageKey>,
) -> Result<(), StorageError> {
    let row = sqlx::query(BUNDLE).bind(bundle).fetch_one(&mut *transaction).await?;
    let mut mails = mails_of(&mut *transaction, bundle, row.try_get("packed")?).await?;
    mails.retain(|(key, _)| !sought.contains(key));
    sqlx::query(EMPTY_BUNDLE).bind(bundle).execute(&mut *transaction).await?;
    if mails.is_empty() {
        sqlx::query(DELETE_BUNDLE).bind(bundle).execute(transaction).await?;
        return Ok(());
    }
    let (packed, places) = packed(&mails)?;
    sqlx::query(SET_PACKED).bind(bundle).bind(packed).execute(&mut *transaction).await?;
    let query = sqlx::query(PUT_IN_BUNDLE).bind(places.to_string()).bind(bundle);
    query.execute(transaction).await?;
    Ok(())
}

async fn mails_of(
    connection: &mut SqliteConnection,
    bundle: i64,
    packed: &[u8],
) -> Result<Vec<Mail>, StorageError> {
    let unpacked = unpacked(packed)?;
    let rows = sqlx::query(IN_BUNDLE).bind(bundle).fetch_all(connection).await?;
    let mail = |row: &SqliteRow| {
        Ok((MessageKey(row.try_get("message_id")?), part(row, &unpacked)?.to_vec()))
    };
    rows.iter().map(mail).collect()
}

/// The zlib stream of the mails, and `[key, start, length]` of each.
fn packed(mails: &[Mail]) -> Result<(Vec<u8>, Value), StorageError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let (mut start, mut places) = (0, Vec::with_capacity(mails.len()));
    for (key, bytes) in mails {
        encoder.write_all(bytes).map_err(broken)?;
        places.push(json!([key.0, start, bytes.len()]));
        start += bytes.len();
    }
    Ok((encoder.finish().map_err(broken)?, Value::from(places)))
}

fn unpacked(packed: &[u8]) -> Result<Vec<u8>, StorageError> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(packed).read_to_end(&mut bytes).map_err(broken)?;
    Ok(bytes)
}

/// The bytes of a mail in its unpacked bundle.
fn part<'a>(row: &SqliteRow, unpacked: &'a [u8]) -> Result<&'a [u8], StorageError> {
    let (start, length): (i64, i64) = (row.try_get("start")?, row.try_get("length")?);
    let start = usize::try_from(start).ok();
    let end = start
        .zip(usize::try_from(length).ok())
        .and_then(|(start, length)| start.checked_add(length));
    let part = start.zip(end).and_then(|(start, end)| unpacked.get(start..end));
    part.ok_or_else(|| broken(io::ErrorKind::UnexpectedEof.into()))
}

fn broken(source: io::Error) -> StorageError {
    StorageError::Unavailable { trouble: Trouble::Damaged, source: Box::new(source) }
}
