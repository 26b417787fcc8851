//! The ledger's file: its statements, its rights, its journal.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use duban::storage::StorageError;
use duban::storage::journal::{ChainFault, FIRST_HASH, Journal as _, verify};
use duban::storage::site::Site as _;
use duban::storage::sqlite::Sqlite;
use sqlx::{Connection as _, SqliteConnection};

use crate::support::office::TestOffice;

/// How many statements the program has; a statement that is in no list of its file is found here.
const STATEMENTS: usize = 368;

/// Writes into a ledger behind its back.
async fn tamper(ledger: &Path, statement: &'static str) {
    let mut connection =
        SqliteConnection::connect(&format!("sqlite://{}", ledger.display())).await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn first_fault(ledger: &Path) -> Option<ChainFault> {
    let ledger = Sqlite::open(ledger).await.unwrap();
    let lines = ledger.journal_after(0, u32::MAX).await.unwrap();
    verify((0, FIRST_HASH.to_owned()), &lines).err()
}

#[tokio::test]
async fn every_statement_prepares() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Sqlite::open(&folder.path().join("duban.db")).await.unwrap();
    let prepared = ledger.prepare_all().await;
    assert_eq!(prepared.map_err(|faults| format!("{faults:?}")), Ok(STATEMENTS));
}

#[tokio::test]
async fn nobody_but_the_owner_may_read_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/down/duban.db");
    let ledger = Sqlite::open(&path).await.unwrap();
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
    }
    ledger.close().await;
}

#[tokio::test]
async fn a_ledger_written_by_a_newer_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("duban.db");
    Sqlite::open(&path).await.unwrap().close().await;
    let newer =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', 1, x'00', 0)";
    tamper(&path, newer).await;
    assert!(matches!(Sqlite::open(&path).await, Err(StorageError::Schema { .. })));
}

#[tokio::test]
async fn a_ledger_of_an_earlier_build_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("duban.db");
    Sqlite::open(&path).await.unwrap().close().await;
    tamper(&path, "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1").await;
    assert!(matches!(Sqlite::open(&path).await, Err(StorageError::Schema { .. })));
}

#[tokio::test]
async fn a_changed_line_of_the_journal_is_named() {
    let office = TestOffice::yuzhong();
    let ledger = office.path("duban.db");
    assert_eq!(first_fault(&ledger).await, None);
    tamper(&ledger, "UPDATE journal SET actor = 'somebody else' WHERE seq = 7").await;
    assert_eq!(first_fault(&ledger).await, Some(ChainFault::Changed { seq: 7 }));
    let run = office.run(&["journal", "--verify"]).expect_code(11);
    assert!(run.err.contains("line 7 was changed"), "{}", run.err);
}

#[tokio::test]
async fn newest_lines_that_are_missing_or_written_anew_are_known_from_the_mark() {
    let office = TestOffice::yuzhong();
    let ledger = office.path("duban.db");
    let said = office.run(&["journal", "--verify"]).expect_code(0).err;
    assert!(said.contains("the hash of the newest is"), "{said}");
    tamper(&ledger, "DELETE FROM journal WHERE seq > (SELECT max(seq) - 2 FROM journal)").await;
    let run = office.run(&["journal", "--verify"]).expect_code(11);
    assert!(run.err.contains("the newest lines were removed"), "{}", run.err);
}

#[tokio::test]
async fn a_removed_line_of_the_journal_is_named() {
    let office = TestOffice::yuzhong();
    let ledger = office.path("duban.db");
    tamper(&ledger, "DELETE FROM journal WHERE seq = 5").await;
    assert_eq!(first_fault(&ledger).await, Some(ChainFault::Broken { seq: 6, expected: 5 }));
}

#[tokio::test]
async fn two_lines_of_the_journal_that_changed_places_are_named() {
    let office = TestOffice::yuzhong();
    let ledger = office.path("duban.db");
    tamper(&ledger, "UPDATE journal SET seq = CASE seq WHEN 3 THEN -1 ELSE seq END").await;
    tamper(&ledger, "UPDATE journal SET seq = 3 WHERE seq = 4").await;
    tamper(&ledger, "UPDATE journal SET seq = 4 WHERE seq = -1").await;
    assert_eq!(first_fault(&ledger).await, Some(ChainFault::Broken { seq: 3, expected: 3 }));
}

#[tokio::test]
async fn a_backup_is_a_whole_ledger_that_nobody_else_may_read() {
    let office = TestOffice::yuzhong();
    let target = office.path("backup.db");
    office.run(&["ledger", "backup", &target.display().to_string()]).expect_code(0);
    assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(first_fault(&target).await, None);
    let run = office.run(&["ledger", "backup", &target.display().to_string()]).expect_code(11);
    assert!(
        run.err.contains("backup.db") && run.err.contains("no file is overwritten"),
        "{}",
        run.err
    );
}
