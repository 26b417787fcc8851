//! The list of all statements, so that a test can prepare each of them.
//!
//! Must not know: what a statement does. Callers: tests only.

use sqlx::{Executor as _, SqlSafeStr as _};

use super::database::Sqlite;
use super::{
    adjustments, archive, audit, backup, calendars, directory_rows, entries, follow_ups, health,
    history, import_writer, imports, incoming, instance, items, journal, journal_lines,
    ledger_identity, lifecycle, mail_bundles, messages, obligation_rows, obligations, occurrences,
    outbox, personal, projection, registration, reminders, retention, revision, site, unattended,
    units,
};

const STATEMENTS: &[&[&str]] = &[
    adjustments::STATEMENTS,
    archive::STATEMENTS,
    archive::DELETIONS[0],
    archive::DELETIONS[1],
    audit::STATEMENTS,
    backup::STATEMENTS,
    calendars::STATEMENTS,
    entries::STATEMENTS,
    follow_ups::STATEMENTS,
    health::STATEMENTS,
    history::STATEMENTS,
    import_writer::STATEMENTS,
    imports::STATEMENTS,
    incoming::STATEMENTS,
    instance::STATEMENTS,
    items::STATEMENTS,
    journal::STATEMENTS,
    journal_lines::STATEMENTS,
    ledger_identity::STATEMENTS,
    lifecycle::STATEMENTS,
    mail_bundles::STATEMENTS,
    messages::STATEMENTS,
    obligation_rows::STATEMENTS,
    obligations::STATEMENTS,
    occurrences::STATEMENTS,
    outbox::accepted::STATEMENTS,
    outbox::breakers::STATEMENTS,
    outbox::claim::STATEMENTS,
    outbox::failed::STATEMENTS,
    outbox::leases::STATEMENTS,
    outbox::seal::STATEMENTS,
    outbox::withdraw::STATEMENTS,
    personal::STATEMENTS,
    &personal::BLANKED_TEXTS,
    &personal::REPLACED_TEXTS,
    projection::STATEMENTS,
    registration::STATEMENTS,
    reminders::assignments::STATEMENTS,
    reminders::open_shares::STATEMENTS,
    reminders::planned_messages::STATEMENTS,
    reminders::plans::STATEMENTS,
    retention::STATEMENTS,
    revision::STATEMENTS,
    site::STATEMENTS,
    unattended::STATEMENTS,
    units::STATEMENTS,
    directory_rows::STATEMENTS,
];

impl Sqlite {
    /// Prepares every statement against the present schema; returns their number.
    ///
    /// # Errors
    ///
    /// The statements that do not prepare, each with SQLite's message.
    pub async fn prepare_all(&self) -> Result<usize, Vec<(&'static str, sqlx::Error)>> {
        let mut count = 0;
        let mut faults = Vec::new();
        for statement in STATEMENTS.iter().copied().flatten().copied() {
            count += 1;
            if let Err(fault) = self.reader.prepare(statement.into_sql_str()).await {
                faults.push((statement, fault));
            }
        }
        if faults.is_empty() { Ok(count) } else { Err(faults) }
    }
}
