//! One session: message after message until nothing is due.
//!
//! Must not know: how many sessions there are, how a message travels. The next message is claimed in the commit that
//! marks the dot of the present one, and the outcome of the present one is written down while the next is on its way:
//! of the three commits of an attempt a session waits for one.

use tokio_util::sync::CancellationToken;

use super::{Delivery, Step, Tally, ending, hand_over, next_claim};
use crate::domain::delivery::Outcome;
use crate::storage::StorageError;
use crate::storage::outbox::{Claim, ClaimedMessage};

/// A session and what it has done so far.
pub(super) struct Session {
    delivery: Delivery,
    ended: CancellationToken,
    tally: Tally,
}

/// A message that was handed over, its outcome not yet on record.
pub(super) struct Offered {
    pub(super) claimed: ClaimedMessage,
    pub(super) outcome: Outcome,
    /// What was claimed when its dot was marked.
    pub(super) ahead: Option<Claim>,
}

impl Offered {
    /// The message to go on with at once. After anything but success the outcome comes first: it may close the road.
    fn take_next(&mut self) -> Option<ClaimedMessage> {
        match (&self.outcome, self.ahead.take()) {
            (Outcome::Accepted { .. }, Some(Claim::Claimed(next))) => Some(*next),
            (_, ahead) => {
                self.ahead = ahead;
                None
            }
        }
    }
}

impl Session {
    /// A session that claims nothing more once `ended` is cancelled.
    pub(super) fn new(delivery: Delivery, ended: CancellationToken) -> Self {
        Self { delivery, ended, tally: Tally::default() }
    }

    /// Steps one after another.
    ///
    /// # Errors
    ///
    /// The first thing the ledger said; the message in hand is finished before.
    pub(super) async fn run(mut self) -> Result<Tally, StorageError> {
        let mut claim = self.claim().await?;
        loop {
            claim = match claim {
                Claim::Claimed(claimed) => self.send(*claimed).await?,
                Claim::Dropped(message) => {
                    self.tally.count(Step::Dropped(message));
                    self.claim().await?
                }
                Claim::NothingDue { next } => {
                    self.tally.count(Step::NothingDue { next });
                    return Ok(self.tally);
                }
            };
        }
    }

    /// Sends `claimed` and whatever was claimed on the way, as long as all goes well; returns what to go on with.
    async fn send(&mut self, claimed: ClaimedMessage) -> Result<Claim, StorageError> {
        let mut offered = self.offer(claimed).await;
        while let Some(next) = offered.take_next() {
            let (written, following) =
                tokio::join!(write_down(&self.delivery, &offered), self.offer(next));
            match written {
                Ok(step) => self.tally.count(step),
                Err(error) => {
                    self.finish(following).await;
                    return Err(error);
                }
            }
            offered = following;
        }
        let given_back = self.give_back(offered.ahead.take()).await;
        // both wait for one commit, and what the outcome closes the claim already finds closed
        let (written, next) = tokio::join!(write_down(&self.delivery, &offered), self.claim());
        self.tally.count(written?);
        given_back.and(next)
    }

    async fn offer(&self, claimed: ClaimedMessage) -> Offered {
        hand_over(&self.delivery, claimed, Some(&self.ended)).await
    }

    /// Writes down what became of the message in hand although the session ends with an error.
    async fn finish(&mut self, mut offered: Offered) {
        let given_back = self.give_back(offered.ahead.take()).await;
        let written = write_down(&self.delivery, &offered).await;
        if let Err(error) = given_back.and(written) {
            tracing::error!(%error, "left to the next start");
        }
    }

    /// Returns a message that was claimed ahead and is not offered now.
    async fn give_back(&mut self, ahead: Option<Claim>) -> Result<(), StorageError> {
        match ahead {
            Some(Claim::Claimed(next)) => self.delivery.outbox.cancel_claim(&next.lease).await,
            Some(Claim::Dropped(message)) => {
                self.tally.count(Step::Dropped(message));
                Ok(())
            }
            Some(Claim::NothingDue { .. }) | None => Ok(()),
        }
    }

    async fn claim(&self) -> Result<Claim, StorageError> {
        if self.ended.is_cancelled() {
            return Ok(Claim::NothingDue { next: None });
        }
        next_claim(&self.delivery).await
    }
}

async fn write_down(delivery: &Delivery, offered: &Offered) -> Result<Step, StorageError> {
    ending::write_down(delivery, &offered.claimed, &offered.outcome).await
}
