//! What dispatching did: one result, and counts of many.
//!
//! Must not know: how a message is handed over. Callers: this folder, `remind`; `cli` prints the counts.

use crate::domain::delivery::{Disposition, MessageKey};
use crate::domain::moment::Moment;
use crate::storage::outbox::Expired;

/// What became of one claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DispatchResult {
    /// One attempt was made and recorded.
    Attempted(MessageKey, Disposition),
    /// A due message left the outbox without an attempt: it is outdated, damaged, or its address is suppressed.
    Dropped(MessageKey),
    /// Nothing may be sent now. `next` is when that can change without a new message or a person.
    NothingDue { next: Option<Moment> },
}

/// How many messages ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DispatchCounts {
    /// The relay has taken responsibility for them.
    pub accepted: u64,
    /// Requeued: a circuit breaker opened, and the attempt does not count against the message.
    pub uncharged: u64,
    /// Failed temporarily; they will be tried again.
    pub deferred: u64,
    /// May have been delivered; they will be sent again.
    pub unknown: u64,
    /// Wait for a person.
    pub held: u64,
    /// Undeliverable.
    pub dead: u64,
    /// Too old.
    pub expired: u64,
    /// Left the outbox without an attempt; what is still owed of them is planned again.
    pub dropped: u64,
    /// When something may be due next, if that is known.
    pub next: Option<Moment>,
}

impl DispatchCounts {
    pub fn count(&mut self, result: DispatchResult) {
        match result {
            DispatchResult::Attempted(_, Disposition::Accepted) => self.accepted += 1,
            DispatchResult::Attempted(_, Disposition::Requeued) => self.uncharged += 1,
            DispatchResult::Attempted(_, Disposition::Deferred(_)) => self.deferred += 1,
            DispatchResult::Attempted(_, Disposition::Unknown(_)) => self.unknown += 1,
            DispatchResult::Attempted(_, Disposition::Held(_)) => self.held += 1,
            DispatchResult::Attempted(_, Disposition::Dead { .. }) => self.dead += 1,
            DispatchResult::Dropped(_) => self.dropped += 1,
            DispatchResult::NothingDue { next } => self.next = earlier(self.next, next),
        }
    }

    pub fn add_expired(&mut self, expired: Expired) {
        self.expired += expired.expired;
        self.dropped += expired.replanned;
    }

    pub fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.uncharged += other.uncharged;
        self.deferred += other.deferred;
        self.unknown += other.unknown;
        self.held += other.held;
        self.dead += other.dead;
        self.expired += other.expired;
        self.dropped += other.dropped;
        self.next = earlier(self.next, other.next);
    }

    /// Attempts that failed for now and are repeated.
    pub fn waiting(&self) -> u64 {
        self.uncharged + self.deferred + self.unknown
    }

    /// Messages that need a person.
    pub fn needs_a_person(&self) -> u64 {
        self.held + self.dead + self.expired
    }
}

/// The earlier of two moments; an unknown one is ignored.
fn earlier(one: Option<Moment>, other: Option<Moment>) -> Option<Moment> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
