//! Whether units, obligations or what moves them have changed since they were read.
//!
//! Must not know: SQL, what was read. Callers: the traits of this room; workflows that read much, work it out without the write
//! lock and then write.

use crate::storage::StorageError;

/// The state of units, obligations and what moves them, as of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterState {
    /// The newest line of the journal.
    pub journal: i64,
    pub last_obligation: i64,
    pub last_import: i64,
}

/// What became of a step that was worked out on a state of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteResult {
    Written,
    /// The state is another one by now; nothing was written.
    Overtaken,
}

impl WriteResult {
    /// For a step that is not worked out anew: its command is run again.
    ///
    /// # Errors
    ///
    /// [`StorageError::KeepsChanging`] when nothing was written.
    pub fn or_run_again(self) -> Result<(), StorageError> {
        match self {
            Self::Written => Ok(()),
            Self::Overtaken => Err(StorageError::KeepsChanging),
        }
    }
}

/// How often a step is worked out anew on a ledger that others change meanwhile.
pub const ATTEMPTS: usize = 5;
