//! The service: one worker, woken by a cron schedule, from its start to SIGTERM; SIGHUP loads the configuration anew.
//!
//! Must not know: what a job does (`workflows`), SQL, SMTP. Callers: `cli`.

mod jobs;
mod lifecycle;
mod lock;
mod office_jobs;
mod renewal;
mod schedule;
mod wakeups;
mod worker;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

pub use jobs::Jobs;
pub use lock::{LedgerLock, LockError};
pub use office_jobs::OfficeJobs;
pub use renewal::{Renewal, RenewalError};
pub use schedule::{CronSchedule, ScheduleError};
use wakeups::Wakeups;
pub use worker::LONGEST_JOB;

/// Runs until the process is told to stop; the message in hand is finished first.
///
/// # Errors
///
/// [`ScheduleError`] when the cron schedule cannot be set up.
pub async fn run(jobs: Arc<dyn Jobs>, schedule: &CronSchedule) -> Result<(), ScheduleError> {
    let stop = CancellationToken::new();
    let wakeups = Wakeups::default();
    let scheduler = schedule::start(schedule, &wakeups).await?;
    let signals = tokio::spawn(lifecycle::obey_signals(stop.clone(), Arc::clone(&wakeups.reload)));
    jobs.recover().await;
    lifecycle::ready(&jobs.status().await);
    // The pass that was missed while the service was stopped runs now.
    wakeups.pass.notify_one();
    worker::run(jobs.as_ref(), &wakeups, &stop).await;
    signals.abort();
    schedule::stop(scheduler).await;
    Ok(())
}
