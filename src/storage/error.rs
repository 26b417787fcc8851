//! What can go wrong between the program and its ledger.
//!
//! Must not know: how a person is told of it.

/// A failure of the ledger.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database cannot be opened, read or written.
    #[error("the database does not answer")]
    Unavailable(#[from] sqlx::Error),
    /// The file or its folder cannot be created or opened.
    #[error("cannot open {path}")]
    File {
        /// Path of the database.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The schema is of another version than this program.
    #[error("the database schema does not fit this program")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// A stored value that no version of this program writes.
    #[error("{table}.{column} of row {id} holds `{value}`, which cannot be read")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Key of the row.
        id: i64,
        /// What is stored there.
        value: String,
    },
    /// A change met another number of rows than it must.
    #[error("{what}: changed {actual} rows instead of {expected}")]
    WrongRowCount {
        /// The step.
        what: &'static str,
        /// How many rows it must change.
        expected: u64,
        /// How many it changed.
        actual: u64,
    },
    /// A row that must exist does not.
    #[error("{what} {id} is not in the ledger")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// Its key.
        id: i64,
    },
}

impl StorageError {
    /// True when the same step may succeed later: the database is locked, busy or full.
    pub fn is_passing(&self) -> bool {
        let Self::Unavailable(sqlx::Error::Database(fault)) = self else {
            return matches!(self, Self::Unavailable(sqlx::Error::PoolTimedOut));
        };
        // Primary result codes of SQLite: 5 BUSY, 6 LOCKED, 13 FULL; extended codes carry them in the low byte.
        fault
            .code()
            .and_then(|code| code.parse::<i32>().ok())
            .is_some_and(|code| matches!(code & 0xff, 5 | 6 | 13))
    }
}
