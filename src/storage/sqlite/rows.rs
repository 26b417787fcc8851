//! Stored text and numbers back into values; the only place of conversion.
//!
//! Must not know: statements. A value that does not convert is reported with table, column and key.

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::domain::moment::Moment;
use crate::storage::StorageError;

/// Names the row being read, for the report of a value that does not convert.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) row: &'a SqliteRow,
    pub(super) table: &'static str,
    pub(super) id: i64,
}

impl<'a> Place<'a> {
    /// The row of `table` whose key is in its column `id`.
    pub(super) fn keyed(row: &'a SqliteRow, table: &'static str) -> Result<Self, StorageError> {
        Ok(Self { row, table, id: row.try_get("id")? })
    }

    /// A column as it is.
    pub(super) fn get<T>(&self, column: &'static str) -> Result<T, StorageError>
    where
        T: sqlx::Type<sqlx::Sqlite> + for<'r> sqlx::Decode<'r, sqlx::Sqlite>,
    {
        Ok(self.row.try_get(column)?)
    }

    /// A text column through `read`, which returns `None` for what it does not know.
    pub(super) fn read<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StorageError> {
        let text: String = self.get(column)?;
        read(&text).ok_or_else(|| self.corrupt(column, text))
    }

    /// An optional text column through `read`.
    pub(super) fn read_if_any<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StorageError> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| read(&text).ok_or_else(|| self.corrupt(column, text))).transpose()
    }

    /// A civil date.
    pub(super) fn date(&self, column: &'static str) -> Result<Date, StorageError> {
        self.read(column, |text| text.parse().ok())
    }

    /// A civil date, if any.
    pub(super) fn date_if_any(&self, column: &'static str) -> Result<Option<Date>, StorageError> {
        self.read_if_any(column, |text| text.parse().ok())
    }

    /// An instant.
    pub(super) fn moment(&self, column: &'static str) -> Result<Moment, StorageError> {
        let seconds: i64 = self.get(column)?;
        let instant = Timestamp::from_second(seconds);
        instant.map(Moment::at).map_err(|_| self.corrupt(column, seconds.to_string()))
    }

    /// An instant, if any.
    pub(super) fn moment_if_any(
        &self,
        column: &'static str,
    ) -> Result<Option<Moment>, StorageError> {
        match self.get::<Option<i64>>(column)? {
            Some(_) => self.moment(column).map(Some),
            None => Ok(None),
        }
    }

    /// A whole number that fits `T`.
    pub(super) fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StorageError> {
        let number: i64 = self.get(column)?;
        T::try_from(number).map_err(|_| self.corrupt(column, number.to_string()))
    }

    fn corrupt(&self, column: &'static str, value: String) -> StorageError {
        StorageError::Corrupt { table: self.table, column, id: self.id, value }
    }
}
