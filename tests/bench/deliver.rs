//! Durable, recorded deliveries next to Postfix's own load generator, to the same sink, in one run.
//!
//! `cargo bench --bench deliver [-- MESSAGES]`; needs `smtp-sink` and `smtp-source` (Debian: postfix).

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench ends when it cannot measure, and its output is what it is for"
)]

use std::fmt;
use std::net::{TcpListener, TcpStream};
use std::num::{NonZeroU16, NonZeroU32};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use duban::clock::FixedClock;
use duban::config::calendars;
use duban::domain::address::Address;
use duban::domain::calendar::WorkCalendar;
use duban::domain::delivery::SendingHours;
use duban::domain::moment::Moment;
use duban::domain::reminder::{Haste, MailHours};
use duban::mail::Mailer;
use duban::mail::smtp::{Deadlines, Encryption, SmtpMailer, SmtpSettings};
use duban::storage::outbox::{ClaimTerms, MessageKind, Outbox, SealedMessage};
use duban::storage::sqlite::Sqlite;
use duban::workflows::deliver::{Delivery, dispatch_due};
use jiff::SignedDuration;
use jiff::civil::date;
use tokio_util::sync::CancellationToken;

/// Sessions at the same time, here and there.
const SESSIONS: u16 = 16;
/// Size of each message in bytes.
const SIZE: usize = 4096;
/// Each measures both.
const ROUNDS: u32 = 10;

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
    let count: u32 = asked.unwrap_or(20_000);
    let Some(sink) = Sink::start() else {
        println!("smtp-sink is not installed; nothing measured");
        return ExitCode::SUCCESS;
    };
    println!(
        "{count} messages of {SIZE} bytes in {ROUNDS} rounds, {SESSIONS} sessions, to one smtp-sink"
    );
    println!(
        "smtp-source -d | duban, synchronous=FULL, a second | ratio | processor and resident memory of duban"
    );
    // as the program's own
    let runtime = tokio::runtime::Builder::new_current_thread()
        .global_queue_interval(1)
        .enable_all()
        .build()
        .unwrap();
    let rounds = runtime.block_on(measure(&sink, count / ROUNDS));
    for round in &rounds {
        println!("{round}");
    }
    println!("{} (medians)", Round::median(&rounds));
    ExitCode::SUCCESS
}

/// What one round came to.
#[derive(Clone, Copy)]
struct Round {
    source: f64,
    duban: f64,
    ratio: f64,
    /// Processor time a message, in microseconds.
    processor: f64,
    /// In KiB, at the end.
    memory: f64,
}

impl Round {
    fn median(rounds: &[Self]) -> Self {
        let of = |value: fn(&Self) -> f64| {
            let mut all = rounds.iter().map(value).collect::<Vec<_>>();
            all.sort_by(f64::total_cmp);
            *all.get(all.len() / 2).unwrap()
        };
        Self {
            source: of(|round| round.source),
            duban: of(|round| round.duban),
            ratio: of(|round| round.ratio),
            processor: of(|round| round.processor),
            memory: of(|round| round.memory),
        }
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, duban, ratio, processor, memory } = self;
        write!(
            f,
            "{source:>7.0} {duban:>7.0} {ratio:>6.2} {processor:>5.0} \u{b5}s {memory:>7.0} KiB"
        )
    }
}

/// The two in turn, so that a machine that is slow for a while is slow for both.
async fn measure(sink: &Sink, each: u32) -> Vec<Round> {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("ledger.db")).await.unwrap();
    let delivery = delivery(Arc::new(mailer(sink)), &store);
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        seal(&store, round * each, each).await;
        let source = f64::from(each) / source(sink, each).as_secs_f64();
        let (start, spent) = (Instant::now(), processor_time());
        let sessions = NonZeroU16::new(SESSIONS).unwrap();
        let counts = dispatch_due(&delivery, sessions, &CancellationToken::new()).await.unwrap();
        let duban = f64::from(each) / start.elapsed().as_secs_f64();
        let processor = (processor_time() - spent) / f64::from(each);
        assert_eq!(counts.accepted, u64::from(each), "{counts:?}");
        let ratio = duban / source;
        rounds.push(Round { source, duban, ratio, processor, memory: resident_memory() });
    }
    rounds
}

async fn seal(store: &Sqlite, first: u32, count: u32) {
    for number in (0..count).step_by(100) {
        let some = (number..count.min(number + 100)).map(|number| message(first + number));
        store.seal(&some.collect::<Vec<_>>()).await.unwrap();
    }
}

fn source(sink: &Sink, count: u32) -> Duration {
    let (sessions, size, count) = (SESSIONS.to_string(), SIZE.to_string(), count.to_string());
    let start = Instant::now();
    let status = Command::new("smtp-source")
        .args(["-d", "-s", &sessions, "-l", &size, "-m", &count])
        .args(["-f", "office@office.example", "-t", "a@unit.example"])
        .arg(format!("127.0.0.1:{}", sink.port))
        .status()
        .unwrap();
    assert!(status.success());
    start.elapsed()
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
        store: Arc::new(store.clone()),
        mailer,
        clock: Arc::new(FixedClock(morning())),
        hours: SendingHours::new(calendar, MailHours::default()),
        terms: ClaimTerms {
            lease: SignedDuration::from_hours(1),
            per_minute: None,
            per_domain_minute: None,
            per_address_day: None,
            any_hour_only: false,
        },
    }
}

fn morning() -> Moment {
    Moment::from_local(date(2022, 12, 28).at(10, 0, 0, 0)).unwrap()
}

fn message(number: u32) -> SealedMessage {
    let message_id = format!("<{number}@office.example>");
    let mut bytes = format!("Message-ID: {message_id}\r\nSubject: bench\r\n\r\n").into_bytes();
    while bytes.len() < SIZE {
        bytes.extend_from_slice(
            b"The quick brown fox jumps over the lazy dog, again and again.\r\n",
        );
    }
    SealedMessage {
        message_id,
        kind: MessageKind::Operator,
        sender: Address::parse("office@office.example").unwrap(),
        recipient: Address::parse(&format!("a{number}@unit.example")).unwrap(),
        subject: "bench".to_owned(),
        bytes,
        day: date(2022, 12, 28),
        haste: Haste::DayMail,
        urgency: 0,
        sealed: morning(),
        not_before: morning(),
        expires: morning().plus(SignedDuration::from_hours(24)),
        held: None,
    }
}

/// Of this process, in KiB.
fn resident_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Of this process, in its own code and in the kernel's, in microseconds.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    let ticks = fields.skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap());
    ticks.sum::<f64>() * 10_000.0
}
