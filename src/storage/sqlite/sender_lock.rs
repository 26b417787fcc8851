//! The sender lock: every process that claims messages holds a shared file lock until it ends.
//!
//! Must not know: SQL, what is sent. A lease alone cannot tell a dead process from a slow one; this lock can, since the
//! system releases it when the process ends. Callers: the outbox.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::instance_mark::beside;

#[derive(Clone, Debug)]
pub(super) struct SenderLock {
    path: PathBuf,
    /// The lock file, once this process has sent.
    shared: Arc<Mutex<Option<File>>>,
}

impl SenderLock {
    pub(super) fn of(ledger: &Path) -> Self {
        Self { path: beside(ledger, ".sending"), shared: Arc::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the shared lock, if this process does not hold it yet, until the process ends.
    pub(super) fn share(&self) -> io::Result<()> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.is_none() {
            let file = self.open()?;
            file.lock_shared()?;
            *shared = Some(file);
        }
        Ok(())
    }

    /// True when no other process holds the lock. Call it while this process holds no lease.
    pub(super) fn is_only_sender(&self) -> io::Result<bool> {
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = shared.as_ref() else { return can_lock(&self.open()?) };
        let is_only_sender = can_lock(file);
        // trying for the exclusive lock may have released the shared one
        file.lock_shared()?;
        is_only_sender
    }

    fn open(&self) -> io::Result<File> {
        OpenOptions::new().create(true).append(true).mode(0o600).open(&self.path)
    }
}

fn can_lock(file: &File) -> io::Result<bool> {
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
    fn a_sender_is_the_only_one_until_another_takes_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("duban.db");
        let (one, other) = (SenderLock::of(&ledger), SenderLock::of(&ledger));
        assert!(one.is_only_sender().unwrap(), "nobody sends");
        one.share().unwrap();
        assert!(one.is_only_sender().unwrap(), "only itself");
        assert!(!other.is_only_sender().unwrap());
        other.share().unwrap();
        assert!(!one.is_only_sender().unwrap() && !other.is_only_sender().unwrap());
        drop(other);
        assert!(one.is_only_sender().unwrap(), "the lock goes with its holder");
    }
}
