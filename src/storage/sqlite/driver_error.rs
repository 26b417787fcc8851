//! Errors of the driver, as the program speaks of them.
//!
//! Must not know: what a step was for. Callers: the files of this folder, through `?`.

use sqlx::migrate::MigrateError;

use crate::storage::{StorageError, Trouble};

impl From<sqlx::Error> for StorageError {
    fn from(fault: sqlx::Error) -> Self {
        Self::Unavailable { trouble: trouble(&fault), source: Box::new(fault) }
    }
}

impl From<MigrateError> for StorageError {
    fn from(fault: MigrateError) -> Self {
        Self::Schema { source: Box::new(fault) }
    }
}

/// Classifies by SQLite's result code.
pub(super) fn trouble(fault: &sqlx::Error) -> Trouble {
    if matches!(fault, sqlx::Error::PoolTimedOut) {
        return Trouble::Busy;
    }
    // a commit that the disk refused leaves the driver's connection in the middle of a transaction
    if matches!(fault, sqlx::Error::InvalidSavePointStatement) {
        return Trouble::Disk;
    }
    let code = fault.as_database_error().and_then(|fault| fault.code()?.parse::<i32>().ok());
    // Primary result codes; extended codes carry them in the low byte.
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => Trouble::Busy,
        Some(8) => Trouble::ReadOnly,
        Some(10) => Trouble::Disk,
        Some(11 | 26) => Trouble::Damaged,
        Some(13) => Trouble::Full,
        _ => Trouble::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Lang, Say as _};

    #[test]
    fn the_text_of_the_driver_is_said_in_english_only() {
        let error = StorageError::from(sqlx::Error::PoolTimedOut);
        assert_eq!(error.say(Lang::Zh), "数据库正被其他进程占用");
        assert!(error.to_string().starts_with("another process holds the database: "), "{error}");
    }
}
