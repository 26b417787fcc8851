//! A person holds, releases, retries or cancels messages.
//!
//! Must not know: SQL, the command line.

use std::collections::BTreeSet;

use crate::domain::calendar::WorkCalendar;
use crate::domain::delivery::{MessageCommand, MessageKey, MessageState, life_ends};
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::messages::{Messages, Move, QueuedMessage};

/// Which messages are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// These.
    Keys(Vec<MessageKey>),
    /// All the order can be followed for; the person has counted them.
    All {
        /// What the person has counted.
        counted: usize,
    },
}

/// Why an order is not followed. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum SteerError {
    /// There is no such message.
    #[error("message {} is not in the outbox", .0.0)]
    UnknownMessage(MessageKey),
    /// The order makes no sense for it.
    #[error("message {} is {} and cannot be steered so", .key.0, .state.word())]
    WrongState {
        /// The message.
        key: MessageKey,
        /// Where it stands.
        state: MessageState,
    },
    /// The person has counted another number.
    #[error("{actual} messages are meant, not {counted}")]
    Miscounted {
        /// What the person has counted.
        counted: usize,
        /// How many there are.
        actual: usize,
    },
    /// The ledger failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Follows an order for every message meant, or for none; returns how many.
///
/// # Errors
///
/// A [`SteerError`] naming the first message that stands in the way.
pub async fn steer_outbox(
    outbox: &dyn Messages,
    target: &Target,
    command: MessageCommand,
    actor: &str,
    (now, calendar): (Moment, &WorkCalendar),
) -> Result<usize, SteerError> {
    let messages = match target {
        Target::Keys(keys) => named(outbox, keys).await?,
        Target::All { counted } => all(outbox, command, *counted).await?,
    };
    let moves = messages.iter().map(|message| step(message, command));
    let moves = moves.collect::<Result<Vec<_>, _>>()?;
    outbox.steer(&moves, command, actor, now, life_ends(now, calendar)).await?;
    Ok(moves.len())
}

async fn named(
    outbox: &dyn Messages,
    keys: &[MessageKey],
) -> Result<Vec<QueuedMessage>, SteerError> {
    let mut messages = Vec::with_capacity(keys.len());
    // a key that is written twice is meant once
    for key in keys.iter().collect::<BTreeSet<_>>() {
        let message = outbox.message(*key).await?;
        messages.push(message.ok_or(SteerError::UnknownMessage(*key))?);
    }
    Ok(messages)
}

async fn all(
    outbox: &dyn Messages,
    command: MessageCommand,
    counted: usize,
) -> Result<Vec<QueuedMessage>, SteerError> {
    let messages = outbox.messages(command.applies_to()).await?;
    if messages.len() == counted {
        Ok(messages)
    } else {
        Err(SteerError::Miscounted { counted, actual: messages.len() })
    }
}

fn step(message: &QueuedMessage, command: MessageCommand) -> Result<Move, SteerError> {
    let QueuedMessage { key, state, unknowns, .. } = *message;
    let to = command.from(state, unknowns > 0).ok_or(SteerError::WrongState { key, state })?;
    Ok(Move { key, from: state, to })
}
