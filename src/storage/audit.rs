//! What must be true of the outbox at any time, asked of the ledger (自查).
//!
//! Must not know: SQL, how a violation is repaired.

use async_trait::async_trait;
use jiff::SignedDuration;

use crate::domain::moment::Moment;
use crate::storage::StorageError;

/// Something that must always hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// A reminder counts as told if and only if the relay has accepted its message and none has come back.
    ToldMeansAccepted,
    /// A message counts as many attempts as are on record.
    AttemptsAreCounted,
    /// An attempt is open if and only if its message is leased.
    OpenAttemptsAreLeased,
    /// An accepted message has an attempt with all three marks and the relay's 250.
    AcceptedMeansAnswered,
    /// A reminder on its way is in a message on its way.
    SealedMeansUnderWay,
    /// A message counts as many unknown outcomes as are on record: no duplicate can come from elsewhere.
    UnknownsAreCounted,
    /// The planner has looked at every assignment on the day it had in mind.
    NothingIsOverlooked,
    /// The bytes of a message are those that were sealed.
    BytesAreFrozen,
    /// Nothing waits for an address that is known not to exist.
    NothingForTheSuppressed,
    /// What has long been due waits for a closed road or for a person who was called, and not for no reason.
    NothingIsForgotten,
}

/// Where an invariant does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// What does not hold.
    pub invariant: Invariant,
    /// Of what, as `message 7`.
    pub subject: String,
}

/// What is allowed for before a delay counts as forgetting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    /// A message may be due for so long.
    pub due: SignedDuration,
    /// A look may be late by so long.
    pub look: SignedDuration,
}

impl Invariant {
    /// All invariants.
    pub const ALL: [Self; 10] = [
        Self::ToldMeansAccepted,
        Self::AttemptsAreCounted,
        Self::OpenAttemptsAreLeased,
        Self::AcceptedMeansAnswered,
        Self::SealedMeansUnderWay,
        Self::UnknownsAreCounted,
        Self::NothingIsOverlooked,
        Self::BytesAreFrozen,
        Self::NothingForTheSuppressed,
        Self::NothingIsForgotten,
    ];

    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::ToldMeansAccepted => "told_means_accepted",
            Self::AttemptsAreCounted => "attempts_are_counted",
            Self::OpenAttemptsAreLeased => "open_attempts_are_leased",
            Self::AcceptedMeansAnswered => "accepted_means_answered",
            Self::SealedMeansUnderWay => "sealed_means_under_way",
            Self::UnknownsAreCounted => "unknowns_are_counted",
            Self::NothingIsOverlooked => "nothing_is_overlooked",
            Self::BytesAreFrozen => "bytes_are_frozen",
            Self::NothingForTheSuppressed => "nothing_for_the_suppressed",
            Self::NothingIsForgotten => "nothing_is_forgotten",
        }
    }
}

/// Looks through the whole ledger.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Returns every violation as of `now`, in order of invariant; reads every message once.
    async fn violations(&self, grace: Grace, now: Moment) -> Result<Vec<Violation>, StorageError>;
}
