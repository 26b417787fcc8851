//! Rebuilds the reminder service when a calendar was imported, or the configuration is to be loaded anew, while the daemon
//! runs.
//!
//! Must not know: what a pass does, how notices are merged. Callers: this folder, `cli`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::Mutex;

use crate::config::{ConfigFault, Settings, Sources};
use crate::storage::StorageError;
use crate::wiring::{Services, WiringFault};
use crate::words::{Lang, Say};
use crate::workflows::remind::ReminderService;

/// Looks for notices that the law in use does not contain yet.
pub struct Renewal {
    services: Mutex<Services>,
    /// Where the settings come from.
    sources: Sources,
    /// The newest notice that the law in use contains.
    newest_notice: AtomicI64,
}

/// Why the law in force could not be built; passes continue with the previous one.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum RenewalError {
    Storage(#[from] StorageError),
    Wiring(#[from] WiringFault),
    /// Every fault of the configuration.
    Settings(Vec<ConfigFault>),
}

impl Say for RenewalError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Storage(error) => error.say(lang),
            Self::Wiring(faults) => faults.say(lang),
            Self::Settings(faults) => {
                let faults: Vec<String> = faults.iter().map(|fault| fault.say(lang)).collect();
                faults.join(lang.pick("；", "; "))
            }
        }
    }
}

impl Renewal {
    /// Builds the reminder service, and remembers the newest notice in its law.
    ///
    /// # Errors
    ///
    /// [`RenewalError`].
    pub async fn start(
        services: Services,
        sources: Sources,
    ) -> Result<(Arc<ReminderService>, Self), RenewalError> {
        let newest_notice = AtomicI64::new(services.newest_notice_id().await?);
        let notices = services.notices().await?;
        let service = Arc::new(services.reminder_service(&notices)?);
        Ok((service, Self { services: Mutex::new(services), sources, newest_notice }))
    }

    /// Returns a new reminder service; `None` when no notice was imported since the last call.
    ///
    /// # Errors
    ///
    /// [`RenewalError`].
    pub async fn renewed(&self) -> Result<Option<Arc<ReminderService>>, RenewalError> {
        let services = self.services.lock().await;
        let newest_notice = services.newest_notice_id().await?;
        if newest_notice == self.newest_notice.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let notices = services.notices().await?;
        let service = services.reminder_service(&notices)?;
        self.newest_notice.store(newest_notice, Ordering::Relaxed);
        Ok(Some(Arc::new(service)))
    }

    /// Loads the configuration and the files it names anew; returns what a pass works with from now on, and the keys whose
    /// change needs a restart.
    ///
    /// # Errors
    ///
    /// [`RenewalError`]; what was in force stays in force.
    pub async fn reload(&self) -> Result<(Arc<ReminderService>, Vec<&'static str>), RenewalError> {
        let mut services = self.services.lock().await;
        let mut settings = self.sources.load().map_err(RenewalError::Settings)?;
        let needs_restart = keep_until_restart(&services.settings, &mut settings);
        let before = std::mem::replace(&mut services.settings, settings);
        let notices = services.notices().await?;
        match services.reminder_service(&notices) {
            Ok(service) => Ok((Arc::new(service), needs_restart)),
            Err(fault) => {
                services.settings = before;
                Err(fault.into())
            }
        }
    }
}

/// Keeps the settings that the whole process depends on; returns the keys among them that have changed.
fn keep_until_restart(running: &Settings, loaded: &mut Settings) -> Vec<&'static str> {
    let clock = |it: &Settings| (it.delivery.clock_jump_hours, it.delivery.longest_downtime_days);
    let changed = [
        ("database.path", running.database != loaded.database),
        ("schedule.pass", running.schedule.pass != loaded.schedule.pass),
        ("schedule.heartbeat", running.schedule.heartbeat != loaded.schedule.heartbeat),
        (
            "delivery.clock_jump_hours, delivery.longest_downtime_days",
            clock(running) != clock(loaded),
        ),
        ("retention.schedule", running.retention.schedule != loaded.retention.schedule),
        ("log", running.log != loaded.log),
    ];
    loaded.database.clone_from(&running.database);
    loaded.schedule.pass.clone_from(&running.schedule.pass);
    loaded.schedule.heartbeat.clone_from(&running.schedule.heartbeat);
    loaded.delivery.clock_jump_hours = running.delivery.clock_jump_hours;
    loaded.delivery.longest_downtime_days = running.delivery.longest_downtime_days;
    loaded.retention.schedule.clone_from(&running.retention.schedule);
    loaded.log.clone_from(&running.log);
    changed.into_iter().filter_map(|(key, has_changed)| has_changed.then_some(key)).collect()
}
