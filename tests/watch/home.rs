//! A ledger that was copied or restored holds all its mail until a person adopts it.

use std::fs;
use std::path::Path;

use duban::domain::moment::Moment;
use duban::domain::watch::Displacement;
use duban::storage::StorageError;
use duban::storage::instance::Instances as _;
use duban::storage::outbox::{ClaimTerms, Outbox as _};
use duban::storage::site::Site as _;
use duban::storage::sqlite::Sqlite;
use jiff::SignedDuration;

use crate::support::office::TestOffice;

const DAY: &str = "2022-12-28";
const NEXT_DAY: &str = "2022-12-29";

fn remind(office: &TestOffice, day: &str, code: i32) -> String {
    office.run(&["--as-of", day, "remind"]).expect_code(code).err
}

/// Another office whose ledger is a copy of this one's file.
fn copy_of(office: &TestOffice, with_mark: bool) -> TestOffice {
    let copy = TestOffice::new();
    fs::copy(office.path("duban.db"), copy.path("duban.db")).unwrap();
    if with_mark {
        fs::copy(office.path("duban.db.home"), copy.path("duban.db.home")).unwrap();
    }
    copy
}

fn verbs(office: &TestOffice) -> Vec<String> {
    let lines = office.json(&["journal"]);
    let lines = lines.as_array().unwrap().iter();
    lines.map(|line| line["verb"].as_str().unwrap().to_owned()).collect()
}

/// Case 55: a database copied to a second host sends nothing.
#[test]
fn a_copied_ledger_sends_nothing_until_it_is_confirmed() {
    let office = TestOffice::yuzhong();
    for (with_mark, why) in [(false, "is missing"), (true, "was copied or restored")] {
        let copy = copy_of(&office, with_mark);
        let err = remind(&copy, DAY, 20);
        assert!(err.contains(why) && err.contains("duban ledger adopt"), "{err}");
        assert!(copy.mails().is_empty());
        let rehearsed = copy.json(&["--as-of", DAY, "remind", "--dry-run"]);
        assert!(!rehearsed.as_array().unwrap().is_empty(), "a rehearsal works on a copy");
        copy.run(&["--as-of", DAY, "adopt"]).expect_code(0);
        remind(&copy, DAY, 0);
        assert_eq!(copy.mails().len(), rehearsed.as_array().unwrap().len());
        assert!(verbs(&copy).contains(&"adopt".to_owned()), "who adopted it is in the journal");
    }
    remind(&office, DAY, 0);
}

/// Case 54: a database restored from yesterday's backup holds its mail; adopted, it sends what it knows nothing of
/// under the Message-IDs it had.
#[test]
fn an_older_state_in_the_ledgers_place_is_noticed_and_repeats_the_same_message_ids() {
    let office = TestOffice::yuzhong();
    let backup = office.path("backup.db");
    fs::copy(office.path("duban.db"), &backup).unwrap();
    remind(&office, DAY, 0);
    let sent = message_ids(&office);
    fs::copy(&backup, office.path("duban.db")).unwrap();
    let err = remind(&office, DAY, 20);
    assert!(err.contains("an older state"), "{err}");
    assert_eq!(message_ids(&office), Vec::<String>::new());
    let err = office.run(&["--as-of", DAY, "adopt"]).expect_code(0).err;
    assert!(err.contains("may be sent again"), "{err}");
    remind(&office, DAY, 0);
    assert_eq!(message_ids(&office), sent);
}

fn message_ids(office: &TestOffice) -> Vec<String> {
    let messages = office.json(&["outbox", "list", "--state", "all"]);
    let ids = messages.as_array().unwrap().iter();
    let mut ids: Vec<String> =
        ids.map(|message| message["message_id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

#[test]
fn a_backup_of_the_present_state_put_back_is_accepted() {
    let office = TestOffice::yuzhong();
    remind(&office, DAY, 0);
    let text = fs::read(office.path("duban.db")).unwrap();
    fs::write(office.path("duban.db"), text).unwrap();
    remind(&office, NEXT_DAY, 0);
}

#[test]
fn a_folder_that_was_moved_is_accepted_where_it_is() {
    let mut office = TestOffice::yuzhong();
    let moved = office.path("moved");
    fs::create_dir(&moved).unwrap();
    for name in ["duban.db", "duban.db.home"] {
        fs::rename(office.path(name), moved.join(name)).unwrap();
    }
    office.set("DATABASE__PATH", &moved.join("duban.db").display().to_string());
    remind(&office, DAY, 0);
    assert!(!office.mails().is_empty());
}

#[test]
fn status_and_doctor_say_that_mail_is_held_and_the_original_is_not_touched() {
    let office = TestOffice::yuzhong();
    let copy = copy_of(&office, false);
    let status = copy.run(&["--as-of", "2022-06-20", "--format", "json", "status"]).expect_code(20);
    let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!(status["holds"][0]["hold"], "displaced");
    let doctor = copy.run(&["--as-of", "2022-06-20", "doctor"]).expect_code(20);
    assert!(doctor.out.contains("duban ledger adopt"), "{}", doctor.out);
    assert!(!verbs(&office).contains(&"adopt".to_owned()));
    office.run(&["--as-of", "2022-06-20", "status"]).expect_code(0);
}

#[test]
fn a_registered_ledger_has_nothing_to_adopt() {
    let office = TestOffice::yuzhong();
    let before = verbs(&office);
    let err = office.run(&["adopt"]).expect_code(0).err;
    assert!(err.contains("nothing to confirm"), "{err}");
    assert_eq!(verbs(&office), before);
}

#[test]
fn a_call_to_adopt_is_answered_by_adopting() {
    let office = TestOffice::yuzhong();
    let copy = copy_of(&office, false);
    remind(&copy, DAY, 20);
    let items = |office: &TestOffice| {
        let run = office.run(&["--as-of", DAY, "--format", "json", "status"]);
        serde_json::from_str::<serde_json::Value>(&run.out).unwrap()["items"].clone()
    };
    assert_eq!(items(&copy)[0]["key"], "instance:displaced");
    copy.run(&["--as-of", DAY, "items"]).expect_code(20);
    copy.run(&["--as-of", DAY, "adopt"]).expect_code(0);
    assert_eq!(items(&copy), serde_json::json!([]));
}

#[test]
fn a_ledger_of_an_earlier_version_is_registered_where_it_is_first_opened() {
    let office = TestOffice::yuzhong();
    fs::remove_file(office.path("duban.db.home")).unwrap();
    forget_the_home(&office.path("duban.db"));
    remind(&office, DAY, 0);
    assert!(!office.mails().is_empty());
}

#[tokio::main]
async fn forget_the_home(ledger: &Path) {
    use sqlx::{Connection as _, SqliteConnection};
    let url = format!("sqlite://{}", ledger.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("DELETE FROM instance").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

const TERMS: ClaimTerms = ClaimTerms {
    any_hour_only: false,
    lease: SignedDuration::from_mins(30),
    per_minute: None,
    per_domain_minute: None,
    per_address_day: None,
};

/// What an open ledger says of its place after `change` was done to its files beside it.
async fn displaced_by(change: impl FnOnce(&TestOffice)) -> Option<Displacement> {
    let office = TestOffice::yuzhong();
    let path = office.path("duban.db");
    fs::copy(&path, office.path("backup.db")).unwrap();
    remind(&office, DAY, 0);
    let now = Moment::from_local("2022-12-28T10:30".parse().unwrap()).unwrap();
    let ledger = Sqlite::open(&path).await.unwrap();
    ledger.record_clock_reading(now, None).await.unwrap();
    assert_eq!(ledger.displacement().await.unwrap(), None);
    ledger.claim(&TERMS, now).await.unwrap();
    change(&office);
    let displacement = ledger.displacement().await.unwrap();
    let claimed = ledger.claim(&TERMS, now).await;
    assert_eq!(matches!(claimed, Err(StorageError::Replaced { .. })), displacement.is_some());
    displacement
}

#[tokio::test]
async fn a_ledger_that_is_replaced_while_it_is_open_sends_nothing() {
    let renamed = |office: &TestOffice| {
        fs::rename(office.path("backup.db"), office.path("duban.db")).unwrap();
    };
    assert_eq!(displaced_by(renamed).await, Some(Displacement::Replaced));
    let moved = |office: &TestOffice| {
        fs::rename(office.path("duban.db"), office.path("elsewhere.db")).unwrap();
    };
    assert_eq!(displaced_by(moved).await, Some(Displacement::Replaced));
    let without_log = |office: &TestOffice| fs::remove_file(office.path("duban.db-wal")).unwrap();
    assert_eq!(displaced_by(without_log).await, Some(Displacement::Replaced));
}

#[tokio::test]
async fn a_ledger_that_is_overwritten_in_place_while_it_is_open_sends_nothing() {
    let overwritten = |office: &TestOffice| {
        let content = fs::read(office.path("backup.db")).unwrap();
        fs::write(office.path("duban.db"), content).unwrap();
    };
    assert_eq!(displaced_by(overwritten).await, Some(Displacement::Replaced));
}

#[tokio::test]
async fn what_other_commands_do_beside_an_open_ledger_replaces_nothing() {
    let used = |office: &TestOffice| {
        forget_the_log(&office.path("duban.db"));
        let file = crate::support::office::example("yuzhong-2022/units.csv");
        office.run(&["--as-of", DAY, "import", "units", &file]).expect_code(0);
        office.run(&["--as-of", DAY, "ledger", "backup", "copy.db"]).expect_code(0);
        forget_the_log(&office.path("duban.db"));
        remind(office, NEXT_DAY, 0);
    };
    assert_eq!(displaced_by(used).await, None);
}

/// A checkpoint: all of the log goes into the file.
fn forget_the_log(ledger: &Path) {
    let script = "import sqlite3, sys\n\
                  sqlite3.connect(sys.argv[1]).execute('PRAGMA wal_checkpoint(TRUNCATE)')";
    let mut python = std::process::Command::new("python3");
    assert!(python.args(["-c", script]).arg(ledger).status().unwrap().success());
}
