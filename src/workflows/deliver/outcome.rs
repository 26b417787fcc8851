//! Records the outcome of an attempt and what follows from it.
//!
//! Must not know: how the message travels. Callers: this folder.

use std::time::Duration;

use super::attempt::Attempt;
use super::delivery::Delivery;
use super::result::DispatchResult;
use crate::domain::address::mask_addresses;
use crate::domain::delivery::{Decision, Disposition, FailureClass, Outcome, Reply, decide};
use crate::domain::moment::Moment;
use crate::domain::reminder::Haste;
use crate::storage::StorageError;
use crate::storage::outbox::{ClaimedMessage, SavedAcceptance};
use crate::workflows::fail_point;

/// Pause before an outcome that could not be recorded is tried again.
const RETRY_PAUSE: Duration = Duration::from_millis(500);
/// After so many tries the message stays leased; a later delivery or the next start recovers it.
const MAX_TRIES: u32 = 120;

/// Records the outcome of an attempt. An attempt that was dropped before the dot is undone together with its claim.
///
/// # Errors
///
/// As [`record_outcome`].
pub(super) async fn record_attempt(
    delivery: &Delivery,
    attempt: &Attempt,
) -> Result<DispatchResult, StorageError> {
    let claimed = &attempt.claimed;
    if let Some(outcome) = &attempt.outcome {
        return record_outcome(delivery, claimed, outcome).await;
    }
    delivery.store.cancel_claim(&claimed.lease).await?;
    Ok(DispatchResult::Attempted(claimed.lease.message, Disposition::Requeued))
}

/// Decides what follows from an outcome and records it.
///
/// # Errors
///
/// [`StorageError::WrongRowCount`] when the lease is lost: another process has recorded the attempt. Any other
/// [`StorageError`] when it is not temporary, or after all tries.
pub(super) async fn record_outcome(
    delivery: &Delivery,
    claimed: &ClaimedMessage,
    outcome: &Outcome,
) -> Result<DispatchResult, StorageError> {
    let now = delivery.clock.now();
    let morning = delivery.hours.next_morning(now);
    let decision = decide(&claimed.finished_attempt(), outcome, now, morning);
    let decision = match claimed.haste {
        Haste::AnyHour => decision,
        Haste::DayMail | Haste::Beside => in_hours(delivery, decision),
    };
    log(claimed, outcome, &decision);
    let (mut tries, mut is_saved) = (1, false);
    loop {
        match delivery.store.record_outcome(&claimed.lease, outcome, &decision, now).await {
            Ok(()) => {
                fail_point::reach("recorded");
                return Ok(DispatchResult::Attempted(claimed.lease.message, decision.disposition));
            }
            Err(error @ StorageError::WrongRowCount { .. }) => return Err(error),
            Err(error) if error.is_temporary() && tries < MAX_TRIES => {
                if tries == 1 {
                    is_saved = save_acceptance(delivery, claimed, outcome, now).await;
                }
                let message = claimed.lease.message.0;
                tracing::warn!(%error, message, "The outcome of message {message} is not recorded yet: {error}");
                tokio::time::sleep(RETRY_PAUSE).await;
                tries += 1;
            }
            Err(error) => {
                if !is_saved {
                    save_acceptance(delivery, claimed, outcome, now).await;
                }
                return Err(error);
            }
        }
    }
}

/// Saves an acceptance in the outcome file; true when it is saved. Other outcomes are not saved: recovery records the
/// attempt as unknown if it has the dot mark, otherwise as withheld, and the message is tried again.
async fn save_acceptance(
    delivery: &Delivery,
    claimed: &ClaimedMessage,
    outcome: &Outcome,
    at: Moment,
) -> bool {
    let Outcome::Accepted { reply: Reply { code, text } } = outcome else { return false };
    let saved = SavedAcceptance { lease: claimed.lease, code: *code, text: text.clone(), at };
    let message = claimed.lease.message.0;
    let result = delivery.store.save_outcome(&saved).await;
    match &result {
        Ok(()) => tracing::error!(
            message,
            "The ledger cannot record the outcome of message {message}; it is saved in the outcome file."
        ),
        Err(error) => tracing::error!(
            %error,
            message,
            "The outcome of message {message} is lost: {error}. The message may be sent twice."
        ),
    }
    result.is_ok()
}

/// Moves the next attempt into the hours in which mail may go out.
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
