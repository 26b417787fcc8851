//! Mails that came in, and what they change in the ledger.
//!
//! Must not know: SQL, MIME, what a mail means (`domain::incoming`).

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::domain::address::Address;
use crate::domain::delivery::{FailureClass, MessageKey};
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentId;
use crate::storage::StorageError;

/// One of our messages that a mail refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub key: MessageKey,
    /// Who it was for.
    pub recipient: Address,
}

/// A share of a duty that its unit was reminded of and has not signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedShare {
    pub assignment: AssignmentId,
    pub reference: String,
    /// What the journal calls the obligation.
    pub subject: String,
    pub unit: String,
}

/// A mail as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// SHA-256 of its bytes, in hex.
    pub digest: String,
    /// What it is about, if it is about a message of ours.
    pub message: Option<MessageKey>,
    /// One line on it.
    pub detail: String,
    pub effect: Effect,
}

/// What a mail changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The message has not arrived: its reminders count as undeliverable, the next role is told, a person is called.
    Bounced {
        /// Whose mailbox.
        recipient: Address,
        class: FailureClass,
        /// The mailbox does not exist: nothing more is sent there.
        suppress: bool,
    },
    /// It may still arrive.
    Delayed,
    /// It has arrived.
    Delivered,
    /// It came back in a form nobody can read but a person, who is called; perhaps it is about no message of ours.
    Returned,
    /// A person answered: whether the shares count as signed for is put before a person; without a share, what was written.
    Answered {
        /// The shares; may be empty.
        proposed: Vec<UnsignedShare>,
    },
    /// A machine answered: nothing.
    Automatic,
    /// It is about no message of ours: nothing.
    Stray,
}

impl Effect {
    /// The kind in SQL and JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Bounced { .. } => "bounce",
            Self::Delayed => "delay",
            Self::Delivered => "delivery",
            Self::Returned => "returned",
            Self::Answered { .. } => "answer",
            Self::Automatic => "automatic",
            Self::Stray => "stray",
        }
    }
}

#[async_trait]
pub trait IncomingMail: Send + Sync {
    /// Returns the message with the first of these Message-IDs that is one of ours.
    async fn sent_as(&self, message_ids: &[String]) -> Result<Option<Sent>, StorageError>;

    /// Returns the newest messages to these mailboxes that the relay has accepted, with their subjects; newest first.
    async fn sent_lately(
        &self,
        recipients: &[Address],
    ) -> Result<Vec<(Sent, String)>, StorageError>;

    /// Returns the newest message to this mailbox with this subject that the relay has accepted.
    async fn sent_to(
        &self,
        recipient: &Address,
        subject: &str,
    ) -> Result<Option<Sent>, StorageError>;

    /// Returns the shares that this message reminded their own unit of and that wait to be signed for, by reference.
    async fn unsigned_shares(
        &self,
        message: MessageKey,
    ) -> Result<Vec<UnsignedShare>, StorageError>;

    /// Returns how many mails of each kind have come in.
    async fn incoming_by_kind(&self) -> Result<BTreeMap<String, u64>, StorageError>;

    /// Puts a mail on record with all it changes; false, and nothing changed, when it was taken before.
    async fn take(&self, receipt: &Receipt, now: Moment) -> Result<bool, StorageError>;
}
