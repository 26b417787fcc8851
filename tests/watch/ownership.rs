//! Whose the ledger is: a query writes nothing, and no command takes a file from the user of the service.
//!
//! The tests that need a second user run as root, as the whole suite does on a build machine.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::process::Command;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::support::office::TestOffice;

const NOBODY: u32 = 65534;

/// Every file of the folder with its owner, its mode, its time of change and its bytes.
fn files(folder: &Path) -> BTreeMap<String, (u32, u32, i64, i64, Vec<u8>)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file());
    let told = files.map(|path| {
        let of = fs::metadata(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        (name, (of.uid(), of.mode(), of.mtime(), of.mtime_nsec(), bytes))
    });
    told.collect()
}

/// Runs the binary as it is, without the Chinese copy, which would stand in the same folder.
fn run(office: &TestOffice, arguments: &[&str]) -> (Option<i32>, String) {
    let output = office.command(arguments).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn give_to_nobody(office: &TestOffice) {
    let id = Command::new("id").arg("-u").output().unwrap();
    assert_eq!(id.stdout, b"0\n", "this test needs root to give a file to another user");
    for name in files(&office.path("")).into_keys() {
        chown(office.path(&name), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    chown(office.path(""), Some(NOBODY), Some(NOBODY)).unwrap();
}

#[test]
fn a_query_leaves_every_file_as_it_is() {
    let office = TestOffice::yuzhong();
    run(&office, &["--as-of", "2022-12-28", "remind"]);
    let before = files(&office.path(""));
    for query in [
        &["upcoming"][..],
        &["upcoming", "--overdue"],
        &["plan", "--to", "2023-01-31"],
        &["status"],
        &["items"],
        &["doctor"],
        &["units"],
        &["bulletin", "--from", "2022-01-01", "--to", "2022-12-31"],
        &["journal"],
        &["journal", "--verify"],
        &["mail", "list"],
        &["mail", "show", "1"],
        &["mail", "eml", "1"],
        &["calendar"],
        &["rules"],
        &["due", "20wd", "--from", "2022-12-01"],
        &["remind", "--dry-run"],
        &[],
    ] {
        let (code, said) = run(&office, &[&["--as-of", "2022-12-28"], query].concat());
        assert!(matches!(code, Some(0 | 20)), "{query:?}: {code:?} {said}");
        let after = files(&office.path(""));
        assert!(before == after, "{query:?}: {:?} {:?}", before.keys(), after.keys());
    }
}

#[test]
fn a_query_creates_no_ledger() {
    let office = TestOffice::new();
    let run = office.run(&["upcoming"]).expect_code(11);
    assert!(run.err.contains("there is no ledger at <office>/duban.db"), "{}", run.err);
    assert!(run.err.contains("duban import units"), "{}", run.err);
    assert!(!office.path("duban.db").exists());
}

#[test]
fn a_command_of_another_user_is_refused_and_a_query_answers() {
    let office = TestOffice::yuzhong();
    give_to_nobody(&office);
    let before = files(&office.path(""));
    for command in [&["remind"][..], &["mail", "release", "--all", "--count", "0"]] {
        let (code, said) = run(&office, &[&["--as-of", "2022-12-28"], command].concat());
        assert_eq!(code, Some(11), "{command:?}: {said}");
        assert!(
            said.contains("belongs to nobody") && said.contains("sudo -u nobody duban"),
            "{said}"
        );
        assert!(before == files(&office.path("")), "{command:?} changed a file");
    }
    let (code, said) = run(&office, &["--as-of", "2022-12-28", "upcoming"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(before == files(&office.path("")), "a query changed a file");
}

#[test]
fn root_creates_no_ledger_in_the_folder_of_another_user() {
    let office = TestOffice::new();
    give_to_nobody(&office);
    let (code, said) = run(&office, &["mail", "release", "--all", "--count", "0"]);
    assert_eq!(code, Some(11), "{said}");
    assert!(said.contains("sudo -u nobody duban"), "{said}");
    assert!(!office.path("duban.db").exists());
}

#[test]
fn doctor_names_the_command_that_mends_an_owner_or_a_mode() {
    let office = TestOffice::yuzhong();
    fs::set_permissions(office.path("duban.db.home"), fs::Permissions::from_mode(0o644)).unwrap();
    let output = office.command(&["--as-of", "2022-12-28", "doctor"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("chmod 600"), "{said}");
    give_to_nobody(&office);
    chown(office.path("duban.db.home"), Some(0), Some(0)).unwrap();
    let output = office.command(&["--as-of", "2022-12-28", "--format", "json", "doctor"]).output();
    let said = String::from_utf8_lossy(&output.unwrap().stdout).into_owned();
    assert!(said.contains("chown nobody: "), "{said}");
}

#[test]
fn the_database_of_another_program_is_refused_unchanged() {
    let office = TestOffice::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(office.path("duban.db"));
        let mut other = options.create_if_missing(true).connect().await.unwrap();
        sqlx::query("CREATE TABLE song (name TEXT)").execute(&mut other).await.unwrap();
        other.close().await.unwrap();
    });
    let before = fs::read(office.path("duban.db")).unwrap();
    for command in [&["upcoming"][..], &["mail", "release", "--all", "--count", "0"]] {
        let run = office.run(command).expect_code(11);
        assert!(run.err.contains("is the database of another program"), "{}", run.err);
    }
    let after = fs::read(office.path("duban.db")).unwrap();
    // the journal mode stands in the header; every table is as it was
    assert_eq!(before.len(), after.len());
}
