//! The instance: which installation the ledger belongs to, its last pass, and the newest clock reading.
//!
//! Must not know: the form of the mark (`instance_mark`), whether mail may go out. Callers: other rooms through the trait
//! [`Instances`].

use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::database::Sqlite;
use super::instance_mark::InstanceMark;
use super::rows::{RowReader, exactly_one};
use super::{items, journal_lines, ledger_identity};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::ledger_identity::LedgerIdentity;
use crate::domain::moment::Moment;
use crate::domain::watch::{ClockRecord, Displacement, Hold};
use crate::storage::StorageError;
use crate::storage::instance::{InstanceRecord, Instances};
use crate::storage::journal::Entry;

/// Longer than the time between a new mark and its commit.
const ADOPTION: Duration = Duration::from_millis(200);

const TOKEN: &str = "SELECT token FROM instance";

/// Draws a random token.
const ADOPT: &str = "\
INSERT INTO instance (only_row, token, adopted_at) VALUES (1, lower(hex(randomblob(16))), $1)
ON CONFLICT (only_row) DO UPDATE SET token = excluded.token, adopted_at = excluded.adopted_at
RETURNING token";

const INSTANCE: &str = "\
SELECT only_row AS id, adopted_at, last_pass_at, clock_seen_at FROM instance";

const HAS_LINE: &str = "SELECT 1 FROM journal WHERE seq = $1 AND hash = $2";

const SET_LAST_PASS: &str = "UPDATE instance SET last_pass_at = $1";

const SET_CLOCK_SEEN: &str = "UPDATE instance SET clock_seen_at = $1";

const MOVE_NEXT_ATTEMPTS: &str = "\
UPDATE message SET next_attempt_at = next_attempt_at - $2
WHERE is_sendable AND next_attempt_at > $1";

const MOVE_LEASES: &str = "\
UPDATE message SET lease_until_at = lease_until_at - $2 WHERE state = 'leased' AND lease_until_at > $1";

const MOVE_PROBES: &str =
    "UPDATE circuit_breaker SET next_probe_at = next_probe_at - $2 WHERE next_probe_at > $1";

pub(super) const STATEMENTS: &[&str] = &[
    TOKEN,
    ADOPT,
    INSTANCE,
    HAS_LINE,
    SET_LAST_PASS,
    SET_CLOCK_SEEN,
    MOVE_NEXT_ATTEMPTS,
    MOVE_LEASES,
    MOVE_PROBES,
];

#[async_trait]
impl Instances for Sqlite {
    async fn ledger_identity(&self) -> Result<LedgerIdentity, StorageError> {
        ledger_identity::read(&self.reader).await
    }

    async fn register_instance(&self, actor: &str, now: Moment) -> Result<bool, StorageError> {
        if sqlx::query(TOKEN).fetch_optional(&self.reader).await?.is_some() {
            return Ok(false);
        }
        let mut transaction = self.begin_write().await?;
        if token(&mut transaction).await?.is_some() {
            // another process has registered it
            return Ok(false);
        }
        self.mark_instance(&mut transaction, now).await?;
        let entry = Entry::new(now, Action::RegisterInstance, "ledger").by(actor);
        journal_lines::append(&mut transaction, &[entry]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn adopt(&self, actor: &str, now: Moment) -> Result<Option<Displacement>, StorageError> {
        let mut transaction = self.begin_write().await?;
        let Some(displacement) = self.find_displacement(&mut transaction).await? else {
            return Ok(None);
        };
        let entry = Entry::new(now, Action::Adopt, "ledger").by(actor).reason(displacement.word());
        journal_lines::append(&mut transaction, &[entry]).await?;
        self.mark_instance(&mut transaction, now).await?;
        items::resolve(&mut transaction, &[ItemKey::Instance], now).await?;
        transaction.commit().await?;
        Ok(Some(displacement))
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

    async fn displacement(&self) -> Result<Option<Displacement>, StorageError> {
        if self.reads_only {
            let mut reader = self.reader.acquire().await?;
            if self.find_displacement(&mut reader).await?.is_none() {
                return Ok(None);
            }
            drop(reader);
            // a query takes no write lock: it looks again when an adoption under way has been committed
            tokio::time::sleep(ADOPTION).await;
            let mut reader = self.reader.acquire().await?;
            return self.find_displacement(&mut reader).await;
        }
        if self.open_files.are_replaced() {
            return Ok(Some(Displacement::Replaced));
        }
        let mut reader = self.fresh_reader().await?;
        let mut displacement = self.find_displacement(&mut reader).await?;
        if displacement.is_some() {
            // another process that adopts the ledger writes the mark before it commits; under the write lock both agree
            let transaction = self.begin_write().await?;
            displacement = self.find_displacement(&mut reader).await?;
            transaction.rollback().await?;
        }
        reader.close().await?;
        Ok(displacement)
    }

    async fn update_mark(&self) -> Result<(), StorageError> {
        let mut reader = self.reader.acquire().await?;
        let newest = journal_lines::last_line(&mut reader).await?;
        if self.read_mark()?.is_ok_and(|mark| mark.journal == newest) {
            return Ok(());
        }
        drop(reader);
        // the write lock keeps a second process from writing the mark at the same time
        let mut transaction = self.begin_write().await?;
        if self.find_displacement(&mut transaction).await?.is_none()
            && let Some(token) = token(&mut transaction).await?
        {
            let journal = journal_lines::last_line(&mut transaction).await?;
            self.write_mark(&InstanceMark { token, journal })?;
        }
        Ok(transaction.rollback().await?)
    }

    async fn marked_line(&self) -> Result<Option<(i64, String)>, StorageError> {
        let mut reader = self.reader.acquire().await?;
        let Some(token) = token(&mut reader).await? else { return Ok(None) };
        let mark = self.read_mark()?.ok().filter(|mark| mark.token == token);
        Ok(mark.and_then(|mark| mark.journal))
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

impl Sqlite {
    /// Draws a new token and writes it, with the newest journal line, into the mark. The mark comes before the commit: a
    /// process that ends in between leaves a mark that fits no ledger, never two instances that both may send.
    async fn mark_instance(
        &self,
        transaction: &mut SqliteConnection,
        now: Moment,
    ) -> Result<(), StorageError> {
        let row = sqlx::query(ADOPT).bind(now.seconds()).fetch_one(&mut *transaction).await?;
        let token = row.try_get("token")?;
        let journal = journal_lines::last_line(transaction).await?;
        self.write_mark(&InstanceMark { token, journal })
    }

    async fn find_displacement(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Option<Displacement>, StorageError> {
        let Some(token) = token(&mut *connection).await? else { return Ok(None) };
        let mark = match self.read_mark()? {
            Ok(mark) if mark.token == token => mark,
            Ok(_) => return Ok(Some(Displacement::OtherLedger)),
            Err(displacement) => return Ok(Some(displacement)),
        };
        let Some((seq, hash)) = mark.journal else { return Ok(None) };
        let line = sqlx::query(HAS_LINE).bind(seq).bind(hash).fetch_optional(connection).await?;
        Ok(line.is_none().then_some(Displacement::Older))
    }

    fn read_mark(&self) -> Result<Result<InstanceMark, Displacement>, StorageError> {
        self.mark_file.read().map_err(|source| self.mark_file_fault(source))
    }

    fn write_mark(&self, mark: &InstanceMark) -> Result<(), StorageError> {
        self.mark_file.write(mark).map_err(|source| self.mark_file_fault(source))
    }

    fn mark_file_fault(&self, source: std::io::Error) -> StorageError {
        StorageError::File { path: self.mark_file.path().to_owned(), source }
    }
}

async fn token(connection: &mut SqliteConnection) -> Result<Option<String>, StorageError> {
    let row = sqlx::query(TOKEN).fetch_optional(connection).await?;
    Ok(row.map(|row| row.try_get("token")).transpose()?)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_ledger_that_is_being_adopted_is_not_displaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("duban.db");
        let now = Moment::from_local("2022-12-28T09:30".parse().unwrap()).unwrap();
        let (adopter, observer) =
            (Sqlite::open(&path).await.unwrap(), Sqlite::open(&path).await.unwrap());
        adopter.register_instance("tester", now).await.unwrap();

        let mut transaction = adopter.begin_write().await.unwrap();
        adopter.mark_instance(&mut transaction, now).await.unwrap();
        let (displacement, committed) = tokio::join!(observer.displacement(), async {
            // the observer reads the new mark with the old token first
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
            }
            transaction.commit().await
        });
        committed.unwrap();
        assert_eq!(displacement.unwrap(), None);
    }
}
