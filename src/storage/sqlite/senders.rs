//! Who sends from a ledger: every process that claims messages holds a lock in common with the others until it ends.
//!
//! Must not know: SQL, what is sent. A lease tells of a process that may be dead or only slow; this lock, let go by the
//! system with the process, tells them apart.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::home::beside;

/// The lock of one open ledger.
#[derive(Clone, Debug)]
pub(super) struct Senders {
    path: PathBuf,
    /// The lock file, once this process sends.
    joined: Arc<Mutex<Option<File>>>,
}

impl Senders {
    pub(super) fn of(ledger: &Path) -> Self {
        Self { path: beside(ledger, ".sending"), joined: Arc::default() }
    }

    /// The path of the lock file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Counts this process among those that send, until it ends.
    pub(super) fn join(&self) -> io::Result<()> {
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        if joined.is_none() {
            let file = self.open()?;
            file.lock_shared()?;
            *joined = Some(file);
        }
        Ok(())
    }

    /// True when no other process sends. Asked while this one has no message in hand.
    pub(super) fn is_alone(&self) -> io::Result<bool> {
        let joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = joined.as_ref() else { return tried(&self.open()?) };
        let alone = tried(file);
        // an attempt to have the lock alone may give up the common one
        file.lock_shared()?;
        alone
    }

    fn open(&self) -> io::Result<File> {
        OpenOptions::new().create(true).append(true).mode(0o600).open(&self.path)
    }
}

fn tried(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_sends_is_not_alone_once_another_does() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("duban.db");
        let (one, other) = (Senders::of(&ledger), Senders::of(&ledger));
        assert!(one.is_alone().unwrap(), "nobody sends");
        one.join().unwrap();
        assert!(one.is_alone().unwrap(), "only itself");
        assert!(!other.is_alone().unwrap());
        other.join().unwrap();
        assert!(!one.is_alone().unwrap() && !other.is_alone().unwrap());
        drop(other);
        assert!(one.is_alone().unwrap(), "the lock goes with its holder");
    }
}
