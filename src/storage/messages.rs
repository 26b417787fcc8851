//! The messages of the outbox as an operator sees and steers them, open breakers and open items.
//!
//! Must not know: SQL, how it is printed.

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::delivery::{
    BreakerReason, BreakerScope, FailureClass, HeldReason, MessageCommand, MessageKey,
    MessageState, Stage,
};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::storage::StorageError;

/// A message without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMessage {
    pub key: MessageKey,
    /// The Message-ID with its angle brackets.
    pub message_id: String,
    pub recipient: Address,
    pub subject: String,
    /// The working day it belongs to.
    pub day: Date,
    pub state: MessageState,
    pub held: Option<HeldReason>,
    /// When its bytes were frozen.
    pub sealed: Moment,
    /// Not sent before.
    pub next_attempt: Moment,
    /// Not sent from then on.
    pub expires: Moment,
    /// Attempts charged to it.
    pub attempts: u32,
    /// How often its outcome was unknown.
    pub unknowns: u32,
    /// When the relay took it.
    pub accepted: Option<Moment>,
    /// How the last attempt ended.
    pub last: Ending,
}

/// How an attempt ended; nothing is known while it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// How far it came.
    pub stage: Option<Stage>,
    /// What it met; `None` when the message was accepted.
    pub class: Option<FailureClass>,
    /// Code of the relay's answer.
    pub code: Option<u16>,
    pub reply: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRecord {
    pub number: u32,
    pub claimed: Moment,
    /// Second mark, if it came so far.
    pub dot: Option<Moment>,
    /// Third mark.
    pub ended: Option<Moment>,
    pub ending: Ending,
}

/// An open circuit breaker: nothing is sent there but probes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBreaker {
    pub scope: BreakerScope,
    pub reason: BreakerReason,
    pub since: Moment,
    /// From then on one message may probe it.
    pub next_probe: Moment,
    /// Failures in a row.
    pub failures: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenItem {
    pub key: ItemKey,
    pub detail: String,
    pub since: Moment,
}

/// The change of state of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub key: MessageKey,
    /// The state it must be in.
    pub from: MessageState,
    /// The state that follows.
    pub to: MessageState,
}

/// Looks into the outbox and steers it.
#[async_trait]
pub trait Messages: Send + Sync {
    /// Returns messages in one of `states`, most urgent first, then oldest; all states when it is empty.
    async fn messages(&self, states: &[MessageState]) -> Result<Vec<QueuedMessage>, StorageError>;

    async fn message(&self, key: MessageKey) -> Result<Option<QueuedMessage>, StorageError>;

    /// Returns the attempts at a message, oldest first.
    async fn attempts(&self, key: MessageKey) -> Result<Vec<AttemptRecord>, StorageError>;

    /// Returns the frozen bytes of a message.
    async fn message_bytes(&self, key: MessageKey) -> Result<Option<Vec<u8>>, StorageError>;

    /// Carries out a command of the operator for all these messages or for none. An expired message that is to be sent
    /// after all gets the expiry `expires`.
    ///
    /// # Errors
    ///
    /// [`StorageError::WrongRowCount`] when one of them is not in the state it must be in any more.
    async fn steer(
        &self,
        moves: &[Move],
        command: MessageCommand,
        actor: &str,
        now: Moment,
        expires: Moment,
    ) -> Result<(), StorageError>;

    /// Returns the open circuit breakers, in order of scope.
    async fn open_breakers(&self) -> Result<Vec<OpenBreaker>, StorageError>;

    /// Returns what waits for a person, oldest first.
    async fn open_items(&self) -> Result<Vec<OpenItem>, StorageError>;

    /// Resolves an item on behalf of a person; a mailbox then gets mail again. False when no such item is open.
    async fn resolve_item(&self, key: &str, actor: &str, now: Moment)
    -> Result<bool, StorageError>;
}
