//! Duties that come back: their newest occurrences, and the next ones.
//!
//! Must not know: SQL, when an occurrence begins.

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::moment::Moment;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::Registration;

/// The newest occurrence of a duty that comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewestOccurrence {
    pub obligation: Obligation,
    /// No occurrence begins after this day.
    pub ends_on: Option<Date>,
}

#[async_trait]
pub trait Occurrences: Send + Sync {
    /// Returns the newest occurrence of every series that goes on, by key.
    async fn newest_occurrences(&self) -> Result<Vec<NewestOccurrence>, StorageError>;

    /// Registers the occurrence after `previous`, once: one that is there already is left as it is. `None` ends the
    /// series.
    async fn open_next_occurrence(
        &self,
        previous: ObligationId,
        next: Option<&Registration>,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError>;

    /// Registers the occurrence after `previous` as one that nobody owes; false, and nothing is changed but that
    /// `previous` is followed, when it is there already.
    async fn skip_occurrence(
        &self,
        previous: ObligationId,
        next: &Registration,
        now: Moment,
        entries: &[Entry],
    ) -> Result<bool, StorageError>;

    /// Sets the day after which no occurrence of the series of this one begins; `None` lets it go on.
    async fn end_series(
        &self,
        occurrence: ObligationId,
        on: Option<Date>,
        entries: &[Entry],
    ) -> Result<(), StorageError>;
}
