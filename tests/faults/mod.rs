//! What goes wrong in the middle of a delivery: the real binary is killed, and nothing is lost or doubled unseen.
//!
//! After each case the ledger is asked whether it contradicts itself (`status --deep`).

mod kill;
#[cfg(feature = "fail-points")]
mod power_cut;
#[cfg(feature = "fail-points")]
mod random_kill;
mod relay;

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use crate::support::office::TestOffice;
use crate::support::smtp_server::SmtpServer;

/// The day on which the Yuzhong files owe mails.
const DAY: &str = "2022-12-28";
/// Hours later the same day: what was in hand when the process died is settled.
const LATER: &str = "2022-12-28T14:00";
/// Late enough for a message that may have arrived to be sent again.
const EVENING: &str = "2022-12-28T17:00";

/// The Yuzhong district with this relay.
fn yuzhong_with(relay: &SmtpServer) -> TestOffice {
    with_relay(TestOffice::yuzhong(), relay)
}

fn with_relay(mut office: TestOffice, relay: &SmtpServer) -> TestOffice {
    office.set("MAIL__TRANSPORT", "smtp");
    office.set("MAIL__SMTP__HOST", "127.0.0.1");
    office.set("MAIL__SMTP__PORT", &relay.port.to_string());
    office.set("MAIL__SMTP__TLS", "none");
    office.set("LOG__FILTER", "off");
    office
}

/// How many mails a pass on the day sends when nothing goes wrong.
fn mails_of_the_day() -> usize {
    static COUNT: OnceLock<usize> = OnceLock::new();
    *COUNT.get_or_init(|| {
        let office = TestOffice::yuzhong();
        let rehearsed = office.json(&["--as-of", DAY, "remind", "--dry-run"]);
        rehearsed.as_array().unwrap().len()
    })
}

/// Holds the ledger to its invariants, and the relay's mails to "each at least once, equal bytes".
///
/// Returns how many mails arrived more than once.
fn check(office: &TestOffice, relay: &SmtpServer, expected: usize) -> usize {
    let status = office.run(&["--as-of", EVENING, "--format", "json", "status", "--deep"]);
    let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!(status["violations"], serde_json::json!([]));
    let mut bodies: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for mail in relay.mails() {
        bodies.entry(mail.message_id()).or_default().push(mail.body);
    }
    assert_eq!(bodies.len(), expected, "every message arrives");
    for (message_id, copies) in &bodies {
        assert!(copies.iter().all(|copy| copy == &copies[0]), "{message_id} arrived in two forms");
    }
    let doubled = bodies.values().filter(|copies| copies.len() > 1).count();
    assert!(
        doubled <= unknowns(office),
        "a mail arrived twice without an unknown outcome on record"
    );
    doubled
}

/// How many outcomes the ledger counts as unknown.
fn unknowns(office: &TestOffice) -> usize {
    let messages = office.json(&["outbox", "list", "--state", "all"]);
    let messages = messages.as_array().unwrap();
    messages
        .iter()
        .map(|message| usize::try_from(message["unknowns"].as_u64().unwrap()).unwrap())
        .sum()
}

/// Makes a pass and kills it (SIGKILL) at the `nth` time (from 1) the relay hears `verb`, before it answers.
fn pass_killed_at(
    office: &TestOffice,
    relay: &SmtpServer,
    as_of: &str,
    verb: &'static str,
    nth: usize,
) {
    let child = Arc::new(Mutex::new(None::<Child>));
    let seen = Mutex::new(0);
    let victim = Arc::clone(&child);
    relay.watch(move |heard| {
        let mut seen = seen.lock().unwrap();
        if heard == verb || verb == "ANY" {
            *seen += 1;
            if *seen == nth {
                victim.lock().unwrap().as_mut().unwrap().kill().unwrap();
            }
        }
    });
    let mut guard = child.lock().unwrap();
    let spawned = office
        .command(&["--as-of", as_of, "remind"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    *guard = Some(spawned);
    drop(guard);
    loop {
        // the lock is not held while waiting: the relay needs it to kill
        if child.lock().unwrap().as_mut().unwrap().try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    relay.watch(|_| ());
}
