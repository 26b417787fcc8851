//! Notices that the files of an open ledger are no longer those at their paths: replaced by rename, moved away,
//! deleted, or overwritten in place. SQLite goes on with the files it has open, and the service would send from a
//! ledger that nobody else can open.
//!
//! Must not know: SQL, what follows from it. It reads the head of the -shm file, as the file format of the write-ahead
//! log describes it (sqlite.org/walformat.html, section 2.1).

use std::fs::{self, File, Metadata};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::instance_mark::beside;

/// Bytes that are read from the start of the -shm file, up to and including the number of pages that a checkpoint is
/// about to copy.
const HEAD: usize = 132;
/// Offsets in the head: the salts of the log, the pages already copied, the pages that are being copied.
const SALTS: usize = 32;
const COPIED: usize = 96;
const TO_BE_COPIED: usize = 128;

/// The ledger and its write-ahead log, as they were when the ledger was opened.
#[derive(Clone, Debug)]
pub(super) struct OpenFiles {
    ledger: PathBuf,
    /// The -shm file, the index of the log. Never closed: closing any descriptor of a file ends all locks that this
    /// process holds on it, those of SQLite too (sqlite.org/howtocorrupt.html, section 2.2); the next process would
    /// then take itself for the only one.
    index: Option<&'static File>,
    inodes: Arc<Vec<(PathBuf, Inode)>>,
    /// When the ledger was last written, and the checkpoint that wrote it.
    written: Arc<Mutex<Option<(Written, Checkpoint)>>>,
    are_replaced: Arc<AtomicBool>,
}

/// Device and inode number.
type Inode = (u64, u64);

/// Size and time of the last write, seconds and nanoseconds.
type Written = (u64, i64, i64);

/// The log (its salts) and how much of it the last checkpoint copied into the ledger.
type Checkpoint = ([u8; 8], [u8; 4]);

impl OpenFiles {
    /// Records the files of a ledger. Its connections must be open, so that all files exist.
    pub(super) fn of(ledger: &Path) -> Self {
        let paths = [ledger.to_owned(), beside(ledger, "-wal")];
        let inodes = paths.into_iter().filter_map(|path| {
            let found = fs::metadata(&path).ok()?;
            Some((path, inode(&found)))
        });
        let files = Self {
            ledger: ledger.to_owned(),
            index: File::open(beside(ledger, "-shm")).ok().map(|file| &*Box::leak(Box::new(file))),
            inodes: Arc::new(inodes.collect()),
            written: Arc::default(),
            are_replaced: Arc::default(),
        };
        // The first call records the last write, with which later calls compare.
        files.is_overwritten();
        files
    }

    /// True once a file was found replaced or overwritten, and from then on.
    pub(super) fn are_replaced(&self) -> bool {
        let are_replaced = self.are_replaced.load(Ordering::Relaxed)
            || self.inodes.iter().any(|(path, at_start)| {
                !fs::metadata(path).is_ok_and(|found| inode(&found) == *at_start)
            })
            || self.is_overwritten();
        self.are_replaced.fetch_or(are_replaced, Ordering::Relaxed);
        are_replaced
    }

    /// Only a checkpoint writes the ledger file itself; every other change goes into the log. A write without a new
    /// checkpoint was therefore made by another program.
    fn is_overwritten(&self) -> bool {
        let Some(now) = self.last_write() else { return false };
        let mut before = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        match *before {
            Some((written, checkpoint)) if checkpoint == now.1 => written != now.0,
            _ => {
                *before = Some(now);
                false
            }
        }
    }

    /// `None` while a checkpoint is under way, and when a file cannot be read.
    fn last_write(&self) -> Option<(Written, Checkpoint)> {
        let checkpoint = self.finished_checkpoint()?;
        let found = fs::metadata(&self.ledger).ok()?;
        let written = (found.size(), found.mtime(), found.mtime_nsec());
        (self.finished_checkpoint()? == checkpoint).then_some((written, checkpoint))
    }

    fn finished_checkpoint(&self) -> Option<Checkpoint> {
        let mut head = [0; HEAD];
        self.index?.read_exact_at(&mut head, 0).ok()?;
        let copied: [u8; 4] = *head.get(COPIED..)?.first_chunk()?;
        let to_be_copied: [u8; 4] = *head.get(TO_BE_COPIED..)?.first_chunk()?;
        (copied == to_be_copied).then_some((*head.get(SALTS..)?.first_chunk()?, copied))
    }
}

fn inode(file: &Metadata) -> Inode {
    (file.dev(), file.ino())
}

#[cfg(test)]
mod tests {

    use crate::storage::site::Site as _;
    use crate::storage::sqlite::Sqlite;

    use super::*;

    /// The locks that processes hold on a file, as the kernel lists them.
    fn locks(path: &Path) -> Vec<String> {
        let of_file = format!(":{} ", fs::metadata(path).unwrap().ino());
        let all = fs::read_to_string("/proc/locks").unwrap();
        let lines = all.lines().filter(|line| line.contains(&of_file));
        let mut locks: Vec<String> =
            lines.map(|line| line.split_once(": ").unwrap().1.to_owned()).collect();
        locks.sort();
        locks
    }

    #[tokio::test]
    async fn looking_at_the_files_and_opening_them_again_ends_no_lock_of_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let ledger = Sqlite::open(&path).await.unwrap();
        let files = [path.clone(), beside(&path, "-shm")];
        let before: Vec<_> = files.iter().map(|file| locks(file)).collect();
        assert!(before.iter().all(|held| !held.is_empty()), "SQLite locks what it has open");
        assert!(!ledger.open_files.are_replaced());
        let again = Sqlite::open(&path).await.unwrap();
        assert!(!again.open_files.are_replaced());
        again.close().await;
        let after: Vec<_> = files.iter().map(|file| locks(file)).collect();
        assert_eq!(after, before);
    }
}
