//! The whole road: the real binary, a real relay on loopback, the Yuzhong district of 28 December 2022.

use std::collections::BTreeSet;

use crate::support::daemon::Daemon;
use crate::support::office::TestOffice;
use crate::support::smtp_server::{Act, Mail, SmtpServer};

const DAY: &str = "2022-12-28";

fn office_with(relay: &SmtpServer) -> TestOffice {
    let mut office = TestOffice::yuzhong();
    office.send_to(relay);
    office
}

fn recipients(mails: &[Mail]) -> BTreeSet<&str> {
    mails.iter().map(|mail| mail.to.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_sends_the_mails_of_the_day_once_across_a_restart() {
    let relay = SmtpServer::start().await;
    let office = office_with(&relay);

    let daemon = Daemon::start(&office, DAY);
    daemon.wait_for_a_pass();
    let sent = relay.mails();
    assert_eq!(recipients(&sent).len(), sent.len(), "one mail for each contact");
    assert!(recipients(&sent).contains("quwangxinban-chengban@yuzhong.example"));
    assert!(daemon.stop().success(), "SIGTERM ends it with exit 0");

    let again = Daemon::start(&office, DAY);
    again.wait_for_a_pass();
    assert!(again.stop().success());
    assert_eq!(relay.mails().len(), sent.len(), "nothing is sent twice");

    let rehearsed = TestOffice::yuzhong().json(&["--as-of", DAY, "remind", "--dry-run"]);
    let rehearsed: BTreeSet<String> = rehearsed
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| mail["recipient"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(recipients(&sent), rehearsed.iter().map(String::as_str).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_killed_after_its_pass_sends_nothing_again() {
    let relay = SmtpServer::start().await;
    let office = office_with(&relay);
    let daemon = Daemon::start(&office, DAY);
    daemon.wait_for_a_pass();
    let sent = relay.mails().len();
    daemon.kill();
    let again = Daemon::start(&office, DAY);
    again.wait_for_a_pass();
    assert_eq!(relay.mails().len(), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_the_same_ledger_is_refused_and_commands_work_beside_the_first() {
    let relay = SmtpServer::start().await;
    let office = office_with(&relay);
    let daemon = Daemon::start(&office, DAY);
    let second = office.run(&["--as-of", DAY, "serve"]).expect_code(11);
    assert!(second.err.contains("another daemon"), "{}", second.err);
    assert!(!office.json(&["--as-of", DAY, "upcoming"]).as_array().unwrap().is_empty());
    office.run(&["--as-of", DAY, "journal", "--verify"]).expect_code(0);
    assert!(daemon.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_pass_sends_nothing() {
    let relay = SmtpServer::start().await;
    let office = office_with(&relay);
    office.run(&["--as-of", DAY, "remind"]).expect_code(0);
    let sent = relay.mails().len();
    assert!(sent > 0);
    let second = office.run(&["--as-of", DAY, "remind"]).expect_code(0);
    assert_eq!(second.out, "");
    assert_eq!(relay.mails().len(), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_masks_the_address_that_a_relay_repeats() {
    let relay = SmtpServer::start().await;
    let address = "quwangxinban-chengban@yuzhong.example";
    relay.for_recipient(
        address,
        Act::Reply("550 5.1.1 <quwangxinban-chengban@yuzhong.example>: no"),
    );
    let mut office = office_with(&relay);
    office.set("LOG__FILTER", "info");
    let run = office.run(&["--as-of", DAY, "remind"]).expect_code(20);
    assert!(run.err.contains("5.1.1 <***>: no"), "{}", run.err);
    assert!(!run.err.contains(address), "{}", run.err);
}

#[test]
fn the_maildir_gets_the_same_messages_as_the_relay() {
    let office = TestOffice::yuzhong();
    let run = office.run(&["--as-of", DAY, "remind"]).expect_code(0);
    assert_eq!(
        office.mails().len(),
        run.out.lines().count() - 2,
        "one line for each mail under the header"
    );
    let first = String::from_utf8(office.mails()[0].clone()).unwrap();
    assert!(first.contains("Auto-Submitted: auto-generated\r\n"));
    let again = TestOffice::yuzhong();
    again.run(&["--as-of", DAY, "remind"]).expect_code(0);
    let told = |office: &TestOffice| {
        // the links of the HTML part name the message, whose identity is the ledger's own
        let read = |mail: Vec<u8>| {
            let mail = mail_parser::MessageParser::default().parse(&mail).unwrap().into_owned();
            let to = mail.to().unwrap().first().unwrap().address().unwrap().to_owned();
            (to, mail.subject().unwrap().to_owned(), mail.body_text(0).unwrap().into_owned())
        };
        let mut mails: Vec<_> = office.mails().into_iter().map(read).collect();
        mails.sort();
        mails
    };
    assert_eq!(told(&again), told(&office), "the same duties on the same day make the same mails");
}

#[test]
fn outside_mail_hours_nothing_is_planned_or_sent() {
    let office = TestOffice::yuzhong();
    for closed in ["2022-12-28T07:00", "2022-12-28T20:00", "2022-12-24T10:00"] {
        let run = office.run(&["--as-of", closed, "remind"]).expect_code(0);
        assert_eq!(run.out, "");
        assert!(run.err.contains("outside mail hours"), "{}", run.err);
    }
}

#[test]
fn a_relay_that_cannot_be_reached_is_exit_13_and_nothing_is_lost() {
    let mut office = TestOffice::yuzhong();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    office.set("MAIL__TRANSPORT", "smtp");
    office.set("MAIL__SMTP__PORT", &closed.to_string());
    office.set("MAIL__SMTP__TLS", "none");
    office.run(&["--as-of", DAY, "remind"]).expect_code(13);
    office.set("MAIL__TRANSPORT", "maildir");
    office.run(&["--as-of", "2022-12-28T15:00", "remind"]).expect_code(0);
    assert!(!office.mails().is_empty(), "what waited goes out when the way is open");
}

#[test]
fn the_demo_does_the_whole_job_without_configuration() {
    let office = TestOffice::new();
    let folder = office.path("demo");
    let into = folder.display().to_string();
    let run = office.run(&["demo", "--into", &into]).expect_code(0);
    assert!(run.out.contains("002-16"), "{}", run.out);
    let mails = std::fs::read_dir(folder.join("mail/new")).unwrap().count();
    assert!(
        run.err.contains(&format!("{mails} mails written, {mails} accepted by the relay")),
        "{}",
        run.err
    );
    office.run(&["demo", "--into", &into]).expect_code(14);
}
