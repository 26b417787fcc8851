//! What goes wrong in the middle of a delivery: the real binary is killed, and nothing is lost or doubled unseen.
//!
//! After each case the ledger is asked whether it contradicts itself (`status --deep`). `cases` lists all faults and who
//! holds them.

mod cases;
mod edge_cases;
mod flips;
mod kill;
mod postfix;
#[cfg(feature = "fail-points")]
mod power_cut;
#[cfg(feature = "fail-points")]
mod random_kill;
mod relay;
mod surroundings;

use std::collections::BTreeMap;
use std::io;
use std::process::Stdio;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};

use crate::support::office::TestOffice;
use crate::support::smtp_server::{Mail, SmtpServer};

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
    office.send_to(relay);
    office.set("LOG__FILTER", "off");
    office
}

/// Plays a story with the Yuzhong district and a relay.
async fn with_yuzhong<T: Send + 'static>(
    story: impl FnOnce(&mut TestOffice, &SmtpServer) -> T + Send + 'static,
) -> T {
    let relay = SmtpServer::start().await;
    tokio::task::spawn_blocking(move || story(&mut yuzhong_with(&relay), &relay)).await.unwrap()
}

/// Makes the passes after a broken one; returns doubled mails and unknown outcomes.
fn settled(office: &TestOffice, relay: &SmtpServer) -> (usize, usize) {
    for time in [LATER, EVENING] {
        office.run(&["--as-of", time, "remind"]);
    }
    (check(office, relay.mails(), mails_of_the_day()), unknowns(office))
}

/// An office in which so many contacts, each in a domain of its own, have one mail each to get on the day.
fn busy_office(relay: &SmtpServer, contacts: usize) -> TestOffice {
    let mut office = with_relay(TestOffice::new(), relay);
    office.set("OFFICE__UNIT", "督查室");
    office.set("DELIVERY__SURGE_LIMIT", "100000");
    office.set("MAIL__SMTP__SESSIONS", "4");
    let rows = |header: &str, row: &dyn Fn(usize) -> String| {
        header.to_owned() + &(1..=contacts).map(row).collect::<String>()
    };
    let header =
        "unit,aliases,parent,groups,contact,email,rank\n督查室,,,,室,room@o.example,handler\n";
    let units = rows(header, &|n| format!("单位{n},,,,承办人,u{n}@unit{n}.example,handler\n"));
    let header = "title,when,trigger,lead,responsible,rule,source,note,ref\n";
    let obligations = rows(header, &|n| format!("事项{n},2022-12-30,,,单位{n},,,,R{n}\n"));
    let units = office.write("units.csv", units);
    let obligations = office.write("obligations.csv", obligations);
    office.run(&["--as-of", "2022-12-01", "import", "units", &units]).expect_code(0);
    office.run(&["--as-of", "2022-12-01", "import", "obligations", &obligations]).expect_code(0);
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
fn check(office: &TestOffice, mails: Vec<Mail>, expected: usize) -> usize {
    let status = office.run(&["--as-of", EVENING, "--format", "json", "status", "--deep"]);
    let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!(status["violations"], serde_json::json!([]));
    let mut bodies: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for mail in mails {
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

/// What happens to a pass that a test means to kill.
enum Event {
    /// It must die now; the sender is dropped once it has.
    Kill(Sender<()>),
    /// It has come to its end by itself.
    Ended,
}

/// Kills the pass it was made for.
#[derive(Clone)]
struct Trigger(Sender<Event>);

impl Trigger {
    /// Returns once the process is gone.
    fn pull(&self) {
        let (dead, died) = mpsc::channel();
        if self.0.send(Event::Kill(dead)).is_ok() {
            assert!(
                died.recv().is_err(),
                "nothing is ever sent: the end of the sender is the news"
            );
        }
    }
}

/// Makes a pass that `arm` may kill (SIGKILL).
fn pass_killed_by(office: &TestOffice, as_of: &str, arm: impl FnOnce(Trigger)) {
    let (events, heard) = mpsc::channel();
    arm(Trigger(events.clone()));
    let mut child = office
        .command(&["--as-of", as_of, "remind"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    std::thread::spawn(move || {
        drop(io::copy(&mut output, &mut io::sink()));
        drop(events.send(Event::Ended));
    });
    let event = heard.recv().unwrap();
    if let Event::Kill(dead) = event {
        child.kill().unwrap();
        child.wait().unwrap();
        drop(dead);
    } else {
        child.wait().unwrap();
    }
}

/// Makes a pass and kills it at the `nth` time (from 1) the relay hears `verb`, before it answers.
fn pass_killed_at(
    office: &TestOffice,
    relay: &SmtpServer,
    as_of: &str,
    verb: &'static str,
    nth: usize,
) {
    pass_killed_by(office, as_of, |trigger| {
        let seen = AtomicUsize::new(0);
        relay.watch(move |heard| {
            let counts = heard == verb || verb == "ANY";
            if counts && seen.fetch_add(1, Ordering::Relaxed) + 1 == nth {
                trigger.pull();
            }
        });
    });
    relay.watch(|_| ());
}

/// The states of all messages there ever were.
fn states(office: &TestOffice) -> Vec<String> {
    let messages = office.json(&["outbox", "list", "--state", "all"]);
    let words = messages.as_array().unwrap().iter();
    words.map(|message| message["state"].as_str().unwrap().to_owned()).collect()
}
