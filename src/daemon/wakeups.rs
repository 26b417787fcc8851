//! What wakes the worker.
//!
//! Must not know: the cron lines, the jobs. Callers: this folder.

use std::sync::Arc;

use tokio::sync::Notify;

/// One notification for each scheduled job, and one for a reload. Several notifications before the worker looks wake it once.
#[derive(Clone, Debug, Default)]
pub(super) struct Wakeups {
    pub(super) pass: Arc<Notify>,
    pub(super) heartbeat: Arc<Notify>,
    pub(super) retention: Arc<Notify>,
    /// A person has asked for it with SIGHUP.
    pub(super) reload: Arc<Notify>,
}
