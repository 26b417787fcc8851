//! Makes one attempt: hands a claimed message to the mailer and records the dot mark before the final dot of
//! DATA.
//!
//! Must not know: what follows from the outcome. Callers: this folder.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::delivery::Delivery;
use crate::domain::delivery::Outcome;
use crate::domain::moment::Moment;
use crate::mail::{DotNotRecorded, DotRecorder, OutgoingMessage};
use crate::storage::outbox::{Claim, ClaimTerms, ClaimedMessage, Lease};
use crate::workflows::fail_point;

/// An attempt that has ended and whose outcome is not recorded yet.
pub(super) struct Attempt {
    pub(super) claimed: ClaimedMessage,
    /// `None` when the dispatcher was told to stop before the dot: the connection was dropped, and the
    /// message cannot have been delivered.
    pub(super) outcome: Option<Outcome>,
    /// What was claimed in the commit of the dot mark.
    pub(super) next: Option<Claim>,
}

impl Attempt {
    /// Takes the next message if the relay accepted this one. Any other outcome must be recorded before anything is
    /// sent, because it may open a circuit breaker.
    pub(super) fn take_next(&mut self) -> Option<ClaimedMessage> {
        match (&self.outcome, self.next.take()) {
            (Some(Outcome::Accepted { .. }), Some(Claim::Claimed(next))) => Some(*next),
            (_, next) => {
                self.next = next;
                None
            }
        }
    }
}

/// Hands a message over. A dispatcher passes its `stop` token: until it is cancelled, the commit of the dot mark also
/// claims the next message; when it is cancelled, the attempt ends, unless the recording of the dot mark has begun.
/// With `None` the attempt runs to its end and no other message is claimed.
pub(super) async fn attempt(
    delivery: &Delivery,
    claimed: ClaimedMessage,
    stop: Option<&CancellationToken>,
) -> Attempt {
    fail_point::reach("claimed");
    let message = OutgoingMessage {
        message_id: &claimed.message_id,
        sender: &claimed.sender,
        recipient: &claimed.recipient,
        bytes: &claimed.bytes,
    };
    let recorder = LeaseDotRecorder {
        delivery,
        lease: claimed.lease,
        stop,
        next: OnceLock::new(),
        is_dot_near: AtomicBool::new(false),
    };
    let outcome = tokio::select! {
        biased;
        outcome = delivery.mailer.deliver(&message, &recorder) => Some(outcome),
        () = recorder.told_to_stop_before_the_dot() => None,
    };
    fail_point::reach("answered");
    let next = recorder.next.into_inner();
    Attempt { claimed, outcome, next }
}

/// Records the dot mark of one leased message.
struct LeaseDotRecorder<'a> {
    delivery: &'a Delivery,
    lease: Lease,
    stop: Option<&'a CancellationToken>,
    next: OnceLock<Claim>,
    /// True once the recording of the dot mark has begun; from then on the message may be delivered.
    is_dot_near: AtomicBool,
}

impl LeaseDotRecorder<'_> {
    /// Completes when the dispatcher is told to stop; never when the recording of the dot mark has begun by then.
    async fn told_to_stop_before_the_dot(&self) {
        if let Some(stop) = self.stop {
            stop.cancelled().await;
            if !self.is_dot_near.load(Ordering::Relaxed) {
                return;
            }
        }
        std::future::pending::<()>().await;
    }

    /// The terms for claiming the next message; `None` when none is to be claimed.
    fn claim_terms(&self, now: Moment) -> Option<&ClaimTerms> {
        let continues = self.stop.is_some_and(|stop| !stop.is_cancelled());
        let is_in_hours = self.delivery.hours.slot(now) <= now;
        (continues && is_in_hours).then_some(&self.delivery.terms)
    }
}

#[async_trait]
impl DotRecorder for LeaseDotRecorder<'_> {
    async fn record_imminent_dot(&self) -> Result<(), DotNotRecorded> {
        fail_point::reach("text-sent");
        self.is_dot_near.store(true, Ordering::Relaxed);
        let now = self.delivery.clock.now();
        let marked = self.delivery.store.mark_dot(&self.lease, self.claim_terms(now), now).await;
        let next = marked.map_err(|error| {
            let message = self.lease.message.0;
            tracing::error!(%error, message, "Message {message} is not sent: {error}");
            DotNotRecorded
        })?;
        if let Some(next) = next {
            self.next.get_or_init(|| next);
        }
        fail_point::reach("dot-imminent");
        Ok(())
    }
}
