//! Units, groups and contacts in the ledger.
//!
//! Must not know: SQL, files.

use async_trait::async_trait;

use crate::domain::directory::{Directory, DirectoryChange, UnitChange};
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentId;
use crate::domain::unit::{ContactId, UnitId};
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::lifecycle::StateChange;
use crate::storage::register_state::{RegisterState, WriteResult};

/// What becomes of the open shares of a unit that another takes over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MovedShares {
    /// Shares that the other unit owes from now on.
    pub moved: Vec<AssignmentId>,
    /// Shares of both units in one duty: one ends, the other is owed.
    pub states: Vec<StateChange>,
}

#[async_trait]
pub trait Units: Send + Sync {
    /// Returns the whole directory.
    async fn directory(&self) -> Result<Directory, StorageError>;

    /// Returns the part of the directory with these units and the units of these contacts: the units above them, their
    /// members and all their contacts are in it too.
    async fn directory_of(
        &self,
        units: &[UnitId],
        contacts: &[ContactId],
    ) -> Result<Directory, StorageError>;

    /// Returns the units, groups aside, that have nobody whose mailbox takes mail; key and name, by key.
    async fn units_out_of_reach(&self) -> Result<Vec<(UnitId, String)>, StorageError>;

    /// Returns the contacts with something to be told whose stored address is damaged, each as unit and name.
    async fn damaged_contacts(&self) -> Result<Vec<String>, StorageError>;

    /// Returns the unit or group of this name or alias.
    async fn unit_called(&self, name: &str) -> Result<Option<UnitId>, StorageError>;

    /// Gives a unit another name, or lets another one take everything over, or ends it. Mail that was not sent and names it is
    /// taken back; what it told is planned again. Duties that have ended keep the unit they had. Nothing is written when the
    /// ledger has changed since it was in this state.
    async fn change_unit(
        &self,
        since: RegisterState,
        change: &UnitChange,
        shares: &MovedShares,
        now: Moment,
        entries: &[Entry],
    ) -> Result<WriteResult, StorageError>;

    /// Like [`change_directory`](Units::change_directory), unless the ledger has changed since it was in this state.
    async fn change_directory_since(
        &self,
        since: RegisterState,
        change: &DirectoryChange,
        now: Moment,
        entries: &[Entry],
    ) -> Result<WriteResult, StorageError>;

    /// Applies `change` and writes `entries` down, all or nothing. Mail that waits for an address a contact has no more is
    /// cancelled, and its reminders go back to the planner.
    async fn change_directory(
        &self,
        change: &DirectoryChange,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError>;
}
