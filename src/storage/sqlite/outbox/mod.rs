//! The outbox in SQLite: which step is one transaction.
//!
//! Must not know: what a failure means.

pub(super) mod claim;
mod commit;
mod group;
pub(super) mod marks;
pub(super) mod record;
pub(super) mod roads;
pub(super) mod seal;
pub(super) mod withdraw;

pub(super) use group::Counter;

use async_trait::async_trait;

use super::Sqlite;
use crate::domain::delivery::{BreakerChange, Decision, Disposition, Outcome, Reply};
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::{
    AbandonedLease, Claim, ClaimTerms, Expired, Lease, Outbox, SavedAcceptance, SealResult,
    SealedMessage,
};
use commit::{Recording, Request};

/// Who stands in the journal for steps no person takes.
const ACTOR: &str = "daemon";

#[async_trait]
impl Outbox for Sqlite {
    async fn seal(&self, messages: &[SealedMessage]) -> Result<Vec<SealResult>, StorageError> {
        let mut transaction = self.write().await?;
        let mut sealings = Vec::with_capacity(messages.len());
        for message in messages {
            sealings.push(seal::seal(&mut transaction, message).await?);
        }
        transaction.commit().await?;
        Ok(sealings)
    }

    async fn claim(&self, terms: &ClaimTerms, now: Moment) -> Result<Claim, StorageError> {
        self.senders.join().map_err(|source| self.lock_failed(source))?;
        let answered = self.counter.submit(self, Request::Claim(*terms, now)).await?;
        Ok(answered.unwrap_or(Claim::NothingDue { next: None }))
    }

    async fn mark_dot(
        &self,
        lease: &Lease,
        ahead: Option<&ClaimTerms>,
        now: Moment,
    ) -> Result<Option<Claim>, StorageError> {
        self.counter.submit(self, Request::MarkDot(*lease, ahead.copied(), now)).await
    }

    async fn cancel_claim(&self, lease: &Lease) -> Result<(), StorageError> {
        self.counter.submit(self, Request::GiveBack(*lease)).await.map(drop)
    }

    async fn record_outcome(
        &self,
        lease: &Lease,
        outcome: &Outcome,
        decision: &Decision,
        now: Moment,
    ) -> Result<(), StorageError> {
        let recording =
            Recording { lease: *lease, outcome: outcome.clone(), decision: decision.clone(), now };
        self.counter.submit(self, Request::Record(Box::new(recording))).await.map(drop)
    }

    async fn save_outcome(&self, saved: &SavedAcceptance) -> Result<(), StorageError> {
        self.spool.keep(saved).map_err(|source| self.spool_failed(source))
    }

    async fn replay_outcomes(&self) -> Result<u64, StorageError> {
        let (all, read) = self.spool.kept().map_err(|source| self.spool_failed(source))?;
        let mut written = 0;
        for SavedAcceptance { lease, code, text, at } in &all {
            let outcome = Outcome::Accepted { reply: Reply { code: *code, text: text.clone() } };
            let decision = Decision {
                disposition: Disposition::Accepted,
                class: None,
                breaker: BreakerChange::Close,
                item: None,
            };
            match self.record_outcome(lease, &outcome, &decision, *at).await {
                Ok(()) => written += 1,
                // the ledger took it after all
                Err(StorageError::WrongRowCount { .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        if !all.is_empty() {
            self.spool.forget(&read).map_err(|source| self.spool_failed(source))?;
        }
        Ok(written)
    }

    async fn abandoned_leases(&self, now: Moment) -> Result<Vec<AbandonedLease>, StorageError> {
        let mut reader = self.reader.acquire().await?;
        let mut leases = claim::leases(&mut reader).await?;
        // asked after the leases were read: whoever begins to send now has none of them
        let alone = self.senders.is_alone().map_err(|source| self.lock_failed(source))?;
        leases.retain(|lease| alone || lease.until < now);
        Ok(leases)
    }

    async fn expire(&self, now: Moment) -> Result<Expired, StorageError> {
        let mut transaction = self.write().await?;
        let expired = withdraw::expire(&mut transaction, now).await?;
        transaction.commit().await?;
        Ok(expired)
    }
}

impl Sqlite {
    fn lock_failed(&self, source: std::io::Error) -> StorageError {
        StorageError::File { path: self.senders.path().to_owned(), source }
    }

    fn spool_failed(&self, source: std::io::Error) -> StorageError {
        StorageError::File { path: self.spool.path().to_owned(), source }
    }
}

#[cfg(test)]
mod tests;
