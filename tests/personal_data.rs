//! Erasing a person: who is refused, what is left, and where nothing may be left.

use std::fs;

use data_encoding::BASE64;
use duban::intake::mail_text::mail_text;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::support::office::TestOffice;

const UNITS: &str = "单位,联系人,邮箱,职级
区政府办公室,办公室承办人,office@x.example,承办人
区财政局,张三丰,zhang@x.example,承办人
区财政局,李四,li@x.example,承办人
区民政局,赵六,zhao@x.example,承办人
";
const OBLIGATIONS: &str = "事项,时限,责任单位,编号,来源
张三丰负责的公开清单,2022年底前,区财政局,A1,张三丰来函
公开指南,2022年底前,区民政局,A2,
";

/// An office that has mailed everybody on 2022-12-16.
fn office() -> TestOffice {
    let office = TestOffice::new();
    let units = office.write("units.csv", UNITS);
    let obligations = office.write("obligations.csv", OBLIGATIONS);
    let at = ["--as-of", "2022-11-20"];
    office.run(&[&at[..], &["import", "units", &units]].concat()).expect_code(0);
    office.run(&[&at[..], &["import", "obligations", &obligations]].concat()).expect_code(0);
    let away = ["units", "away", "zhang@x.example", "--from", "2022-11-21", "--to", "2022-11-22"];
    office.run(&[&at[..], &away[..]].concat()).expect_code(0);
    office.run(&["--as-of", "2022-12-16", "remind"]);
    office
}

fn forget(office: &TestOffice, day: &str, options: &[&str], code: i32) -> String {
    let asked = ["--as-of", day, "ledger", "person", "forget", "zhang@x.example"];
    office.run(&[&asked[..], options].concat()).expect_code(code).err
}

/// The text as it may stand in a file: plain, and in base64 at each of the three places a group of bytes may begin.
fn encodings(text: &str) -> Vec<Vec<u8>> {
    let mut all = vec![text.as_bytes().to_vec()];
    for shift in 0..3 {
        let padded = [vec![b' '; shift], text.as_bytes().to_vec()].concat();
        let whole = (padded.len() - shift) / 3 * 3;
        let encoded = BASE64.encode(&padded[..whole]);
        all.push(encoded.as_bytes()[(shift * 4).div_ceil(3)..].to_vec());
    }
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    encodings(text).iter().any(|sought| bytes.windows(sought.len()).any(|it| it == sought))
}

async fn decoded_mails(ledger: &std::path::Path) -> String {
    let address = format!("sqlite://{}", ledger.display());
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    let rows = sqlx::query("SELECT bytes FROM message_bytes").fetch_all(&mut connection).await;
    rows.unwrap().iter().map(|row| mail_text(row.get("bytes"))).collect()
}

#[tokio::test]
async fn a_person_is_found_in_the_ledger_and_after_forget_nowhere() {
    let office = office();
    let ledger = office.path("duban.db");
    office.run(&["withdraw", "A2", "--reason", "张三丰调离"]).expect_code(0);
    assert!(holds(&fs::read(&ledger).unwrap(), "zhang@x.example"));
    assert!(decoded_mails(&ledger).await.contains("zhang@x.example"));
    let export = ["--format", "json", "ledger", "person", "export", "zhang@x.example"];
    let copy = office.run(&export).expect_code(0).out;
    assert!(copy.contains("张三丰") && copy.contains("\"subject\""), "{copy}");

    assert!(forget(&office, "2022-12-17", &[], 0).contains("add --yes"));
    assert!(forget(&office, "2022-12-17", &["--yes"], 0).contains("2022-12-24 09:00"));
    assert!(forget(&office, "2022-12-20", &["--yes"], 0).contains("2022-12-24 09:00"));
    assert!(forget(&office, "2022-12-25", &[], 0).contains("would erase"));
    assert!(forget(&office, "2022-12-25", &["--yes"], 0).contains("erased:"));

    let backup = office.path("backup.db");
    office.run(&["ledger", "backup", &backup.display().to_string()]).expect_code(0);
    for file in ["duban.db", "duban.db-wal", "backup.db"] {
        let bytes = fs::read(office.path(file)).unwrap_or_default();
        for text in ["zhang@x.example", "张三丰"] {
            assert!(!holds(&bytes, text), "{file} still holds {text}");
        }
    }
    let mails = decoded_mails(&backup).await;
    assert!(mails.contains("zhao@x.example"), "the mails of others stay");
    assert!(!mails.contains("zhang@x.example") && !mails.contains("张三丰"));
    let verified = office.run(&["journal", "--verify"]).expect_code(0).err;
    assert!(verified.contains("chain whole"), "{verified}");
    let deep = office.run(&["--as-of", "2022-12-25", "status", "--deep"]);
    assert!(!deep.out.contains("bytes of a mail were changed"), "{}", deep.out);
    forget(&office, "2022-12-25", &[], 14);
    let shown = office.run(&["show", "A1"]).expect_code(0).out;
    assert!(shown.contains("已匿名化负责的公开清单") && shown.contains("已匿名化来函"), "{shown}");
}

#[test]
fn a_reference_that_names_the_person_stays_and_is_said() {
    let office = office();
    let add = [
        "add",
        "--title",
        "述职",
        "--when",
        "2023年底前",
        "--unit",
        "区财政局",
        "--ref",
        "张三丰-1",
    ];
    office.run(&[&["--as-of", "2022-12-16"], &add[..]].concat()).expect_code(0);
    forget(&office, "2022-12-17", &["--yes"], 0);
    assert!(forget(&office, "2022-12-25", &["--yes"], 0).contains("张三丰-1"));
    office.run(&["show", "张三丰-1"]).expect_code(0);
}

#[test]
fn the_only_contact_of_a_unit_that_owes_something_is_not_forgotten() {
    let office = office();
    let run = office.run(&["ledger", "person", "forget", "zhao@x.example", "--yes"]);
    let run = run.expect_code(14);
    assert!(run.err.contains("A2 区民政局"), "{}", run.err);
}

#[test]
fn importing_the_contact_again_takes_the_order_back() {
    let office = office();
    forget(&office, "2022-12-17", &["--yes"], 0);
    let units = office.write("again.csv", UNITS);
    office.run(&["--as-of", "2022-12-18", "import", "units", &units]).expect_code(0);
    assert!(forget(&office, "2022-12-30", &[], 0).contains("would stop all mail"));
}
