//! The open database: one connection that writes, a few that only read, and the small files beside the ledger.
//!
//! Must not know: any table. Every write transaction begins IMMEDIATE, since a deferred transaction that reads and then
//! writes fails at once under contention. Callers: the files of this folder; other rooms open, copy and close it.

use std::fmt;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection, SqlitePool, SqliteTransaction};

use super::files::refuse_another_owner;
use super::instance_mark::{InstanceMarkFile, beside};
use super::ledger_identity;
use super::open_files::OpenFiles;
use super::outbox::commit_queue::CommitQueue;
use super::outcome_file::OutcomeFile;
use super::schema::{check_schema, migrations, refuse_other_databases};
use super::sender_lock::SenderLock;
use crate::storage::StorageError;

/// A consistent copy, made while others go on writing.
pub(super) const COPY: &str = "VACUUM INTO $1";

/// How long a statement waits while another process holds the lock, such as a long import.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// After so long a person is told what the wait is for.
const PATIENCE: Duration = Duration::from_secs(1);
/// Pages (16 MB) after which the write-ahead log is copied into the file; SQLite's own default is a quarter of it.
const WAL_PAGES: &str = "4000";
/// KiB of pages that the writing connection keeps, negative by SQLite's convention. With its own default of 2 MiB a large
/// import writes the same pages again and again.
const CACHE: &str = "-8192";
/// Each connection reads the schema when it is opened, which costs a command more than its question.
const READERS: u32 = 2;

/// An open ledger.
#[derive(Clone, Debug)]
pub struct Sqlite {
    pub(super) path: PathBuf,
    pub(super) writer: SqlitePool,
    pub(super) reader: SqlitePool,
    pub(super) commit_queue: CommitQueue,
    pub(super) mark_file: InstanceMarkFile,
    pub(super) outcome_file: OutcomeFile,
    pub(super) sender_lock: SenderLock,
    pub(super) open_files: OpenFiles,
    /// It was opened for questions alone.
    pub(super) reads_only: bool,
    /// What is done when a step has waited for another process for a second.
    when_waiting: WhenWaiting,
}

/// Tells a person why nothing happens.
#[derive(Clone)]
struct WhenWaiting(Arc<dyn Fn() + Send + Sync>);

impl fmt::Debug for WhenWaiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WhenWaiting")
    }
}

impl Sqlite {
    /// Opens the ledger at `path` for questions alone: nothing is created, migrated or written, neither in it nor beside it.
    /// (SQLite's own -wal and -shm stand beside it while the connection is open.)
    ///
    /// # Errors
    ///
    /// [`StorageError::Missing`] when there is none; else as [`Sqlite::open`].
    pub async fn open_to_read(path: &Path) -> Result<Self, StorageError> {
        if !path.exists() {
            return Err(StorageError::Missing { path: path.to_owned() });
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .pragma("query_only", "on")
            .busy_timeout(BUSY_TIMEOUT);
        let reader = match connected(options.clone()).await {
            // nobody can change a file of a read-only file system, and no -shm can be created beside it
            Err(error) if is_on_read_only_system(path) => {
                tracing::debug!(%error, "opening the ledger as an unchangeable file");
                connected(options.read_only(true).immutable(true)).await?
            }
            opened => opened?,
        };
        refuse_other_databases(&reader, path).await?;
        check_schema(&reader).await?;
        Ok(Self { reads_only: true, ..Self::of(path, reader.clone(), reader) })
    }

    fn of(path: &Path, writer: SqlitePool, reader: SqlitePool) -> Self {
        Self {
            path: path.to_owned(),
            commit_queue: CommitQueue::new(writer.clone()),
            writer,
            reader,
            mark_file: InstanceMarkFile::of(path),
            outcome_file: OutcomeFile::of(path),
            sender_lock: SenderLock::of(path),
            open_files: OpenFiles::of(path),
            reads_only: false,
            when_waiting: WhenWaiting(Arc::new(|| {})),
        }
    }

    /// The same ledger, with `tell` called whenever a step has waited for another process for a second.
    #[must_use]
    pub fn telling_of_waits(self, tell: impl Fn() + Send + Sync + 'static) -> Self {
        Self { when_waiting: WhenWaiting(Arc::new(tell)), ..self }
    }

    /// Opens the ledger at `path`; creates it with its schema if it does not exist, readable by its owner only.
    ///
    /// # Errors
    ///
    /// [`StorageError::OtherOwner`] when it belongs to another user, [`StorageError::File`] when the file cannot be
    /// created, [`StorageError::Schema`] when another build of the program created it, [`StorageError::NotALedger`] when
    /// another program did, [`StorageError::Unavailable`] when it is locked, corrupt or no database.
    pub async fn open(path: &Path) -> Result<Self, StorageError> {
        refuse_another_owner(path)?;
        create_private(path)
            .map_err(|source| StorageError::File { path: path.to_owned(), source })?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", WAL_PAGES)
            .busy_timeout(BUSY_TIMEOUT);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .acquire_timeout(BUSY_TIMEOUT * 3)
            .connect_with(options.clone().pragma("cache_size", CACHE))
            .await?;
        refuse_other_databases(&writer, path).await?;
        migrations().run(&writer).await?;
        ledger_identity::ensure(&writer).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            // one stays open, so that the write-ahead log stays the same file
            .min_connections(1)
            .max_lifetime(None)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self::of(path, writer, reader))
    }

    /// See [`Site::copy_to`](crate::storage::site::Site::copy_to).
    pub(super) async fn copy_to_file(&self, path: &Path) -> Result<(), StorageError> {
        let mut connection = self.writer.acquire().await?;
        // a ledger that was opened for questions alone may still be copied
        sqlx::query("PRAGMA query_only = off").execute(&mut *connection).await?;
        sqlx::query(COPY).bind(path.display().to_string()).execute(&mut *connection).await?;
        Ok(())
    }

    /// Opens the ledger at `path` and removes its name: nothing of it is left when the process ends, however it ends.
    ///
    /// # Errors
    ///
    /// As [`Sqlite::open`].
    pub async fn open_without_name(path: &Path) -> Result<Self, StorageError> {
        let ledger = Self::open(path).await?;
        // all connections at once: none can be opened later
        let mut readers = Vec::new();
        for _ in 0..READERS {
            readers.push(ledger.reader.acquire().await?);
        }
        drop(readers);
        for ending in ["", "-wal", "-shm"] {
            let path = beside(path, ending);
            std::fs::remove_file(&path).map_err(|source| StorageError::File { path, source })?;
        }
        Ok(ledger)
    }

    /// A connection of its own to read with: those in use may remember pages of a file that was overwritten.
    pub(super) async fn fresh_reader(&self) -> Result<SqliteConnection, StorageError> {
        let options = SqliteConnectOptions::new().filename(&self.path).read_only(true);
        Ok(SqliteConnection::connect_with(&options.busy_timeout(BUSY_TIMEOUT)).await?)
    }

    /// # Errors
    ///
    /// [`StorageError::Replaced`] when the files at the paths are no longer those that are open.
    pub(super) fn refuse_replaced_files(&self) -> Result<(), StorageError> {
        if self.open_files.are_replaced() {
            return Err(StorageError::Replaced { path: self.path.clone() });
        }
        Ok(())
    }

    pub(super) async fn begin_write(&self) -> Result<SqliteTransaction<'static>, StorageError> {
        let begun = self.writer.begin_with("BEGIN IMMEDIATE");
        tokio::pin!(begun);
        tokio::select! {
            begun = &mut begun => return Ok(begun?),
            () = tokio::time::sleep(PATIENCE) => (self.when_waiting.0)(),
        }
        Ok(begun.await?)
    }
}

async fn connected(options: SqliteConnectOptions) -> Result<SqlitePool, StorageError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    // the first statement opens the write-ahead log
    sqlx::query("SELECT 1 FROM sqlite_master LIMIT 1").fetch_optional(&pool).await?;
    Ok(pool)
}

/// A folder that only this user may not write is none: the service changes its files.
fn is_on_read_only_system(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK) == Err(rustix::io::Errno::ROFS)
}

fn create_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    // A ledger that exists is not opened here: closing it would end the locks of connections this process has.
    match OpenOptions::new().create_new(true).append(true).mode(0o600).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Ok(rustix::fs::access(path, rustix::fs::Access::WRITE_OK)?)
        }
        created => created.map(drop),
    }
}
