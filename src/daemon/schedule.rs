//! Notifies the worker at each tick of a cron line.
//!
//! Must not know: what a job does. The scheduler stores nothing: a missed or doubled tick is harmless, because every pass
//! asks the ledger what is due. Callers: this folder.

use std::sync::Arc;

use chrono_tz::Asia::Shanghai;
use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use super::wakeups::Wakeups;
use crate::words::{Lang, Say};

/// Cron lines of the service, in Asia/Shanghai.
#[derive(Clone, Debug)]
pub struct CronSchedule {
    /// When to make a pass.
    pub pass: String,
    /// When to send the heartbeat.
    pub heartbeat: String,
    /// When to delete what is past its period.
    pub retention: String,
}

/// The scheduler refuses the cron lines.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub struct ScheduleError(#[from] JobSchedulerError);

impl Say for ScheduleError {
    fn say(&self, lang: Lang) -> String {
        let Self(source) = self;
        lang.pick("定时计划无法启动".to_owned(), format!("the schedule cannot be set up: {source}"))
    }
}

/// Starts notifying.
pub(super) async fn start(
    schedule: &CronSchedule,
    wakeups: &Wakeups,
) -> Result<JobScheduler, ScheduleError> {
    let scheduler = JobScheduler::new().await?;
    scheduler.add(notify(&schedule.pass, &wakeups.pass)?).await?;
    scheduler.add(notify(&schedule.heartbeat, &wakeups.heartbeat)?).await?;
    scheduler.add(notify(&schedule.retention, &wakeups.retention)?).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

/// Stops notifying. A failure loses nothing: the process is about to end.
pub(super) async fn stop(mut scheduler: JobScheduler) {
    if let Err(error) = scheduler.shutdown().await {
        tracing::warn!(%error, "The scheduler did not stop cleanly: {error}");
    }
}

fn notify(cron_line: &str, wakeup: &Arc<Notify>) -> Result<Job, ScheduleError> {
    let wakeup = Arc::clone(wakeup);
    Ok(Job::new_async_tz(cron_line, Shanghai, move |_, _| {
        let wakeup = Arc::clone(&wakeup);
        Box::pin(async move { wakeup.notify_one() })
    })?)
}
