//! The list of all statements, so that a test can prepare each of them.
//!
//! Must not know: what a statement does. Callers: tests only.

use sqlx::{Executor as _, SqlSafeStr as _};

use super::database::Sqlite;
use super::{
    adjustments, archive, audit, backup, calendars, corrections, directory_rows, entries,
    follow_ups, health, history, import_writer, imports, incoming, instance, items, journal,
    journal_lines, ledger_identity, lifecycle, mail_bundles, messages, obligation_rows,
    obligations, occurrences, outbox, personal, posts, projection, register_state, registration,
    reminders, retention, revision, site, unattended, unit_changes, units,
};

const STATEMENTS: &[&[&str]] = &[
    adjustments::STATEMENTS,
    archive::STATEMENTS,
    archive::DELETIONS[0],
    archive::DELETIONS[1],
    audit::STATEMENTS,
    backup::STATEMENTS,
    calendars::STATEMENTS,
    corrections::STATEMENTS,
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
    posts::STATEMENTS,
    projection::STATEMENTS,
    register_state::STATEMENTS,
    registration::STATEMENTS,
    reminders::assignments::STATEMENTS,
    reminders::open_shares::STATEMENTS,
    reminders::planned_messages::STATEMENTS,
    reminders::plans::STATEMENTS,
    retention::STATEMENTS,
    revision::STATEMENTS,
    site::STATEMENTS,
    unattended::STATEMENTS,
    unit_changes::STATEMENTS,
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

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row as _};

    use super::*;

    /// Tables whose rows grow with the years.
    const LARGE: [&str; 7] =
        ["assignment", "attempt", "journal", "message", "message_bytes", "obligation", "reminder"];

    /// What every pass, every claim and every outcome asks.
    const OF_EVERY_PASS: &[&[&str]] = &[
        follow_ups::STATEMENTS,
        instance::STATEMENTS,
        items::STATEMENTS,
        occurrences::STATEMENTS,
        outbox::accepted::STATEMENTS,
        outbox::breakers::STATEMENTS,
        outbox::claim::STATEMENTS,
        outbox::failed::STATEMENTS,
        outbox::leases::STATEMENTS,
        outbox::seal::STATEMENTS,
        outbox::withdraw::STATEMENTS,
        reminders::assignments::STATEMENTS,
        reminders::open_shares::STATEMENTS,
        reminders::planned_messages::STATEMENTS,
        reminders::plans::STATEMENTS,
        site::STATEMENTS,
        unattended::STATEMENTS,
    ];

    #[tokio::test]
    async fn no_statement_of_a_pass_reads_a_large_table_without_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Sqlite::open(&folder.path().join("duban.db")).await.unwrap();
        let mut found = Vec::new();
        for statement in OF_EVERY_PASS.iter().copied().flatten() {
            // a constant of this program behind three words
            let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")));
            for step in plan.fetch_all(&ledger.reader).await.unwrap() {
                let step: String = step.get("detail");
                let is_scan =
                    step.strip_prefix("SCAN ").is_some_and(|table| LARGE.contains(&table));
                if is_scan {
                    found.push(format!("{step}: {statement}"));
                }
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n\n"));
    }

    #[test]
    fn no_statement_uses_words_that_only_sqlite_knows() {
        for statement in STATEMENTS.iter().copied().flatten() {
            for word in
                ["INDEXED BY", "randomblob", "GLOB", "x''", "OR REPLACE", "OR IGNORE", "changes()"]
            {
                assert!(!statement.contains(word), "{word}: {statement}");
            }
            let compared = statement.replace("IS NOT NULL", "").replace("IS NOT DISTINCT", "");
            assert!(!compared.contains(" IS NOT "), "{statement}");
        }
    }
}
