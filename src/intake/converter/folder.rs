//! A folder that only this process and what it starts may read, removed with everything in it.
//!
//! Must not know: what it is for.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Folders made so far.
static MADE: AtomicU32 = AtomicU32::new(0);
/// How many names are tried.
const TRIES: u32 = 100;

pub(super) struct PrivateFolder(PathBuf);

impl PrivateFolder {
    /// Makes a new folder among the temporary files.
    pub(super) fn create() -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        builder.mode(0o700);
        let mut failed = io::Error::from(io::ErrorKind::AlreadyExists);
        for _ in 0..TRIES {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let name = format!("duban-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => failed = error,
                Err(error) => return Err(error),
            }
        }
        Err(failed)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        // nothing depends on it; the system empties its temporary files
        drop(std::fs::remove_dir_all(&self.0));
    }
}
