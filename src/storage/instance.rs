//! The ledger as one installation: where it is at home, when somebody last looked, what the clock last read.
//!
//! Must not know: SQL, what the mark of a home looks like, what follows from a [`Hold`].

use async_trait::async_trait;
use jiff::SignedDuration;

use crate::domain::moment::Moment;
use crate::domain::watch::{ClockRecord, Displacement, Hold};
use crate::storage::StorageError;

/// What a ledger remembers of its installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceRecord {
    /// When it was adopted, here or elsewhere.
    pub adopted: Moment,
    /// The last pass that came to its end.
    pub last_pass: Option<Moment>,
    /// What the clock last read.
    pub clock: ClockRecord,
}

/// Keeps the ledger's installation.
#[async_trait]
pub trait Instances: Send + Sync {
    /// Takes a ledger that was never adopted for one that is at home here; true when it was such a one.
    async fn register_instance(&self, actor: &str, now: Moment) -> Result<bool, StorageError>;

    /// Makes the ledger at home here and settles the item that asked for it; returns what it was missing.
    async fn adopt(&self, actor: &str, now: Moment) -> Result<Option<Displacement>, StorageError>;

    /// Takes the clock's reading for right and settles the item that asked for it.
    async fn confirm_clock(&self, actor: &str, now: Moment) -> Result<(), StorageError>;

    /// Returns what is remembered; `None` for a ledger that was never adopted.
    async fn instance_record(&self) -> Result<Option<InstanceRecord>, StorageError>;

    /// Returns how it shows that the ledger is not at home here, if it does.
    async fn displacement(&self) -> Result<Option<Displacement>, StorageError>;

    /// Writes the newest line of the journal into the mark of the home, so that an older ledger put in this one's
    /// place is known as such. Does nothing away from home.
    async fn update_mark(&self) -> Result<(), StorageError>;

    /// Remembers that a pass has come to its end.
    async fn record_pass(&self, now: Moment) -> Result<(), StorageError>;

    /// Remembers a plausible reading of the clock. When it was set back by `set_back`, what waits for a later moment
    /// waits as much less, so that it keeps its distance.
    async fn record_clock_reading(
        &self,
        now: Moment,
        set_back: Option<SignedDuration>,
    ) -> Result<(), StorageError>;

    /// Calls a person to each of `holds`, and takes the call back for a hold that is no longer among them.
    async fn open_hold_items(&self, holds: &[Hold], now: Moment) -> Result<(), StorageError>;
}
