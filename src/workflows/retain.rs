//! Packs and deletes what has been kept long enough, in small steps, and gives the room back.
//!
//! Must not know: SQL, when it is called. Callers: `cli`, `daemon`.

use super::Context;
use super::forget_person::erase;
use super::remind::ReminderService;
use crate::domain::journal::Action;
use crate::domain::retention::{RetentionCounts, RetentionPolicy};
use crate::storage::StorageError;
use crate::storage::journal_fact::Fact;
use crate::storage::retention::LedgerSize;

/// The file is rewritten when at least one part in so many of it is free; less is used again by what is written later.
const WORTH_REWRITING: u64 = 5;

/// What was done, and the size of the ledger before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retained {
    pub counts: RetentionCounts,
    pub before: LedgerSize,
    pub after: LedgerSize,
}

impl ReminderService {
    /// As [`retain`], for the daemon.
    ///
    /// # Errors
    ///
    /// As [`retain`].
    pub async fn retain(&self) -> Result<Retained, StorageError> {
        retain(self.context(self.now()), &self.retention).await
    }
}

/// Packs and deletes everything that is due as of now.
///
/// # Errors
///
/// [`StorageError`]; the steps before it stay done, and the next call goes on.
pub async fn retain(
    context: Context<'_>,
    policy: &RetentionPolicy,
) -> Result<Retained, StorageError> {
    let (store, cutoffs) = (context.store, policy.cutoffs(context.now));
    let before = store.ledger_size().await?;
    let mut counts = RetentionCounts::default();
    if let Some(cutoff) = cutoffs.mails {
        loop {
            let deleted = store.delete_mails(cutoff, context.now).await?;
            counts.mails += deleted;
            if deleted == 0 {
                break;
            }
        }
    }
    if let Some(cutoff) = cutoffs.unpacked_mails {
        loop {
            let packed = store.pack_mails(cutoff).await?;
            counts.packed += packed;
            if packed == 0 {
                break;
            }
        }
    }
    if let Some(cutoff) = cutoffs.incoming {
        loop {
            let deleted = store.delete_incoming(cutoff).await?;
            counts.incoming += deleted;
            if deleted == 0 {
                break;
            }
        }
    }
    if let Some(cutoff) = cutoffs.retired_contacts {
        for address in store.retired_addresses(cutoff).await? {
            erase(context, &store.person_contacts(&address).await?).await?;
            counts.contacts += 1;
        }
    }
    if !counts.is_zero() {
        let mut entry = context.entry(Action::Retain, "ledger".to_owned());
        let RetentionCounts { packed, mails, incoming, contacts } = counts;
        entry.after = Some(Fact::Retained { packed, mails, incoming, contacts }.into());
        store.record_retention(&entry).await?;
    }
    let size = store.ledger_size().await?;
    if counts.contacts > 0 || size.free.saturating_mul(WORTH_REWRITING) > size.bytes {
        store.rewrite_file().await?;
    }
    Ok(Retained { counts, before, after: store.ledger_size().await? })
}
