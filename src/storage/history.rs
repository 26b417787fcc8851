//! What is on record about one obligation: how far each share has come, and who was told what.
//!
//! Must not know: SQL, how it is shown.

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::delivery::{MessageKey, MessageState};
use crate::domain::ladder::Tone;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentState, ObligationId};
use crate::domain::reminder::Occasion;
use crate::domain::unit::{Role, UnitId};
use crate::storage::StorageError;

/// A share with its days and its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareRecord {
    pub unit: UnitId,
    pub state: AssignmentState,
    pub acknowledged: Option<Moment>,
    pub reported: Option<Moment>,
    pub done_on: Option<Date>,
    /// Where the work can be seen, as the report says.
    pub evidence: Option<String>,
    pub closed: Option<Moment>,
}

/// A reminder that is in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailedReminder {
    pub message: MessageKey,
    pub message_state: MessageState,
    /// The working day of the message.
    pub day: Date,
    pub accepted: Option<Moment>,
    /// Name of the contact.
    pub contact: String,
    pub recipient: String,
    /// Whose share it is about.
    pub owed_by: UnitId,
    pub role: Role,
    pub tone: Tone,
    pub occasion: Occasion,
}

/// Reads what is on record.
#[async_trait]
pub trait History: Send + Sync {
    /// Returns the shares of an obligation, by key.
    async fn share_records(
        &self,
        obligation: ObligationId,
    ) -> Result<Vec<ShareRecord>, StorageError>;

    /// Returns the reminders about an obligation that are in a message, oldest message first.
    async fn mailed_reminders(
        &self,
        obligation: ObligationId,
    ) -> Result<Vec<MailedReminder>, StorageError>;
}
