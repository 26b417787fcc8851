//! Reminders whose mail was taken back: what is owed again is told again, what a person cancelled is not.

use crate::support::office::TestOffice;

const OWED: &str = "事项,时限,责任单位,编号\n公开清单,2022年底前,区财政局,A1\n";

/// An office with one duty whose first mail waits, because the relay is out of reach on 23 December 2022.
fn office_without_relay() -> TestOffice {
    let mut office = TestOffice::new();
    office.set("MAIL__SMTP__TLS", "none");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    office.set("MAIL__SMTP__PORT", &closed.to_string());
    import_contact(&office, "2022-06-20", "money@x.example");
    let owed = office.write("obligations.csv", OWED);
    office.run(&["--as-of", "2022-06-20", "import", "obligations", &owed]).expect_code(0);
    without_relay(&office, "2022-12-23T09:30");
    assert_eq!(waiting(&office), ["money@x.example"]);
    office
}

fn import_contact(office: &TestOffice, as_of: &str, address: &str) {
    let units = format!("单位,联系人,邮箱,职级\n区财政局,承办人,{address},承办人\n");
    let units = office.write("units.csv", units);
    office.run(&["--as-of", as_of, "import", "units", &units]).expect_code(0);
}

fn without_relay(office: &TestOffice, as_of: &str) {
    let mut remind = office.command(&["--as-of", as_of, "remind"]);
    let ended = remind.env("DUBAN__MAIL__TRANSPORT", "smtp").output().unwrap();
    assert_eq!(ended.status.code(), Some(13));
}

/// A pass whose mails are all accepted; returns who got one.
fn remind(office: &TestOffice, as_of: &str) -> Vec<String> {
    recipients(&office.json(&["--as-of", as_of, "remind"]))
}

fn waiting(office: &TestOffice) -> Vec<String> {
    recipients(&office.json(&["outbox", "list", "--state", "ready"]))
}

fn recipients(messages: &serde_json::Value) -> Vec<String> {
    let recipient = |it: &serde_json::Value| it["recipient"].as_str().unwrap().to_owned();
    messages.as_array().unwrap_or_else(|| panic!("{messages}")).iter().map(recipient).collect()
}

#[test]
fn a_unit_that_reported_by_mistake_is_reminded_again() {
    let office = office_without_relay();
    let report = ["report", "A1", "--done", "2022-12-23", "--evidence", "https://x.example/1"];
    office.run(&[&["--as-of", "2022-12-23T09:40"], &report[..]].concat()).expect_code(0);
    assert_eq!(remind(&office, "2022-12-23T09:50"), [""; 0]);
    assert_eq!(waiting(&office), [""; 0], "what is done is taken back");
    office.run(&["--as-of", "2022-12-23T10:00", "reopen", "A1"]).expect_code(0);
    assert_eq!(remind(&office, "2022-12-23T10:10"), ["money@x.example"]);
    assert_eq!(office.mails().len(), 1);
}

#[test]
fn a_silence_that_is_taken_back_ends_with_a_reminder() {
    let office = office_without_relay();
    let silence = |as_of, until| office.run(&["--as-of", as_of, "silence", "A1", "--until", until]);
    silence("2022-12-23T09:40", "2022-12-26").expect_code(0);
    assert_eq!(remind(&office, "2022-12-23T09:50"), [""; 0]);
    assert_eq!(remind(&office, "2022-12-26T09:30"), ["money@x.example"]);
}

#[test]
fn an_address_that_is_given_back_gets_the_mail_that_was_taken_from_it() {
    let office = office_without_relay();
    import_contact(&office, "2022-12-23T09:40", "other@x.example");
    without_relay(&office, "2022-12-23T09:45");
    assert_eq!(waiting(&office), ["other@x.example"]);
    import_contact(&office, "2022-12-23T09:50", "money@x.example");
    assert_eq!(remind(&office, "2022-12-23T10:00"), ["money@x.example"]);
}

#[test]
fn what_a_person_cancelled_is_not_planned_again_and_the_next_rung_is_told() {
    let office = office_without_relay();
    let key = office.json(&["outbox", "list"])[0]["id"].to_string();
    office.run(&["--as-of", "2022-12-23T09:40", "outbox", "cancel", &key]).expect_code(0);
    assert_eq!(remind(&office, "2022-12-23T10:00"), [""; 0]);
    assert_eq!(remind(&office, "2022-12-26T09:30"), [""; 0], "not the next working day either");
    assert_eq!(remind(&office, "2022-12-28T09:30"), ["money@x.example"]);
}
