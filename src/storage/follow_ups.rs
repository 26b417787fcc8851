//! Duties that are done or have expired, and what follows them (接续).
//!
//! Must not know: SQL, what follows what.

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::moment::Moment;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::Registrations;

/// Why follow-ups start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The obligation before them is completed.
    Completion,
    /// Its due date is over, before this day, and the law starts them all the same.
    Expiry { before: Date },
}

#[async_trait]
pub trait FollowUps: Send + Sync {
    /// Returns the obligations that were completed since anybody asked what follows them, by key.
    async fn completed_obligations(&self) -> Result<Vec<Obligation>, StorageError>;

    /// Returns the open obligations under one of these rules, by key of the rule, that fell due before `day` and whose
    /// follow-ups have not started.
    async fn expired_obligations(
        &self,
        rules: &[String],
        day: Date,
    ) -> Result<Vec<Obligation>, StorageError>;

    /// Registers what follows an obligation, all or nothing, so that it is not returned again; false, and nothing is changed,
    /// when that is done already or the cause has gone.
    async fn start_follow_ups(
        &self,
        completed: ObligationId,
        cause: Cause,
        followers: &Registrations,
        now: Moment,
        entries: &[Entry],
    ) -> Result<bool, StorageError>;

    /// Puts on the operator's list that what follows a completed obligation cannot be registered, until it can.
    async fn report_stuck_follow_up(
        &self,
        completed: ObligationId,
        detail: &str,
        now: Moment,
    ) -> Result<(), StorageError>;
}
