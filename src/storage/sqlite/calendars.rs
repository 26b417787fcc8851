//! Imported notices and the calendars that dates were computed on.
//!
//! Must not know: the format of a notice's file. Callers: other rooms through the trait [`Calendars`].

use async_trait::async_trait;
use sqlx::Row as _;

use super::database::Sqlite;
use super::journal_lines;
use super::rows::RowReader;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::calendars::{Calendars, StoredNotice};
use crate::storage::journal::Entry;
use crate::storage::register_state::WriteResult;

const NOTICES_IN_FORCE: &str = "\
SELECT id, year, file, body FROM calendar_notice AS notice
WHERE NOT EXISTS (SELECT 1 FROM calendar_notice AS newer WHERE newer.year = notice.year AND newer.id > notice.id)
ORDER BY year";

const NEWEST_NOTICE: &str = "SELECT coalesce(max(id), 0) AS newest FROM calendar_notice";

const ADD_NOTICE: &str = "\
INSERT INTO calendar_notice (year, file, body, calendar_version, imported_at, imported_by)
VALUES ($1, $2, $3, $4, $5, $6)";

/// A range of the key, since `LIKE` would read every version.
const CALENDARS_BY_VERSION: &str = "\
SELECT version, body FROM calendar_version WHERE version >= $1 AND version < $1 || 'g' ORDER BY version";

const ADD_CALENDAR: &str = "\
INSERT INTO calendar_version (version, body, kept_at) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING";

pub(super) const STATEMENTS: &[&str] =
    &[NOTICES_IN_FORCE, NEWEST_NOTICE, ADD_NOTICE, CALENDARS_BY_VERSION, ADD_CALENDAR];

#[async_trait]
impl Calendars for Sqlite {
    async fn notices_in_force(&self) -> Result<Vec<StoredNotice>, StorageError> {
        let rows = sqlx::query(NOTICES_IN_FORCE).fetch_all(&self.reader).await?;
        let notice = |row| {
            let row = RowReader::keyed(row, "calendar_notice")?;
            Ok(StoredNotice {
                year: row.number("year")?,
                file: row.get("file")?,
                body: row.get("body")?,
            })
        };
        rows.iter().map(notice).collect()
    }

    async fn newest_notice_id(&self) -> Result<i64, StorageError> {
        let row = sqlx::query(NEWEST_NOTICE).fetch_one(&self.reader).await?;
        Ok(row.try_get("newest")?)
    }

    async fn calendars_by_version(
        &self,
        digits: &str,
    ) -> Result<Vec<(String, String)>, StorageError> {
        let rows = sqlx::query(CALENDARS_BY_VERSION).bind(digits).fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok((row.try_get("version")?, row.try_get("body")?))).collect()
    }

    async fn keep_calendar(
        &self,
        version: &str,
        body: &str,
        now: Moment,
    ) -> Result<(), StorageError> {
        let query = sqlx::query(ADD_CALENDAR).bind(version).bind(body).bind(now.seconds());
        query.execute(&self.writer).await?;
        Ok(())
    }

    async fn keep_notices(
        &self,
        newest: i64,
        notices: &[StoredNotice],
        calendar_version: &str,
        entry: Entry,
    ) -> Result<WriteResult, StorageError> {
        let mut transaction = self.begin_write().await?;
        let row = sqlx::query(NEWEST_NOTICE).fetch_one(&mut *transaction).await?;
        if row.try_get::<i64, _>("newest")? != newest {
            return Ok(WriteResult::Overtaken);
        }
        for StoredNotice { year, file, body } in notices {
            sqlx::query(ADD_NOTICE)
                .bind(*year)
                .bind(file)
                .bind(body)
                .bind(calendar_version)
                .bind(entry.at.seconds())
                .bind(&entry.actor)
                .execute(&mut *transaction)
                .await?;
        }
        journal_lines::append(&mut transaction, &[entry]).await?;
        transaction.commit().await?;
        Ok(WriteResult::Written)
    }
}
