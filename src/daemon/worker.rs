//! The worker's loop: waits, runs a job, tells systemd that it is alive.
//!
//! Must not know: what a job does. There is one worker, so two passes never run at once. Callers: this folder.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::jobs::Jobs;
use super::lifecycle;
use super::wakeups::Wakeups;

/// Longest sleep. The wall clock is read again after it, so that a changed clock or a suspended machine is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A job that takes longer is taken for stuck: a pass stops delivering long before, and no message may take so long.
pub const LONGEST_JOB: Duration = Duration::from_mins(90);

/// Runs jobs until `stop` is cancelled.
pub(super) async fn run(jobs: &dyn Jobs, wakeups: &Wakeups, stop: &CancellationToken) {
    let interval = lifecycle::watchdog_interval();
    let sleep = interval.map_or(LONGEST_SLEEP, |interval| interval.min(LONGEST_SLEEP));
    while !stop.is_cancelled() {
        let job = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            () = wakeups.reload.notified() => jobs.reload(),
            () = wakeups.heartbeat.notified() => jobs.heartbeat(),
            () = wakeups.pass.notified() => jobs.pass(stop),
            () = wakeups.retention.notified() => jobs.retain(),
            () = tokio::time::sleep(sleep) => jobs.retry(stop),
        };
        finish(job, sleep).await;
        lifecycle::alive();
        lifecycle::status(&jobs.status().await);
    }
}

/// Runs a job to its end and pings the watchdog every `interval`. A job over [`LONGEST_JOB`] gets no more pings, so systemd
/// restarts the service.
async fn finish(mut job: Pin<Box<dyn Future<Output = ()> + Send + '_>>, interval: Duration) {
    let started = Instant::now();
    loop {
        tokio::select! {
            () = &mut job => return,
            () = tokio::time::sleep(interval) => {
                if started.elapsed() < LONGEST_JOB {
                    lifecycle::alive();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;

    use super::*;

    #[derive(Default)]
    struct RecordedJobs {
        done: Mutex<Vec<&'static str>>,
    }

    #[async_trait]
    impl Jobs for RecordedJobs {
        async fn recover(&self) {}
        async fn pass(&self, stop: &CancellationToken) {
            self.done.lock().unwrap().push("pass");
            stop.cancel();
        }
        async fn retry(&self, _: &CancellationToken) {
            self.done.lock().unwrap().push("retry");
        }
        async fn reload(&self) {}
        async fn heartbeat(&self) {
            self.done.lock().unwrap().push("heartbeat");
        }
        async fn retain(&self) {
            self.done.lock().unwrap().push("retain");
        }
        async fn status(&self) -> String {
            String::new()
        }
    }

    #[tokio::test]
    async fn several_wakeups_run_a_job_once_and_a_stop_ends_the_loop() {
        let jobs = RecordedJobs::default();
        let (wakeups, stop) = (Wakeups::default(), CancellationToken::new());
        for _ in 0..3 {
            wakeups.heartbeat.notify_one();
            wakeups.retention.notify_one();
            wakeups.pass.notify_one();
        }
        run(&jobs, &wakeups, &stop).await;
        assert_eq!(*jobs.done.lock().unwrap(), ["heartbeat", "pass"]);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_wakeup_waiting_messages_are_retried() {
        let jobs = RecordedJobs::default();
        let (wakeups, stop) = (Wakeups::default(), CancellationToken::new());
        tokio::select! {
            () = run(&jobs, &wakeups, &stop) => {}
            () = tokio::time::sleep(LONGEST_SLEEP * 2 + Duration::from_secs(1)) => {}
        }
        assert_eq!(*jobs.done.lock().unwrap(), ["retry", "retry"]);
    }
}
