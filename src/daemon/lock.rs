//! The lock that makes this process the only daemon on a ledger.
//!
//! Must not know: what the ledger holds. Callers: `cli`.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::words;
use crate::words::{Lang, Say};

/// A lock on a ledger. It is released when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct LedgerLock {
    _file: File,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum LockError {
    /// Another daemon has it.
    Held { ledger: PathBuf },
    /// The lock file cannot be opened.
    File { path: PathBuf, source: std::io::Error },
}

impl Say for LockError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Held { ledger } => words!(
                lang,
                zh = "另一个督办服务正在使用台账{path}",
                en = "another daemon works on {path}",
                path = ledger.display()
            ),
            Self::File { path, source } => words!(
                lang,
                zh = "无法锁定{path}：{reason}",
                en = "cannot lock {path}: {reason}",
                path = path.display(),
                reason = source.say(lang)
            ),
        }
    }
}

impl LedgerLock {
    /// Takes the lock of the ledger at `ledger`: a file beside it, which is never deleted.
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] when another daemon has it.
    pub fn take(ledger: &Path) -> Result<Self, LockError> {
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
    fn a_second_daemon_on_a_ledger_is_refused_while_the_first_runs() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("duban.db");
        let first = LedgerLock::take(&ledger).unwrap();
        assert!(matches!(LedgerLock::take(&ledger), Err(LockError::Held { .. })));
        drop(first);
        assert!(LedgerLock::take(&ledger).is_ok());
    }
}
