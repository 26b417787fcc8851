//! Obligations and assignments in the ledger.
//!
//! Must not know: SQL, how dates are computed.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::deadline::{Deadline, Method};
use crate::domain::ladder::Ladder;
use crate::domain::life::Completion;
use crate::domain::moment::Moment;
use crate::domain::obligation::{DateChange, Inputs, Obligation, ObligationId};
use crate::domain::term::Term;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;
use crate::storage::journal::Entry;

/// A duty about to be put into the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub inputs: Inputs,
    /// What follows from it on the calendar in use.
    pub projection: Projection,
    /// Lead units and groups, in the document's order.
    pub lead: Vec<UnitId>,
    /// Responsible units and groups, in the document's order.
    pub responsible: Vec<UnitId>,
    /// The units that owe it: groups expanded, each unit once.
    pub performers: Vec<UnitId>,
    /// No further occurrence begins after this day; `None` keeps what is set.
    pub ends_on: Option<Date>,
    /// Set for a new duty that is done already: every share of it is closed.
    pub completion: Option<Completion>,
    /// Where the planner begins; without it the next pass decides.
    pub start: Option<LadderStart>,
}

/// The ladder a new duty starts on, as it stands now, and the first day on which it can have anything to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LadderStart {
    pub ladder: Arc<Ladder>,
    pub first_look_on: Date,
}

/// A date and what it was worked out with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// The deadline; `None` while there is no date.
    pub deadline: Option<Deadline>,
    /// Version of the calendar it was worked out on.
    pub calendar_version: String,
    /// Version of the rule it follows, if any.
    pub rule_version: Option<String>,
    /// Version of all the law in force together; under another one it is worked out again.
    pub law_version: String,
    /// The term as the rule has it now, or as the document writes it.
    pub term: Term,
    /// How it was counted.
    pub method: Method,
}

/// A duty whose inputs changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    pub id: ObligationId,
    /// How it is to stand now.
    pub registration: Registration,
    /// What to tell when its deadline is another one now: reminders already sent were about the old one.
    pub change: Option<DateChange>,
    /// Withdrawn shares are owed again, because the event that the obligation waits for has happened again.
    pub revives: bool,
}

/// A series that is to open nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesEnd {
    /// Its newest occurrence.
    pub id: ObligationId,
    /// No occurrence begins after this day.
    pub on: Date,
}

/// What becomes of the ledger, all or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registrations {
    /// Duties that are not in it.
    pub new: Vec<Registration>,
    /// Duties that are, and change.
    pub revised: Vec<Revision>,
    /// Series that open nothing more.
    pub ended: Vec<SeriesEnd>,
}

/// Which obligations to return.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only those due on or before this day; obligations without a date are left out.
    pub due_through: Option<Date>,
    /// Only those in which one of these units leads, is named, or owes a share.
    pub units: Option<Vec<UnitId>>,
    /// Only those due on or after this day.
    pub due_from: Option<Date>,
    /// Only those whose date is not certain.
    pub only_provisional: bool,
    /// In which state.
    pub scope: StateFilter,
}

/// Obligations in which state to return.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StateFilter {
    /// Open, with a date.
    #[default]
    Dated,
    /// Open, with a date or without.
    Open,
    /// All, closed and withdrawn too.
    Any,
}

#[async_trait]
pub trait Obligations: Send + Sync {
    /// Registers new obligations, revises known ones and ends series, all or nothing. `now` becomes the registration of the
    /// new ones.
    async fn register(
        &self,
        registrations: &Registrations,
        now: Moment,
        entries: &[Entry],
    ) -> Result<(), StorageError>;

    /// Returns the keys of what `selection` asks for, by due date, then key; those without a date come last.
    async fn obligation_ids(
        &self,
        selection: &Selection,
    ) -> Result<Vec<ObligationId>, StorageError>;

    /// Returns what `selection` asks for, in the same order.
    async fn obligations(&self, selection: &Selection) -> Result<Vec<Obligation>, StorageError> {
        let ids = self.obligation_ids(selection).await?;
        self.obligations_in_order(&ids).await
    }

    /// Returns the obligations with these keys, in this order.
    async fn obligations_in_order(
        &self,
        ids: &[ObligationId],
    ) -> Result<Vec<Obligation>, StorageError> {
        let mut found = self.obligations_by_key(ids).await?;
        let places: BTreeMap<ObligationId, usize> =
            ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        found.sort_by_key(|it| places.get(&it.id).copied());
        Ok(found)
    }

    /// Returns the obligation with this key.
    async fn obligation(&self, id: ObligationId) -> Result<Option<Obligation>, StorageError>;

    /// Returns the obligations with these keys, by key.
    async fn obligations_by_key(
        &self,
        ids: &[ObligationId],
    ) -> Result<Vec<Obligation>, StorageError>;

    /// Returns the obligations whose completion starts the duty of this reference in this list, by key.
    async fn obligations_followed_by(
        &self,
        list: &str,
        reference: &str,
    ) -> Result<Vec<Obligation>, StorageError>;

    /// Returns every occurrence of the obligations of these references, in every list, the last registered first.
    async fn obligations_by_reference(
        &self,
        references: &[String],
    ) -> Result<Vec<Obligation>, StorageError>;
}
