//! Delivery: claims messages from the outbox, hands each to the mailer and records the outcome.
//!
//! Must not know: SQL, SMTP, how mails are composed, when it is woken. Callers: `remind`; tests.

mod attempt;
mod delivery;
mod dispatcher;
mod outcome;
mod result;

use std::io::ErrorKind;
use std::num::NonZeroU16;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::domain::delivery::{Fault, Outcome};
use crate::storage::StorageError;
use crate::storage::outbox::Claim;
use attempt::attempt;
pub use delivery::Delivery;
use dispatcher::Dispatcher;
use outcome::{record_attempt, record_outcome};
pub use result::{DispatchCounts, DispatchResult};

/// Recovers the attempts that the previous run left unfinished.
///
/// # Errors
///
/// [`StorageError`]; a second call continues where this one stopped.
pub async fn recover(delivery: &Delivery) -> Result<DispatchCounts, StorageError> {
    replay_outcomes(delivery).await?;
    recover_abandoned(delivery).await
}

/// Records what is saved in the outcome file. While the ledger cannot be written, this fails and nothing is claimed.
async fn replay_outcomes(delivery: &Delivery) -> Result<(), StorageError> {
    let replayed = delivery.store.replay_outcomes().await?;
    if replayed > 0 {
        tracing::warn!(replayed, "Recorded {replayed} outcomes from the outcome file.");
    }
    Ok(())
}

/// Records an outcome for each attempt whose dispatcher has ended without recording one.
async fn recover_abandoned(delivery: &Delivery) -> Result<DispatchCounts, StorageError> {
    let mut counts = DispatchCounts::default();
    for abandoned in delivery.store.abandoned_leases(delivery.clock.now()).await? {
        let outcome = if abandoned.dot_was_imminent {
            Outcome::Unknown {
                fault: Fault::Broken {
                    kind: ErrorKind::ConnectionAborted,
                    detail: "the program ended".to_owned(),
                },
            }
        } else {
            Outcome::Withheld
        };
        match record_outcome(delivery, &abandoned.claimed, &outcome).await {
            Ok(result) => counts.count(result),
            // Already recorded: by another process, or by the holder of the lease before it ended.
            Err(StorageError::WrongRowCount { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(counts)
}

/// Sends at most one message and says what it did.
///
/// # Errors
///
/// [`StorageError`]; a message that was claimed stays leased until [`recover`].
pub async fn dispatch_one(delivery: &Delivery) -> Result<DispatchResult, StorageError> {
    match delivery.claim().await? {
        Claim::Claimed(claimed) => {
            let attempt = attempt(delivery, *claimed, None).await;
            record_attempt(delivery, &attempt).await
        }
        Claim::Dropped(message) => Ok(DispatchResult::Dropped(message)),
        Claim::NothingDue { next } => Ok(DispatchResult::NothingDue { next }),
    }
}

/// Expires what is too old, recovers abandoned attempts, then sends on up to `connections` connections until nothing is
/// due or `stop` is cancelled. After a stop, a message whose dot mark is recorded or being recorded is finished; any
/// other is returned to the outbox and its connection is dropped, because before the dot it cannot have been delivered.
///
/// # Errors
///
/// The first [`StorageError`]; the other dispatchers stop as if `stop` were cancelled.
pub async fn dispatch_due(
    delivery: &Delivery,
    connections: NonZeroU16,
    stop: &CancellationToken,
) -> Result<DispatchCounts, StorageError> {
    let now = delivery.clock.now();
    replay_outcomes(delivery).await?;
    let mut counts = DispatchCounts::default();
    counts.add_expired(delivery.store.expire(now).await?);
    counts.add(recover_abandoned(delivery).await?);
    let stop = stop.child_token();
    let mut running = JoinSet::new();
    for _ in 0..connections.get() {
        running.spawn(Dispatcher::new(delivery.clone(), stop.clone()).run());
    }
    let mut first_error = None;
    while let Some(ended) = running.join_next().await {
        match ended {
            Ok(Ok(of_dispatcher)) => counts.add(of_dispatcher),
            Ok(Err(error)) => {
                stop.cancel();
                first_error.get_or_insert(error);
            }
            Err(panic) => {
                tracing::error!(%panic, "A delivery connection ended unexpectedly: {panic}");
            }
        }
    }
    first_error.map_or(Ok(counts), Err)
}
