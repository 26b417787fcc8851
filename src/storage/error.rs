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
    /// A value that this program would write and could not read back; nothing was written.
    #[error("{column} would hold `{value}`, which cannot be read back")]
    Unreadable {
        /// Column.
        column: &'static str,
        /// What would be stored.
        value: String,
    },
    /// The file is damaged.
    #[error("{} is damaged: {finding}", .path.display())]
    Damaged {
        /// Path of the database.
        path: std::path::PathBuf,
        /// The first thing that does not hold.
        finding: String,
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

/// What stands in the way of a database that does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Another process holds it.
    Busy,
    /// The disk is full.
    Full,
    /// The disk refuses to read or write.
    Disk,
    /// It cannot be written.
    ReadOnly,
    /// The file is damaged, or no database.
    Damaged,
    /// Something else.
    Other,
}

impl StorageError {
    /// True when the same step may succeed later: the database is locked, busy or full.
    pub fn is_passing(&self) -> bool {
        matches!(self.trouble(), Trouble::Busy | Trouble::Full)
    }

    /// What stands in the way, by what SQLite says.
    pub fn trouble(&self) -> Trouble {
        let fault = match self {
            Self::Unavailable(sqlx::Error::Database(fault)) => fault,
            Self::Unavailable(sqlx::Error::PoolTimedOut) => return Trouble::Busy,
            Self::Damaged { .. } => return Trouble::Damaged,
            Self::Unavailable(_)
            | Self::File { .. }
            | Self::Schema(_)
            | Self::Corrupt { .. }
            | Self::Unreadable { .. }
            | Self::WrongRowCount { .. }
            | Self::NotFound { .. } => return Trouble::Other,
        };
        // Primary result codes; extended codes carry them in the low byte.
        match fault.code().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff) {
            Some(5 | 6) => Trouble::Busy,
            Some(8) => Trouble::ReadOnly,
            Some(10) => Trouble::Disk,
            Some(11 | 26) => Trouble::Damaged,
            Some(13) => Trouble::Full,
            _ => Trouble::Other,
        }
    }
}
