//! What moved clocks, and deadlines worked out again.
//!
//! Must not know: SQL, what an adjustment does to a date.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::domain::deadline::Adjustment;
use crate::domain::moment::Moment;
use crate::domain::obligation::{DateChange, ObligationId};
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::Projection;
use crate::storage::register_state::{RegisterState, WriteResult};

/// A deadline worked out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reprojection {
    pub id: ObligationId,
    /// What follows now.
    pub projection: Projection,
    /// What to tell when the deadline is another one: reminders on record were about the old one.
    pub change: Option<DateChange>,
}

#[async_trait]
pub trait Adjustments: Send + Sync {
    /// Returns the adjustments of these obligations, each list in the order it was recorded; obligations without any are
    /// left out.
    async fn adjustments(
        &self,
        obligations: &[ObligationId],
    ) -> Result<BTreeMap<ObligationId, Vec<Adjustment>>, StorageError>;

    /// Records the next adjustment of an obligation that has `earlier` of them, and the deadline that follows, at the moment
    /// of `entry`.
    ///
    /// # Errors
    ///
    /// [`StorageError::Unavailable`] with a unique violation when another command has recorded one since.
    async fn record_adjustment(
        &self,
        earlier: usize,
        adjustment: &Adjustment,
        reprojection: &Reprojection,
        entry: Entry,
    ) -> Result<(), StorageError>;

    /// Stores deadlines that were worked out again on this state, all or nothing.
    async fn reproject(
        &self,
        since: RegisterState,
        reprojections: &[Reprojection],
        now: Moment,
        entries: &[Entry],
    ) -> Result<WriteResult, StorageError>;

    /// Returns the open obligations that were worked out under another law than that of this version, by key. Costs nothing
    /// when there are none.
    async fn open_obligations_under_other_law(
        &self,
        law_version: &str,
    ) -> Result<Vec<ObligationId>, StorageError>;
}
