//! What a ledger keeps in files of this machine: the database file itself, its owner and mode, copies of it, the
//! instance mark, and the outcomes that the database could not take.
//!
//! Must not know: SQL, the form of the files.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::moment::Moment;
use crate::domain::watch::Displacement;
use crate::storage::StorageError;
use crate::storage::outbox::SavedAcceptance;
use crate::words;
use crate::words::{Lang, Say};

/// The owner alone may read and write.
pub const PRIVATE: u32 = 0o600;

#[async_trait]
pub trait Site: Send + Sync {
    /// Registers a new ledger as this instance; false when it is registered already.
    async fn register_instance(&self, actor: &str, now: Moment) -> Result<bool, StorageError>;

    /// Confirms that this copy is the one in use, and resolves the item about it; returns how it was displaced.
    async fn adopt(&self, actor: &str, now: Moment) -> Result<Option<Displacement>, StorageError>;

    /// Returns how the ledger is displaced (copied, restored or moved), if it is.
    async fn displacement(&self) -> Result<Option<Displacement>, StorageError>;

    /// Writes the newest journal line into the instance mark, so that an older copy put in place of this ledger is
    /// detected. Does nothing when the ledger is displaced.
    async fn update_mark(&self) -> Result<(), StorageError>;

    /// Returns the journal line that the instance mark names; `None` without a mark that belongs to this ledger.
    async fn marked_line(&self) -> Result<Option<(i64, String)>, StorageError>;

    /// Saves durably in the outcome file what [`Outbox::record_outcome`](super::outbox::Outbox::record_outcome) could
    /// not record: the relay has accepted the message, and a full disk must not lose that.
    async fn save_outcome(&self, saved: &SavedAcceptance) -> Result<(), StorageError>;

    /// Records the outcomes of the outcome file in the ledger, and preallocates the file; returns how many were
    /// recorded. Nothing may be claimed and no lease recovered before it has succeeded.
    async fn replay_outcomes(&self) -> Result<u64, StorageError>;

    /// The files of this ledger whose owner or mode is wrong.
    fn file_faults(&self) -> Vec<FileFault>;

    /// Writes a copy of the ledger as it stands now to the new file `path`. The owner of the ledger owns the copy, and
    /// nobody else may read it. Then opens the copy and checks every page and index of it.
    ///
    /// # Errors
    ///
    /// [`StorageError::File`] when `path` exists or cannot be written, [`StorageError::Damaged`] when the copy does not
    /// pass the check; then the copy is removed.
    async fn back_up(&self, path: &Path) -> Result<(), StorageError>;

    /// Copies the ledger as it stands now to the new file `path`.
    async fn copy_to(&self, path: &Path) -> Result<(), StorageError>;

    /// Writes to the new file `path` the part of the ledger that an archive holds: the obligations that ended in the
    /// days `from` through `through`, with everything that explains them, the mails about them, and the journal through
    /// the last day. The same content gives the same bytes. `scratch` is a new temporary file.
    ///
    /// # Errors
    ///
    /// [`StorageError::Damaged`] when the part fails its check, [`StorageError::File`], [`StorageError::Unavailable`].
    async fn write_part(
        &self,
        path: &Path,
        scratch: &Path,
        from: Date,
        through: Date,
    ) -> Result<(), StorageError>;

    /// Closes all connections, which copies the write-ahead log into the database file.
    async fn close(&self);
}

/// A file whose owner or mode keeps the service from using it, or lets others read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    pub path: PathBuf,
    pub kind: FileFaultKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFaultKind {
    /// It belongs to another user than the folder or the ledger.
    Owner { is: String, wanted: String },
    /// Others than its owner may read or write it.
    Mode { is: u32 },
}

impl FileFault {
    /// The command that mends it.
    pub fn command(&self) -> String {
        let path = self.path.display();
        match &self.kind {
            FileFaultKind::Owner { wanted, .. } => format!("chown {wanted}: '{path}'"),
            FileFaultKind::Mode { .. } => format!("chmod {PRIVATE:o} '{path}'"),
        }
    }
}

impl Say for FileFault {
    fn say(&self, lang: Lang) -> String {
        let path = self.path.display();
        match &self.kind {
            FileFaultKind::Owner { is, wanted } => words!(
                lang,
                zh = "{path} 属于用户 {is}，应属于 {wanted}",
                en = "{path} belongs to {is} and must belong to {wanted}"
            ),
            FileFaultKind::Mode { is } => words!(
                lang,
                zh = "{path} 的权限为 {is:o}，其他用户也可读取，应为 {PRIVATE:o}",
                en = "{path} has mode {is:o}, so that others may read it; it must be {PRIVATE:o}"
            ),
        }
    }
}
