//! Statements on the ledger's installation, and its mark beside the file.
//!
//! Must not know: what the mark looks like (`home`), whether mail may go out.

use async_trait::async_trait;
use jiff::SignedDuration;
use sqlx::{Row as _, SqliteConnection};

use super::home::Mark;
use super::outbox::roads;
use super::rows::Place;
use super::script::exactly_one;
use super::{Sqlite, journal};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::domain::watch::{ClockRecord, Displacement, Hold};
use crate::storage::StorageError;
use crate::storage::instance::{InstanceRecord, Instances};
use crate::storage::journal::Entry;

const TOKEN: &str = "SELECT token FROM instance";

/// A token that nobody has: SQLite draws it from the system's randomness.
const ADOPT: &str = "\
INSERT INTO instance (only_row, token, adopted_at) VALUES (1, lower(hex(randomblob(16))), $1)
ON CONFLICT (only_row) DO UPDATE SET token = excluded.token, adopted_at = excluded.adopted_at
RETURNING token";

const VITALS: &str = "\
SELECT only_row AS id, adopted_at, last_pass_at, clock_seen_at,
       (SELECT opened_at FROM operator_item WHERE key = 'clock:ahead' AND resolved_at IS NULL) AS doubted_at
FROM instance";

const HAS_LINE: &str = "SELECT 1 FROM journal WHERE seq = $1 AND hash = $2";

const RECORD_PASS: &str = "UPDATE instance SET last_pass_at = $1";

const RECORD_READING: &str = "UPDATE instance SET clock_seen_at = $1";

const MESSAGES_KEEP_THEIR_DISTANCE: &str = "\
UPDATE message SET next_attempt_at = next_attempt_at - $2
WHERE is_sendable AND next_attempt_at > $1";

const LEASES_KEEP_THEIR_DISTANCE: &str = "\
UPDATE message SET lease_until_at = lease_until_at - $2 WHERE state = 'leased' AND lease_until_at > $1";

const PROBES_KEEP_THEIR_DISTANCE: &str =
    "UPDATE circuit_breaker SET next_probe_at = next_probe_at - $2 WHERE next_probe_at > $1";

/// Kinds of items as [`Hold::word`] names them.
const CALLED: &str =
    "SELECT 1 FROM operator_item WHERE kind IN ('instance', 'clock') AND resolved_at IS NULL";

const SETTLE_ITEM: &str =
    "UPDATE operator_item SET resolved_at = $2 WHERE key = $1 AND resolved_at IS NULL";

pub(super) const STATEMENTS: &[&str] = &[
    TOKEN,
    ADOPT,
    VITALS,
    HAS_LINE,
    RECORD_PASS,
    RECORD_READING,
    MESSAGES_KEEP_THEIR_DISTANCE,
    LEASES_KEEP_THEIR_DISTANCE,
    PROBES_KEEP_THEIR_DISTANCE,
    CALLED,
    SETTLE_ITEM,
];

#[async_trait]
impl Instances for Sqlite {
    async fn register_instance(&self, actor: &str, now: Moment) -> Result<bool, StorageError> {
        if sqlx::query(TOKEN).fetch_optional(&self.reader).await?.is_some() {
            return Ok(false);
        }
        let mut transaction = self.write().await?;
        if token(&mut transaction).await?.is_some() {
            // another process was faster
            return Ok(false);
        }
        self.make_home(&mut transaction, now).await?;
        let entry = entry(Action::RegisterInstance, "ledger", actor, now);
        journal::append(&mut transaction, &[entry]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn adopt(&self, actor: &str, now: Moment) -> Result<Option<Displacement>, StorageError> {
        let mut transaction = self.write().await?;
        let Some(displacement) = self.displaced(&mut transaction).await? else { return Ok(None) };
        let mut entry = entry(Action::Adopt, "ledger", actor, now);
        entry.reason = Some(displacement.word().to_owned());
        journal::append(&mut transaction, &[entry]).await?;
        self.make_home(&mut transaction, now).await?;
        settle(&mut transaction, &ItemKey::Instance, now).await?;
        transaction.commit().await?;
        Ok(Some(displacement))
    }

    async fn confirm_clock(&self, actor: &str, now: Moment) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        let mut entry = entry(Action::ConfirmClock, "clock", actor, now);
        entry.before = last_seen(&mut transaction).await?.map(shown);
        entry.after = Some(shown(now));
        journal::append(&mut transaction, &[entry]).await?;
        read_clock(&mut transaction, now).await?;
        settle(&mut transaction, &ItemKey::Clock, now).await?;
        Ok(transaction.commit().await?)
    }

    async fn instance_record(&self) -> Result<Option<InstanceRecord>, StorageError> {
        let row = sqlx::query(VITALS).fetch_optional(&self.reader).await?;
        let vitals = |row| {
            let place = Place::keyed(row, "instance")?;
            Ok(InstanceRecord {
                adopted: place.moment("adopted_at")?,
                last_pass: place.moment_if_any("last_pass_at")?,
                clock: ClockRecord {
                    seen: place.moment_if_any("clock_seen_at")?,
                    doubted: place.moment_if_any("doubted_at")?,
                },
            })
        };
        row.as_ref().map(vitals).transpose()
    }

    async fn displacement(&self) -> Result<Option<Displacement>, StorageError> {
        let mut reader = self.reader.acquire().await?;
        self.displaced(&mut reader).await
    }

    async fn update_mark(&self) -> Result<(), StorageError> {
        let mut reader = self.reader.acquire().await?;
        let newest = journal::newest(&mut reader).await?;
        if self.read_mark()?.is_ok_and(|mark| mark.journal == newest) {
            return Ok(());
        }
        drop(reader);
        // the writer's lock keeps a second process from writing the mark at the same time
        let mut transaction = self.write().await?;
        if self.displaced(&mut transaction).await?.is_none()
            && let Some(ledger) = token(&mut transaction).await?
        {
            let journal = journal::newest(&mut transaction).await?;
            self.write_mark(&Mark { ledger, journal })?;
        }
        Ok(transaction.rollback().await?)
    }

    async fn record_pass(&self, now: Moment) -> Result<(), StorageError> {
        sqlx::query(RECORD_PASS).bind(now.seconds()).execute(&self.writer).await?;
        Ok(())
    }

    async fn record_clock_reading(
        &self,
        now: Moment,
        set_back: Option<SignedDuration>,
    ) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        if let Some(set_back) = set_back {
            keep_distance(&mut transaction, now, set_back).await?;
        }
        read_clock(&mut transaction, now).await?;
        Ok(transaction.commit().await?)
    }

    async fn open_hold_items(&self, holds: &[Hold], now: Moment) -> Result<(), StorageError> {
        if holds.is_empty() && sqlx::query(CALLED).fetch_optional(&self.reader).await?.is_none() {
            return Ok(());
        }
        let mut transaction = self.write().await?;
        for known in [ItemKey::Instance, ItemKey::Clock] {
            match holds.iter().find(|hold| hold.item() == known) {
                Some(hold) => {
                    roads::open_item(&mut transaction, &hold.item(), &detail(*hold), now).await?;
                }
                None => settle(&mut transaction, &known, now).await?,
            }
        }
        Ok(transaction.commit().await?)
    }
}

impl Sqlite {
    /// Draws a new token and writes it with the newest line of the journal into the mark. The mark comes first: a
    /// process that ends before the commit leaves a mark that fits nothing, never a ledger that two homes have.
    async fn make_home(
        &self,
        transaction: &mut SqliteConnection,
        now: Moment,
    ) -> Result<(), StorageError> {
        let row = sqlx::query(ADOPT).bind(now.seconds()).fetch_one(&mut *transaction).await?;
        let ledger = row.try_get("token")?;
        let journal = journal::newest(transaction).await?;
        self.write_mark(&Mark { ledger, journal })
    }

    async fn displaced(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Option<Displacement>, StorageError> {
        let Some(token) = token(&mut *connection).await? else { return Ok(None) };
        let mark = match self.read_mark()? {
            Ok(mark) if mark.ledger == token => mark,
            Ok(_) => return Ok(Some(Displacement::OtherLedger)),
            Err(displacement) => return Ok(Some(displacement)),
        };
        let Some((seq, hash)) = mark.journal else { return Ok(None) };
        let line = sqlx::query(HAS_LINE).bind(seq).bind(hash).fetch_optional(connection).await?;
        Ok(line.is_none().then_some(Displacement::Older))
    }

    fn read_mark(&self) -> Result<Result<Mark, Displacement>, StorageError> {
        self.home.read().map_err(|source| self.mark_failed(source))
    }

    fn write_mark(&self, mark: &Mark) -> Result<(), StorageError> {
        self.home.write(mark).map_err(|source| self.mark_failed(source))
    }

    fn mark_failed(&self, source: std::io::Error) -> StorageError {
        StorageError::File { path: self.home.path().to_owned(), source }
    }
}

async fn token(connection: &mut SqliteConnection) -> Result<Option<String>, StorageError> {
    let row = sqlx::query(TOKEN).fetch_optional(connection).await?;
    Ok(row.map(|row| row.try_get("token")).transpose()?)
}

async fn last_seen(connection: &mut SqliteConnection) -> Result<Option<Moment>, StorageError> {
    match sqlx::query(VITALS).fetch_optional(connection).await? {
        Some(row) => Place::keyed(&row, "instance")?.moment_if_any("clock_seen_at"),
        None => Ok(None),
    }
}

async fn read_clock(transaction: &mut SqliteConnection, now: Moment) -> Result<(), StorageError> {
    let read = sqlx::query(RECORD_READING).bind(now.seconds()).execute(transaction).await?;
    exactly_one("record reading of the clock", read.rows_affected())
}

async fn keep_distance(
    transaction: &mut SqliteConnection,
    now: Moment,
    set_back: SignedDuration,
) -> Result<(), StorageError> {
    for statement in
        [MESSAGES_KEEP_THEIR_DISTANCE, LEASES_KEEP_THEIR_DISTANCE, PROBES_KEEP_THEIR_DISTANCE]
    {
        let moved = sqlx::query(statement).bind(now.seconds()).bind(set_back.as_secs());
        moved.execute(&mut *transaction).await?;
    }
    let mut entry = entry(Action::ClockSetBack, "clock", ACTOR, now);
    entry.before = Some(shown(now.plus(set_back)));
    entry.after = Some(shown(now));
    journal::append(transaction, &[entry]).await
}

async fn settle(
    transaction: &mut SqliteConnection,
    key: &ItemKey,
    now: Moment,
) -> Result<(), StorageError> {
    sqlx::query(SETTLE_ITEM).bind(key.to_string()).bind(now.seconds()).execute(transaction).await?;
    Ok(())
}

/// Who stands in the journal for what no person did.
const ACTOR: &str = "daemon";

fn detail(hold: Hold) -> String {
    match hold {
        Hold::Displaced(displacement) => displacement.word().to_owned(),
        Hold::ClockAhead { expected, now } => {
            format!("{}, at most {} expected", shown(now), shown(expected))
        }
    }
}

fn shown(moment: Moment) -> String {
    moment.local().strftime("%F %T").to_string()
}

fn entry(action: Action, subject: &str, actor: &str, at: Moment) -> Entry {
    Entry {
        at,
        actor: actor.to_owned(),
        action,
        subject: subject.to_owned(),
        before: None,
        after: None,
        reason: None,
    }
}
