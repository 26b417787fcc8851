//! Data that is kept for a limited time, and the size of the ledger.
//!
//! Must not know: SQL, how long anything is kept. Each step is a small transaction of its own, so that others can write in
//! between.

use async_trait::async_trait;

use crate::domain::moment::Moment;
use crate::domain::retention::{RetentionCounts, RetentionCutoffs};
use crate::storage::StorageError;
use crate::storage::journal::Entry;

/// How large the file of the ledger is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerSize {
    pub bytes: u64,
    /// Of them, those that hold nothing any more.
    pub free: u64,
}

#[async_trait]
pub trait Retention: Send + Sync {
    /// Returns how much is due under these cutoffs.
    async fn due_for_retention(
        &self,
        cutoffs: &RetentionCutoffs,
    ) -> Result<RetentionCounts, StorageError>;

    /// Packs up to 500 mails of one day that were accepted before `before`; returns how many, 0 when none is left.
    async fn pack_mails(&self, before: Moment) -> Result<u64, StorageError>;

    /// Deletes the bytes of up to 500 finished mails sealed before `before`, and what relays replied; returns how many, 0
    /// when none is left.
    async fn delete_mails(&self, before: Moment, now: Moment) -> Result<u64, StorageError>;

    /// Deletes the texts of up to 500 mails that came in before `before`; returns how many, 0 when none is left.
    async fn delete_incoming(&self, before: Moment) -> Result<u64, StorageError>;

    /// Returns the addresses that only contacts retired before `before` have, of whose obligations none was open since.
    async fn retired_addresses(&self, before: Moment) -> Result<Vec<String>, StorageError>;

    /// Records what was done.
    async fn record_retention(&self, entry: &Entry) -> Result<(), StorageError>;

    /// Writes the file anew, so that it keeps nothing of what was deleted and is no larger than it must be.
    async fn rewrite_file(&self) -> Result<(), StorageError>;

    async fn ledger_size(&self) -> Result<LedgerSize, StorageError>;
}
