//! The outbox in SQLite: which step is one transaction.
//!
//! Must not know: what a failure means (`domain::delivery`). Callers: other rooms through the trait [`Outbox`].

pub(super) mod accepted;
mod batch;
pub(super) mod breakers;
pub(super) mod claim;
pub(super) mod commit_queue;
pub(super) mod failed;
pub(super) mod leases;
pub(super) mod seal;
pub(super) mod withdraw;
mod write;

use async_trait::async_trait;

use super::database::Sqlite;
use crate::domain::delivery::{Decision, Outcome};
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::{
    AbandonedLease, Claim, ClaimTerms, Expired, Lease, Outbox, SealResult, SealedMessage,
};
use write::{AttemptOutcome, Write};

#[async_trait]
impl Outbox for Sqlite {
    async fn seal(&self, messages: &[SealedMessage]) -> Result<Vec<SealResult>, StorageError> {
        let mut transaction = self.begin_write().await?;
        let results = seal::seal(&mut transaction, messages).await?;
        transaction.commit().await?;
        Ok(results)
    }

    async fn claim(&self, terms: &ClaimTerms, now: Moment) -> Result<Claim, StorageError> {
        self.refuse_replaced_files()?;
        self.sender_lock.share().map_err(|source| self.sender_lock_fault(source))?;
        let claim = self.commit_queue.submit(Write::Claim(*terms, now)).await?;
        Ok(claim.unwrap_or(Claim::NothingDue { next: None }))
    }

    async fn mark_dot(
        &self,
        lease: &Lease,
        next: Option<&ClaimTerms>,
        now: Moment,
    ) -> Result<Option<Claim>, StorageError> {
        self.refuse_replaced_files()?;
        self.commit_queue.submit(Write::MarkDot(*lease, next.copied(), now)).await
    }

    async fn cancel_claim(&self, lease: &Lease) -> Result<(), StorageError> {
        self.commit_queue.submit(Write::CancelClaim(*lease)).await.map(drop)
    }

    async fn record_outcome(
        &self,
        lease: &Lease,
        outcome: &Outcome,
        decision: &Decision,
        now: Moment,
    ) -> Result<(), StorageError> {
        let outcome = AttemptOutcome {
            lease: *lease,
            outcome: outcome.clone(),
            decision: decision.clone(),
            now,
        };
        self.commit_queue.submit(Write::RecordOutcome(Box::new(outcome))).await.map(drop)
    }

    async fn abandoned_leases(&self, now: Moment) -> Result<Vec<AbandonedLease>, StorageError> {
        let mut reader = self.reader.acquire().await?;
        let mut leases = leases::all(&mut reader).await?;
        // Asked after the leases were read: a process that begins to send later holds none of them.
        let is_only_sender =
            self.sender_lock.is_only_sender().map_err(|source| self.sender_lock_fault(source))?;
        leases.retain(|lease| is_only_sender || lease.until < now);
        Ok(leases)
    }

    async fn expire(&self, now: Moment) -> Result<Expired, StorageError> {
        let mut transaction = self.begin_write().await?;
        let expired = withdraw::expire(&mut transaction, now).await?;
        transaction.commit().await?;
        Ok(expired)
    }
}

impl Sqlite {
    fn sender_lock_fault(&self, source: std::io::Error) -> StorageError {
        StorageError::File { path: self.sender_lock.path().to_owned(), source }
    }
}

#[cfg(test)]
mod tests;
