//! The steps of the schema, in order, built into the program.
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
const FILES: &[(&str, &str)] = files![
    "0001_create_directory",
    "0002_create_ledger",
    "0003_create_outbox",
    "0004_create_journal",
    "0005_create_owed_reminder",
    "0006_index_held_messages",
    "0007_follow_occurrences",
    "0008_create_calendar_notice",
    "0009_index_calendar_of_obligation",
    "0010_create_date_change",
    "0011_add_law_and_chain_to_obligation",
    "0012_create_calendar_version",
    "0013_silence_in_owed_reminder",
    "0014_add_part_of_to_obligation",
    "0016_split_raw_from_message",
    "0019_create_incoming",
    "0020_add_method_to_obligation",
    "0022_mark_shares_that_left",
    "0023_remember_what_follows",
    "0025_count_sealings_of_reminder",
    "0026_keep_what_a_person_cancelled",
    "0028_free_journal_of_hash_index",
];

/// What brings a ledger of any age up to date.
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
