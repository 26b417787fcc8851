//! A person holds, releases, retries or cancels messages.
//!
//! Must not know: SQL, the command line. Callers: `cli`.

use std::collections::BTreeSet;

use crate::domain::calendar::WorkCalendar;
use crate::domain::delivery::{MessageCommand, MessageKey, MessageState, expires_at};
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::messages::{Messages, Move, QueuedMessage};
use crate::words;
use crate::words::{Lang, Say};

/// Which messages are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Keys(Vec<MessageKey>),
    /// All for which the command is possible; the person has counted them.
    All {
        counted: usize,
    },
}

/// Why messages are not steered; nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum SteerError {
    UnknownMessage(MessageKey),
    /// The message is in a state in which the command is impossible.
    WrongState {
        key: MessageKey,
        state: MessageState,
    },
    /// The person counted another number of messages.
    Miscounted {
        counted: usize,
        actual: usize,
    },
    Storage(#[from] StorageError),
}

impl Say for SteerError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::UnknownMessage(key) => words!(
                lang,
                zh = "发件箱中没有编号为{id}的邮件",
                en = "message {id} is not in the outbox",
                id = key.0
            ),
            Self::WrongState { key, state } => words!(
                lang,
                zh = "邮件{id}的状态是“{state}”，不能这样处理",
                en = "message {id} is {state}, so this is not possible",
                id = key.0,
                state = state.say(lang)
            ),
            Self::Miscounted { counted, actual } => words!(
                lang,
                zh = "涉及{actual}封邮件，而不是{counted}封",
                en = "{actual} messages are concerned, not {counted}"
            ),
            Self::Storage(error) => error.say(lang),
        }
    }
}

/// Carries out `command` for all messages meant, or for none; returns how many.
///
/// # Errors
///
/// [`SteerError`] with the first message for which it is impossible.
pub async fn steer_outbox(
    outbox: &dyn Messages,
    target: &Target,
    command: MessageCommand,
    actor: &str,
    now: Moment,
    calendar: &WorkCalendar,
) -> Result<usize, SteerError> {
    let messages = match target {
        Target::Keys(keys) => named(outbox, keys).await?,
        Target::All { counted } => all(outbox, command, *counted).await?,
    };
    let moves = messages.iter().map(|message| step(message, command));
    let moves = moves.collect::<Result<Vec<_>, _>>()?;
    outbox.steer(&moves, command, actor, now, expires_at(now, calendar)).await?;
    Ok(moves.len())
}

async fn named(
    outbox: &dyn Messages,
    keys: &[MessageKey],
) -> Result<Vec<QueuedMessage>, SteerError> {
    let mut messages = Vec::with_capacity(keys.len());
    // A key that is given twice is meant once.
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
