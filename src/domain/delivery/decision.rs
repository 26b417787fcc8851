//! What follows from the end of an attempt: for the message, for the road to the relay, for the operator.
//!
//! Must not know: how the attempt was made, where the decision is written down.

use jiff::SignedDuration;

use crate::domain::address::Address;
use crate::domain::delivery::{
    FailureClass, HeldReason, Outcome, UNKNOWN_RETRIES, backoff, classify,
};
use crate::domain::moment::Moment;

/// A provider's rate limit for one mailbox is never over sooner.
const MAILBOX_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// A domain's rate limit is asked about again after this.
const DOMAIN_PAUSE: SignedDuration = SignedDuration::from_mins(15);
/// People empty their mailboxes once a day at best.
const FULL_MAILBOX_PAUSE: SignedDuration = SignedDuration::from_hours(24);
/// Three refusals at this distance span the day a provider's temporary block lasts.
const UNCLEAR_PAUSE: SignedDuration = SignedDuration::from_hours(12);
/// So many unclear refusals are final.
const UNCLEAR_TRIES: usize = 3;
/// The least time between two sendings of a message that may have been delivered.
const AMBIGUOUS_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// So many attempts cut short by the end of the program cost nothing; then backoff applies.
const FREE_CRASHES: usize = 3;

/// What is known of a message when its attempt ends.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Its Message-ID.
    pub message_id: &'a str,
    /// Who it is for.
    pub recipient: &'a Address,
    /// When its bytes were frozen.
    pub sealed: Moment,
    /// Number of this attempt, from 1.
    pub attempt: u32,
    /// How often its outcome was unknown before this attempt.
    pub unknowns: u32,
    /// The classes of the attempts before this one, oldest first.
    pub earlier: &'a [FailureClass],
}

/// What is to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of the message.
    pub fate: Fate,
    /// Why, when it was not accepted.
    pub class: Option<FailureClass>,
    /// What becomes of the road.
    pub circuit: Circuit,
    /// What a person must look after.
    pub item: Option<Item>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The relay answers for it.
    Accepted,
    /// As if the attempt had not been: the road was closed, not the mailbox.
    Uncharged,
    /// To be tried again, not before the moment.
    Deferred(Moment),
    /// It may have been delivered; to be sent again, not before the moment.
    Unknown(Moment),
    /// Waits for a person.
    Held(HeldReason),
    /// Not deliverable. With `suppress`, nothing goes to that address until it changes.
    Dead {
        /// The mailbox itself is at fault.
        suppress: bool,
    },
}

/// What becomes of the road to the relay or to one domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// Nothing learned.
    Unchanged,
    /// The relay took a command about this message: roads to the relay and to its domain are open.
    Works,
    /// Nothing more is sent there until a probe succeeds.
    Broken {
        /// Which road.
        scope: Scope,
        /// Why.
        reason: CircuitReason,
    },
}

/// Which road is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Everything.
    Relay,
    /// Recipients in one domain.
    Domain(String),
}

/// Why a road is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CircuitReason {
    /// No answer, or none that makes sense.
    Unreachable,
    /// TLS must be repaired.
    Tls,
    /// The login must be repaired.
    Login,
    /// The sender address must be repaired.
    Sender,
    /// Our standing with a domain must be repaired.
    Policy,
    /// Too much at once.
    Throttled,
}

/// What a person must look after.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Item {
    /// A road is closed and waiting does not open it.
    Road {
        /// Which road.
        scope: Scope,
        /// Why.
        reason: CircuitReason,
    },
    /// A contact's address does not exist.
    Mailbox(Address),
    /// A message was given up.
    Undelivered,
    /// A message may have been delivered several times and is held.
    Ambiguous,
}

impl Scope {
    /// The word used in SQL and JSON: `relay` or `domain:NAME`.
    pub fn word(&self) -> String {
        match self {
            Self::Relay => "relay".to_owned(),
            Self::Domain(name) => format!("domain:{name}"),
        }
    }

    /// Reads the word used in SQL.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.strip_prefix("domain:") {
            Some(name) => Some(Self::Domain(name.to_owned())),
            None => (word == "relay").then_some(Self::Relay),
        }
    }
}

impl CircuitReason {
    /// All reasons.
    pub const ALL: [Self; 6] =
        [Self::Unreachable, Self::Tls, Self::Login, Self::Sender, Self::Policy, Self::Throttled];

    /// The word used in SQL and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::Login => "login",
            Self::Sender => "sender",
            Self::Policy => "policy",
            Self::Throttled => "throttled",
        }
    }

    /// Reads the word used in SQL.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// True when waiting does not help and a person must repair something.
    pub fn needs_a_person(self) -> bool {
        matches!(self, Self::Tls | Self::Login | Self::Sender | Self::Policy)
    }
}

/// Decides what follows from an outcome at `now`.
///
/// `next_morning` is the start of the next working day, when refused content is offered once more.
pub fn decide(
    standing: &Standing<'_>,
    outcome: &Outcome,
    now: Moment,
    next_morning: Moment,
) -> Decision {
    let Some(class) = classify(outcome) else {
        return Decision { fate: Fate::Accepted, class: None, circuit: Circuit::Works, item: None };
    };
    let fate = fate_of(standing, class, now, next_morning);
    let circuit = circuit_after(class, outcome, standing.recipient);
    let item = item_for(standing, fate, &circuit);
    Decision { fate, class: Some(class), circuit, item }
}

fn fate_of(
    standing: &Standing<'_>,
    class: FailureClass,
    now: Moment,
    next_morning: Moment,
) -> Fate {
    let earlier = standing.earlier.iter().filter(|before| **before == class).count();
    let age = now.since(standing.sealed);
    let usual = backoff(age, standing.message_id, standing.attempt);
    match class {
        FailureClass::Relay
        | FailureClass::Tls
        | FailureClass::Login
        | FailureClass::Sender
        | FailureClass::Policy => Fate::Uncharged,
        FailureClass::RelayThrottle | FailureClass::DomainThrottle => {
            Fate::Deferred(now.plus(usual.max(DOMAIN_PAUSE)))
        }
        FailureClass::MailboxThrottle => Fate::Deferred(now.plus(usual.max(MAILBOX_PAUSE))),
        FailureClass::MailboxFull => Fate::Deferred(now.plus(FULL_MAILBOX_PAUSE)),
        FailureClass::UnknownMailbox => Fate::Dead { suppress: true },
        FailureClass::UnclearRefusal if earlier + 1 >= UNCLEAR_TRIES => {
            Fate::Dead { suppress: false }
        }
        FailureClass::UnclearRefusal => Fate::Deferred(now.plus(UNCLEAR_PAUSE)),
        FailureClass::Content if earlier == 0 => Fate::Deferred(next_morning),
        FailureClass::Content | FailureClass::Unfit => Fate::Dead { suppress: false },
        FailureClass::Ambiguous if standing.unknowns < UNKNOWN_RETRIES => {
            Fate::Unknown(now.plus(usual.max(AMBIGUOUS_PAUSE)))
        }
        FailureClass::Ambiguous => Fate::Held(HeldReason::Ambiguous),
        FailureClass::Crash if earlier < FREE_CRASHES => Fate::Deferred(now),
        FailureClass::Crash | FailureClass::Later => Fate::Deferred(now.plus(usual)),
    }
}

fn circuit_after(class: FailureClass, outcome: &Outcome, recipient: &Address) -> Circuit {
    let relay = |reason| Circuit::Broken { scope: Scope::Relay, reason };
    let domain =
        |reason| Circuit::Broken { scope: Scope::Domain(recipient.domain().to_owned()), reason };
    match class {
        FailureClass::Relay => relay(CircuitReason::Unreachable),
        FailureClass::Tls => relay(CircuitReason::Tls),
        FailureClass::Login => relay(CircuitReason::Login),
        FailureClass::Sender => relay(CircuitReason::Sender),
        FailureClass::RelayThrottle => relay(CircuitReason::Throttled),
        FailureClass::DomainThrottle => domain(CircuitReason::Throttled),
        FailureClass::Policy => domain(CircuitReason::Policy),
        FailureClass::MailboxThrottle
        | FailureClass::MailboxFull
        | FailureClass::UnknownMailbox
        | FailureClass::UnclearRefusal
        | FailureClass::Content => Circuit::Works,
        FailureClass::Later if outcome.reply().is_some() => Circuit::Works,
        FailureClass::Later
        | FailureClass::Unfit
        | FailureClass::Ambiguous
        | FailureClass::Crash => Circuit::Unchanged,
    }
}

fn item_for(standing: &Standing<'_>, fate: Fate, circuit: &Circuit) -> Option<Item> {
    match (fate, circuit) {
        (Fate::Dead { suppress: true }, _) => Some(Item::Mailbox(standing.recipient.clone())),
        (Fate::Dead { suppress: false }, _) => Some(Item::Undelivered),
        (Fate::Held(_), _) => Some(Item::Ambiguous),
        (_, Circuit::Broken { scope, reason }) if reason.needs_a_person() => {
            Some(Item::Road { scope: scope.clone(), reason: *reason })
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
