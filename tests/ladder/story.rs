//! A ledger in a file, a clock in the hand, and a relay that accepts everything.

use std::collections::BTreeMap;

use duban::config::{calendars, ladders, rules};
use duban::domain::address::Address;
use duban::domain::calendar::WorkCalendar;
use duban::domain::deadline::Anchor;
use duban::domain::directory::{ListedContact, ListedUnit};
use duban::domain::ladder::Ladders;
use duban::domain::listed::ListedObligation;
use duban::domain::moment::Moment;
use duban::domain::reminder::MailHours;
use duban::domain::unit::{Rank, UnitId};
use duban::storage::reminders::{PlannedMessage, PlannedMessages, PlannedReminder, Reminders as _};
use duban::storage::sqlite::Sqlite;
use duban::storage::units::Units as _;
use duban::workflows::import_obligations::import_obligations;
use duban::workflows::import_units::import_units;
use duban::workflows::plan_reminders::{Planned, Planning, plan_reminders};
use duban::workflows::{Context, Law};
use jiff::civil::Date;
use sqlx::{Row as _, SqlitePool};
use tempfile::TempDir;

/// A ledger with three units: 区财政局 owes, 区司法局 leads, 区政府办公室 supervises; each has a handler and a head.
pub(super) struct Story {
    pub(super) store: Sqlite,
    pub(super) sql: SqlitePool,
    pub(super) law: Law,
    _folder: TempDir,
}

pub(super) const BUREAU: &str = "区财政局";
pub(super) const LEAD: &str = "区司法局";
pub(super) const OFFICE: &str = "区政府办公室";

/// A moment in Shanghai; a date alone is 9:30.
pub(super) fn at(text: &str) -> Moment {
    let local = if text.contains('T') { text.parse() } else { format!("{text}T09:30").parse() };
    Moment::from_local(local.unwrap()).unwrap()
}

impl Story {
    pub(super) async fn new() -> Self {
        let story = Self::empty().await;
        story.units(&[BUREAU, LEAD, OFFICE]).await;
        story
    }

    /// A ledger with nobody in it.
    pub(super) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("duban.db");
        let store = Sqlite::open(&path).await.unwrap();
        let sql = SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
        let calendar = WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap();
        Self {
            store,
            sql,
            law: Law::new(
                calendar,
                Ladders::new(ladders::shipped().unwrap()),
                rules::shipped().unwrap(),
            ),
            _folder: folder,
        }
    }

    pub(super) fn context(&self, now: Moment) -> Context<'_> {
        Context { store: &self.store, law: &self.law, now, actor: "tester" }
    }

    /// Adds units, each with a handler and a head.
    pub(super) async fn units(&self, names: &[&str]) {
        let mut list = Vec::new();
        for name in names {
            for rank in [Rank::Handler, Rank::Head] {
                let hex = data_encoding::HEXLOWER.encode(name.as_bytes());
                let address = format!("{}.{}@yuzhong.example", rank.word(), &hex[hex.len() - 12..]);
                list.push(ListedUnit {
                    name: (*name).to_owned(),
                    contact: Some(ListedContact {
                        name: format!("{name}{}", rank.say(duban::words::Lang::Zh)),
                        address: Address::parse(&address).unwrap(),
                        rank,
                        absences: Vec::new(),
                    }),
                    ..ListedUnit::default()
                });
            }
        }
        import_units(self.context(at("2022-06-17")), &list).await.unwrap();
    }

    /// Registers one obligation of 区财政局, led by 区司法局, on a day.
    pub(super) async fn register(
        &self,
        reference: &str,
        when: &str,
        trigger: Option<&str>,
        on: &str,
    ) {
        let listed = ListedObligation {
            reference: Some(reference.to_owned()),
            title: format!("事项{reference}"),
            written: when.to_owned(),
            term: Some(when.parse().unwrap()),
            trigger: trigger.map(|day| Anchor::Day(day.parse().unwrap())),
            lead: vec![LEAD.to_owned()],
            responsible: vec![BUREAU.to_owned()],
            rule: None,
            source: "任务分工".to_owned(),
            note: String::new(),
            ..ListedObligation::default()
        };
        import_obligations(self.context(at(on)), &[listed]).await.unwrap();
    }

    pub(super) async fn unit(&self, name: &str) -> UnitId {
        self.store.directory().await.unwrap().find(name).unwrap().id
    }

    /// Plans as of `now`.
    pub(super) async fn plan(&self, now: Moment) -> Planned {
        let planning = Planning {
            ladders: &self.law.ladders,
            hours: MailHours::default(),
            supervisor: Some(self.unit(OFFICE).await),
        };
        plan_reminders(self.context(now), planning).await.unwrap()
    }

    /// What may be sealed on that day.
    pub(super) async fn planned(&self, day: Date) -> PlannedMessages {
        let contacts = self.store.contacts_to_tell(day, true).await.unwrap();
        self.store.planned_messages(day, true, &contacts).await.unwrap()
    }

    /// Plans, seals and has everything accepted; returns who was told what, as `contact: reference rung, …`.
    pub(super) async fn pass(&self, day: &str) -> Vec<String> {
        let now = at(day);
        self.plan(now).await;
        let planned = self.planned(now.today()).await;
        let names = self.contact_names().await;
        let mut told = Vec::new();
        for letter in &planned.messages {
            let said: Vec<String> = letter
                .reminders
                .iter()
                .map(|it| {
                    format!(
                        "{} {}",
                        planned.obligations[&it.obligation].inputs.reference,
                        it.occasion.name()
                    )
                })
                .collect();
            told.push(format!("{}: {}", names[&letter.contact.0], said.join(", ")));
            self.accept(letter, now).await;
        }
        told
    }

    /// Passes on every day of a span; returns the days on which somebody was told.
    pub(super) async fn passes(&self, from: &str, through: &str) -> Vec<String> {
        let through: Date = through.parse().unwrap();
        let mut day: Date = from.parse().unwrap();
        let mut told = Vec::new();
        while day <= through {
            for letter in self.pass(&day.to_string()).await {
                told.push(format!("{day} {letter}"));
            }
            day = day.tomorrow().unwrap();
        }
        told
    }

    /// As [`passes`](Self::passes), naming periods, each letter in alphabetical order.
    pub(super) async fn passes_with_periods(&self, from: &str, through: &str) -> Vec<String> {
        let through: Date = through.parse().unwrap();
        let mut day: Date = from.parse().unwrap();
        let names = self.contact_names().await;
        let mut told = Vec::new();
        while day <= through {
            let now = at(&day.to_string());
            self.plan(now).await;
            let planned = self.planned(day).await;
            for letter in &planned.messages {
                let full = |it: &PlannedReminder| {
                    let inputs = &planned.obligations[&it.obligation].inputs;
                    format!("{} {}", inputs.full_reference(), it.occasion.name())
                };
                let mut said: Vec<String> = letter.reminders.iter().map(full).collect();
                said.sort();
                told.push(format!("{day} {}: {}", names[&letter.contact.0], said.join(", ")));
                self.accept(letter, now).await;
            }
            day = day.tomorrow().unwrap();
        }
        told
    }

    async fn accept(&self, letter: &PlannedMessage, now: Moment) {
        let message = sqlx::query(
            "INSERT INTO message (message_id, contact_id, kind, sender, recipient, subject, bytes_sha256, envelope_sha256, day_on,
                                  urgency, state, sealed_at, next_attempt_at, expires_at, accepted_at)
             VALUES ($1, $2, 'reminder', 's@x.example', 'r@x.example', '', '', '', $3, 0, 'accepted', $4, $4, $4, $4)
             RETURNING id",
        )
        .bind(format!("{}/{}", letter.contact.0, now.today()))
        .bind(letter.contact.0)
        .bind(now.today().to_string())
        .bind(now.seconds())
        .fetch_one(&self.sql)
        .await
        .unwrap();
        for reminder in &letter.reminders {
            sqlx::query(
                "UPDATE reminder SET state = 'told', message_id = $2, told_at = $3 WHERE key = $1",
            )
            .bind(reminder.key.as_str())
            .bind(message.get::<i64, _>("id"))
            .bind(now.seconds())
            .execute(&self.sql)
            .await
            .unwrap();
        }
    }

    async fn contact_names(&self) -> BTreeMap<i64, String> {
        let rows = sqlx::query("SELECT id, name FROM contact").fetch_all(&self.sql).await.unwrap();
        rows.iter().map(|row| (row.get("id"), row.get("name"))).collect()
    }

    /// The first column of every row, as text.
    pub(super) async fn column(&self, statement: &'static str) -> Vec<String> {
        let rows = sqlx::query(statement).fetch_all(&self.sql).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    }

    pub(super) async fn execute(&self, statement: &'static str) {
        sqlx::query(statement).execute(&self.sql).await.unwrap();
    }
}
