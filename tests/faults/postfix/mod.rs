//! Delivery through a real Postfix (Debian's): what a scripted server cannot prove.
//!
//! Needs root and the packages postfix, sasl2-bin, libsasl2-modules, openssl; fails with their names where they are
//! missing. After each story the ledger is asked whether it contradicts itself.

mod policy;
mod relay;

use std::process::Command;
use std::sync::Mutex;

use super::{DAY, EVENING, LATER, check, mails_of_the_day, pass_killed_by, states, unknowns};
use crate::support::daemon::Daemon;
use crate::support::office::TestOffice;
use policy::Stage;
use relay::{PASSWORD, Postfix, Rules, USER};

/// Yuzhong district behind a submission port, as an operator would configure it.
fn yuzhong_behind(relay: &Postfix) -> TestOffice {
    let mut office = TestOffice::yuzhong();
    let password = secret(&office, PASSWORD);
    for (key, value) in [
        ("MAIL__TRANSPORT", "smtp"),
        ("MAIL__SMTP__HOST", "localhost"),
        ("MAIL__SMTP__PORT", &relay.port.to_string()),
        ("MAIL__SMTP__TLS", "starttls"),
        ("MAIL__SMTP__CA_FILE", &relay.authority().display().to_string()),
        ("MAIL__SMTP__USERNAME", USER),
        ("MAIL__SMTP__PASSWORD_FILE", &password),
        ("LOG__FILTER", "off"),
    ] {
        office.set(key, value);
    }
    office
}

/// Writes a password file that nobody else may read; returns its path.
fn secret(office: &TestOffice, password: &str) -> String {
    let path = office.write("password", format!("{password}\n"));
    assert!(Command::new("chmod").args(["600", &path]).status().unwrap().success());
    path
}

/// The ledger contradicts itself nowhere, and every mail of the day lies in the Maildir; returns how many lie there twice.
fn check_delivered(office: &TestOffice, relay: &mut Postfix) -> usize {
    check(office, relay.mails(), mails_of_the_day())
}

fn status(office: &TestOffice, as_of: &str) -> serde_json::Value {
    let run = office.run(&["--as-of", as_of, "--format", "json", "status", "--deep"]);
    let status: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(status["violations"], serde_json::json!([]));
    status
}

/// The reason for which the road to the relay is closed.
fn closed_road(office: &TestOffice) -> String {
    status(office, DAY)["closed_roads"][0]["reason"].as_str().unwrap_or("none").to_owned()
}

fn all_are(office: &TestOffice, state: &str) -> bool {
    states(office).iter().all(|word| word == state)
}

#[test]
fn a_pass_over_submission_puts_the_sealed_bytes_of_every_mail_into_the_maildir_once() {
    let mut relay = Postfix::start(Rules::default());
    let office = yuzhong_behind(&relay);
    office.run(&["--as-of", DAY, "doctor"]);
    office.run(&["--as-of", DAY, "remind"]).expect_code(0);
    assert_eq!(check_delivered(&office, &mut relay), 0);
    let mails = relay.mails();
    for message in office.json(&["outbox", "list", "--state", "all"]).as_array().unwrap() {
        let mail = mails.iter().find(|mail| message["message_id"] == mail.message_id()).unwrap();
        assert_eq!(message["recipient"], mail.to);
        assert_eq!(mail.from, "duban@yuzhong.example");
        let sealed = office.run(&["outbox", "eml", &message["id"].to_string()]).expect_code(0).out;
        assert_eq!(String::from_utf8(mail.body.clone()).unwrap(), sealed);
    }
    let said = relay.said();
    assert!(said.contains("sasl_method=PLAIN"), "the login was used: {said}");
}

#[test]
fn the_service_delivers_through_it_and_a_second_start_sends_nothing() {
    let mut relay = Postfix::start(Rules { mechanisms: "LOGIN", ..Rules::default() });
    let office = yuzhong_behind(&relay);
    for time in [DAY, LATER] {
        let daemon = Daemon::start(&office, time);
        daemon.wait_for_a_pass();
        assert!(daemon.stop().success());
    }
    assert_eq!(check_delivered(&office, &mut relay), 0);
    assert!(relay.said().contains("sasl_method=LOGIN"));
}

#[test]
fn a_refused_login_charges_nobody_and_the_right_password_brings_everything() {
    let mut relay = Postfix::start(Rules::default());
    let office = yuzhong_behind(&relay);
    secret(&office, "wrong");
    office.run(&["--as-of", DAY, "remind"]);
    assert!(all_are(&office, "ready"));
    assert_eq!(closed_road(&office), "login");
    assert!(relay.policy.asked(Stage::Recipient).is_empty());
    secret(&office, PASSWORD);
    office.run(&["--as-of", LATER, "remind"]).expect_code(0);
    assert_eq!(check_delivered(&office, &mut relay), 0);
}

#[test]
fn a_certificate_of_another_authority_gets_neither_login_nor_mail() {
    let (mut relay, other) = (Postfix::start(Rules::default()), Postfix::start(Rules::default()));
    let mut office = yuzhong_behind(&relay);
    office.set("MAIL__SMTP__CA_FILE", &other.authority().display().to_string());
    office.run(&["--as-of", DAY, "remind"]);
    assert!(all_are(&office, "ready"));
    assert_eq!(closed_road(&office), "tls");
    assert!(!relay.said().contains("sasl_username"), "no login over a link that is not trusted");
    assert!(relay.mails().is_empty());
}

#[test]
fn a_relay_that_demands_encryption_gets_nothing_in_the_clear_and_is_not_blamed_on_a_mailbox() {
    let mut relay = Postfix::start(Rules::default());
    let mut office = yuzhong_behind(&relay);
    office.set("MAIL__SMTP__TLS", "none");
    office.set("MAIL__SMTP__USERNAME", "");
    office.run(&["--as-of", DAY, "remind"]);
    assert!(all_are(&office, "ready"));
    assert_eq!(closed_road(&office), "login", "530 must issue STARTTLS first");
    assert!(relay.mails().is_empty());
}

#[test]
fn greylisting_costs_one_more_try_of_the_same_bytes() {
    let mut relay = Postfix::start(Rules::default());
    let office = yuzhong_behind(&relay);
    let known = Mutex::new(Vec::new());
    relay.policy.set(move |stage, recipient| {
        let mut known = known.lock().unwrap();
        let first = stage == Stage::Recipient && !known.iter().any(|seen| seen == recipient);
        known.push(recipient.to_owned());
        first.then_some("DEFER_IF_PERMIT 4.7.1 Greylisted, see you in five minutes")
    });
    office.run(&["--as-of", DAY, "remind"]);
    assert!(all_are(&office, "deferred"));
    office.run(&["--as-of", LATER, "remind"]).expect_code(0);
    assert_eq!(check_delivered(&office, &mut relay), 0);
    for message in office.json(&["outbox", "list", "--state", "all"]).as_array().unwrap() {
        assert_eq!(message["attempts"], 2);
    }
}

#[test]
fn a_mailbox_that_does_not_exist_is_dead_lettered_alone() {
    let without_mailbox = "quwangxinban-chengban";
    let relay = Postfix::start(Rules { without_mailbox, ..Rules::default() });
    let office = yuzhong_behind(&relay);
    office.run(&["--as-of", DAY, "remind"]).expect_code(20);
    let status = status(&office, DAY);
    assert_eq!(status["messages"]["dead"], 1);
    let items = status["items"].to_string();
    assert!(items.contains("mailbox:quwangxinban-chengban@yuzhong.example"), "{items}");
    let dead = office.json(&["outbox", "list", "--state", "dead"]);
    assert_eq!((&dead[0]["class"], &dead[0]["code"]), (&"unknown_mailbox".into(), &550.into()));
}

/// The whole way round: the relay takes the mail, finds the mailbox gone, reports it to the sender, and hands the report to
/// duban as the manual says. Everything runs as an account that may do nothing else.
#[test]
fn a_report_comes_back_through_the_pipe_of_the_manual_and_the_mailbox_is_suppressed() {
    let gone = "quwangxinban-chengban";
    let mut relay = Postfix::start(Rules { gone, ..Rules::default() });
    let office = yuzhong_behind(&relay);
    relay.hand_reports_to(&office.command(&["--as-of", DAY, "bounce", "--pipe"]));
    let folder = office.path("");
    assert!(Command::new("chown").args(["-R", "nobody"]).arg(&folder).status().unwrap().success());
    let pass = office.command(&["--as-of", DAY, "remind"]);
    let sent = Command::new("setpriv")
        .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"])
        .arg(relay.program())
        .args(pass.get_args())
        .env_clear()
        .envs(pass.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(folder)
        .output()
        .unwrap();
    // 20 when the report is there before the pass is over
    assert!(matches!(sent.status.code(), Some(0 | 20)), "{sent:?}");
    relay.wait_for_reports(1);
    let said = relay.said();
    assert!(said.contains("relay=duban-bounce") && said.contains("status=sent"), "{said}");
    let items = status(&office, DAY)["items"].to_string();
    assert!(items.contains("mailbox:quwangxinban-chengban@yuzhong.example"), "{items}");
    let mails = office.json(&["outbox", "list", "--state", "all"]);
    let gone = mails
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["recipient"] == format!("{gone}@yuzhong.example"));
    assert_eq!(gone.unwrap()["state"], "accepted", "the relay had taken it");
}

#[test]
fn a_policy_that_refuses_without_a_reason_is_asked_three_times_over_a_day_then_an_item_is_opened() {
    let relay = Postfix::start(Rules::default());
    let office = yuzhong_behind(&relay);
    relay.policy.set(|stage, recipient| {
        let meant = stage == Stage::Recipient && recipient.starts_with("quwangxinban-chengban");
        meant.then_some("REJECT 5.7.1 not today")
    });
    office.run(&["--as-of", DAY, "remind"]);
    for (time, dead) in [("2022-12-29T09:30", false), ("2022-12-30T09:30", true)] {
        office.run(&["--as-of", time, "remind"]);
        assert_eq!(states(&office).contains(&"dead".to_owned()), dead, "{time}");
    }
    let status = status(&office, "2022-12-30T10:00");
    assert!(status["items"].to_string().contains("undelivered:"), "{status}");
    assert!(!status["items"].to_string().contains("mailbox:"), "the address is not suppressed");
}

#[test]
fn a_rate_limit_said_with_550_is_waited_for() {
    let mut relay = Postfix::start(Rules::default());
    let office = yuzhong_behind(&relay);
    relay.policy.set(|stage, _| {
        (stage == Stage::Recipient).then_some("550 Mailbox unavailable or access denied")
    });
    office.run(&["--as-of", DAY, "remind"]);
    assert!(all_are(&office, "deferred"));
    relay.policy.set(|_, _| None);
    office.run(&["--as-of", &format!("{DAY}T09:45"), "remind"]);
    assert!(all_are(&office, "deferred"), "not within the hour");
    office.run(&["--as-of", LATER, "remind"]).expect_code(0);
    assert_eq!(check_delivered(&office, &mut relay), 0);
}

#[test]
fn a_sender_that_is_not_the_login_s_stops_everything_and_opens_an_item() {
    let relay = Postfix::start(Rules::default());
    let mut office = yuzhong_behind(&relay);
    office.set("MAIL__FROM", "somebody@yuzhong.example");
    office.run(&["--as-of", DAY, "remind"]);
    assert!(all_are(&office, "ready"));
    assert_eq!(closed_road(&office), "sender");
    office.run(&["--as-of", DAY, "status"]).expect_code(20);
}

#[test]
fn content_refused_at_the_dot_is_offered_once_more_next_morning() {
    let relay = Postfix::start(Rules::default());
    let office = yuzhong_behind(&relay);
    relay.policy.set(|stage, recipient| {
        let meant = stage == Stage::Dot && recipient.starts_with("quwangxinban-chengban");
        meant.then_some("REJECT 5.7.1 looks like spam")
    });
    office.run(&["--as-of", DAY, "remind"]);
    office.run(&["--as-of", EVENING, "remind"]);
    assert_eq!(relay.policy.asked(Stage::Dot).len(), mails_of_the_day(), "not the same day");
    office.run(&["--as-of", "2022-12-29T09:30", "remind"]);
    let dead = office.json(&["outbox", "list", "--state", "dead"]);
    assert_eq!((dead[0]["attempts"].as_u64(), &dead[0]["class"]), (Some(2), &"content".into()));
    assert!(!status(&office, "2022-12-29T10:00")["items"].to_string().contains("mailbox:"));
}

#[test]
fn a_message_larger_than_announced_is_never_offered_and_an_item_is_opened() {
    let relay = Postfix::start(Rules { size_limit: 2000, ..Rules::default() });
    let office = yuzhong_behind(&relay);
    office.run(&["--as-of", DAY, "remind"]).expect_code(20);
    assert!(all_are(&office, "dead"));
    assert!(relay.policy.asked(Stage::Recipient).is_empty());
    assert!(status(&office, DAY)["items"].to_string().contains("undelivered:"));
}

#[test]
fn a_relay_that_is_down_is_probed_and_gets_everything_once_it_is_back() {
    let mut relay = Postfix::start(Rules::default());
    let office = yuzhong_behind(&relay);
    relay.stop();
    office.run(&["--as-of", DAY, "remind"]);
    assert!(all_are(&office, "ready"));
    assert_eq!(closed_road(&office), "unreachable");
    relay.go_on();
    office.run(&["--as-of", LATER, "remind"]).expect_code(0);
    assert_eq!(check_delivered(&office, &mut relay), 0);
}

/// Kills a pass when the relay asks the policy at this stage for the second time.
fn killed_at(stage: Stage) -> (usize, usize) {
    let mut relay = Postfix::start(Rules::default());
    let office = yuzhong_behind(&relay);
    pass_killed_by(&office, DAY, |trigger| {
        let asked = Mutex::new(0);
        relay.policy.set(move |at, _| {
            let mut asked = asked.lock().unwrap();
            *asked += usize::from(at == stage);
            if *asked == 2 {
                trigger.pull();
            }
            None
        });
    });
    relay.policy.set(|_, _| None);
    for time in [LATER, EVENING] {
        office.run(&["--as-of", time, "remind"]);
    }
    (check_delivered(&office, &mut relay), unknowns(&office))
}

#[test]
fn killed_in_the_envelope_nothing_is_ambiguous() {
    let (doubled, unknowns) = killed_at(Stage::Recipient);
    // the other session may be at its dot when the process dies
    assert!(doubled <= unknowns && unknowns <= 1, "{doubled} doubled, {unknowns} unknown");
}

#[test]
fn killed_at_the_dot_the_mail_comes_twice_with_equal_bytes_and_is_counted() {
    let (doubled, unknowns) = killed_at(Stage::Dot);
    assert!(doubled >= 1 && doubled <= unknowns, "{doubled} doubled, {unknowns} unknown");
}
