//! The jobs of the service: each calls one workflow and logs the result.
//!
//! Must not know: SQL, SMTP, when it is called. Callers: this folder, `cli`.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::jobs::Jobs;
use super::renewal::Renewal;
use crate::storage::StorageError;
use crate::words::Lang;
use crate::workflows::heartbeat;
use crate::workflows::last_fault::LastFault;
use crate::workflows::remind::{PassReport, ReminderService};

/// The jobs of one office.
pub struct OfficeJobs {
    service: Mutex<Arc<ReminderService>>,
    renewal: Renewal,
    renewal_fault: LastFault,
}

impl OfficeJobs {
    /// `renewal` was started together with `service`.
    pub fn new(service: Arc<ReminderService>, renewal: Renewal) -> Self {
        Self { service: Mutex::new(service), renewal, renewal_fault: LastFault::default() }
    }

    /// The reminder service under the newest law. Each job calls this once, so that the law stays the same while it runs.
    async fn service(&self) -> Arc<ReminderService> {
        let mut service = self.service.lock().await;
        let renewed = self.renewal.renewed().await;
        let is_new_fault = self.renewal_fault.is_new(&renewed);
        match renewed {
            Ok(Some(renewed)) => {
                tracing::info!("An imported calendar is in force now.");
                *service = renewed;
            }
            Err(error) if is_new_fault => tracing::error!(
                %error,
                "Could not load imported calendars: {error}. Passes continue with the previous calendar."
            ),
            Ok(None) | Err(_) => {}
        }
        Arc::clone(&service)
    }
}

#[async_trait]
impl Jobs for OfficeJobs {
    async fn recover(&self) {
        match self.service().await.recover().await {
            Ok(0) => {}
            Ok(recovered) => {
                tracing::warn!(
                    recovered,
                    "Recovered {recovered} unfinished deliveries of the previous run."
                );
            }
            Err(error) => tracing::error!(
                %error,
                "Could not recover unfinished deliveries of the previous run: {error}"
            ),
        }
    }

    async fn pass(&self, stop: &CancellationToken) {
        let service = self.service().await;
        match service.pass(service.now(), stop).await {
            Ok(report) => log(&report),
            Err(error) => {
                tracing::error!(%error, "This run failed: {error}. The next run retries.");
            }
        }
    }

    async fn retry(&self, stop: &CancellationToken) {
        if let Err(error) = self.service().await.deliver(stop).await {
            tracing::error!(%error, "Delivery failed: {error}. It is tried again within a minute.");
        }
    }

    async fn heartbeat(&self) {
        let service = self.service().await;
        if let Err(error) = heartbeat::heartbeat(&service, service.now()).await {
            tracing::error!(%error, "The operator's daily mail was not written: {error}");
        }
    }

    async fn retain(&self) {
        match self.service().await.retain().await {
            Ok(retained) => tracing::info!(
                packed = retained.counts.packed,
                mails = retained.counts.mails,
                incoming = retained.counts.incoming,
                contacts = retained.counts.contacts,
                bytes = retained.after.bytes,
                "Packed and deleted what is past its period."
            ),
            Err(error) => tracing::error!(
                %error,
                "Could not delete what is past its period: {error}. It is tried again next time."
            ),
        }
    }

    async fn reload(&self) {
        let mut service = self.service.lock().await;
        match self.renewal.reload().await {
            Ok((reloaded, needs_restart)) => {
                *service = reloaded;
                tracing::info!("The configuration was loaded anew.");
                for key in needs_restart {
                    tracing::warn!(key, "{key} has changed; a restart puts it in force.");
                }
            }
            Err(error) => tracing::error!(
                %error,
                "The configuration was not loaded: {error}. What was in force stays in force."
            ),
        }
    }

    async fn status(&self) -> String {
        let service = Arc::clone(&*self.service.lock().await);
        status_line(&service).await.unwrap_or_else(|error| error.to_string())
    }
}

/// Message counts; first that all mail is held, when it is.
async fn status_line(service: &ReminderService) -> Result<String, StorageError> {
    let holds = service.guard.holds(service.store.as_ref()).await?;
    let figures = heartbeat::figures(service.store.as_ref()).await?;
    let held = (!holds.is_empty()).then(|| "停发，须人工确认".to_owned());
    let figures = figures.iter().map(|(name, count)| format!("{name} {count}"));
    Ok(held.into_iter().chain(figures).collect::<Vec<_>>().join(" · "))
}

fn log(report: &PassReport) {
    if !report.holds.is_empty() {
        tracing::error!(
            holds = ?report.holds,
            "All mail is held: {}. `duban status` says what to do.",
            report.holds.iter().map(|hold| hold.say(Lang::En)).collect::<Vec<_>>().join("; ")
        );
        return;
    }
    for changed in &report.recalculated.changed {
        let obligation = changed.obligation.inputs.full_reference();
        tracing::warn!(obligation, paper = changed.paper, "The due date of {obligation} changed.");
    }
    for (id, fault) in &report.recalculated.faults {
        let obligation = id.0;
        tracing::warn!(obligation, %fault, "Obligation {obligation} keeps its due date: {fault}");
    }
    tracing::info!(
        looked_at = report.planned.looked_at,
        to_tell = report.planned.to_tell,
        sealed = report.sealed.messages.len(),
        accepted = report.counts.accepted,
        deferred = report.counts.deferred,
        "pass"
    );
}
