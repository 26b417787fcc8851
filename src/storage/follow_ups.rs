//! Duties that are done, and what follows them (接续).
//!
//! Must not know: SQL, what follows what.

use async_trait::async_trait;

use crate::domain::moment::Moment;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::Registrations;

#[async_trait]
pub trait FollowUps: Send + Sync {
    /// Returns the obligations that were completed since anybody asked what follows them, by key.
    async fn completed_obligations(&self) -> Result<Vec<Obligation>, StorageError>;

    /// Registers what follows a completed obligation, all or nothing, so that it is not returned again; false, and nothing
    /// is changed, when that is done already or the completion was taken back.
    async fn start_follow_ups(
        &self,
        completed: ObligationId,
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
