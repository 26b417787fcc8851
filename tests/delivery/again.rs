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
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(13), "{said}");
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
fn a_silence_ends_with_the_reminder_that_it_kept_back() {
    let office = office_without_relay();
    let silence = ["silence", "A1", "--until", "2022-12-26", "--note", "机构改革"];
    office.run(&[&["--as-of", "2022-12-23T09:40"], &silence[..]].concat()).expect_code(0);
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

/// The mail of the 23rd waits for five working days without one attempt; then the newest step goes out in its place, and
/// to the unit alone.
#[test]
fn a_relay_that_is_down_beyond_the_life_of_a_mail_reports_nobody_upwards() {
    let office = office_without_relay();
    for day in ["2022-12-26", "2022-12-28", "2022-12-29"] {
        without_relay(&office, &format!("{day}T09:30"));
        assert_eq!(waiting(&office), ["money@x.example"], "{day}");
    }
    assert_eq!(remind(&office, "2022-12-30T16:00"), ["money@x.example"]);
    assert_eq!(office.mails().len(), 1);
    let sent = String::from_utf8(office.mails().remove(0)).unwrap();
    assert!(sent.contains("Date: Fri, 30 Dec 2022"), "{sent}");
    assert_eq!(recipients(&office.json(&["outbox", "list", "--state", "expired"])), [""; 0]);
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
