//! How the ledger stands as a whole: figures for status lines and heartbeats.
//!
//! Must not know: SQL, what a healthy figure is.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::domain::delivery::MessageState;
use crate::domain::moment::Moment;
use crate::storage::StorageError;

#[async_trait]
pub trait Health: Send + Sync {
    /// Messages in each state that has any.
    async fn messages_by_state(&self) -> Result<BTreeMap<MessageState, u64>, StorageError>;

    /// Reads the whole file and holds its pages against each other.
    ///
    /// # Errors
    ///
    /// [`StorageError::Damaged`] with the first thing that does not hold.
    async fn check_pages(&self) -> Result<(), StorageError>;

    /// The same, unless the file was found sound within a day before `now`: reading all of it with every pass would make an
    /// idle pass as expensive as the ledger is large.
    ///
    /// # Errors
    ///
    /// As [`Health::check_pages`].
    async fn check_pages_once_a_day(&self, now: Moment) -> Result<(), StorageError>;

    /// The same at the start of a service, whenever it was done before.
    ///
    /// # Errors
    ///
    /// As [`Health::check_pages`].
    async fn check_pages_at_start(&self, now: Moment) -> Result<(), StorageError>;
}
