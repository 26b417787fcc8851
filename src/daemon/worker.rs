//! The loop around the duties: waits, works, says that it is alive.
//!
//! Must not know: what a duty does. There is one worker, so no two passes ever run at once.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

use super::{Bells, Duties, Shift, lifecycle};

/// Longest sleep: wall time is read again after it, so that a clock set or a suspended machine is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A duty that takes longer hangs: a pass is cut off long before, and no single mail may take so long.
pub const LONGEST_DUTY: Duration = Duration::from_mins(90);

/// Works until the shift is over.
pub(super) async fn run(duties: &dyn Duties, bells: &Bells, shift: &Shift) {
    let interval = lifecycle::watchdog_interval();
    let sleep = interval.map_or(LONGEST_SLEEP, |interval| interval.min(LONGEST_SLEEP));
    while !shift.stop.is_cancelled() {
        let duty = tokio::select! {
            biased;
            () = shift.stop.cancelled() => break,
            () = bells.heartbeat.notified() => duties.heartbeat(),
            () = bells.pass.notified() => duties.pass(shift),
            () = tokio::time::sleep(sleep) => duties.retry(shift),
        };
        watched(duty, sleep).await;
        lifecycle::alive();
        lifecycle::status(&duties.status().await);
    }
}

/// Sees a duty through and says meanwhile that the worker is alive, but not for ever: a duty that hangs lets the
/// watchdog bite.
async fn watched(mut duty: Pin<Box<dyn Future<Output = ()> + Send + '_>>, interval: Duration) {
    let begun = Instant::now();
    loop {
        tokio::select! {
            () = &mut duty => return,
            () = tokio::time::sleep(interval) => {
                if begun.elapsed() < LONGEST_DUTY {
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
    struct Diary {
        done: Mutex<Vec<&'static str>>,
    }

    #[async_trait]
    impl Duties for Diary {
        async fn recover(&self) {}
        async fn pass(&self, shift: &Shift) {
            self.done.lock().unwrap().push("pass");
            shift.stop.cancel();
        }
        async fn retry(&self, _: &Shift) {
            self.done.lock().unwrap().push("retry");
        }
        async fn heartbeat(&self) {
            self.done.lock().unwrap().push("heartbeat");
        }
        async fn status(&self) -> String {
            String::new()
        }
    }

    #[tokio::test]
    async fn bells_rung_many_times_wake_once_and_a_stop_ends_the_loop() {
        let (diary, bells, shift) = (Diary::default(), Bells::default(), Shift::default());
        for _ in 0..3 {
            bells.heartbeat.notify_one();
            bells.pass.notify_one();
        }
        run(&diary, &bells, &shift).await;
        assert_eq!(*diary.done.lock().unwrap(), ["heartbeat", "pass"]);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_bell_what_waits_is_tried_again() {
        let (diary, bells, shift) = (Diary::default(), Bells::default(), Shift::default());
        tokio::select! {
            () = run(&diary, &bells, &shift) => {}
            () = tokio::time::sleep(LONGEST_SLEEP * 2 + Duration::from_secs(1)) => {}
        }
        assert_eq!(*diary.done.lock().unwrap(), ["retry", "retry"]);
    }
}
