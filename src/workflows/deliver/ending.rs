//! The two marks of an attempt that come after the claim: dot imminent, and the outcome.
//!
//! Must not know: how the message travels.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::{Delivery, Step, fail_point};
use crate::domain::address::mask_addresses;
use crate::domain::delivery::{Decision, Disposition, FailureClass, Outcome, Reply, decide};
use crate::domain::moment::Moment;
use crate::mail::{DotNotRecorded, DotRecorder};
use crate::storage::StorageError;
use crate::storage::outbox::{Claim, ClaimTerms, ClaimedMessage, Lease, SavedAcceptance};

/// How long to wait before an outcome that the ledger did not take is offered again.
const PATIENCE: Duration = Duration::from_millis(500);
/// So often it is offered; then the message stays claimed until the next start.
const OFFERS: u32 = 120;

/// Records the imminent dot of one leased message.
pub(super) struct LeasedMark<'a> {
    delivery: &'a Delivery,
    lease: Lease,
    ended: Option<&'a CancellationToken>,
    ahead: OnceLock<Claim>,
}

impl<'a> LeasedMark<'a> {
    /// The mark of this lease; until `ended` is cancelled it claims the next message in the same commit.
    pub(super) fn new(
        delivery: &'a Delivery,
        lease: Lease,
        ended: Option<&'a CancellationToken>,
    ) -> Self {
        Self { delivery, lease, ended, ahead: OnceLock::new() }
    }

    /// What was claimed; `None` when the mark was not reached or nothing was asked for.
    pub(super) fn into_ahead(self) -> Option<Claim> {
        self.ahead.into_inner()
    }

    fn terms_at(&self, now: Moment) -> Option<&ClaimTerms> {
        let goes_on = self.ended.is_some_and(|ended| !ended.is_cancelled());
        let open = self.delivery.hours.slot(now) <= now;
        (goes_on && open).then_some(&self.delivery.terms)
    }
}

#[async_trait]
impl DotRecorder for LeasedMark<'_> {
    async fn record_imminent_dot(&self) -> Result<(), DotNotRecorded> {
        fail_point::reach("text-sent");
        let now = self.delivery.clock.now();
        let marked = self.delivery.outbox.mark_dot(&self.lease, self.terms_at(now), now).await;
        let ahead = marked.map_err(|error| {
            tracing::error!(%error, message = self.lease.message.0, "dot withheld");
            DotNotRecorded
        })?;
        if let Some(ahead) = ahead {
            self.ahead.get_or_init(|| ahead);
        }
        fail_point::reach("dot-imminent");
        Ok(())
    }
}

/// Decides what follows from an outcome and writes it down.
pub(super) async fn write_down(
    delivery: &Delivery,
    claimed: &ClaimedMessage,
    outcome: &Outcome,
) -> Result<Step, StorageError> {
    let now = delivery.clock.now();
    let morning = delivery.hours.next_morning(now);
    let decision = in_hours(delivery, decide(&claimed.finished(), outcome, now, morning));
    log(claimed, outcome, &decision);
    let mut offers = 1;
    loop {
        match delivery.outbox.record_outcome(&claimed.lease, outcome, &decision, now).await {
            Ok(()) => {
                fail_point::reach("recorded");
                return Ok(Step::Tried(claimed.lease.message, decision.disposition));
            }
            Err(error @ StorageError::WrongRowCount { .. }) => return Err(error),
            Err(error) if error.is_passing() && offers < OFFERS => {
                if offers == 1 {
                    keep(delivery, claimed, outcome, now).await;
                }
                tracing::warn!(%error, message = claimed.lease.message.0, "outcome not stored yet");
                tokio::time::sleep(PATIENCE).await;
                offers += 1;
            }
            Err(error) => {
                keep(delivery, claimed, outcome, now).await;
                return Err(error);
            }
        }
    }
}

/// Keeps beside the ledger that the relay has the message. Every other outcome is settled by the next start as the marks
/// of the attempt tell it.
async fn keep(delivery: &Delivery, claimed: &ClaimedMessage, outcome: &Outcome, at: Moment) {
    let Outcome::Accepted { reply: Reply { code, text } } = outcome else { return };
    let kept = SavedAcceptance { lease: claimed.lease, code: *code, text: text.clone(), at };
    let message = claimed.lease.message.0;
    match delivery.outbox.save_outcome(&kept).await {
        Ok(()) => tracing::error!(message, "the ledger takes no outcome; it is kept beside it"),
        Err(error) => tracing::error!(%error, message, "an outcome is on record nowhere"),
    }
}

/// Moves the next try into the hours in which mail may go out.
fn in_hours(delivery: &Delivery, decision: Decision) -> Decision {
    let disposition = match decision.disposition {
        Disposition::Deferred(at) => Disposition::Deferred(delivery.hours.slot(at)),
        Disposition::Unknown(at) => Disposition::Unknown(delivery.hours.slot(at)),
        Disposition::Accepted
        | Disposition::Requeued
        | Disposition::Held(_)
        | Disposition::Dead { .. } => decision.disposition,
    };
    Decision { disposition, ..decision }
}

fn log(claimed: &ClaimedMessage, outcome: &Outcome, decision: &Decision) {
    let reply = outcome.reply();
    tracing::info!(
        message = claimed.lease.message.0,
        message_id = claimed.message_id,
        recipient = claimed.recipient.masked(),
        attempt = claimed.lease.attempt,
        stage = outcome.stage().word(),
        class = decision.class.map(FailureClass::word),
        code = reply.map(|reply| reply.code),
        reply = reply.map(|reply| mask_addresses(&reply.text)),
        disposition = ?decision.disposition,
        "attempt ended"
    );
}
