//! The writes that dispatchers submit, and how the end of an attempt reads in the journal.
//!
//! Must not know: any statement. Callers: the files of this folder.

use crate::domain::delivery::{Decision, Disposition, MessageState, Outcome};
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::storage::journal::Entry;
use crate::storage::journal_fact::Fact;
use crate::storage::outbox::{ClaimTerms, Lease};

/// One write of one dispatcher.
#[derive(Debug)]
pub(super) enum Write {
    /// Leases the next message.
    Claim(ClaimTerms, Moment),
    /// Records that the next byte may deliver the message; with terms, also leases the next message.
    MarkDot(Lease, Option<ClaimTerms>, Moment),
    RecordOutcome(Box<AttemptOutcome>),
    CancelClaim(Lease),
}

/// The end of an attempt and what follows from it.
#[derive(Debug)]
pub(super) struct AttemptOutcome {
    pub(super) lease: Lease,
    pub(super) outcome: Outcome,
    pub(super) decision: Decision,
    pub(super) now: Moment,
}

impl Write {
    /// True for an outcome: its dispatcher has already gone on to the next message.
    pub(super) fn can_be_delayed(&self) -> bool {
        matches!(self, Self::RecordOutcome(_))
    }
}

impl AttemptOutcome {
    /// The state of the message after this attempt.
    pub(super) fn state(&self) -> MessageState {
        match self.decision.disposition {
            Disposition::Accepted => MessageState::Accepted,
            Disposition::Requeued => MessageState::Ready,
            Disposition::Deferred(_) => MessageState::Deferred,
            Disposition::Unknown(_) => MessageState::Unknown,
            Disposition::Held(_) => MessageState::Held,
            Disposition::Dead { .. } => MessageState::Dead,
        }
    }

    pub(super) fn entry(&self) -> Entry {
        let Self { lease, outcome, decision, now } = self;
        let class = decision.class.map(|it| format!("{} at {}", it.word(), outcome.stage().word()));
        let reply = outcome.reply().map(|reply| format!("{} {}", reply.code, reply.text));
        let reason = match (class, reply) {
            (Some(class), Some(reply)) => Some(format!("{class}: {reply}")),
            (class, reply) => class.or(reply),
        };
        Entry::new(*now, Action::Deliver, format!("message {}", lease.message.0))
            .before(Fact::Attempt { number: lease.attempt })
            .after(self.state().word())
            .reason_if_any(reason)
    }
}
