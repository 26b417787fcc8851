//! What is kept for a limited time: packed, deleted, given back; and the archive that keeps the rest.

use std::fs;

use duban::intake::mail_text::mail_text;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::support::office::TestOffice;

const UNITS: &str = "单位,联系人,邮箱,职级
区政府办公室,办公室承办人,office@x.example,承办人
区财政局,张三丰,zhang@x.example,承办人
区财政局,李四,li@x.example,承办人
区民政局,赵六,zhao@x.example,承办人
";
const OBLIGATIONS: &str = "事项,时限,起算日,责任单位,编号
公开清单,2022年底前,,区财政局,A1
公开指南,2022年底前,,区民政局,A2
答复申请,20个工作日内,2022-12-01,区民政局、区财政局,A3
";

/// An office that has mailed everybody on 2022-12-16.
fn office() -> TestOffice {
    let office = TestOffice::new();
    let units = office.write("units.csv", UNITS);
    let obligations = office.write("清单.csv", OBLIGATIONS);
    let at = ["--as-of", "2022-11-20"];
    office.run(&[&at[..], &["import", "units", &units]].concat()).expect_code(0);
    office
        .run(&[&at[..], &["import", "obligations", "--planned", "--late", &obligations]].concat())
        .expect_code(0);
    office.run(&["--as-of", "2022-12-16", "remind"]);
    assert!(!office.mails().is_empty());
    office
}

fn retain(office: &TestOffice, day: &str, options: &[&str]) -> serde_json::Value {
    let asked = ["--format", "json", "--as-of", day, "ledger", "retain"];
    let run = office.run(&[&asked[..], options].concat());
    serde_json::from_str(&run.out).unwrap()
}

/// How many of a class are due, or were packed or deleted.
fn count(retained: &serde_json::Value, class: &str) -> i64 {
    let classes = retained["classes"].as_array().unwrap();
    let class = classes.iter().find(|it| it["class"] == class).unwrap();
    class["count"].as_i64().unwrap()
}

async fn connection(office: &TestOffice) -> SqliteConnection {
    let address = format!("sqlite://{}", office.path("duban.db").display());
    SqliteConnection::connect(&address).await.unwrap()
}

async fn number(office: &TestOffice, statement: &'static str) -> i64 {
    let mut connection = connection(office).await;
    sqlx::query(statement).fetch_one(&mut connection).await.unwrap().get(0)
}

#[tokio::test]
async fn old_mails_are_packed_and_read_as_before_then_deleted_with_their_digest_kept() {
    let office = office();
    let sent: Vec<String> = office.mails().iter().map(|mail| mail_text(mail)).collect();
    assert_eq!(count(&retain(&office, "2023-01-05", &[]), "packed_mails"), 0);
    let due = retain(&office, "2023-01-20", &[]);
    let mails = i64::try_from(sent.len()).unwrap();
    assert_eq!(count(&due, "packed_mails"), mails);
    assert_eq!(number(&office, "SELECT count(*) FROM mail_bundle").await, 0, "a dry run");
    let eml = |office: &TestOffice| office.run(&["mail", "eml", "1"]).out;
    let before = eml(&office);
    assert_eq!(count(&retain(&office, "2023-01-20", &["--yes"]), "packed_mails"), mails);
    assert_eq!(number(&office, "SELECT count(*) FROM message_bytes").await, 0);
    assert_eq!(eml(&office), before);
    let deep = office.run(&["--as-of", "2023-01-20", "status", "--deep"]);
    assert!(!deep.out.contains("bytes of a mail"), "{}", deep.out);
    let verified = office.run(&["journal", "--verify"]).expect_code(0).err;
    assert!(verified.contains("none changed"), "{verified}");
    assert_eq!(count(&retain(&office, "2025-12-20", &["--yes"]), "mails"), mails);
    assert_eq!(number(&office, "SELECT count(*) FROM mail_bundle").await, 0);
    office.run(&["mail", "eml", "1"]).expect_code(14);
    let kept =
        "SELECT count(*) FROM message WHERE length(bytes_sha256) = 64 AND bytes_erased_at > 0";
    assert_eq!(number(&office, kept).await, mails);
    let deep = office.run(&["--as-of", "2025-12-20", "status", "--deep"]);
    assert!(!deep.out.contains("bytes of a mail"), "{}", deep.out);
}

#[tokio::test]
async fn packed_mails_are_searched_for_a_person_too() {
    let office = office();
    retain(&office, "2023-02-01", &["--yes"]);
    let forget = |day: &str| {
        let asked = ["--as-of", day, "ledger", "person", "forget", "zhang@x.example", "--yes"];
        office.run(&asked).expect_code(0);
    };
    forget("2023-02-01");
    forget("2023-02-10");
    let others = office.mails().len();
    let mut texts = String::new();
    for id in 1..=others {
        texts += &mail_text(office.run(&["mail", "eml", &id.to_string()]).out.as_bytes());
    }
    assert!(texts.contains("zhao@x.example"), "the mails of others stay");
    assert!(!texts.contains("zhang@x.example") && !texts.contains("张三丰"));
}

#[tokio::test]
async fn thousands_of_mails_take_a_fraction_of_their_room_once_packed() {
    let office = office();
    let mut connection = connection(&office).await;
    for statement in [
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000)
         INSERT INTO message (message_id, contact_id, kind, sender, recipient, subject, bytes_sha256, envelope_sha256, day_on, urgency,
                              state, sealed_at, next_attempt_at, expires_at, accepted_at)
         SELECT 'copy-' || n, contact_id, kind, sender, recipient, subject, bytes_sha256, envelope_sha256, day_on, urgency, state,
                sealed_at, next_attempt_at, expires_at, accepted_at FROM message, n WHERE id = 1",
        "INSERT INTO message_bytes (message_id, bytes)
         SELECT message.id, bytes FROM message, message_bytes
         WHERE message.message_id LIKE 'copy-%' AND message_bytes.message_id = 1",
    ] {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let retained = retain(&office, "2023-02-01", &["--yes"]);
    let (before, after) = (&retained["bytes_before"], &retained["bytes_after"]);
    let (before, after) = (before.as_u64().unwrap(), after.as_u64().unwrap());
    println!("{before} bytes before, {after} after");
    assert!(after * 4 < before, "{before} bytes before, {after} after");
    let size = fs::metadata(office.path("duban.db")).unwrap().len();
    assert_eq!(size, after, "the room is given back");
    office.run(&["mail", "eml", "2500"]).expect_code(0);
}

#[tokio::test]
async fn a_retired_contact_is_anonymous_two_years_after_everything_has_ended() {
    let office = office();
    let statement = "UPDATE contact SET retired_at = 1671500000 WHERE address = 'zhang@x.example'";
    sqlx::query(statement).execute(&mut connection(&office).await).await.unwrap();
    let due = retain(&office, "2025-01-10", &[]);
    assert_eq!(count(&due, "retired_contacts"), 0, "something the contact was told of is open");
    for id in ["A1", "A3"] {
        let close =
            ["--as-of", "2022-12-30", "close", id, "--all-units", "--evidence", "张三丰交来"];
        office.run(&close).expect_code(0);
    }
    assert_eq!(count(&retain(&office, "2024-12-20", &[]), "retired_contacts"), 0);
    assert_eq!(count(&retain(&office, "2025-01-10", &["--yes"]), "retired_contacts"), 1);
    let bytes = fs::read(office.path("duban.db")).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("zhang@x.example") && !text.contains("张三丰"));
    assert!(text.contains("li@x.example"));
    assert_eq!(count(&retain(&office, "2025-01-10", &[]), "retired_contacts"), 0);
}

#[test]
fn mails_are_kept_at_least_half_a_year() {
    let mut office = TestOffice::new();
    office.set("RETENTION__MAILS_DAYS", "30");
    let run = office.run(&["ledger", "retain"]).expect_code(10);
    assert!(run.err.contains("180"), "{}", run.err);
    let mut office = office;
    office.set("RETENTION__MAILS_DAYS", "0");
    office.create_ledger();
    let table = office.run(&["ledger", "retain"]).expect_code(0).out;
    assert!(table.contains("kept for ever"), "{table}");
}

#[test]
fn status_says_when_the_ledger_is_large() {
    let mut office = office();
    assert!(!office.run(&["status"]).out.contains("megabytes"));
    office.set("RETENTION__WARN_MEGABYTES", "0");
    assert!(!office.run(&["status"]).out.contains("megabytes"));
    fs::write(office.path("more.csv"), "").unwrap();
    let rows: String = (1..=3_000)
        .map(|n| format!("第{n}件,2022-12-31,,区民政局,{n}\n"))
        .collect::<Vec<_>>()
        .concat();
    let table = office.write("大.csv", format!("事项,时限,起算日,责任单位,编号\n{rows}"));
    office.run(&["--as-of", "2022-11-20", "import", "obligations", &table]).expect_code(0);
    office.set("RETENTION__WARN_MEGABYTES", "1");
    let said = office.run(&["status"]).out;
    assert!(said.contains("megabytes") && said.contains("ledger retain"), "{said}");
}

#[tokio::test]
async fn the_list_of_suppressed_mailboxes_holds_no_address_and_outlives_the_person() {
    let office = office();
    let statement = "INSERT INTO suppression (address_key, reason, since_at)
                     SELECT address_key, 'unknown-mailbox', 0 FROM contact WHERE address = 'zhang@x.example'";
    sqlx::query(statement).execute(&mut connection(&office).await).await.unwrap();
    let suppressed = || office.json(&["units"]).to_string().matches("\"suppressed\":true").count();
    assert_eq!(suppressed(), 1);
    for day in ["2022-12-17", "2022-12-27"] {
        let forget = ["--as-of", day, "ledger", "person", "forget", "zhang@x.example", "--yes"];
        office.run(&forget).expect_code(0);
    }
    assert_eq!(number(&office, "SELECT count(*) FROM suppression").await, 1);
    let units = office.write("again.csv", UNITS);
    office.run(&["--as-of", "2022-12-28", "import", "units", &units]).expect_code(0);
    assert_eq!(suppressed(), 1, "the mailbox does not exist, whoever names it");
}

/// What ended in December 2022.
fn archived(office: &TestOffice, name: &str) -> Vec<u8> {
    let file = office.path(name).display().to_string();
    let asked = ["ledger", "archive", "--from", "2022-12-01", "--to", "2022-12-31", &file];
    let said = office.run(&[&["--as-of", "2023-01-05"], &asked[..]].concat()).expect_code(0).err;
    assert!(said.contains("2 obligations"), "{said}");
    fs::read(file).unwrap()
}

#[test]
fn an_archive_becomes_a_ledger_that_explains_and_archives_the_same() {
    let office = office();
    office.run(&[
        "--as-of",
        "2022-12-20",
        "clock",
        "extend",
        "A3",
        "--by",
        "5wd",
        "--reason",
        "批准",
    ]);
    office
        .run(&["--as-of", "2022-12-28", "close", "A1", "--evidence", "财发〔2022〕9号"])
        .expect_code(0);
    office
        .run(&["--as-of", "2022-12-30", "withdraw", "A3", "--all-units", "--reason", "撤回申请"])
        .expect_code(0);
    let first = archived(&office, "归档.zip");
    let again = TestOffice::new();
    let file = again.write("归档.zip", &first);
    again.run(&["--as-of", "2023-01-06", "import", "archive", &file]).expect_code(0);
    for id in ["A1", "A3"] {
        for command in [
            &["explain", id][..],
            &["--format", "json", "explain", id],
            &["--lang", "zh", "explain", id],
        ] {
            let asked = [&["--as-of", "2023-01-06"], command].concat();
            assert_eq!(office.run(&asked).out, again.run(&asked).out, "{command:?}");
        }
    }
    again.run(&["show", "A2"]).expect_code(14);
    again.run(&["journal", "--verify"]).expect_code(0);
    let shown = again.run(&["show", "A1"]).expect_code(0).out;
    assert!(shown.contains("财发〔2022〕9号"), "{shown}");
    assert_eq!(archived(&again, "再.zip"), first, "the same record gives the same bytes");
    // Not into a ledger that exists.
    again.run(&["import", "archive", &file]).expect_code(14);
    office
        .run(&["ledger", "archive", "--from", "2022-12-31", "--to", "2022-12-01", "x.zip"])
        .expect_code(14);
}

#[test]
fn an_archive_that_was_changed_makes_no_ledger() {
    let office = office();
    office.run(&["--as-of", "2022-12-28", "close", "A1", "--evidence", "文"]).expect_code(0);
    office.run(&["--as-of", "2022-12-28", "close", "A2", "--evidence", "文"]).expect_code(0);
    let mut bytes = archived(&office, "归档.zip");
    let place = bytes.windows(9).position(|it| it == b"README.tx").unwrap() + 300;
    bytes[place] ^= 1;
    let again = TestOffice::new();
    for content in [bytes.as_slice(), b"PK", b""] {
        let file = again.write("坏.zip", content);
        again.run(&["import", "archive", &file]).expect_code(14);
        assert!(!again.path("duban.db").exists());
    }
}
