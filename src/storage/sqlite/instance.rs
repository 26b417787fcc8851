//! The installation a ledger belongs to: its identity, its last pass, the newest clock reading.
//!
//! Must not know: files beside the ledger (`site`), whether mail may go out. Callers: other rooms through the trait
//! [`Instances`].

use async_trait::async_trait;
use jiff::SignedDuration;
use sqlx::SqliteConnection;

use super::database::Sqlite;
use super::rows::{RowReader, exactly_one};
use super::{items, journal_lines, ledger_identity};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::ledger_identity::LedgerIdentity;
use crate::domain::moment::Moment;
use crate::domain::watch::{ClockRecord, Hold};
use crate::storage::StorageError;
use crate::storage::instance::{InstanceRecord, Instances};
use crate::storage::journal::Entry;

const INSTANCE: &str = "\
SELECT only_row AS id, adopted_at, last_pass_at, clock_seen_at FROM instance";

const SET_LAST_PASS: &str = "UPDATE instance SET last_pass_at = $1";

const SET_CLOCK_SEEN: &str = "UPDATE instance SET clock_seen_at = $1";

const MOVE_NEXT_ATTEMPTS: &str = "\
UPDATE message SET next_attempt_at = next_attempt_at - $2
WHERE is_sendable AND next_attempt_at > $1";

const MOVE_LEASES: &str = "\
UPDATE message SET lease_until_at = lease_until_at - $2 WHERE state = 'leased' AND lease_until_at > $1";

const MOVE_PROBES: &str =
    "UPDATE circuit_breaker SET next_probe_at = next_probe_at - $2 WHERE next_probe_at > $1";

pub(super) const STATEMENTS: &[&str] =
    &[INSTANCE, SET_LAST_PASS, SET_CLOCK_SEEN, MOVE_NEXT_ATTEMPTS, MOVE_LEASES, MOVE_PROBES];

#[async_trait]
impl Instances for Sqlite {
    async fn ledger_identity(&self) -> Result<LedgerIdentity, StorageError> {
        ledger_identity::read(&self.reader).await
    }

    async fn confirm_clock(&self, actor: &str, now: Moment) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        let entry = Entry::new(now, Action::ConfirmClock, "clock")
            .by(actor)
            .before_if_any(clock_seen(&mut transaction).await?.map(local_time))
            .after(local_time(now));
        journal_lines::append(&mut transaction, &[entry]).await?;
        set_clock_seen(&mut transaction, now).await?;
        items::resolve(&mut transaction, &[ItemKey::Clock], now).await?;
        Ok(transaction.commit().await?)
    }

    async fn instance_record(&self) -> Result<Option<InstanceRecord>, StorageError> {
        let mut reader = self.reader.begin().await?;
        let Some(row) = sqlx::query(INSTANCE).fetch_optional(&mut *reader).await? else {
            return Ok(None);
        };
        let row = RowReader::keyed(&row, "instance")?;
        Ok(Some(InstanceRecord {
            adopted: row.moment("adopted_at")?,
            last_pass: row.moment_if_any("last_pass_at")?,
            clock: ClockRecord {
                seen: row.moment_if_any("clock_seen_at")?,
                doubted: items::opened_at(&mut reader, &ItemKey::Clock).await?,
            },
        }))
    }

    async fn record_pass(&self, now: Moment) -> Result<(), StorageError> {
        sqlx::query(SET_LAST_PASS).bind(now.seconds()).execute(&self.writer).await?;
        Ok(())
    }

    async fn record_clock_reading(
        &self,
        now: Moment,
        set_back: Option<SignedDuration>,
    ) -> Result<(), StorageError> {
        let mut transaction = self.begin_write().await?;
        if let Some(set_back) = set_back {
            move_waiting_times(&mut transaction, now, set_back).await?;
        }
        set_clock_seen(&mut transaction, now).await?;
        Ok(transaction.commit().await?)
    }

    async fn open_hold_items(&self, holds: &[Hold], now: Moment) -> Result<(), StorageError> {
        let all = [ItemKey::Instance, ItemKey::Clock];
        if holds.is_empty() {
            let mut reader = self.reader.begin().await?;
            let mut is_any_open = false;
            for item in &all {
                is_any_open |= items::opened_at(&mut reader, item).await?.is_some();
            }
            if !is_any_open {
                return Ok(());
            }
        }
        let mut transaction = self.begin_write().await?;
        for item in all {
            match holds.iter().find(|hold| hold.item() == item) {
                Some(hold) => items::open(&mut transaction, &item, &detail(*hold), now).await?,
                None => items::resolve(&mut transaction, &[item], now).await?,
            }
        }
        Ok(transaction.commit().await?)
    }
}

async fn clock_seen(connection: &mut SqliteConnection) -> Result<Option<Moment>, StorageError> {
    match sqlx::query(INSTANCE).fetch_optional(connection).await? {
        Some(row) => RowReader::keyed(&row, "instance")?.moment_if_any("clock_seen_at"),
        None => Ok(None),
    }
}

async fn set_clock_seen(
    transaction: &mut SqliteConnection,
    now: Moment,
) -> Result<(), StorageError> {
    let done = sqlx::query(SET_CLOCK_SEEN).bind(now.seconds()).execute(transaction).await?;
    exactly_one("set clock reading", done.rows_affected())
}

async fn move_waiting_times(
    transaction: &mut SqliteConnection,
    now: Moment,
    set_back: SignedDuration,
) -> Result<(), StorageError> {
    for statement in [MOVE_NEXT_ATTEMPTS, MOVE_LEASES, MOVE_PROBES] {
        let query = sqlx::query(statement).bind(now.seconds()).bind(set_back.as_secs());
        query.execute(&mut *transaction).await?;
    }
    let entry = Entry::new(now, Action::ClockSetBack, "clock")
        .before(local_time(now.plus(set_back)))
        .after(local_time(now));
    journal_lines::append(transaction, &[entry]).await
}

fn detail(hold: Hold) -> String {
    match hold {
        Hold::Displaced(displacement) => displacement.word().to_owned(),
        Hold::ClockAhead { expected, now } => {
            format!("{}, at most {} expected", local_time(now), local_time(expected))
        }
    }
}

fn local_time(moment: Moment) -> String {
    moment.local().strftime("%F %T").to_string()
}
