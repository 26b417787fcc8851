//! What a pass costs: with nothing due it must not grow with the ledger; a year is foreseen in under a second.
//!
//! Run with `cargo bench --bench pass`.

#![expect(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

use std::path::Path;

use divan::Bencher;
use duban::config::{calendars, ladders, rules};
use duban::domain::calendar::WorkCalendar;
use duban::domain::ladder::Ladders;
use duban::domain::moment::Moment;
use duban::domain::reminder::MailHours;
use duban::domain::unit::UnitId;
use duban::storage::sqlite::Sqlite;
use duban::workflows::mail_forecast::forecast_mails;
use duban::workflows::plan_reminders::{Planning, plan_reminders};
use duban::workflows::{Context, Law};
use sqlx::SqlitePool;
use tempfile::TempDir;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

const UNITS: i64 = 100;

/// A ledger with so many open assignments, each unit with a handler and a head.
struct Ledger {
    store: Sqlite,
    law: Law,
    runtime: Runtime,
    _folder: TempDir,
}

impl Ledger {
    fn with(assignments: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("duban.db");
        let runtime = Runtime::new().unwrap();
        let store = runtime.block_on(async {
            let store = Sqlite::open(&path).await.unwrap();
            fill(&path, assignments).await;
            store
        });
        let law = Law::new(
            WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap(),
            Ladders::new(ladders::shipped().unwrap()),
            rules::shipped().unwrap(),
        );
        Self { store, law, runtime, _folder: folder }
    }

    fn context(&self) -> Context<'_> {
        let now = Moment::from_local("2022-06-20T09:30".parse().unwrap()).unwrap();
        Context { store: &self.store, law: &self.law, now, actor: "bench" }
    }

    fn planning(&self) -> Planning<'_> {
        let supervisor = Some(UnitId(1));
        Planning { ladders: &self.law.ladders, hours: MailHours::default(), supervisor }
    }
}

async fn fill(path: &Path, assignments: i64) {
    let sql = SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    for statement in [
        "INSERT INTO unit (uid, name) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
         SELECT lower(hex(randomblob(16))), 'unit ' || i FROM n",
        "INSERT INTO contact (uid, unit_id, name, address, address_check, rank)
         SELECT lower(hex(randomblob(16))), id, rank, rank || id || '@x.example', '', rank FROM unit, (SELECT 'handler' AS rank UNION SELECT 'head')
         WHERE $1 > 0",
    ] {
        sqlx::query(statement).bind(UNITS).execute(&sql).await.unwrap();
    }
    for statement in [
        "INSERT INTO obligation (uid, ref, title, written, term, ladder, registered_at, due_on, act_by_on)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
         SELECT lower(hex(randomblob(16))), 'b' || i, 'title', '2022年底前', '2022-12-31', 'fixed-date', 1655683200, day, day
         FROM n, (SELECT '2022-12-30' AS day)",
        "INSERT INTO assignment (obligation_id, unit_id, next_plan_on)
         SELECT obligation.id, unit.id, '2022-12-02' FROM obligation, unit WHERE $1 > 0",
        "INSERT INTO party (obligation_id, role, position, unit_id)
         SELECT id, 'lead', 0, 2 + id % 90 FROM obligation WHERE $1 > 0",
    ] {
        sqlx::query(statement).bind(assignments / UNITS).execute(&sql).await.unwrap();
    }
    sqlx::query("ANALYZE").execute(&sql).await.unwrap();
    sql.close().await;
}

#[divan::bench(args = [10_000, 1_000_000], sample_count = 200)]
fn nothing_due(bencher: Bencher<'_, '_>, assignments: i64) {
    let ledger = Ledger::with(assignments);
    bencher.bench_local(|| {
        let pass = plan_reminders(ledger.context(), ledger.planning());
        let planned = ledger.runtime.block_on(pass).unwrap();
        assert_eq!(planned.looked_at, 0);
    });
}

/// Every assignment climbs its whole ladder, repeats included, to the supervising office: nobody does anything all year.
#[divan::bench(args = [2_000], sample_count = 5)]
fn a_year_foreseen(bencher: Bencher<'_, '_>, assignments: i64) {
    let ledger = Ledger::with(assignments);
    let (from, through) = ("2022-06-20".parse().unwrap(), "2023-06-20".parse().unwrap());
    bencher.bench_local(|| {
        let forecast = forecast_mails(ledger.context(), ledger.planning(), from, through);
        let forecast = ledger.runtime.block_on(forecast).unwrap();
        assert!(!forecast.messages.is_empty());
    });
}
