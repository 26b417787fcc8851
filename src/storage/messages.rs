//! The outbox as a person sees and steers it.
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
    /// Its key.
    pub key: MessageKey,
    /// The Message-ID with its angle brackets.
    pub message_id: String,
    /// Who it is for.
    pub recipient: Address,
    /// Its subject.
    pub subject: String,
    /// The working day it belongs to.
    pub day: Date,
    /// Where it stands.
    pub state: MessageState,
    /// Why it waits for a person.
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
    /// Its text.
    pub reply: Option<String>,
}

/// One attempt on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRecord {
    /// From 1.
    pub number: u32,
    /// First mark.
    pub claimed: Moment,
    /// Second mark, if it came so far.
    pub dot: Option<Moment>,
    /// Third mark.
    pub ended: Option<Moment>,
    /// How it ended.
    pub ending: Ending,
}

/// A closed road.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBreaker {
    /// Which.
    pub scope: BreakerScope,
    /// Why.
    pub reason: BreakerReason,
    /// Since when.
    pub since: Moment,
    /// When one message tries it again.
    pub next_probe: Moment,
    /// Failures in a row.
    pub failures: u32,
}

/// Something that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenItem {
    pub key: ItemKey,
    /// What it is about.
    pub detail: String,
    pub since: Moment,
}

/// One message to be steered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Which.
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

    /// Returns one message.
    async fn message(&self, key: MessageKey) -> Result<Option<QueuedMessage>, StorageError>;

    /// Returns the attempts at a message, oldest first.
    async fn attempts(&self, key: MessageKey) -> Result<Vec<AttemptRecord>, StorageError>;

    /// Returns the frozen bytes of a message.
    async fn message_bytes(&self, key: MessageKey) -> Result<Option<Vec<u8>>, StorageError>;

    /// Follows a person's order, given now, for all these messages or for none. One that is to be sent though its time is
    /// over lives until the second moment.
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

    /// Returns the roads that are closed, in order of scope.
    async fn open_breakers(&self) -> Result<Vec<OpenBreaker>, StorageError>;

    /// Returns what waits for a person, oldest first.
    async fn open_items(&self) -> Result<Vec<OpenItem>, StorageError>;

    /// Marks an item as settled by a person, so that a mailbox gets mail again; false when there is no such open item.
    async fn resolve_item(&self, key: &str, actor: &str, now: Moment)
    -> Result<bool, StorageError>;
}
