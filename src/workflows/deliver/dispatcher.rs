//! Dispatches message after message on one connection until nothing is due.
//!
//! Must not know: how many dispatchers there are, how a message is sent. An attempt needs three commits: the claim, the
//! dot mark and the outcome. The commit of a message's dot mark also claims the next message, and the outcome of an
//! accepted message is recorded while the next message is being sent. A dispatcher therefore waits only for the commit
//! of the dot mark. Callers: this folder.

use tokio_util::sync::CancellationToken;

use super::attempt::{Attempt, attempt};
use super::delivery::Delivery;
use super::outcome::record_attempt;
use super::result::{DispatchCounts, DispatchResult};
use crate::storage::StorageError;
use crate::storage::outbox::{Claim, ClaimedMessage};

pub(super) struct Dispatcher {
    delivery: Delivery,
    stop: CancellationToken,
    counts: DispatchCounts,
}

impl Dispatcher {
    /// A dispatcher that claims nothing more once `stop` is cancelled.
    pub(super) fn new(delivery: Delivery, stop: CancellationToken) -> Self {
        Self { delivery, stop, counts: DispatchCounts::default() }
    }

    /// Dispatches until nothing is due.
    ///
    /// # Errors
    ///
    /// The first [`StorageError`]; it is returned only after the outcome of the message being sent is recorded.
    pub(super) async fn run(mut self) -> Result<DispatchCounts, StorageError> {
        let mut claim = self.claim().await?;
        loop {
            claim = match claim {
                Claim::Claimed(claimed) => self.dispatch(*claimed).await?,
                Claim::Dropped(message) => {
                    self.counts.count(DispatchResult::Dropped(message));
                    self.claim().await?
                }
                Claim::NothingDue { next } => {
                    self.counts.count(DispatchResult::NothingDue { next });
                    return Ok(self.counts);
                }
            };
        }
    }

    /// Dispatches `claimed`, then the messages claimed in the commits of the dot marks, while each is accepted; returns
    /// the next claim.
    async fn dispatch(&mut self, claimed: ClaimedMessage) -> Result<Claim, StorageError> {
        let mut present = self.attempt(claimed).await;
        while let Some(next) = present.take_next() {
            let (recorded, following) = tokio::join!(self.record(&present), self.attempt(next));
            match recorded {
                Ok(result) => self.counts.count(result),
                Err(error) => {
                    self.finish(following).await;
                    return Err(error);
                }
            }
            present = following;
        }
        let cancelled = self.cancel(present.next.take()).await;
        // Joined so that both share a commit. The batch records the outcome before it claims, so that the claim sees a
        // breaker that the outcome opens.
        let (recorded, next) = tokio::join!(self.record(&present), self.claim());
        match cancelled.and(recorded) {
            Ok(result) => {
                self.counts.count(result);
                next
            }
            Err(error) => {
                if let Err(fault) = self.cancel(next.ok()).await {
                    tracing::error!(%fault, "A claimed message was not returned to the outbox: {fault}");
                }
                Err(error)
            }
        }
    }

    async fn attempt(&self, claimed: ClaimedMessage) -> Attempt {
        attempt(&self.delivery, claimed, Some(&self.stop)).await
    }

    async fn record(&self, attempt: &Attempt) -> Result<DispatchResult, StorageError> {
        record_attempt(&self.delivery, attempt).await
    }

    /// Records the outcome of the last message before this dispatcher ends with an error.
    async fn finish(&mut self, mut last: Attempt) {
        let cancelled = self.cancel(last.next.take()).await;
        let recorded = self.record(&last).await;
        if let Err(error) = recorded {
            tracing::error!(%error, "An outcome is not recorded: {error}. It is recovered when its lease has ended, or at the next start.");
        }
        if let Err(error) = cancelled {
            tracing::error!(%error, "A claimed message was not returned to the outbox: {error}");
        }
    }

    /// Gives a claimed message that will not be attempted now back to the outbox.
    async fn cancel(&mut self, claim: Option<Claim>) -> Result<(), StorageError> {
        match claim {
            Some(Claim::Claimed(next)) => self.delivery.store.cancel_claim(&next.lease).await,
            Some(Claim::Dropped(message)) => {
                self.counts.count(DispatchResult::Dropped(message));
                Ok(())
            }
            Some(Claim::NothingDue { .. }) | None => Ok(()),
        }
    }

    async fn claim(&self) -> Result<Claim, StorageError> {
        if self.stop.is_cancelled() {
            return Ok(Claim::NothingDue { next: None });
        }
        self.delivery.claim().await
    }
}
