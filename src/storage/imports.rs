//! Lists (任务清单) and the imports that filled them.
//!
//! Must not know: SQL, what a row of a list says.

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::moment::Moment;
use crate::domain::obligation::{Inputs, Obligation, ObligationId};
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::obligations::{Registration, Revision, SeriesEnd};
use crate::storage::register_state::{RegisterState, WriteResult};

/// An obligation of a list that is still owed, or a series that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedDuty {
    pub id: ObligationId,
    pub reference: String,
    pub title: String,
    pub due: Option<Date>,
    /// The units that owe it.
    pub units: Vec<UnitId>,
    /// The newest occurrence of a series.
    pub opens_others: bool,
}

/// A row without 编号, as the ledger holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnnumberedDuty {
    pub reference: String,
    pub title: String,
    pub written: String,
    pub source: String,
}

/// How an obligation stood before an import changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerDuty {
    pub id: ObligationId,
    pub inputs: Inputs,
    pub lead: Vec<UnitId>,
    pub responsible: Vec<UnitId>,
    pub performers: Vec<UnitId>,
    pub ends_on: Option<Date>,
}

/// What a part of an import changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportBatch {
    pub new: Vec<Registration>,
    pub revised: Vec<Revision>,
    /// Obligations that their list names no more.
    pub withdrawn: Vec<ObligationId>,
    pub ended: Vec<SeriesEnd>,
    /// How those that are revised, withdrawn or ended stood before.
    pub former: Vec<FormerDuty>,
}

/// One import on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRecord {
    pub number: i64,
    pub list: String,
    pub file: String,
    pub at: Moment,
    pub by: String,
    pub added: i64,
    pub revised: i64,
    pub withdrawn: i64,
    pub undone_at: Option<Moment>,
}

/// An obligation that an import registered, as far as an undo asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedDuty {
    pub id: ObligationId,
    /// 编号, with the period of a series.
    pub reference: String,
    /// Somebody was mailed about it, or is about to be.
    pub is_mailed: bool,
    /// A share was acknowledged, reported or closed, an event counted or a clock moved: a person worked with it.
    pub is_worked_on: bool,
    /// The newest occurrence of a series.
    pub opens_others: bool,
}

/// What an undo of an import changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undo {
    pub number: i64,
    /// Obligations that leave the ledger without a trace but the journal: nobody was told of them.
    pub removed: Vec<ObligationId>,
    pub withdrawn: Vec<ObligationId>,
    pub ended: Vec<SeriesEnd>,
    /// Obligations that go back to their former inputs.
    pub revised: Vec<Revision>,
}

/// An import, all or nothing: dropped without [`commit`](ImportWriter::commit), it leaves no trace. Others write while it is
/// put together.
#[async_trait]
pub trait ImportWriter: Send {
    /// Begins the import of one list; returns its number. What is added from now on belongs to it.
    fn begin_list(&mut self, list: &str, file: &str, by: &str) -> i64;

    /// Adds a batch.
    fn add(&mut self, batch: &ImportBatch, entries: &[Entry]) -> Result<(), StorageError>;

    /// Writes everything that was added, unless what it was compared with has changed; nobody else writes from then on, until
    /// it is committed or dropped. Called once.
    async fn write(&mut self) -> Result<WriteResult, StorageError>;

    async fn commit(self: Box<Self>) -> Result<(), StorageError>;
}

#[async_trait]
pub trait Imports: Send + Sync {
    /// True when the ledger has a list of this name.
    async fn has_list(&self, name: &str) -> Result<bool, StorageError>;

    /// Returns how many of these rows (编号 and title) each list holds; lists that hold none are left out, the fullest is
    /// first.
    async fn lists_with(
        &self,
        rows: &[(String, String)],
    ) -> Result<Vec<(String, usize)>, StorageError>;

    /// Returns every occurrence of the obligations of these references in a list, newest first.
    async fn obligations_in_list(
        &self,
        list: &str,
        references: &[String],
    ) -> Result<Vec<Obligation>, StorageError>;

    /// Returns what is still owed in a list and the series of it that go on, by key.
    async fn owed_in_list(&self, list: &str, today: Date) -> Result<Vec<OwedDuty>, StorageError>;

    /// Returns the obligations of a list whose row had no 编号, by key.
    async fn unnumbered_in_list(&self, list: &str) -> Result<Vec<UnnumberedDuty>, StorageError>;

    /// Returns the state of units, obligations and all that moves them.
    async fn register_state(&self) -> Result<RegisterState, StorageError>;

    /// Begins an import that was compared with this state.
    async fn begin_import(
        &self,
        now: Moment,
        since: RegisterState,
    ) -> Result<Box<dyn ImportWriter>, StorageError>;

    /// Returns all imports, oldest first.
    async fn imports(&self) -> Result<Vec<ImportRecord>, StorageError>;

    /// Returns what an import registered, with later occurrences of its series, by key.
    async fn added_by_import(&self, number: i64) -> Result<Vec<AddedDuty>, StorageError>;

    /// Returns how what an import changed stood before, by key.
    async fn former_duties(&self, number: i64) -> Result<Vec<FormerDuty>, StorageError>;

    /// Takes an import back, all or nothing.
    async fn undo_import(
        &self,
        undo: &Undo,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError>;
}
