//! What a ledger keeps in files of this machine.
//!
//! Must not know: the form of the mark (`instance_mark`) and of the outcome file (`outcome_file`), whether mail may go
//! out. Callers: other rooms through the trait [`Site`].

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::database::Sqlite;
use super::files;
use super::instance_mark::InstanceMark;
use super::{items, journal_lines};
use crate::domain::delivery::{BreakerChange, Decision, Disposition, Outcome, Reply};
use crate::domain::item::ItemKey;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::domain::watch::Displacement;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::outbox::{Outbox as _, SavedAcceptance};
use crate::storage::site::{FileFault, Site};
use crate::storage::uids::draw_token;

/// Longer than an adoption takes from writing the mark to its commit.
const ADOPTION_PAUSE: Duration = Duration::from_millis(200);

const TOKEN: &str = "SELECT token FROM instance";

const ADOPT: &str = "\
INSERT INTO instance (only_row, token, adopted_at) VALUES (1, $1, $2)
ON CONFLICT (only_row) DO UPDATE SET token = excluded.token, adopted_at = excluded.adopted_at";

const HAS_LINE: &str = "SELECT 1 FROM journal WHERE seq = $1 AND hash = $2";

pub(super) const STATEMENTS: &[&str] = &[TOKEN, ADOPT, HAS_LINE];

#[async_trait]
impl Site for Sqlite {
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

    async fn displacement(&self) -> Result<Option<Displacement>, StorageError> {
        if self.reads_only {
            let mut reader = self.reader.acquire().await?;
            if self.find_displacement(&mut reader).await?.is_none() {
                return Ok(None);
            }
            drop(reader);
            // a process that only reads takes no write lock; it reads again after an adoption under way must have
            // committed
            tokio::time::sleep(ADOPTION_PAUSE).await;
            let mut reader = self.reader.acquire().await?;
            return self.find_displacement(&mut reader).await;
        }
        if self.open_files.are_replaced() {
            return Ok(Some(Displacement::Replaced));
        }
        let mut reader = self.fresh_reader().await?;
        let mut displacement = self.find_displacement(&mut reader).await?;
        if displacement.is_some() {
            // another process that adopts the ledger writes the mark before it commits; under the write lock mark and
            // ledger agree
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

    async fn save_outcome(&self, saved: &SavedAcceptance) -> Result<(), StorageError> {
        self.outcome_file.append(saved).map_err(|source| self.outcome_file_fault(source))
    }

    async fn replay_outcomes(&self) -> Result<u64, StorageError> {
        let (saved, content) =
            self.outcome_file.read().map_err(|source| self.outcome_file_fault(source))?;
        let mut replayed = 0;
        for SavedAcceptance { lease, code, text, at } in &saved {
            let outcome = Outcome::Accepted { reply: Reply { code: *code, text: text.clone() } };
            let decision = Decision {
                disposition: Disposition::Accepted,
                class: None,
                breaker: BreakerChange::Close,
                item: None,
            };
            match self.record_outcome(lease, &outcome, &decision, *at).await {
                Ok(()) => replayed += 1,
                // the ledger has it already
                Err(StorageError::WrongRowCount { .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        if !saved.is_empty() {
            self.outcome_file.remove(&content).map_err(|source| self.outcome_file_fault(source))?;
        }
        Ok(replayed)
    }

    fn file_faults(&self) -> Vec<FileFault> {
        files::file_faults(&self.path)
    }

    async fn back_up(&self, path: &Path) -> Result<(), StorageError> {
        self.back_up_to(path).await
    }

    async fn copy_to(&self, path: &Path) -> Result<(), StorageError> {
        self.copy_to_file(path).await
    }

    async fn write_part(
        &self,
        path: &Path,
        scratch: &Path,
        from: Date,
        through: Date,
    ) -> Result<(), StorageError> {
        self.write_part_to(path, scratch, from, through).await
    }

    async fn close(&self) {
        // closing the last connection copies the write-ahead log into the database file
        self.reader.close().await;
        self.writer.close().await;
    }
}

impl Sqlite {
    /// Draws a new token and writes it, with the newest journal line, into the mark. The mark comes before the commit:
    /// a process that ends in between leaves a mark that fits no ledger, never two instances that both may send.
    async fn mark_instance(
        &self,
        transaction: &mut SqliteConnection,
        now: Moment,
    ) -> Result<(), StorageError> {
        let token = draw_token()?;
        let query = sqlx::query(ADOPT).bind(&token).bind(now.seconds());
        query.execute(&mut *transaction).await?;
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

    fn outcome_file_fault(&self, source: std::io::Error) -> StorageError {
        StorageError::File { path: self.outcome_file.path().to_owned(), source }
    }
}

async fn token(connection: &mut SqliteConnection) -> Result<Option<String>, StorageError> {
    let row = sqlx::query(TOKEN).fetch_optional(connection).await?;
    Ok(row.map(|row| row.try_get("token")).transpose()?)
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
