//! Decides what follows from an attempt: for the message, for the circuit breakers, for the operator.
//!
//! Must not know: how the attempt was made, where the decision is stored.

use jiff::SignedDuration;

use crate::domain::address::Address;
use crate::domain::delivery::{
    BreakerChange, BreakerReason, BreakerScope, FailureClass, HeldReason, MessageKey, Outcome,
    UNKNOWN_RETRIES, backoff, classify,
};
use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;

/// Shortest wait after a provider's rate limit for one mailbox.
const MAILBOX_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// Shortest wait after the relay or a domain reports that its rate limit is reached.
const THROTTLE_PAUSE: SignedDuration = SignedDuration::from_mins(15);
/// Wait after a full mailbox: people rarely empty it more than once a day.
const FULL_MAILBOX_PAUSE: SignedDuration = SignedDuration::from_hours(24);
/// Wait after an unclear refusal: three attempts span 24 hours, the length of a temporary block by a provider.
const UNCLEAR_PAUSE: SignedDuration = SignedDuration::from_hours(12);
/// This many unclear refusals are final.
const UNCLEAR_TRIES: usize = 3;
/// Shortest wait before a message that may have been delivered is sent again.
const AMBIGUOUS_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// The number of attempts cut short by the end of the program that are repeated at once; after them, backoff applies.
const IMMEDIATE_CRASH_RETRIES: usize = 3;

/// What the decision needs to know about a message when its attempt ends.
#[derive(Clone, Copy, Debug)]
pub struct FinishedAttempt<'a> {
    pub message: MessageKey,
    pub message_id: &'a str,
    pub recipient: &'a Address,
    pub sealed: Moment,
    /// Number of this attempt, from 1.
    pub attempt: u32,
    /// How many earlier attempts ended with an unknown outcome.
    pub unknowns: u32,
    /// The classes of the attempts before this one, oldest first.
    pub earlier: &'a [FailureClass],
}

/// What follows from an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub disposition: Disposition,
    /// Why the message was not accepted; `None` when it was.
    pub class: Option<FailureClass>,
    pub breaker: BreakerChange,
    /// The operator item to open.
    pub item: Option<ItemKey>,
}

/// What becomes of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// The relay has taken responsibility for it.
    Accepted,
    /// The attempt does not count: the fault lies with the relay, our login or sender address, or the domain, not with
    /// the message or its mailbox.
    Requeued,
    /// It is sent again at this moment.
    Deferred(Moment),
    /// It may have been delivered; the same bytes are sent again at this moment.
    Unknown(Moment),
    Held(HeldReason),
    /// It cannot be delivered. With `suppress`, nothing more is sent to the address until a person has corrected it.
    Dead {
        suppress: bool,
    },
}

/// Decides what follows from an outcome at `now`.
///
/// `next_morning` is the start of the next working day, when refused content is offered once more.
pub fn decide(
    attempt: &FinishedAttempt<'_>,
    outcome: &Outcome,
    now: Moment,
    next_morning: Moment,
) -> Decision {
    let Some(class) = classify(outcome) else {
        return Decision {
            disposition: Disposition::Accepted,
            class: None,
            breaker: BreakerChange::Close,
            item: None,
        };
    };
    let disposition = disposition_of(attempt, class, now, next_morning);
    let breaker = breaker_after(class, outcome, attempt.recipient);
    let item = item_for(attempt, disposition, &breaker);
    Decision { disposition, class: Some(class), breaker, item }
}

fn disposition_of(
    attempt: &FinishedAttempt<'_>,
    class: FailureClass,
    now: Moment,
    next_morning: Moment,
) -> Disposition {
    let earlier = attempt.earlier.iter().filter(|before| **before == class).count();
    let age = now.since(attempt.sealed);
    let usual = backoff(age, attempt.message_id, attempt.attempt);
    match class {
        FailureClass::Relay
        | FailureClass::Tls
        | FailureClass::Login
        | FailureClass::Sender
        | FailureClass::Policy => Disposition::Requeued,
        FailureClass::RelayThrottle | FailureClass::DomainThrottle => {
            Disposition::Deferred(now.plus(usual.max(THROTTLE_PAUSE)))
        }
        FailureClass::MailboxThrottle => Disposition::Deferred(now.plus(usual.max(MAILBOX_PAUSE))),
        FailureClass::MailboxFull => Disposition::Deferred(now.plus(FULL_MAILBOX_PAUSE)),
        FailureClass::UnknownMailbox => Disposition::Dead { suppress: true },
        FailureClass::UnclearRefusal if earlier + 1 >= UNCLEAR_TRIES => {
            Disposition::Dead { suppress: false }
        }
        FailureClass::UnclearRefusal => Disposition::Deferred(now.plus(UNCLEAR_PAUSE)),
        FailureClass::Content if earlier == 0 => Disposition::Deferred(next_morning),
        FailureClass::Content | FailureClass::Unfit => Disposition::Dead { suppress: false },
        FailureClass::Ambiguous if attempt.unknowns < UNKNOWN_RETRIES => {
            Disposition::Unknown(now.plus(usual.max(AMBIGUOUS_PAUSE)))
        }
        FailureClass::Ambiguous => Disposition::Held(HeldReason::Ambiguous),
        FailureClass::Crash if earlier < IMMEDIATE_CRASH_RETRIES => Disposition::Deferred(now),
        FailureClass::Crash | FailureClass::Later => Disposition::Deferred(now.plus(usual)),
    }
}

fn breaker_after(class: FailureClass, outcome: &Outcome, recipient: &Address) -> BreakerChange {
    let relay = |reason| BreakerChange::Open { scope: BreakerScope::Relay, reason };
    let domain = |reason| BreakerChange::Open {
        scope: BreakerScope::Domain(recipient.domain().to_owned()),
        reason,
    };
    match class {
        FailureClass::Relay => relay(BreakerReason::Unreachable),
        FailureClass::Tls => relay(BreakerReason::Tls),
        FailureClass::Login => relay(BreakerReason::Login),
        FailureClass::Sender => relay(BreakerReason::Sender),
        FailureClass::RelayThrottle => relay(BreakerReason::Throttled),
        FailureClass::DomainThrottle => domain(BreakerReason::Throttled),
        FailureClass::Policy => domain(BreakerReason::Policy),
        FailureClass::MailboxThrottle
        | FailureClass::MailboxFull
        | FailureClass::UnknownMailbox
        | FailureClass::UnclearRefusal
        | FailureClass::Content => BreakerChange::Close,
        FailureClass::Later if outcome.reply().is_some() => BreakerChange::Close,
        FailureClass::Later
        | FailureClass::Unfit
        | FailureClass::Ambiguous
        | FailureClass::Crash => BreakerChange::Keep,
    }
}

fn item_for(
    attempt: &FinishedAttempt<'_>,
    disposition: Disposition,
    breaker: &BreakerChange,
) -> Option<ItemKey> {
    match (disposition, breaker) {
        (Disposition::Dead { suppress: true }, _) => {
            Some(ItemKey::Mailbox(attempt.recipient.clone()))
        }
        (Disposition::Dead { suppress: false }, _) => Some(ItemKey::Undelivered(attempt.message)),
        (Disposition::Held(_), _) => Some(ItemKey::Ambiguous(attempt.message)),
        (_, BreakerChange::Open { scope, reason }) if reason.needs_a_person() => {
            Some(ItemKey::Breaker { scope: scope.clone(), reason: *reason })
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
