//! The ledger in one SQLite file.
//!
//! Must not know: what the values mean. One writer connection whose transactions all begin IMMEDIATE (a deferred
//! read-then-write fails at once under contention), readers that cannot write.

mod adjustments;
mod audit;
mod calendars;
mod follow_ups;
mod health;
mod history;
mod home;
mod incoming;
mod instance;
pub mod journal;
mod lifecycle;
mod messages;
mod migrations;
mod obligations;
mod occurrences;
mod outbox;
mod reminders;
mod rows;
mod script;
mod senders;
mod shares;
mod spool;
mod units;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqlitePool, SqliteTransaction};

pub use self::migrations::migrations;
use crate::storage::StorageError;

/// A whole and consistent copy, made while others go on writing.
const COPY: &str = "VACUUM INTO $1";

/// How long a statement waits for another process to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// The write-ahead log is folded into the file after so many pages (16 MB), and not four times as often as by itself.
const WAL_PAGES: &str = "4000";
/// Readers that may work at the same time.
const READERS: u32 = 4;

/// An open ledger.
#[derive(Clone, Debug)]
pub struct Sqlite {
    writer: SqlitePool,
    reader: SqlitePool,
    counter: outbox::Counter,
    home: home::Home,
    spool: spool::Spool,
    senders: senders::Senders,
}

impl Sqlite {
    /// Opens the ledger at `path`, creating it (readable by its owner only) and bringing its schema up to date.
    ///
    /// # Errors
    ///
    /// [`StorageError::File`] when the file cannot be created, [`StorageError::Schema`] when a newer program wrote
    /// it, [`StorageError::Unavailable`] when it is locked, corrupt or no database.
    pub async fn open(path: &Path) -> Result<Self, StorageError> {
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
            .acquire_timeout(BUSY_TIMEOUT.saturating_mul(3))
            .connect_with(options.clone())
            .await?;
        migrations().run(&writer).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self {
            writer,
            reader,
            counter: outbox::Counter::default(),
            home: home::Home::of(path),
            spool: spool::Spool::of(path),
            senders: senders::Senders::of(path),
        })
    }

    /// Copies the ledger as it stands now to a new file, and opens the copy.
    ///
    /// # Errors
    ///
    /// As [`Sqlite::open`]; also when `path` exists.
    pub async fn copy_to(&self, path: &Path) -> Result<Self, StorageError> {
        sqlx::query(COPY).bind(path.display().to_string()).execute(&self.writer).await?;
        Self::open(path).await
    }

    /// Closes all connections, so that the write-ahead log is folded into the file.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// Begins a transaction that may write.
    async fn write(&self) -> Result<SqliteTransaction<'static>, StorageError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Prepares every statement on the present schema; the faults name the statement.
    ///
    /// # Errors
    ///
    /// The statements that do not prepare, each with what SQLite said.
    pub async fn prepare_all(&self) -> Result<usize, Vec<(&'static str, sqlx::Error)>> {
        let all = [
            adjustments::STATEMENTS,
            calendars::STATEMENTS,
            follow_ups::STATEMENTS,
            audit::STATEMENTS,
            health::STATEMENTS,
            history::STATEMENTS,
            incoming::STATEMENTS,
            instance::STATEMENTS,
            journal::STATEMENTS,
            messages::STATEMENTS,
            lifecycle::STATEMENTS,
            obligations::STATEMENTS,
            occurrences::STATEMENTS,
            outbox::claim::STATEMENTS,
            outbox::marks::STATEMENTS,
            outbox::record::STATEMENTS,
            outbox::roads::STATEMENTS,
            outbox::seal::STATEMENTS,
            outbox::withdraw::STATEMENTS,
            reminders::assignments::STATEMENTS,
            reminders::plans::STATEMENTS,
            reminders::planned_messages::STATEMENTS,
            shares::STATEMENTS,
            units::STATEMENTS,
        ];
        let mut faults = Vec::new();
        for statement in all.into_iter().flatten().copied() {
            let explained = sqlx::AssertSqlSafe(format!("EXPLAIN {statement}"));
            if let Err(fault) = sqlx::raw_sql(explained).execute(&self.reader).await {
                faults.push((statement, fault));
            }
        }
        if faults.is_empty() { Ok(all.into_iter().flatten().count()) } else { Err(faults) }
    }
}

fn create_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}
