//! The program itself, on a ledger in a file, with a clock that the test sets and a relay that knows which mailboxes exist.
//!
//! Must not know: what ought to be told (`planner`), what happens in the year (`district`).

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use duban::clock::Clock;
use duban::domain::delivery::{Fault, Outcome, Reply, Stage};
use duban::domain::moment::Moment;
use duban::mail::{DotRecorder, Mailer, OutgoingMessage};
use duban::storage::Store;
use duban::storage::sqlite::Sqlite;
use duban::wiring;
use duban::workflows::Context;
use duban::workflows::remind::ReminderService;
use jiff::civil::DateTime;
use sqlx::{Row as _, SqlitePool};
use tokio_util::sync::CancellationToken;

use crate::support::office::TestOffice;

/// The office that runs the ledger.
pub(super) const OFFICE: &str = "府办";

pub(super) struct Program {
    _office: TestOffice,
    pub(super) ledger: Sqlite,
    pub(super) sql: SqlitePool,
    pub(super) service: ReminderService,
    clock: SetClock,
    relay: Relay,
}

/// One step of one share, told to one mailbox at a moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub(super) at: DateTime,
    pub(super) mailbox: String,
    /// With its period.
    pub(super) reference: String,
    pub(super) unit: String,
    /// With the number of its repeat.
    pub(super) step: String,
}

/// A clock that stands still until it is set.
#[derive(Clone)]
struct SetClock(Arc<Mutex<Moment>>);

impl Clock for SetClock {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
    }
}

/// A relay that takes every mail but those to mailboxes that do not exist any more.
#[derive(Clone, Default)]
struct Relay {
    gone: Arc<Mutex<BTreeSet<String>>>,
}

#[async_trait]
impl Mailer for Relay {
    async fn deliver(&self, message: &OutgoingMessage<'_>, recorder: &dyn DotRecorder) -> Outcome {
        if self.gone.lock().unwrap().contains(message.recipient.as_str()) {
            let reply = Reply { code: 550, text: "5.1.1 user unknown".to_owned() };
            return Outcome::Failed { stage: Stage::Recipient, fault: Fault::Refused(reply) };
        }
        match recorder.record_imminent_dot().await {
            Ok(()) => Outcome::Accepted { reply: Reply { code: 250, text: "ok".to_owned() } },
            Err(_) => Outcome::Withheld,
        }
    }
}

impl Program {
    /// The program on the ledger of this office.
    pub(super) async fn of(mut office: TestOffice, supervisor: &str) -> Self {
        office.set("OFFICE__UNIT", supervisor);
        office.set("DELIVERY__SURGE_LIMIT", "100000");
        office.set("ITEMS__AWAITED_EVENT_DAYS", "60");
        office.set("ITEMS__SUSPENDED_DAYS", "60");
        let settings = office.settings();
        let path = office.path("duban.db");
        let ledger = Sqlite::open(&path).await.unwrap();
        let sql = SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
        let clock = SetClock(Arc::new(Mutex::new(moment("2022-01-01T00:00".parse().unwrap()))));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let law = wiring::law(&settings, &[]).unwrap();
        let guard = wiring::send_guard(&settings, &shared, &law);
        let store: Arc<dyn Store> = Arc::new(ledger.clone());
        let mut service =
            wiring::reminder_service(&settings, &law, &store, &guard, "tester").unwrap();
        let relay = Relay::default();
        service.delivery.mailer = Arc::new(relay.clone());
        Self { _office: office, ledger, sql, service, clock, relay }
    }

    pub(super) fn set_clock(&self, now: DateTime) {
        *self.clock.0.lock().unwrap() = moment(now);
    }

    pub(super) fn context(&self) -> Context<'_> {
        let now = self.service.now();
        Context { store: &self.ledger, law: &self.service.law, now, actor: "tester" }
    }

    /// From now on the relay refuses mails to this mailbox.
    pub(super) fn mailbox_ends(&self, mailbox: &str) {
        self.relay.gone.lock().unwrap().insert(mailbox.to_owned());
    }

    pub(super) async fn pass(&self) {
        // on the heap: a test's thread has a small stack
        let stop = CancellationToken::new();
        let report = Box::pin(self.service.pass(self.service.now(), &stop)).await.unwrap();
        assert!(report.holds.is_empty(), "{:?}", report.holds);
    }

    /// Everything that was told so far, in order.
    pub(super) async fn told(&self) -> Vec<Told> {
        let statement = "SELECT told_at, message.recipient, ref, occurrence, unit.name, rung, repeat
                         FROM reminder JOIN message ON message.id = reminder.message_id
                         JOIN assignment ON assignment.id = assignment_id JOIN unit ON unit.id = unit_id
                         JOIN obligation ON obligation.id = reminder.obligation_id
                         WHERE reminder.state = 'told'";
        let rows = sqlx::query(statement).fetch_all(&self.sql).await.unwrap();
        let mut told: Vec<Told> = rows
            .iter()
            .map(|row| {
                let seconds: i64 = row.get("told_at");
                let instant = jiff::Timestamp::from_second(seconds).unwrap();
                let (reference, period): (String, String) = (row.get("ref"), row.get("occurrence"));
                let (step, repeat): (String, i64) = (row.get("rung"), row.get("repeat"));
                Told {
                    at: Moment::at(instant).local(),
                    mailbox: row.get("recipient"),
                    reference: named(&reference, &period),
                    unit: row.get("name"),
                    step: if repeat == 0 { step } else { format!("{step}#{repeat}") },
                }
            })
            .collect();
        told.sort();
        told
    }

    /// The first column of every row, as text.
    pub(super) async fn column(&self, statement: &'static str) -> Vec<String> {
        let rows = sqlx::query(statement).fetch_all(&self.sql).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    }
}

/// A reference with its period.
pub(super) fn named(reference: &str, period: &str) -> String {
    if period.is_empty() { reference.to_owned() } else { format!("{reference}/{period}") }
}

pub(super) fn moment(local: DateTime) -> Moment {
    Moment::from_local(local).unwrap()
}
