//! One daemon to a ledger.
//!
//! Must not know: what the ledger holds.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A lock on a ledger, let go when dropped, also by the system when the process dies.
#[derive(Debug)]
pub struct LedgerLock {
    _file: File,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another daemon has it.
    #[error("another daemon works on {}", .ledger.display())]
    Held {
        /// The ledger.
        ledger: PathBuf,
    },
    /// The lock file cannot be opened.
    #[error("cannot lock {}", .path.display())]
    File {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl LedgerLock {
    /// Takes the lock of the ledger at `ledger`: a file beside it, which stays.
    pub(super) fn take(ledger: &Path) -> Result<Self, LockError> {
        let mut path = ledger.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        let file = opened.map_err(|source| LockError::File { path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held { ledger: ledger.to_owned() }),
            Err(TryLockError::Error(source)) => Err(LockError::File { path, source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_on_the_same_ledger_is_refused_until_the_first_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("duban.db");
        let first = LedgerLock::take(&ledger).unwrap();
        assert!(matches!(LedgerLock::take(&ledger), Err(LockError::Held { .. })));
        drop(first);
        assert!(LedgerLock::take(&ledger).is_ok());
    }
}
