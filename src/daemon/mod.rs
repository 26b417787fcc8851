//! The service: a worker woken by a schedule, its start and its end.
//!
//! Must not know: what a pass does (`workflows`), SQL, SMTP.

mod duties;
mod lifecycle;
mod lock;
mod renewal;
mod schedule;
mod worker;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use duties::OfficeDuties;
pub use lock::{LedgerLock, LockError};
pub use renewal::{Renewal, RenewalError};
pub use schedule::ScheduleError;
pub use worker::LONGEST_DUTY;

/// The work of the service, one step at a time. A step that fails says so in the log itself, and none takes longer
/// than [`LONGEST_DUTY`].
#[async_trait]
pub trait Duties: Send + Sync {
    /// Once, before anything else: settles what a former run left in mid-send.
    async fn recover(&self);
    /// A whole pass: what is due and not on record is planned, sealed and delivered.
    async fn pass(&self, shift: &Shift);
    /// Only what waits for another try.
    async fn retry(&self, shift: &Shift);
    /// The daily sign of life to the operator.
    async fn heartbeat(&self);
    /// One line on how things stand, for `systemctl status`.
    async fn status(&self) -> String;
}

/// One run of the worker, as its duties see it.
#[derive(Clone, Debug, Default)]
pub struct Shift {
    stop: CancellationToken,
}

impl Shift {
    /// Cancelled once the process was told to stop: the mail in hand is finished, no other is begun.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }
}

/// Cron lines of the service, in Asia/Shanghai.
#[derive(Clone, Debug)]
pub struct Timetable {
    /// When to make a pass.
    pub pass: String,
    /// When to send the heartbeat.
    pub heartbeat: String,
}

/// What wakes the worker. Waking twice before it looks is waking once.
#[derive(Clone, Debug, Default)]
struct Bells {
    pass: Arc<Notify>,
    heartbeat: Arc<Notify>,
}

/// Runs until the process is told to stop; then the mail in hand is finished.
///
/// # Errors
///
/// [`ScheduleError`] when the timetable cannot be set up.
pub async fn run(duties: Arc<dyn Duties>, timetable: &Timetable) -> Result<(), ScheduleError> {
    let shift = Shift::default();
    let bells = Bells::default();
    let schedule = schedule::start(timetable, &bells).await?;
    let signals = tokio::spawn(lifecycle::stop_on_signal(shift.stop.clone()));
    duties.recover().await;
    lifecycle::ready(&duties.status().await);
    // The slot that a stopped daemon missed is made up for now.
    bells.pass.notify_one();
    worker::run(duties.as_ref(), &bells, &shift).await;
    signals.abort();
    schedule::stop(schedule).await;
    Ok(())
}

/// Takes the lock that makes this the only daemon on a ledger.
///
/// # Errors
///
/// [`LockError::Held`] when another daemon has it.
pub fn lock(ledger: &Path) -> Result<LedgerLock, LockError> {
    LedgerLock::take(ledger)
}
