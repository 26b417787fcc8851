//! The folder for the copy of the ledger that a rehearsal works on: it goes with the run, and what a killed run has left
//! goes with the next one.
//!
//! Must not know: what is rehearsed.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::failure::Failure;

const PREFIX: &str = "duban-rehearsal-";
/// Locked while its run lasts.
const LOCK: &str = "lock";

/// A folder of this run; removed when dropped.
pub(super) struct RehearsalFolder {
    folder: TempDir,
    _lock: File,
}

impl RehearsalFolder {
    /// # Errors
    ///
    /// [`Failure::File`] with the folder for temporary files when nothing can be created there.
    pub(super) fn create() -> Result<Self, Failure> {
        let parent = tempfile::env::temp_dir();
        remove_left(&parent);
        let failed = |path: PathBuf| move |source| Failure::File { path, source };
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&parent);
        let folder = folder.map_err(failed(parent))?;
        let path = folder.path().join(LOCK);
        let lock = File::create(&path).and_then(|lock| {
            lock.lock()?;
            Ok(lock)
        });
        Ok(Self { _lock: lock.map_err(failed(path))?, folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders of runs that were killed. One that cannot be removed is another user's.
fn remove_left(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let left = entries.flatten().map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        name.is_some_and(|name| name.starts_with(PREFIX)) && !is_in_use(path)
    });
    for folder in left {
        if let Err(error) = fs::remove_dir_all(&folder) {
            tracing::debug!(%error, folder = %folder.display(), "a rehearsal's folder stays");
        }
    }
}

/// Without a lock file the run has only just created its folder, or was killed before the copy.
fn is_in_use(folder: &Path) -> bool {
    let Ok(lock) = File::open(folder.join(LOCK)) else {
        return !folder.join("rehearsal.db").exists();
    };
    matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
}
