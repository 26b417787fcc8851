//! The outbox (发件箱): sealed messages on their way to the relay, and every attempt to hand one over.
//!
//! Must not know: SQL, SMTP, what a failure means (`domain::delivery`). Each attempt is three commits: the claim, the
//! dot mark, the outcome.

use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::delivery::{
    Decision, FailureClass, FinishedAttempt, HeldReason, MessageKey, Outcome,
};
use crate::domain::moment::Moment;
use crate::domain::reminder::{Haste, ReminderKey};
use crate::domain::unit::ContactId;
use crate::storage::StorageError;

/// A message about to enter the outbox; its bytes never change again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedMessage {
    /// The Message-ID with its angle brackets; it identifies the message for ever.
    pub message_id: String,
    pub kind: MessageKind,
    /// Where bounces go.
    pub sender: Address,
    pub recipient: Address,
    /// The subject, for lists.
    pub subject: String,
    /// Header and body as they go over the wire, lines ending in CR LF.
    pub bytes: Vec<u8>,
    /// The working day it belongs to.
    pub day: Date,
    /// Larger goes first.
    pub urgency: i64,
    pub haste: Haste,
    pub sealed: Moment,
    /// The first moment at which it may be sent.
    pub not_before: Moment,
    /// From this moment on it is not sent any more.
    pub expires: Moment,
    /// Why the message is held; `None` when it may be sent.
    pub held: Option<HeldReason>,
}

impl SealedMessage {
    /// Keys of the reminders that it had no room for.
    pub fn left_out(&self) -> &[ReminderKey] {
        match &self.kind {
            MessageKind::Reminder { left_out, .. } => left_out,
            MessageKind::Operator => &[],
        }
    }
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// Reminders for one contact.
    Reminder {
        contact: ContactId,
        /// Keys of the reminders in it, which must be planned; at least one.
        reminders: Vec<ReminderKey>,
        /// Keys of reminders that it had no room for; they stay planned.
        left_out: Vec<ReminderKey>,
    },
    /// Duban's own mail to its operator.
    Operator,
}

/// What became of a message that was to be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealResult {
    /// It is in the outbox now.
    Sealed(MessageKey),
    /// A message with this Message-ID was in the outbox before; nothing has changed.
    Known(MessageKey),
    /// One of its reminders is not planned any more; nothing has changed.
    Overtaken,
}

/// The right to one attempt at one message; void once the message is claimed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    pub message: MessageKey,
    /// Grows with each claim of the message.
    pub token: i64,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// When it was claimed.
    pub claimed: Moment,
}

/// A leased message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedMessage {
    /// The right to send it.
    pub lease: Lease,
    /// The Message-ID with its angle brackets.
    pub message_id: String,
    /// Where bounces go.
    pub sender: Address,
    pub recipient: Address,
    /// The frozen bytes.
    pub bytes: Vec<u8>,
    pub haste: Haste,
    pub sealed: Moment,
    /// How many of its attempts ended with an unknown outcome.
    pub unknowns: u32,
    /// What the attempts before this one met, oldest first.
    pub earlier: Vec<FailureClass>,
}

/// The answer to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The message is leased to the caller, who sends it.
    Claimed(Box<ClaimedMessage>),
    /// The message that was due left the outbox without an attempt: it is outdated or damaged, or its address is
    /// suppressed. Claim again.
    Dropped(MessageKey),
    /// Nothing may be sent now. `next` is when that can change by itself.
    NothingDue {
        /// `None` when only a new message or a person can change it.
        next: Option<Moment>,
    },
}

/// Which messages may be claimed, at what rates, and for how long each is leased. A rate of `None` is not limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimTerms {
    /// How long a lease lasts; a dispatcher that holds a message longer counts as dead.
    pub lease: SignedDuration,
    /// Attempts a minute in all.
    pub per_minute: Option<u32>,
    /// Attempts a minute to one domain.
    pub per_domain_minute: Option<u32>,
    /// Attempts a day to one address.
    pub per_address_day: Option<u32>,
    /// Outside mail hours: only what may go out at any hour.
    pub any_hour_only: bool,
}

/// A lease whose dispatcher has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbandonedLease {
    /// The message as it was claimed.
    pub claimed: ClaimedMessage,
    /// When the lease ends.
    pub until: Moment,
    /// True when the attempt has the dot mark: the message may have been delivered.
    pub dot_was_imminent: bool,
}

/// How many messages were too old to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// They cannot be delivered; an item is open for each.
    pub expired: u64,
    /// Their recipients did not refuse them on enough days: their reminders went back to the planner.
    pub replanned: u64,
}

/// An accepted outcome that waits in the outcome file, because the ledger could not record it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedAcceptance {
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

    /// True when the rate of a domain or an address is limited, so that one claim can exclude others to the same
    /// recipient.
    pub fn limits_recipients(&self) -> bool {
        self.per_domain_minute.or(self.per_address_day).is_some()
    }
}

impl ClaimedMessage {
    /// What a decision needs to know of the message.
    pub fn finished_attempt(&self) -> FinishedAttempt<'_> {
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

#[async_trait]
pub trait Outbox: Send + Sync {
    /// Puts messages into the outbox and links their reminders; returns what became of each. A message with a reminder
    /// that is not planned is not sealed ([`SealResult::Overtaken`]); the others are sealed together, or none is when
    /// there is an error.
    async fn seal(&self, messages: &[SealedMessage]) -> Result<Vec<SealResult>, StorageError>;

    /// Takes the most urgent message that may be sent at `now` and counts the attempt.
    ///
    /// A message is checked once more before it is leased: if a duty in it is done, withdrawn or has new dates, the
    /// message is cancelled and the reminders still owed go back to the planner.
    async fn claim(&self, terms: &ClaimTerms, now: Moment) -> Result<Claim, StorageError>;

    /// Records the dot mark: the next byte may deliver the message. With `next` the same commit also claims another
    /// message on these terms, unless a breaker is open.
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

    /// Ends the lease of a message that was not offered to the relay, as if it had not been claimed.
    ///
    /// # Errors
    ///
    /// [`StorageError::WrongRowCount`] when the lease is lost: nothing is changed.
    async fn cancel_claim(&self, lease: &Lease) -> Result<(), StorageError>;

    /// Records the end of an attempt and what follows from it.
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

    /// Returns the leases whose dispatchers have ended at `now`: all leases when no other process sends from this
    /// ledger, else those that have run out. Call it while this process holds no lease.
    async fn abandoned_leases(&self, now: Moment) -> Result<Vec<AbandonedLease>, StorageError>;

    /// Ends the messages that have expired at `now` and were not accepted, each as
    /// [`decide_expired`](crate::domain::delivery::decide_expired) decides. Of the held messages only those expire that
    /// may have been delivered several times ([`HeldReason::Ambiguous`]); the others wait for their release, however
    /// long.
    async fn expire(&self, now: Moment) -> Result<Expired, StorageError>;
}
