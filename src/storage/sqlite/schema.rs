//! The schema files, built into the program.
//!
//! Must not know: what the tables mean. The files are named here and not gathered by sqlx's macro: for it, SQLite and
//! the driver would be compiled a second time, a tenth of a cold build.
//! `architecture::the_built_in_migrations_are_those_of_the_folder` holds that none is forgotten.

use std::path::Path;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Row as _, SqlSafeStr as _, SqlitePool};

use crate::storage::StorageError;

/// File names, each with what stands in the file.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")))),+]
    };
}

/// The files of `migrations/sqlite`; the number is the version.
const FILES: &[(&str, &str)] = files!["0001_schema"];

const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table'";

const APPLIED: &str = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";

/// Refuses a database that holds tables, and none of them ours: another program keeps its data there.
pub(super) async fn refuse_other_databases(
    pool: &SqlitePool,
    path: &Path,
) -> Result<(), StorageError> {
    let tables = sqlx::query(TABLES).fetch_all(pool).await?;
    let names = tables.iter().map(|row| row.try_get::<String, _>("name"));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    if names.is_empty() || names.iter().any(|name| name == "_sqlx_migrations") {
        return Ok(());
    }
    Err(StorageError::NotALedger { path: path.to_owned() })
}

/// Checks the schema of a ledger that is opened for questions alone.
pub(super) async fn check_schema(pool: &SqlitePool) -> Result<(), StorageError> {
    let applied = sqlx::query(APPLIED).fetch_all(pool).await.unwrap_or_default();
    let ours = migrations();
    for (nth, step) in ours.iter().enumerate() {
        let row = applied.get(nth).ok_or(MigrateError::VersionMissing(step.version))?;
        let checksum: Vec<u8> = row.try_get("checksum")?;
        if checksum != *step.checksum {
            return Err(MigrateError::VersionMismatch(step.version).into());
        }
    }
    Ok(())
}

/// Creates the schema in a new ledger and checks it in an existing one: sqlx refuses a ledger whose migrations are not
/// exactly these. Until the first release the one file is edited in place, so a ledger of an earlier build is refused.
pub fn migrations() -> Migrator {
    let steps = FILES.iter().filter_map(|(name, statements)| {
        let (version, description) = name.split_once('_')?;
        let description = description.replace('_', " ").into();
        let statements = statements.into_sql_str();
        let kind = MigrationType::Simple;
        Some(Migration::new(version.parse().ok()?, description, kind, statements, false))
    });
    Migrator::with_migrations(steps.collect())
}
