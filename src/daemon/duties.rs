//! The duties of the service, each a call of a workflow and a line in the log.
//!
//! Must not know: SQL, SMTP, when it is called.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::renewal::Renewal;
use super::{Duties, Shift};
use crate::storage::StorageError;
use crate::workflows::heartbeat;
use crate::workflows::remind::{PassReport, Reminding};

/// Reminds the units of one office.
pub struct OfficeDuties {
    reminding: Mutex<Arc<Reminding>>,
    renewal: Renewal,
}

impl OfficeDuties {
    /// The duties of the office whose reminding this is; `renewal` began with it.
    pub fn new(reminding: Arc<Reminding>, renewal: Renewal) -> Self {
        Self { reminding: Mutex::new(reminding), renewal }
    }

    /// What a pass works with: asked at the start of each duty, so that none changes in its midst.
    async fn reminding(&self) -> Arc<Reminding> {
        let mut reminding = self.reminding.lock().await;
        match self.renewal.renewed().await {
            Ok(None) => {}
            Ok(Some(renewed)) => {
                tracing::info!("another calendar is in force");
                *reminding = renewed;
            }
            Err(error) => tracing::error!(%error, "the calendar in force could not be taken in"),
        }
        Arc::clone(&reminding)
    }
}

#[async_trait]
impl Duties for OfficeDuties {
    async fn recover(&self) {
        match self.reminding().await.recover().await {
            Ok(0) => {}
            Ok(settled) => tracing::warn!(settled, "attempts of a former run were settled"),
            Err(error) => tracing::error!(%error, "what a former run left could not be settled"),
        }
    }

    async fn pass(&self, shift: &Shift) {
        let reminding = self.reminding().await;
        match reminding.pass(reminding.now(), shift.stop()).await {
            Ok(report) => log(&report),
            Err(error) => tracing::error!(%error, "the pass failed; the next one makes up for it"),
        }
    }

    async fn retry(&self, shift: &Shift) {
        if let Err(error) = self.reminding().await.deliver(shift.stop()).await {
            tracing::error!(%error, "delivery failed; it is tried again");
        }
    }

    async fn heartbeat(&self) {
        let reminding = self.reminding().await;
        if let Err(error) = heartbeat::heartbeat(&reminding, reminding.now()).await {
            tracing::error!(%error, "the heartbeat was not sent");
        }
    }

    async fn status(&self) -> String {
        let reminding = self.reminding().await;
        status_line(&reminding).await.unwrap_or_else(|error| error.to_string())
    }
}

/// Figures, after what holds all mail.
async fn status_line(reminding: &Reminding) -> Result<String, StorageError> {
    let holds = reminding.watch.holds(reminding.store.as_ref()).await?;
    let figures = heartbeat::figures(reminding.store.as_ref()).await?;
    let held = (!holds.is_empty()).then(|| "停发，须人工确认".to_owned());
    let figures = figures.iter().map(|(name, count)| format!("{name} {count}"));
    Ok(held.into_iter().chain(figures).collect::<Vec<_>>().join(" · "))
}

fn log(report: &PassReport) {
    if !report.holds.is_empty() {
        tracing::error!(holds = ?report.holds, "all mail is held; `duban status` says what to do");
        return;
    }
    for moved in &report.recalculated.moved {
        let obligation = moved.obligation.inputs.full_reference();
        tracing::warn!(obligation, paper = moved.paper, "its dates are others now");
    }
    for (id, fault) in &report.recalculated.faults {
        tracing::warn!(obligation = id.0, %fault, "its date stays as it was");
    }
    tracing::info!(
        looked_at = report.planned.looked_at,
        to_tell = report.planned.to_tell,
        sealed = report.sealed.messages.len(),
        accepted = report.tally.accepted,
        deferred = report.tally.deferred,
        "pass"
    );
}
