//! The loop around the duties: waits, works, says that it is alive.
//!
//! Must not know: what a duty does. There is one worker, so no two passes ever run at once.

use std::time::Duration;

use super::{Bells, Duties, Shift, lifecycle};

/// Longest sleep: wall time is read again after it, so that a clock set or a suspended machine is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Works until the shift is over.
pub(super) async fn run(duties: &dyn Duties, bells: &Bells, shift: &Shift) {
    let sleep =
        lifecycle::watchdog_interval().map_or(LONGEST_SLEEP, |limit| limit.min(LONGEST_SLEEP));
    while !shift.is_over() {
        tokio::select! {
            biased;
            () = shift.stop.cancelled() => break,
            () = bells.heartbeat.notified() => duties.heartbeat().await,
            () = bells.pass.notified() => duties.pass(shift).await,
            () = tokio::time::sleep(sleep) => duties.retry(shift).await,
        }
        lifecycle::alive();
        lifecycle::status(&duties.status().await);
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
