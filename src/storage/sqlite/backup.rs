//! Copies the ledger into one file while others go on writing, and checks the copy.
//!
//! Must not know: where backups are kept. Callers: `cli`.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, chown};
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::database::{COPY, Sqlite};
use crate::storage::StorageError;

const CHECK: &str = "PRAGMA integrity_check(1)";

pub(super) const STATEMENTS: &[&str] = &[CHECK];

impl Sqlite {
    /// See [`Site::back_up`](crate::storage::site::Site::back_up).
    pub(super) async fn back_up_to(&self, path: &Path) -> Result<(), StorageError> {
        let failed = |source| StorageError::File { path: path.to_owned(), source };
        self.create_like_ledger(path).map_err(failed)?;
        let copied = self.copy_and_check(path).await;
        let copied = match copied {
            Ok(()) => File::open(path).and_then(|file| file.sync_all()).map_err(failed),
            Err(fault) => Err(fault),
        };
        if copied.is_err() {
            // The first fault is what a person needs to know.
            drop(std::fs::remove_file(path));
        }
        copied
    }

    fn create_like_ledger(&self, path: &Path) -> io::Result<()> {
        let ledger = std::fs::metadata(&self.path)?;
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let copy = std::fs::metadata(path)?;
        if (copy.uid(), copy.gid()) != (ledger.uid(), ledger.gid()) {
            chown(path, Some(ledger.uid()), Some(ledger.gid()))?;
        }
        Ok(())
    }

    async fn copy_and_check(&self, path: &Path) -> Result<(), StorageError> {
        sqlx::query(COPY).bind(path.display().to_string()).execute(&self.reader).await?;
        let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
        let mut copy = options.connect().await?;
        let finding: String = sqlx::query(CHECK).fetch_one(&mut copy).await?.try_get(0)?;
        copy.close().await?;
        if finding == "ok" {
            return Ok(());
        }
        Err(StorageError::Damaged { path: path.to_owned(), finding })
    }
}
