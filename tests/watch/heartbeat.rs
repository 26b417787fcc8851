//! The operator hears each working day how things stand, and of all that needs a person.

use crate::support::daemon::Daemon;
use crate::support::office::TestOffice;

const OPERATOR: &str = "admin@yuzhong.example";

/// The Yuzhong district with an operator who is written to every second.
fn office() -> TestOffice {
    let mut office = TestOffice::yuzhong();
    office.set("OFFICE__OPERATOR", OPERATOR);
    office.set("SCHEDULE__HEARTBEAT", "* * * * * *");
    office
}

/// The text of the mail to the operator after the daemon has run on this day, if there is one.
#[expect(
    clippy::unwrap_in_result,
    reason = "whether there is a mail is the subject, how the test reads it is not"
)]
fn heartbeat_on(office: &TestOffice, as_of: &str) -> Option<(String, String)> {
    let daemon = Daemon::start(office, as_of);
    // the pass of the start, a heartbeat, and whatever sends it
    for _ in 0..4 {
        daemon.wait_for_a_pass();
    }
    assert!(daemon.stop().success());
    let messages = office.json(&["outbox", "list", "--state", "all"]);
    let mut messages = messages.as_array().unwrap().iter();
    let message = messages.find(|message| message["recipient"] == OPERATOR)?;
    let eml = office.run(&["outbox", "eml", &message["id"].to_string()]).out;
    let mail = mail_parser::MessageParser::default().parse(eml.as_bytes()).unwrap();
    Some((mail.subject().unwrap().to_owned(), mail.body_text(0).unwrap().into_owned()))
}

/// Two services with one operator: a mailbox that keeps one mail of each Message-ID still shows both.
#[test]
fn two_services_write_two_daily_mails() {
    let message_id = || {
        let mut office = TestOffice::new();
        office.set("OFFICE__OPERATOR", OPERATOR);
        office.set("SCHEDULE__HEARTBEAT", "* * * * * *");
        heartbeat_on(&office, "2022-12-28").unwrap();
        let messages = office.json(&["outbox", "list", "--state", "all"]);
        messages[0]["message_id"].as_str().unwrap().to_owned()
    };
    assert_ne!(message_id(), message_id());
}

#[test]
fn the_daily_mail_names_what_needs_a_person_and_what_to_do() {
    let mut office = office();
    office.set("DELIVERY__SURGE_LIMIT", "1");
    let units = office.write("more.csv", "单位,联系人,邮箱,职级\n区某中心,,,\n");
    office.run(&["--as-of", "2022-12-20", "import", "units", &units]).expect_code(0);
    let (subject, text) = heartbeat_on(&office, "2022-12-28").unwrap();
    assert!(subject.ends_with("每日运行报告 2022-12-28 2项需处理"), "{subject}");
    // its hash is another one each time
    let (newest, others): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| line.contains("操作记录最新一条"));
    assert_eq!(newest.len(), 1, "{text}");
    insta::assert_snapshot!(others.join("\n"));
}

#[test]
fn when_all_is_well_its_subject_says_so() {
    let (subject, _) = heartbeat_on(&office(), "2022-12-28").unwrap();
    assert!(subject.ends_with("每日运行报告 2022-12-28 一切正常"), "{subject}");
}

#[test]
fn on_a_rest_day_there_is_none() {
    assert_eq!(heartbeat_on(&office(), "2022-12-31T10:00"), None);
}

#[test]
fn a_copy_writes_to_nobody() {
    let office = office();
    std::fs::remove_file(office.path("duban.db.home")).unwrap();
    assert_eq!(heartbeat_on(&office, "2022-12-28"), None);
    assert!(office.mails().is_empty());
}
