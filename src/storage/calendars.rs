//! Notices that were imported into the ledger.
//!
//! Must not know: SQL, the format of a notice's file.

use async_trait::async_trait;

use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::register_state::WriteResult;

/// An imported notice, as the text of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredNotice {
    pub year: i16,
    pub file: String,
    pub body: String,
}

/// Keeps imported notices; none is ever changed or removed.
#[async_trait]
pub trait Calendars: Send + Sync {
    /// Returns the notices in force: the newest of each year, by year.
    async fn notices_in_force(&self) -> Result<Vec<StoredNotice>, StorageError>;

    /// Returns a number that grows with every import; 0 before the first.
    async fn newest_notice_id(&self) -> Result<i64, StorageError>;

    /// Returns the kept calendars whose version begins with these digits, as version and canonical text, by version.
    async fn calendars_by_version(
        &self,
        digits: &str,
    ) -> Result<Vec<(String, String)>, StorageError>;

    /// Keeps the canonical text of a calendar; one that is kept stays as it is.
    async fn keep_calendar(
        &self,
        version: &str,
        body: &str,
        now: Moment,
    ) -> Result<(), StorageError>;

    /// Keeps notices that together with the rest make the calendar of this version, all or none; nothing when the newest notice
    /// is not this one any more.
    async fn keep_notices(
        &self,
        newest: i64,
        notices: &[StoredNotice],
        calendar_version: &str,
        entry: Entry,
    ) -> Result<WriteResult, StorageError>;
}
