//! The schema files, built into the program.
//!
//! Must not know: what the tables mean. The files are named here and not gathered by sqlx's macro: for it, SQLite and
//! the driver would be compiled a second time, a tenth of a cold build.
//! `architecture::the_built_in_migrations_are_those_of_the_folder` holds that none is forgotten.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// File names, each with what stands in the file.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")))),+]
    };
}

/// The files of `migrations/sqlite`; the number is the version.
const FILES: &[(&str, &str)] = files!["0001_schema"];

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
