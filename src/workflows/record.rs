//! Everything on record about one obligation.
//!
//! Must not know: how it is printed.

use super::inspect::{self, Answer};
use super::{Context, Refused};
use crate::domain::deadline::Adjustment;
use crate::storage::StorageError;
use crate::storage::entries::RecordedEntry;
use crate::storage::history::{MailedReminder, ShareRecord};
use crate::storage::journal::Line;
use crate::storage::obligations::{Selection, StateFilter};

/// An obligation with its shares, adjustments, mails and history.
#[derive(Clone, Debug)]
pub struct Record {
    /// The obligation as it stands; exactly one.
    pub answer: Answer,
    pub shares: Vec<ShareRecord>,
    /// In the order in which they were recorded.
    pub adjustments: Vec<Adjustment>,
    /// Oldest message first.
    pub reminders: Vec<MailedReminder>,
    /// Wrong entries that were taken back.
    pub corrected: Vec<RecordedEntry>,
    /// Oldest line first.
    pub history: Vec<Line>,
}

/// Returns what is on record about the obligation whose reference or key is `asked`.
///
/// # Errors
///
/// As [`inspect::show`].
pub async fn record(context: Context<'_>, asked: &str) -> Result<Record, Refused> {
    Ok(complete(context, inspect::show(context, asked).await?).await?)
}

/// Returns what is on record about every obligation of the ledger, whatever its state, by key.
///
/// # Errors
///
/// [`StorageError`].
pub async fn all_records(context: Context<'_>) -> Result<Vec<Record>, StorageError> {
    let selection = Selection { scope: StateFilter::Any, ..Selection::default() };
    let mut obligations = context.store.obligations(&selection).await?;
    obligations.sort_by_key(|it| it.id);
    let mut records = Vec::with_capacity(obligations.len());
    for obligation in obligations {
        records.push(complete(context, inspect::describe(context, obligation).await?).await?);
    }
    Ok(records)
}

async fn complete(context: Context<'_>, answer: Answer) -> Result<Record, StorageError> {
    let mut record = Record {
        answer,
        shares: Vec::new(),
        adjustments: Vec::new(),
        reminders: Vec::new(),
        corrected: Vec::new(),
        history: Vec::new(),
    };
    if let Some(standing) = record.answer.standings.first() {
        let obligation = &standing.obligation;
        let store = context.store;
        record.shares = store.share_records(obligation.id).await?;
        record.adjustments =
            store.adjustments(&[obligation.id]).await?.remove(&obligation.id).unwrap_or_default();
        record.reminders = store.mailed_reminders(obligation.id).await?;
        record.corrected = store.entries(obligation.id).await?;
        record.corrected.retain(|entry| entry.is_struck);
        record.history = store.journal_of(&obligation.inputs.journal_subject()).await?;
    }
    Ok(record)
}
