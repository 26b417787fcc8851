//! Changes in the life of obligations and assignments.
//!
//! Must not know: SQL, which change is allowed (`domain::life`).

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::life::Completion;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, AssignmentState, ObligationId};
use crate::domain::reminder::Correction;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;

/// A change of state of one assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    pub obligation: ObligationId,
    pub assignment: AssignmentId,
    /// The state it was read in.
    pub from: AssignmentState,
    /// The state it goes to.
    pub to: AssignmentState,
    /// What is claimed about the work; `None` keeps what is on record.
    pub done: Option<Completion>,
    /// What those who were told of the share hear.
    pub correction: Option<Correction>,
}

/// One event that counts towards a quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedEvent {
    pub obligation: ObligationId,
    pub unit: UnitId,
    pub on: Date,
    pub what: String,
}

#[async_trait]
pub trait Lifecycle: Send + Sync {
    /// Changes assignments, all or none, and the states of their obligations with them. Reminders of work that is no longer
    /// owed become void; work that is owed again is looked at on the next pass.
    ///
    /// # Errors
    ///
    /// [`StorageError::WrongRowCount`] when an assignment is no longer in the state it was read in.
    async fn change_states(
        &self,
        changes: &[StateChange],
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError>;

    /// Silences an obligation until a day, or lets it speak again.
    async fn silence(
        &self,
        obligation: ObligationId,
        until: Option<Date>,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError>;

    /// Records an event, and has its unit looked at on the next pass; false when the same unit has the same event on that day already.
    async fn count_event(
        &self,
        event: &CountedEvent,
        now: Moment,
        entries: &[Entry],
    ) -> Result<bool, StorageError>;

    /// Returns the events of these obligations, by day. Events of a part (其中…不少于2次) count for the whole as well.
    async fn counted_events(
        &self,
        obligations: &[ObligationId],
    ) -> Result<Vec<CountedEvent>, StorageError>;
}
