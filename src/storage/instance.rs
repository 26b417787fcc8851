//! What the ledger stores about the installation it belongs to: its identity, the last pass, the newest clock reading.
//!
//! Must not know: SQL, files beside the ledger (that is `site`), what follows from a [`Hold`].

use async_trait::async_trait;
use jiff::SignedDuration;

use crate::domain::ledger_identity::LedgerIdentity;
use crate::domain::moment::Moment;
use crate::domain::watch::{ClockRecord, Hold};
use crate::storage::StorageError;

/// What the ledger stores about its installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceRecord {
    /// When it was adopted, here or elsewhere.
    pub adopted: Moment,
    /// When the last whole pass ended.
    pub last_pass: Option<Moment>,
    /// What the clock last read.
    pub clock: ClockRecord,
}

#[async_trait]
pub trait Instances: Send + Sync {
    /// Returns the identity that the ledger got when it was created.
    async fn ledger_identity(&self) -> Result<LedgerIdentity, StorageError>;

    /// Confirms the clock reading `now`, and resolves the item about it.
    async fn confirm_clock(&self, actor: &str, now: Moment) -> Result<(), StorageError>;

    /// `None` for a ledger that is not registered yet.
    async fn instance_record(&self) -> Result<Option<InstanceRecord>, StorageError>;

    /// Stores that a whole pass has ended now.
    async fn record_pass(&self, now: Moment) -> Result<(), StorageError>;

    /// Stores a plausible clock reading. When the clock was set back by `set_back`, every waiting time is moved back by as
    /// much, so that nothing waits longer than before.
    async fn record_clock_reading(
        &self,
        now: Moment,
        set_back: Option<SignedDuration>,
    ) -> Result<(), StorageError>;

    /// Opens an item for each of `holds`, and resolves those of holds that are over.
    async fn open_hold_items(&self, holds: &[Hold], now: Moment) -> Result<(), StorageError>;
}
