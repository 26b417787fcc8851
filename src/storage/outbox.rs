//! The outbox (发件箱): sealed messages on their way to the relay, and every attempt to hand one over.
//!
//! Must not know: SQL, SMTP, what a failure means (`domain::delivery`). Each attempt is three commits: claimed, dot
//! imminent, outcome.

use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::delivery::{
    Decision, FailureClass, FinishedAttempt, HeldReason, MessageKey, Outcome,
};
use crate::domain::moment::Moment;
use crate::domain::reminder::ReminderKey;
use crate::domain::unit::ContactId;
use crate::storage::StorageError;

/// A message about to enter the outbox; its bytes never change again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedMessage {
    /// The Message-ID with its angle brackets; it identifies the message for ever.
    pub message_id: String,
    /// What it is.
    pub kind: MessageKind,
    /// Where bounces go.
    pub sender: Address,
    /// The one recipient.
    pub recipient: Address,
    /// The subject, for lists.
    pub subject: String,
    /// Header and body as they go over the wire, lines ending in CR LF.
    pub bytes: Vec<u8>,
    /// The working day it belongs to.
    pub day: Date,
    /// Larger goes first.
    pub urgency: i64,
    /// When it was sealed.
    pub sealed: Moment,
    /// The first moment at which it may be sent.
    pub not_before: Moment,
    /// From this moment on it is not sent any more.
    pub expires: Moment,
    /// Sealed, but waiting for a person.
    pub held: Option<HeldReason>,
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// Reminders for one contact.
    Reminder {
        /// The contact.
        contact: ContactId,
        /// Keys of the reminders in it, which must be planned; at least one.
        reminders: Vec<ReminderKey>,
    },
    /// Duban's own mail to its operator.
    Operator,
}

/// What became of sealing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealResult {
    /// It is in the outbox now.
    Sealed(MessageKey),
    /// A message with this Message-ID was in the outbox before; nothing has changed.
    Known(MessageKey),
    /// One of its reminders is not planned any more; nothing has changed.
    Overtaken,
}

/// The right to one attempt at one message; void as soon as somebody else has taken it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The message.
    pub message: MessageKey,
    /// Grows with each claim of the message.
    pub token: i64,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// When it was claimed.
    pub claimed: Moment,
}

/// A message in the hands of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedMessage {
    /// The right to send it.
    pub lease: Lease,
    /// The Message-ID with its angle brackets.
    pub message_id: String,
    /// Where bounces go.
    pub sender: Address,
    /// The one recipient.
    pub recipient: Address,
    /// The frozen bytes.
    pub bytes: Vec<u8>,
    /// When it was sealed.
    pub sealed: Moment,
    /// How often its outcome was unknown.
    pub unknowns: u32,
    /// What the attempts before this one met, oldest first.
    pub earlier: Vec<FailureClass>,
}

/// The answer to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Send this one.
    Claimed(Box<ClaimedMessage>),
    /// The message that was due is no longer wanted; ask again.
    Dropped(MessageKey),
    /// Nothing may be sent now. `next` is when that can change by itself.
    NothingDue {
        /// `None` when only a new message or a person can change it.
        next: Option<Moment>,
    },
}

/// How fast messages may be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimTerms {
    /// A session that holds a message longer than this is dead.
    pub lease: SignedDuration,
    /// Attempts a minute, over all.
    pub per_minute: Option<u32>,
    /// Attempts a minute to one domain.
    pub per_domain_minute: Option<u32>,
    /// Attempts a day to one address.
    pub per_address_day: Option<u32>,
}

/// A lease whose session is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbandonedLease {
    /// The message as it was claimed.
    pub claimed: ClaimedMessage,
    /// When its time is over.
    pub until: Moment,
    /// The dot was imminent: it may have been delivered.
    pub dot_was_imminent: bool,
}

/// How many messages had been tried long enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// They cannot be delivered.
    pub expired: u64,
    /// They have not had their chance: what they tell went back to the planner.
    pub replanned: u64,
}

/// The relay's word for a message, kept beside the ledger while that could not take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedAcceptance {
    /// The attempt.
    pub lease: Lease,
    /// Code of the relay's answer.
    pub code: u16,
    /// Its text, perhaps shortened.
    pub text: String,
    /// When it came.
    pub at: Moment,
}

impl ClaimTerms {
    /// True when any rate is limited.
    pub fn has_limits(&self) -> bool {
        self.per_minute.is_some() || self.limits_recipients()
    }

    /// True when the message claimed last decides who may be next.
    pub fn limits_recipients(&self) -> bool {
        self.per_domain_minute.or(self.per_address_day).is_some()
    }
}

impl ClaimedMessage {
    /// What a decision needs to know of the message.
    pub fn finished(&self) -> FinishedAttempt<'_> {
        FinishedAttempt {
            message: self.lease.message,
            message_id: &self.message_id,
            recipient: &self.recipient,
            sealed: self.sealed,
            attempt: self.lease.attempt,
            unknowns: self.unknowns,
            earlier: &self.earlier,
        }
    }
}

/// Messages on their way.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Puts messages into the outbox and links their reminders; returns what became of each. A message whose reminders are
    /// not all planned is left out, the others are sealed all together or, with an error, not at all.
    async fn seal(&self, messages: &[SealedMessage]) -> Result<Vec<SealResult>, StorageError>;

    /// Takes the most urgent message that may be sent at `now` and counts the attempt.
    ///
    /// Before that it is asked again whether the mail is still wanted: what is done, withdrawn or re-dated is
    /// taken out, and the reminders still owed go back to the planner.
    async fn claim(&self, terms: &ClaimTerms, now: Moment) -> Result<Claim, StorageError>;

    /// Writes down that the next byte may deliver the message; with `ahead` also claims the next one on these terms, in
    /// the same commit, unless a road is closed.
    ///
    /// # Errors
    ///
    /// [`StorageError::WrongRowCount`] when the lease is lost: nothing may be sent, and nothing was claimed.
    async fn mark_dot(
        &self,
        lease: &Lease,
        next: Option<&ClaimTerms>,
        now: Moment,
    ) -> Result<Option<Claim>, StorageError>;

    /// Gives back a message that was claimed and not offered to the relay, as if it had not been claimed.
    ///
    /// # Errors
    ///
    /// [`StorageError::WrongRowCount`] when the lease is lost: nothing is changed.
    async fn cancel_claim(&self, lease: &Lease) -> Result<(), StorageError>;

    /// Writes down the end of an attempt and what follows from it.
    ///
    /// # Errors
    ///
    /// [`StorageError::WrongRowCount`] when the lease is lost: nothing is changed.
    async fn record_outcome(
        &self,
        lease: &Lease,
        outcome: &Outcome,
        decision: &Decision,
        now: Moment,
    ) -> Result<(), StorageError>;

    /// Keeps durably beside the ledger what [`Outbox::record`] could not write down: the relay has the message, and a
    /// ledger without room must not make it forget that.
    async fn save_outcome(&self, saved: &SavedAcceptance) -> Result<(), StorageError>;

    /// Writes down what was kept, and sees to it that there is room to keep more; returns how much it was. Before it
    /// has succeeded nothing may be claimed and no lease settled.
    async fn replay_outcomes(&self) -> Result<u64, StorageError>;

    /// Returns the leases on which nobody works any more at `now`: all, when no other process sends from this ledger,
    /// else those whose time is over. Asked while this process has no message in hand.
    async fn abandoned_leases(&self, now: Moment) -> Result<Vec<AbandonedLease>, StorageError>;

    /// Ends the time of messages that were not accepted in it, each as [`retire`](crate::domain::delivery::retire) decides.
    /// What a person or the storm brake holds waits for its release, however long.
    async fn expire(&self, now: Moment) -> Result<Expired, StorageError>;
}
