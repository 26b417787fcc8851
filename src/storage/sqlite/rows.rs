//! Converts between stored columns and values, and checks how many rows a statement changed.
//!
//! Must not know: any statement. A value that does not convert is reported with table, column and key. Callers: every
//! file of this folder.

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::domain::moment::Moment;
use crate::domain::reminder::Occasion;
use crate::domain::uid::Uid;
use crate::storage::StorageError;

/// Reads the columns of one row; `table` and `id` name it in the report of a value that does not convert.
#[derive(Clone, Copy)]
pub(super) struct RowReader<'a> {
    pub(super) row: &'a SqliteRow,
    pub(super) table: &'static str,
    pub(super) id: i64,
}

impl<'a> RowReader<'a> {
    /// A row of `table` whose key is in the column `id`.
    pub(super) fn keyed(row: &'a SqliteRow, table: &'static str) -> Result<Self, StorageError> {
        Ok(Self { row, table, id: row.try_get("id")? })
    }

    pub(super) fn get<T>(&self, column: &'static str) -> Result<T, StorageError>
    where
        T: sqlx::Type<sqlx::Sqlite> + for<'r> sqlx::Decode<'r, sqlx::Sqlite>,
    {
        Ok(self.row.try_get(column)?)
    }

    /// A text column converted by `read`, which returns `None` for a text it does not know.
    pub(super) fn read<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StorageError> {
        let text: String = self.get(column)?;
        read(&text).ok_or_else(|| self.corrupt(column, text))
    }

    pub(super) fn read_if_any<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StorageError> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| read(&text).ok_or_else(|| self.corrupt(column, text))).transpose()
    }

    pub(super) fn date(&self, column: &'static str) -> Result<Date, StorageError> {
        self.read(column, |text| text.parse().ok())
    }

    pub(super) fn date_if_any(&self, column: &'static str) -> Result<Option<Date>, StorageError> {
        self.read_if_any(column, |text| text.parse().ok())
    }

    pub(super) fn uid(&self, column: &'static str) -> Result<Uid, StorageError> {
        self.read(column, Uid::parse)
    }

    pub(super) fn moment(&self, column: &'static str) -> Result<Moment, StorageError> {
        let seconds: i64 = self.get(column)?;
        let instant = Timestamp::from_second(seconds);
        instant.map(Moment::at).map_err(|_| self.corrupt(column, seconds.to_string()))
    }

    pub(super) fn moment_if_any(
        &self,
        column: &'static str,
    ) -> Result<Option<Moment>, StorageError> {
        match self.get::<Option<i64>>(column)? {
            Some(_) => self.moment(column).map(Some),
            None => Ok(None),
        }
    }

    /// What a reminder is about: the columns `rung` and `repeat`.
    pub(super) fn occasion(&self) -> Result<Occasion, StorageError> {
        Ok(Occasion::from_stored(self.get("rung")?, self.number("repeat")?))
    }

    pub(super) fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StorageError> {
        let number: i64 = self.get(column)?;
        T::try_from(number).map_err(|_| self.corrupt(column, number.to_string()))
    }

    pub(super) fn corrupt(&self, column: &'static str, value: String) -> StorageError {
        StorageError::Corrupt { table: self.table, column, id: self.id, value }
    }
}

/// A JSON array, for `IN (SELECT value FROM json_each($1))`.
pub(super) fn json_ids(ids: impl Iterator<Item = i64>) -> String {
    ids.map(serde_json::Value::from).collect::<serde_json::Value>().to_string()
}

/// A JSON array of texts.
pub(super) fn json_texts<T: AsRef<str>>(texts: &[T]) -> String {
    texts
        .iter()
        .map(|text| serde_json::Value::from(text.as_ref()))
        .collect::<serde_json::Value>()
        .to_string()
}

/// Requires that the statement called `what` changed `expected` rows.
pub(super) fn exactly(
    what: &'static str,
    expected: usize,
    actual: u64,
) -> Result<(), StorageError> {
    let expected = u64::try_from(expected).unwrap_or(u64::MAX);
    if actual == expected {
        Ok(())
    } else {
        Err(StorageError::WrongRowCount { what, expected, actual })
    }
}

/// Requires that the statement called `what` changed one row.
pub(super) fn exactly_one(what: &'static str, actual: u64) -> Result<(), StorageError> {
    exactly(what, 1, actual)
}
