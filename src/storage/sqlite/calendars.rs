//! Statements on imported notices.
//!
//! Must not know: the format of a notice's file.

use async_trait::async_trait;
use sqlx::Row as _;

use super::rows::Place;
use super::{Sqlite, journal};
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::calendars::{Calendars, StoredNotice};
use crate::storage::journal::Entry;

const NOTICES_IN_FORCE: &str = "\
SELECT id, year, file, body FROM calendar_notice AS notice
WHERE NOT EXISTS (SELECT 1 FROM calendar_notice AS newer WHERE newer.year = notice.year AND newer.id > notice.id)
ORDER BY year";

const IMPORTS_SO_FAR: &str = "SELECT coalesce(max(id), 0) AS newest FROM calendar_notice";

const KEEP_NOTICE: &str = "\
INSERT INTO calendar_notice (year, file, body, calendar_version, imported_at, imported_by)
VALUES ($1, $2, $3, $4, $5, $6)";

/// A range of the key: `LIKE` would read every version.
const CALENDARS_KEPT: &str = "\
SELECT version, body FROM calendar_version WHERE version >= $1 AND version < $1 || 'g' ORDER BY version";

const KEEP_CALENDAR: &str = "\
INSERT INTO calendar_version (version, body, kept_at) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING";

pub(super) const STATEMENTS: &[&str] =
    &[NOTICES_IN_FORCE, IMPORTS_SO_FAR, KEEP_NOTICE, CALENDARS_KEPT, KEEP_CALENDAR];

#[async_trait]
impl Calendars for Sqlite {
    async fn notices_in_force(&self) -> Result<Vec<StoredNotice>, StorageError> {
        let rows = sqlx::query(NOTICES_IN_FORCE).fetch_all(&self.reader).await?;
        let notice = |row| {
            let place = Place::keyed(row, "calendar_notice")?;
            Ok(StoredNotice {
                year: place.number("year")?,
                file: place.get("file")?,
                body: place.get("body")?,
            })
        };
        rows.iter().map(notice).collect()
    }

    async fn newest_notice_id(&self) -> Result<i64, StorageError> {
        let row = sqlx::query(IMPORTS_SO_FAR).fetch_one(&self.reader).await?;
        Ok(row.try_get("newest")?)
    }

    async fn calendars_by_version(
        &self,
        digits: &str,
    ) -> Result<Vec<(String, String)>, StorageError> {
        let rows = sqlx::query(CALENDARS_KEPT).bind(digits).fetch_all(&self.reader).await?;
        rows.iter().map(|row| Ok((row.try_get("version")?, row.try_get("body")?))).collect()
    }

    async fn keep_calendar(
        &self,
        version: &str,
        body: &str,
        now: Moment,
    ) -> Result<(), StorageError> {
        let kept = sqlx::query(KEEP_CALENDAR).bind(version).bind(body).bind(now.seconds());
        kept.execute(&self.writer).await?;
        Ok(())
    }

    async fn keep_notices(
        &self,
        notices: &[StoredNotice],
        calendar_version: &str,
        entry: Entry,
    ) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        for StoredNotice { year, file, body } in notices {
            sqlx::query(KEEP_NOTICE)
                .bind(*year)
                .bind(file)
                .bind(body)
                .bind(calendar_version)
                .bind(entry.at.seconds())
                .bind(&entry.actor)
                .execute(&mut *transaction)
                .await?;
        }
        journal::append(&mut transaction, &[entry]).await?;
        Ok(transaction.commit().await?)
    }
}
