//! The ledger in one SQLite file, behind the traits of `storage`: one file per trait, with the same name.
//!
//! Must not know: what the values mean; the domain decides, a statement stores. Callers: wiring and the command line,
//! which open the ledger; everybody else calls the traits.

mod adjustments;
mod archive;
mod audit;
mod backup;
mod calendars;
mod corrections;
mod database;
mod digests;
mod directory_rows;
mod driver_error;
mod entries;
mod files;
mod follow_ups;
mod health;
mod history;
mod import_writer;
mod imports;
mod incoming;
mod instance;
mod instance_mark;
mod items;
mod journal;
mod journal_lines;
mod json_rows;
mod ledger_identity;
mod lifecycle;
mod mail_bundles;
mod messages;
mod obligation_rows;
mod obligations;
mod occurrences;
mod open_files;
mod outbox;
mod outcome_file;
mod personal;
mod posts;
mod projection;
mod register_state;
mod registration;
mod reminders;
mod retention;
mod revision;
mod rows;
mod schema;
mod sender_lock;
mod site;
mod spool;
mod statements;
mod unattended;
mod unit_changes;
mod units;

pub use self::database::Sqlite;
pub use self::schema::migrations;
