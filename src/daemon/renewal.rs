//! Rebuilds the reminder service when a calendar was imported while the daemon runs.
//!
//! Must not know: what a pass does, how notices are merged. Callers: this folder, `cli`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::storage::StorageError;
use crate::wiring::{Services, WiringFault};
use crate::words::{Lang, Say};
use crate::workflows::remind::ReminderService;

/// Looks for notices that the law in use does not contain yet.
pub struct Renewal {
    services: Services,
    /// The newest notice that the law in use contains.
    newest_notice: AtomicI64,
}

/// Why the law in force could not be built; passes continue with the previous one.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum RenewalError {
    Storage(#[from] StorageError),
    Wiring(#[from] WiringFault),
}

impl Say for RenewalError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Storage(error) => error.say(lang),
            Self::Wiring(faults) => faults.say(lang),
        }
    }
}

impl Renewal {
    /// Builds the reminder service, and remembers the newest notice in its law.
    ///
    /// # Errors
    ///
    /// [`RenewalError`].
    pub async fn start(services: Services) -> Result<(Arc<ReminderService>, Self), RenewalError> {
        let newest_notice = AtomicI64::new(services.newest_notice_id().await?);
        let notices = services.notices().await?;
        let service = Arc::new(services.reminder_service(&notices)?);
        Ok((service, Self { services, newest_notice }))
    }

    /// Returns a new reminder service; `None` when no notice was imported since the last call.
    ///
    /// # Errors
    ///
    /// [`RenewalError`].
    pub async fn renewed(&self) -> Result<Option<Arc<ReminderService>>, RenewalError> {
        let newest_notice = self.services.newest_notice_id().await?;
        if newest_notice == self.newest_notice.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let notices = self.services.notices().await?;
        let service = self.services.reminder_service(&notices)?;
        self.newest_notice.store(newest_notice, Ordering::Relaxed);
        Ok(Some(Arc::new(service)))
    }
}
