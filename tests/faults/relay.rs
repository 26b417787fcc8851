//! A relay that refuses, throttles or stays silent, seen from the command line.

use super::{DAY, LATER, check, mails_of_the_day, states, yuzhong_with};
use crate::support::office::TestOffice;
use crate::support::smtp_server::{Act, SmtpServer};

/// Plays a story with the Yuzhong district and a relay.
async fn with_yuzhong<T: Send + 'static>(
    story: impl FnOnce(&mut TestOffice, &SmtpServer) -> T + Send + 'static,
) -> T {
    let relay = SmtpServer::start().await;
    tokio::task::spawn_blocking(move || story(&mut yuzhong_with(&relay), &relay)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_kills_no_message_calls_a_person_and_is_asked_again_seldom() {
    with_yuzhong(|office, relay| {
        let password = office.write("password", "secret\n");
        std::process::Command::new("chmod").args(["600", &password]).status().unwrap();
        office.set("MAIL__SMTP__USERNAME", "duban");
        office.set("MAIL__SMTP__PASSWORD_FILE", &password);
        relay.always("AUTH", Act::Reply("535 authentication failed"));
        relay.always("EHLO", Act::Reply("250-relay.example\r\n250 AUTH PLAIN"));
        for minute in ["09:00", "09:10", "09:20"] {
            office.run(&["--as-of", &format!("{DAY}T{minute}"), "remind"]);
        }
        let logins = relay.said().iter().filter(|line| line.starts_with("AUTH")).count();
        assert!(logins <= 4, "{logins} logins: one for each session, then none for half an hour");
        assert!(states(office).iter().all(|state| state == "ready"));
        office.run(&["--as-of", LATER, "status"]).expect_code(20);
        relay.behave();
        relay.always("EHLO", Act::Reply("250-relay.example\r\n250 AUTH PLAIN"));
        office.run(&["--as-of", LATER, "remind"]).expect_code(0);
        check(office, relay.mails(), mails_of_the_day());
        let status = office.run(&["--as-of", LATER, "--format", "json", "status"]).out;
        assert!(!status.contains("road:"), "the road is open again: {status}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sender_kills_no_message() {
    with_yuzhong(|office, relay| {
        relay.always("MAIL", Act::Reply("553 mail from must equal authorized user"));
        office.run(&["--as-of", DAY, "remind"]);
        assert!(states(office).iter().all(|state| state == "ready"));
        let items = office.run(&["--as-of", DAY, "--format", "json", "status"]).expect_code(20).out;
        assert!(items.contains("road:relay:sender"), "{items}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_mailbox_is_given_up_alone_and_a_person_is_called() {
    with_yuzhong(|office, relay| {
        relay.for_recipient("quwangxinban-chengban", Act::Reply("550 5.1.1 no such user"));
        office.run(&["--as-of", DAY, "remind"]).expect_code(20);
        let states = states(office);
        assert_eq!(states.iter().filter(|state| *state == "dead").count(), 1);
        assert!(states.iter().filter(|state| *state == "accepted").count() >= states.len() - 1);
        let run = office.run(&["--as-of", DAY, "--format", "json", "status", "--deep"]);
        assert!(run.out.contains("\"violations\": []"), "{}", run.out);
        assert!(run.out.contains("mailbox:quwangxinban-chengban@yuzhong.example"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn greylisting_costs_one_more_try_with_the_same_bytes() {
    with_yuzhong(|office, relay| {
        relay.once("RCPT", Act::Reply("450 4.7.1 greylisted"));
        office.run(&["--as-of", DAY, "remind"]);
        office.run(&["--as-of", LATER, "remind"]).expect_code(0);
        assert_eq!(check(office, relay.mails(), mails_of_the_day()), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_dies_after_the_dot_doubles_at_most_what_is_counted() {
    with_yuzhong(|office, relay| {
        relay.once("DOT", Act::KeepAndClose).once("DOT", Act::Close);
        office.run(&["--as-of", DAY, "remind"]);
        office.run(&["--as-of", LATER, "remind"]).expect_code(0);
        assert_eq!(check(office, relay.mails(), mails_of_the_day()), 1);
    })
    .await;
}
