//! Delivery: takes messages from the outbox one at a time and hands them to the mailer.
//!
//! Must not know: SQL, SMTP, how mails are composed, when it is woken.

mod ending;
mod fail_point;
mod session;

use std::num::NonZeroU16;
use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::domain::delivery::{Disposition, Fault, MessageKey, Outcome, SendingHours};
use crate::domain::moment::Moment;
use crate::mail::{Mailer, OutgoingMessage};
use crate::storage::StorageError;
use crate::storage::outbox::{Claim, ClaimTerms, ClaimedMessage, Expired, Outbox};
use ending::LeasedMark;
use session::{Offered, Session};

/// What delivery works with. Cheap to clone.
#[derive(Clone)]
pub struct Delivery {
    /// Where messages wait.
    pub outbox: Arc<dyn Outbox>,
    /// Who takes them.
    pub mailer: Arc<dyn Mailer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// When mail may go out.
    pub hours: SendingHours,
    /// How fast.
    pub terms: ClaimTerms,
}

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One attempt was made and written down.
    Tried(MessageKey, Disposition),
    /// A message that nobody needs any more was taken out.
    Dropped(MessageKey),
    /// Nothing may be sent now. `next` is when that can change by itself.
    NothingDue {
        /// `None` when only a new message or a person can change it.
        next: Option<Moment>,
    },
}

/// How many steps ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The relay answers for them.
    pub accepted: u64,
    /// The road was closed; nothing was charged.
    pub uncharged: u64,
    /// To be tried again.
    pub deferred: u64,
    /// May have been delivered; to be sent again.
    pub unknown: u64,
    /// Wait for a person.
    pub held: u64,
    /// Given up.
    pub dead: u64,
    /// Given up because their time was over.
    pub expired: u64,
    /// Not needed any more, or to be written anew.
    pub dropped: u64,
    /// When something may be due next, if that is known.
    pub next: Option<Moment>,
}

impl Tally {
    /// Counts one step.
    pub fn count(&mut self, step: Step) {
        match step {
            Step::Tried(_, Disposition::Accepted) => self.accepted += 1,
            Step::Tried(_, Disposition::Requeued) => self.uncharged += 1,
            Step::Tried(_, Disposition::Deferred(_)) => self.deferred += 1,
            Step::Tried(_, Disposition::Unknown(_)) => self.unknown += 1,
            Step::Tried(_, Disposition::Held(_)) => self.held += 1,
            Step::Tried(_, Disposition::Dead { .. }) => self.dead += 1,
            Step::Dropped(_) => self.dropped += 1,
            Step::NothingDue { next } => self.next = earlier(self.next, next),
        }
    }

    /// Counts messages whose time was over.
    pub fn add_expired(&mut self, expired: Expired) {
        self.expired += expired.expired;
        self.dropped += expired.replanned;
    }

    /// Adds what another session counted.
    pub fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.uncharged += other.uncharged;
        self.deferred += other.deferred;
        self.unknown += other.unknown;
        self.held += other.held;
        self.dead += other.dead;
        self.expired += other.expired;
        self.dropped += other.dropped;
        self.next = earlier(self.next, other.next);
    }
}

/// Settles what a former run left in hand.
///
/// # Errors
///
/// What the ledger says; a second call goes on where this one stopped.
pub async fn recover(delivery: &Delivery) -> Result<Tally, StorageError> {
    replay_outcomes(delivery).await?;
    settle(delivery).await
}

/// Puts on record what could only be kept beside the ledger. When the ledger takes nothing yet, this fails, and nothing
/// is claimed.
async fn replay_outcomes(delivery: &Delivery) -> Result<(), StorageError> {
    let written = delivery.outbox.replay_outcomes().await?;
    if written > 0 {
        tracing::warn!(written, "outcomes kept beside the ledger are on record now");
    }
    Ok(())
}

/// Settles the leases on which nobody works any more.
async fn settle(delivery: &Delivery) -> Result<Tally, StorageError> {
    let mut tally = Tally::default();
    for abandoned in delivery.outbox.abandoned_leases(delivery.clock.now()).await? {
        let outcome = if abandoned.dot_was_imminent {
            Outcome::Unknown { fault: Fault::Broken("the program ended".to_owned()) }
        } else {
            Outcome::Withheld
        };
        match ending::write_down(delivery, &abandoned.claimed, &outcome).await {
            Ok(step) => tally.count(step),
            // another process has settled it, or its owner did before it ended
            Err(StorageError::WrongRowCount { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(tally)
}

/// Sends at most one message and says what it did.
///
/// # Errors
///
/// What the ledger says. A message claimed before that stays claimed until [`recover`].
pub async fn deliver_one(delivery: &Delivery) -> Result<Step, StorageError> {
    match next_claim(delivery).await? {
        Claim::Claimed(claimed) => {
            let offered = hand_over(delivery, *claimed, None).await;
            ending::write_down(delivery, &offered.claimed, &offered.outcome).await
        }
        Claim::Dropped(message) => Ok(Step::Dropped(message)),
        Claim::NothingDue { next } => Ok(Step::NothingDue { next }),
    }
}

/// Gives up what is too old, settles leases on which nobody works, then sends until nothing is due or `stop` is cancelled, on up to `sessions`
/// connections. A message in hand is always finished.
///
/// # Errors
///
/// The first thing the ledger said; the other sessions finish the message in hand.
pub async fn deliver_all(
    delivery: &Delivery,
    sessions: NonZeroU16,
    stop: &CancellationToken,
) -> Result<Tally, StorageError> {
    let now = delivery.clock.now();
    replay_outcomes(delivery).await?;
    let mut tally = Tally::default();
    tally.add_expired(delivery.outbox.expire(now).await?);
    settle(delivery).await?;
    let stop = stop.child_token();
    let mut running = JoinSet::new();
    for _ in 0..sessions.get() {
        running.spawn(Session::new(delivery.clone(), stop.clone()).run());
    }
    let mut fault = None;
    while let Some(ended) = running.join_next().await {
        match ended {
            Ok(Ok(part)) => tally.add(part),
            Ok(Err(error)) => {
                stop.cancel();
                fault.get_or_insert(error);
            }
            Err(panic) => tracing::error!(%panic, "a delivery session ended unexpectedly"),
        }
    }
    fault.map_or(Ok(tally), Err)
}

async fn next_claim(delivery: &Delivery) -> Result<Claim, StorageError> {
    let now = delivery.clock.now();
    let slot = delivery.hours.slot(now);
    if slot > now {
        return Ok(Claim::NothingDue { next: Some(slot) });
    }
    fail_point::reach("due");
    delivery.outbox.claim(&delivery.terms, now).await
}

/// Hands a message over; until `ended` is cancelled the next one is claimed when its dot is marked.
async fn hand_over(
    delivery: &Delivery,
    claimed: ClaimedMessage,
    ended: Option<&CancellationToken>,
) -> Offered {
    fail_point::reach("claimed");
    let parcel = OutgoingMessage {
        message_id: &claimed.message_id,
        sender: &claimed.sender,
        recipient: &claimed.recipient,
        bytes: &claimed.raw,
    };
    let mark = LeasedMark::new(delivery, claimed.lease, ended);
    let outcome = delivery.mailer.deliver(&parcel, &mark).await;
    fail_point::reach("answered");
    let ahead = mark.into_ahead();
    Offered { claimed, outcome, ahead }
}

fn earlier(one: Option<Moment>, other: Option<Moment>) -> Option<Moment> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
