//! Durable, recorded deliveries next to Postfix's own load generator, to the same sink, in one run.
//!
//! `cargo bench --bench deliver [-- MESSAGES]`; needs `smtp-sink` and `smtp-source` (Debian: postfix).

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench ends when it cannot measure, and its output is what it is for"
)]

use std::net::{TcpListener, TcpStream};
use std::num::{NonZeroU16, NonZeroU32};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use duban::clock::FixedClock;
use duban::config::calendars;
use duban::domain::address::Address;
use duban::domain::calendar::WorkCalendar;
use duban::domain::delivery::{Outcome, SendingHours};
use duban::domain::moment::Moment;
use duban::domain::reminder::MailHours;
use duban::mail::smtp::{Deadlines, Encryption, SmtpMailer, SmtpSettings};
use duban::mail::{DotMark, Mailer, Parcel};
use duban::storage::outbox::{ClaimTerms, MessageKind, Outbox, SealedMessage};
use duban::storage::sqlite::Sqlite;
use duban::workflows::deliver::{Delivery, deliver_all};
use jiff::SignedDuration;
use jiff::civil::date;
use tokio_util::sync::CancellationToken;

/// Sessions at the same time, here and there.
const SESSIONS: u16 = 16;
/// Size of each message in bytes.
const SIZE: usize = 4096;

/// A sink on loopback that ends with the bench.
struct Sink {
    child: Child,
    port: u16,
}

impl Sink {
    fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let child = Command::new("smtp-sink")
            .args(["-u", "nobody", &format!("127.0.0.1:{port}"), "1000"])
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let sink = Self { child, port };
        (0..100)
            .any(|_| {
                std::thread::sleep(Duration::from_millis(20));
                TcpStream::connect(("127.0.0.1", port)).is_ok()
            })
            .then_some(sink)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn main() -> ExitCode {
    let asked = std::env::args().find_map(|argument| argument.parse().ok());
    let count: u32 = asked.unwrap_or(10_000);
    let Some(sink) = Sink::start() else {
        println!("smtp-sink is not installed; nothing measured");
        return ExitCode::SUCCESS;
    };
    let source = rate(count, source(&sink, count));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (taken, memory) = runtime.block_on(duban(&sink, count));
    let duban = rate(count, taken);
    println!("{count} messages of {SIZE} bytes, {SESSIONS} sessions, to one smtp-sink");
    println!("smtp-source -d            {source:>9.0} a second");
    println!("duban, synchronous=FULL   {duban:>9.0} a second   ratio {:.2}", duban / source);
    let memory = memory.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
    println!("resident memory in KiB, at the start and after each tenth: {memory}");
    ExitCode::SUCCESS
}

fn rate(count: u32, taken: Duration) -> f64 {
    f64::from(count) / taken.as_secs_f64()
}

fn source(sink: &Sink, count: u32) -> Duration {
    let start = Instant::now();
    let status = Command::new("smtp-source")
        .args([
            "-d",
            "-s",
            &SESSIONS.to_string(),
            "-l",
            &SIZE.to_string(),
            "-m",
            &count.to_string(),
        ])
        .args(["-f", "office@office.example", "-t", "a@unit.example"])
        .arg(format!("127.0.0.1:{}", sink.port))
        .status()
        .unwrap();
    assert!(status.success());
    start.elapsed()
}

/// Notes the resident memory after each tenth of the messages.
struct Watched {
    mailer: SmtpMailer,
    tenth: u32,
    delivered: AtomicU32,
    memory: Mutex<Vec<u64>>,
}

#[async_trait]
impl Mailer for Watched {
    async fn deliver(&self, parcel: &Parcel<'_>, mark: &dyn DotMark) -> Outcome {
        let outcome = self.mailer.deliver(parcel, mark).await;
        let delivered = self.delivered.fetch_add(1, Ordering::Relaxed) + 1;
        if delivered.is_multiple_of(self.tenth) {
            self.memory.lock().unwrap().push(resident_memory());
        }
        outcome
    }
}

/// Delivers everything; returns the time taken and the resident memory on the way, in KiB.
async fn duban(sink: &Sink, count: u32) -> (Duration, Vec<u64>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("ledger.db")).await.unwrap();
    for number in 0..count {
        store.seal(&[message(number)]).await.unwrap();
    }
    let watched = Arc::new(Watched {
        mailer: mailer(sink),
        tenth: (count / 10).max(1),
        delivered: AtomicU32::new(0),
        memory: Mutex::new(vec![resident_memory()]),
    });
    let delivery = delivery(Arc::<Watched>::clone(&watched), &store);
    let sessions = NonZeroU16::new(SESSIONS).unwrap();
    let start = Instant::now();
    let tally = deliver_all(&delivery, sessions, &CancellationToken::new()).await.unwrap();
    let taken = start.elapsed();
    assert_eq!(tally.accepted, u64::from(count), "{tally:?}");
    let memory = watched.memory.lock().unwrap().clone();
    (taken, memory)
}

fn mailer(sink: &Sink) -> SmtpMailer {
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: sink.port,
        encryption: Encryption::None,
        credentials: None,
        ca_file: None,
        hello: "office.example".to_owned(),
        messages_per_connection: NonZeroU32::new(1000).unwrap(),
        deadlines: Deadlines::default(),
    };
    SmtpMailer::prepare(settings).unwrap()
}

fn delivery(mailer: Arc<dyn Mailer>, store: &Sqlite) -> Delivery {
    let calendar = WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap();
    Delivery {
        outbox: Arc::new(store.clone()),
        mailer,
        clock: Arc::new(FixedClock(morning())),
        hours: SendingHours::new(calendar, MailHours::default()),
        terms: ClaimTerms {
            lease: SignedDuration::from_hours(1),
            per_minute: None,
            per_domain_minute: None,
            per_address_day: None,
        },
    }
}

fn morning() -> Moment {
    Moment::from_local(date(2022, 12, 28).at(10, 0, 0, 0)).unwrap()
}

fn message(number: u32) -> SealedMessage {
    let message_id = format!("<{number}@office.example>");
    let mut raw = format!("Message-ID: {message_id}\r\nSubject: bench\r\n\r\n").into_bytes();
    while raw.len() < SIZE {
        raw.extend_from_slice(b"The quick brown fox jumps over the lazy dog, again and again.\r\n");
    }
    SealedMessage {
        message_id,
        kind: MessageKind::Operator,
        sender: Address::parse("office@office.example").unwrap(),
        recipient: Address::parse(&format!("a{number}@unit.example")).unwrap(),
        subject: "bench".to_owned(),
        raw,
        day: date(2022, 12, 28),
        urgency: 0,
        sealed: morning(),
        not_before: morning(),
        expires: morning().plus(SignedDuration::from_hours(24)),
        held: None,
    }
}

fn resident_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next())
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0)
}
