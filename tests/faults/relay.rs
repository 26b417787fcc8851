//! A relay that refuses, throttles or stays silent, seen from the command line.

use super::{DAY, LATER, busy_office, check, mails_of_the_day, states, with_yuzhong, yuzhong_with};
use crate::support::smtp_server::{Act, SmtpServer, Tls};

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_kills_no_message_opens_an_item_and_is_asked_again_seldom() {
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
        assert!(!status.contains("breaker:"), "the road is open again: {status}");
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
        assert!(items.contains("breaker:relay:sender"), "{items}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_mailbox_is_dead_lettered_alone_an_item_is_opened_and_a_colleague_told() {
    with_yuzhong(|office, relay| {
        relay.for_recipient("quwangxinban-chengban", Act::Reply("550 5.1.1 no such user"));
        office.run(&["--as-of", DAY, "remind"]).expect_code(20);
        let states = states(office);
        assert_eq!(states.iter().filter(|state| *state == "dead").count(), 1);
        assert!(states.iter().filter(|state| *state == "accepted").count() >= states.len() - 1);
        let run = office.run(&["--as-of", DAY, "--format", "json", "status", "--deep"]);
        assert!(run.out.contains("\"violations\": []"), "{}", run.out);
        assert!(run.out.contains("mailbox:quwangxinban-chengban@yuzhong.example"));
        office.run(&["--as-of", "2022-12-29", "remind"]);
        let told = |mailbox: &str| relay.mails().iter().any(|mail| mail.to.starts_with(mailbox));
        assert!(told("quwangxinban-fuze@") && !told("quwangxinban-chengban@"));
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

#[tokio::test(flavor = "multi_thread")]
async fn three_hours_without_a_relay_cost_no_attempt_and_one_probe_at_a_time() {
    with_yuzhong(|office, relay| {
        relay.always("CONNECT", Act::Close);
        let mut connections = Vec::new();
        for minutes in (0..180).step_by(10) {
            let time = format!("{DAY}T{:02}:{:02}", 9 + minutes / 60, minutes % 60);
            office.run(&["--as-of", &time, "remind"]);
            connections.push(relay.connections());
        }
        let sessions = connections[0];
        assert!(sessions <= 2, "one for each session that was under way");
        let probes = connections.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
        assert!(probes.iter().all(|probes| *probes <= 1), "{probes:?}");
        assert!(probes.iter().sum::<usize>() >= 5, "half an hour is the longest pause: {probes:?}");
        let messages = office.json(&["outbox", "list", "--state", "all"]);
        for message in messages.as_array().unwrap() {
            assert_eq!((&message["state"], &message["attempts"]), (&"ready".into(), &0.into()));
        }
        relay.behave();
        office.run(&["--as-of", LATER, "remind"]).expect_code(0);
        assert_eq!(check(office, relay.mails(), mails_of_the_day()), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_will_not_talk_opens_the_breaker_and_charges_nobody() {
    for (verb, reply) in [
        ("CONNECT", "554 no service"),
        ("EHLO", "421 4.3.2 shutting down"),
        ("MAIL", "421 4.3.2 shutting down"),
        ("RCPT", "421 4.3.2 shutting down"),
    ] {
        with_yuzhong(move |office, relay| {
            relay.always(verb, Act::Reply(reply));
            office.run(&["--as-of", DAY, "remind"]);
            assert!(states(office).iter().all(|state| state == "ready"), "{verb}");
            let run = office.run(&["--as-of", DAY, "--format", "json", "status", "--deep"]);
            let status: serde_json::Value = serde_json::from_str(&run.out).unwrap();
            assert_eq!(status["closed_roads"][0]["reason"], "unreachable", "{verb}");
            assert_eq!(status["violations"], serde_json::json!([]), "{verb}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_that_has_had_enough_waits_while_the_others_go_on() {
    let relay = SmtpServer::start().await;
    tokio::task::spawn_blocking(move || {
        let office = busy_office(&relay, 5);
        relay.for_recipient("@unit2.example", Act::Reply("550 Domain frequency limited"));
        office.run(&["--as-of", DAY, "remind"]);
        assert_eq!(relay.mails().len(), 4);
        assert_eq!(states(&office).iter().filter(|state| *state == "deferred").count(), 1);
        let status = office.run(&["--as-of", DAY, "--format", "json", "status"]).out;
        assert!(status.contains("domain:unit2.example"), "{status}");
        relay.behave();
        office.run(&["--as-of", LATER, "remind"]).expect_code(0);
        assert_eq!(check(&office, relay.mails(), 5), 0);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_mailbox_is_tried_daily_until_it_expires_then_an_item_is_opened() {
    with_yuzhong(|office, relay| {
        relay.for_recipient("quwangxinban-chengban", Act::Reply("452 4.2.2 over quota"));
        let tries = || {
            let said = relay.said();
            said.iter().filter(|line| line.contains("RCPT TO:<quwangxinban-chengban")).count()
        };
        let days = ["2022-12-28", "2022-12-29", "2022-12-30", "2023-01-03", "2023-01-04"];
        for (before, day) in days.iter().enumerate() {
            for time in ["09:30", "16:30"] {
                office.run(&["--as-of", &format!("{day}T{time}"), "remind"]);
            }
            // an urgent mail may stand beside that of the day; each is tried once a day
            assert!((before + 1..=2 * (before + 1)).contains(&tries()), "{day}: {}", tries());
        }
        office.run(&["--as-of", "2023-01-05T09:30", "remind"]).expect_code(20);
        let expired = office.json(&["outbox", "list", "--state", "expired"]);
        assert_eq!(expired[0]["recipient"], "quwangxinban-chengban@yuzhong.example");
        let status = office.run(&["--as-of", "2023-01-05T10:00", "status", "--deep"]);
        assert!(status.expect_code(20).out.contains("undelivered"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_without_any_extension_gets_everything() {
    let relay = SmtpServer::start_with(Tls::None, &[]).await;
    tokio::task::spawn_blocking(move || {
        let office = yuzhong_with(&relay);
        office.run(&["--as-of", DAY, "remind"]).expect_code(0);
        assert_eq!(check(&office, relay.mails(), mails_of_the_day()), 0);
        assert!(
            relay.said().iter().all(|line| !line.contains("SIZE=") && !line.contains("NOTIFY="))
        );
    })
    .await
    .unwrap();
}
