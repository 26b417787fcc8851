//! Cron lines to bells.
//!
//! Must not know: what a bell wakes. The scheduler keeps nothing: a missed or doubled tick is harmless, because
//! what is due is always asked of the ledger.

use std::sync::Arc;

use chrono_tz::Asia::Shanghai;
use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use super::{Bells, Timetable};

/// The scheduler does not take the timetable.
#[derive(Debug, thiserror::Error)]
#[error("the timetable cannot be set up")]
pub struct ScheduleError(#[from] JobSchedulerError);

/// Rings the bells by the timetable.
pub(super) async fn start(
    timetable: &Timetable,
    bells: &Bells,
) -> Result<JobScheduler, ScheduleError> {
    let scheduler = JobScheduler::new().await?;
    scheduler.add(ring(&timetable.pass, &bells.pass)?).await?;
    scheduler.add(ring(&timetable.heartbeat, &bells.heartbeat)?).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

/// Stops ringing. Nothing is lost when this fails: the process is about to end.
pub(super) async fn stop(mut scheduler: JobScheduler) {
    if let Err(error) = scheduler.shutdown().await {
        tracing::warn!(%error, "the scheduler did not stop cleanly");
    }
}

fn ring(cron_line: &str, bell: &Arc<Notify>) -> Result<Job, ScheduleError> {
    let bell = Arc::clone(bell);
    Ok(Job::new_async_tz(cron_line, Shanghai, move |_, _| {
        let bell = Arc::clone(&bell);
        Box::pin(async move { bell.notify_one() })
    })?)
}
