//! The context of a workflow: the store, the law, the current moment, and who acts.
//!
//! Must not know: any single workflow. Callers: every workflow; `cli` and `wiring` build it.

use super::law::Law;
use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::storage::journal::Entry;
use crate::storage::{StorageError, Store};

/// The context of a workflow.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub store: &'a dyn Store,
    /// What is in force.
    pub law: &'a Law,
    pub now: Moment,
    /// Who acts, for the journal: a login name, or `daemon`.
    pub actor: &'a str,
}

impl Context<'_> {
    /// A journal entry by the present actor, now.
    pub(super) fn entry(&self, action: Action, subject: String) -> Entry {
        Entry::new(self.now, action, subject).by(self.actor)
    }

    /// Keeps the calendars in force in the ledger, so that every date worked out on them can be explained for ever.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub(super) async fn keep_calendars(&self) -> Result<(), StorageError> {
        for calendar in self.law.calendars() {
            let version = calendar.version();
            if self.store.calendars_by_version(version).await?.is_empty() {
                self.store.keep_calendar(version, &calendar.to_string(), self.now).await?;
            }
        }
        Ok(())
    }
}
