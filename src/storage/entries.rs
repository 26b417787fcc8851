//! What was entered about one obligation since it was registered, so that a wrong entry can be struck: it stays on record,
//! marked, and counts no more.
//!
//! Must not know: SQL, what follows from striking an entry.

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, AssignmentState, ObligationId};
use crate::domain::reminder::Correction;
use crate::domain::unit::{Role, UnitId};
use crate::storage::StorageError;
use crate::storage::adjustments::Reprojection;
use crate::storage::journal::Entry;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEntry {
    pub kind: EntryKind,
    pub at: Moment,
    pub is_struck: bool,
}

/// What was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A clock was moved; `position` identifies it within the obligation.
    Adjustment { position: i64, word: String, on: Date, amount: Option<String> },
    /// An event was counted towards a quota.
    Event { id: i64, unit: UnitId, on: Date, what: String },
    /// The state of a share was changed.
    State {
        id: i64,
        assignment: AssignmentId,
        unit: UnitId,
        from: AssignmentState,
        to: AssignmentState,
    },
    /// The share was given to the wrong unit; always struck.
    Share { assignment: AssignmentId, unit: UnitId, right: UnitId },
}

/// What is struck, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strike<'a> {
    pub obligation: ObligationId,
    /// Entries that are struck together.
    pub entries: &'a [RecordedEntry],
    /// The deadline without them; `None` where it does not follow from them.
    pub reprojection: Option<Reprojection>,
    /// What those who were told of a share hear.
    pub corrections: Vec<(AssignmentId, Correction)>,
}

/// A share that was given to the wrong unit, and the unit that owes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareMove {
    pub obligation: ObligationId,
    pub assignment: AssignmentId,
    pub right: UnitId,
    /// The role under which the document names the units that owe it, and these units from now on.
    pub role: Role,
    pub named: Vec<UnitId>,
    pub correction: Correction,
}

#[async_trait]
pub trait Entries: Send + Sync {
    /// Returns the entries about an obligation, oldest first, struck ones too; shares of wrong units at the end.
    async fn entries(&self, obligation: ObligationId) -> Result<Vec<RecordedEntry>, StorageError>;

    /// Strikes entries, all or none. A share whose change of state is struck stands as before that change.
    ///
    /// # Errors
    ///
    /// [`StorageError::WrongRowCount`] when one of them is struck already, or its share has changed since.
    async fn strike(
        &self,
        strike: &Strike<'_>,
        now: Moment,
        entry: Entry,
    ) -> Result<(), StorageError>;

    /// Takes a share from the wrong unit and gives it to the right one, which begins its ladder now.
    ///
    /// # Errors
    ///
    /// [`StorageError::WrongRowCount`] when the share was withdrawn since.
    async fn move_share(
        &self,
        share: &ShareMove,
        now: Moment,
        entry: Entry,
    ) -> Result<(), StorageError>;
}
