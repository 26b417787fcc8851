//! No two ledgers share an identifier, and a restored ledger never gives one to another thing.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER};
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};

use crate::support::ids::without_ids;
use crate::support::office::TestOffice;

const UNITS: &str =
    "单位,联系人,邮箱,职级\n督查室,室,room@o.example,承办人\n财政局,蔡一,cai1@x.example,承办人\n";

/// An office with one unit whose clerk has one duty, due on 14 March 2025 and told on the 7th.
fn office(title: &str) -> TestOffice {
    let mut office = TestOffice::new();
    office.set("OFFICE__UNIT", "督查室");
    office.set("MAIL__CALENDAR", "attached");
    let units = office.write("units.csv", UNITS);
    office.run(&["--as-of", "2025-03-03", "import", "units", &units]).expect_code(0);
    add(&office, "A-1", title);
    office
}

fn add(office: &TestOffice, reference: &str, title: &str) {
    let duty = ["--title", title, "--when", "2025-03-14", "--unit", "财政局", "--ref", reference];
    office.run(&[&["--as-of", "2025-03-03", "add"][..], &duty].concat()).expect_code(0);
}

fn remind(office: &TestOffice, code: i32) {
    office.run(&["--as-of", "2025-03-07", "remind"]).expect_code(code);
}

/// The only mail, as it went out.
fn mail(office: &TestOffice) -> String {
    let [mail] = office.mails().try_into().unwrap();
    String::from_utf8(mail).unwrap()
}

fn header<'m>(mail: &'m str, name: &str) -> &'m str {
    mail.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap()
}

/// UID of the only entry in the calendar that is attached to a mail.
fn calendar_uid(mail: &str) -> String {
    let parsed = mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap();
    let calendar = parsed.attachments().next().unwrap().text_contents().unwrap().to_owned();
    let unfolded = calendar.replace("\r\n ", "");
    unfolded.lines().find_map(|line| line.strip_prefix("UID:")).unwrap().to_owned()
}

/// The kind that `mail bounce` finds in what comes in.
fn hand_in(office: &TestOffice, mail: &str) -> String {
    let mut command =
        office.command(&["--as-of", "2025-03-07", "--format", "json", "mail", "bounce"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(mail.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let taken: Value = serde_json::from_slice(&output.stdout).unwrap();
    taken[0]["kind"].as_str().unwrap().to_owned()
}

fn answer(to: &str) -> String {
    format!(
        "From: cai1@x.example\nIn-Reply-To: {}\nSubject: Re: {}\n\n收到\n",
        header(to, "Message-ID"),
        "【催办】"
    )
}

fn bounce(of: &str) -> String {
    format!(
        "Return-Path: <>
From: MAILER-DAEMON@mx.example
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; cai1@x.example
Action: failed
Status: 5.1.1
--b
Content-Type: message/rfc822

Message-ID: {}

x
--b--
",
        header(of, "Message-ID")
    )
}

fn suppressed(office: &TestOffice) -> bool {
    office.json(&["units"]).to_string().contains("\"suppressed\":true")
}

/// A restored ledger hands out row numbers again, and no identifier.
#[test]
fn after_a_restore_another_duty_gets_another_message_id_and_the_same_duty_keeps_its_own() {
    let office = office("甲事项");
    fs::copy(office.path("duban.db"), office.path("backup.db")).unwrap();
    remind(&office, 0);
    let first = mail(&office);
    let restore = |office: &TestOffice| {
        fs::copy(office.path("backup.db"), office.path("duban.db")).unwrap();
        fs::remove_dir_all(office.path("mail")).unwrap();
        office.run(&["--as-of", "2025-03-07", "adopt"]).expect_code(0);
    };
    restore(&office);
    remind(&office, 0);
    assert_eq!(mail(&office), first, "the same mail, byte for byte");

    restore(&office);
    office.run(&["--as-of", "2025-03-07", "withdraw", "A-1", "--reason", "误登记"]).expect_code(0);
    add(&office, "B-1", "乙事项");
    remind(&office, 0);
    let other = mail(&office);
    assert_ne!(header(&other, "Message-ID"), header(&first, "Message-ID"));
    assert_ne!(calendar_uid(&other), calendar_uid(&first));
}

#[test]
fn a_restored_ledger_without_the_duty_gives_its_row_to_another_with_another_message_id() {
    let office = TestOffice::new();
    let units = office.write("units.csv", UNITS);
    office.run(&["--as-of", "2025-03-03", "import", "units", &units]).expect_code(0);
    fs::copy(office.path("duban.db"), office.path("backup.db")).unwrap();
    add(&office, "A-1", "甲事项");
    remind(&office, 0);
    let first = mail(&office);
    fs::copy(office.path("backup.db"), office.path("duban.db")).unwrap();
    fs::remove_dir_all(office.path("mail")).unwrap();
    office.run(&["--as-of", "2025-03-07", "adopt"]).expect_code(0);
    add(&office, "B-1", "乙事项");
    remind(&office, 0);
    assert_ne!(header(&mail(&office), "Message-ID"), header(&first, "Message-ID"));
}

/// Last year's ledger and this year's, with the same contacts.
#[test]
fn two_ledgers_of_one_domain_share_no_identifier_and_no_answer() {
    let (one, other) = (office("同一事项"), office("同一事项"));
    remind(&one, 0);
    remind(&other, 0);
    let (mail_of_one, mail_of_other) = (mail(&one), mail(&other));
    for name in ["Message-ID", "List-Id"] {
        assert_ne!(header(&mail_of_one, name), header(&mail_of_other, name), "{name}");
    }
    assert_ne!(calendar_uid(&mail_of_one), calendar_uid(&mail_of_other));
    assert_eq!(header(&mail_of_one, "Subject"), header(&mail_of_other, "Subject"));
    for incoming in [answer(&mail_of_one), bounce(&mail_of_one)] {
        assert_eq!(hand_in(&other, &incoming), "stray");
    }
    assert!(!suppressed(&other));
    assert_eq!(hand_in(&one, &answer(&mail_of_one)), "answer");
    assert_eq!(hand_in(&one, &bounce(&mail_of_one)), "bounce");
    assert!(suppressed(&one));
}

#[test]
fn no_header_names_the_key_of_a_reminder() {
    let office = office("甲事项");
    remind(&office, 0);
    let mail = mail(&office);
    let (headers, _) = mail.split_once("\r\n\r\n").unwrap();
    let ids: BTreeSet<&str> = headers
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| without_ids(word) != *word)
        .collect();
    let ledger = header(&mail, "List-Id").trim_start_matches('<');
    let ledger = ledger.split_once('.').unwrap().0;
    assert_eq!(ids.len(), 3, "Message-ID, ledger, boundary: {ids:?}");
    assert!(ids.contains(ledger) && !headers.contains("/v1/"), "{headers}");
}

#[test]
fn the_secret_stands_in_no_mail_no_output_and_no_log() {
    let mut office = office("甲事项");
    office.set("LOG__FILTER", "trace");
    let mut said = String::new();
    for command in
        [&["remind"][..], &["status", "--deep"], &["doctor"], &["journal"], &["show", "A-1"]]
    {
        let run = office.run(&[&["--as-of", "2025-03-07"][..], command].concat());
        said.extend([run.out, run.err]);
    }
    said.push_str(&mail(&office));
    let secret = secret(&office);
    let said = said.to_lowercase();
    for form in [HEXLOWER.encode(&secret), BASE32_NOPAD.encode(&secret), BASE64.encode(&secret)] {
        assert!(!said.contains(&form.to_lowercase()));
    }
}

#[tokio::main]
async fn secret(office: &TestOffice) -> Vec<u8> {
    let url = format!("sqlite://{}", office.path("duban.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query_scalar("SELECT secret FROM ledger").fetch_one(&mut connection).await.unwrap()
}
