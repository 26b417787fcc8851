//! Open obligations of which nobody is reminded, and what a person has decided about items.
//!
//! Must not know: SQL, what a person does about them.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::item::ItemKey;
use crate::domain::moment::Moment;
use crate::domain::unit::UnitId;
use crate::storage::StorageError;

/// From when on an open obligation counts as forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnattendedSince {
    pub today: Date,
    /// An event awaited since then or longer has been awaited long.
    pub awaited: Moment,
    /// Mail can go out again on this day; what is due before, nobody can be told of in time.
    pub next_mail: Date,
}

/// An open obligation of which nobody is reminded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnattendedDuty {
    pub key: ItemKey,
    /// With the period of a series.
    pub reference: String,
    pub title: String,
    /// Units that still owe it.
    pub units: Vec<String>,
    pub due: Option<Date>,
    /// The day of the last mail, of the suspension, or of the registration.
    pub since: Date,
    /// The last day of a suspension, by the law of its ground.
    pub until: Option<Date>,
}

/// What a person has decided about an item: it is not shown again before a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    pub key: &'a str,
    pub until: Date,
    pub reason: &'a str,
    pub actor: &'a str,
}

#[async_trait]
pub trait Unattended: Send + Sync {
    /// Returns the open obligations of which nobody is reminded, by kind, then key. The cost follows what is found.
    async fn unattended(
        &self,
        since: &UnattendedSince,
    ) -> Result<Vec<UnattendedDuty>, StorageError>;

    /// Returns those of these units that owe something open.
    async fn units_that_owe(&self, units: &[UnitId]) -> Result<BTreeSet<UnitId>, StorageError>;

    /// Puts items off until a day; a later decision about the same item replaces it.
    async fn decide_items(
        &self,
        decisions: &[Decision<'_>],
        now: Moment,
    ) -> Result<(), StorageError>;

    /// Returns the keys of the items that are put off on `today`.
    async fn items_put_off(&self, today: Date) -> Result<BTreeSet<String>, StorageError>;
}
