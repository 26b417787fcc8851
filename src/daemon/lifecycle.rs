//! Receives signals and notifies systemd.
//!
//! Must not know: what the worker does. Callers: this folder.

use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Cancels `stop` on SIGTERM or SIGINT; on SIGHUP asks for a reload. Other signals that would end the process do nothing: a
/// message in hand would be left in doubt.
pub(super) async fn obey_signals(stop: CancellationToken, reload: Arc<Notify>) {
    let mut terminate = listen(SignalKind::terminate());
    let mut interrupt = listen(SignalKind::interrupt());
    let mut hangup = listen(SignalKind::hangup());
    let _ignored =
        [SignalKind::user_defined1(), SignalKind::user_defined2(), SignalKind::alarm()].map(listen);
    loop {
        tokio::select! {
            () = next(&mut terminate) => break,
            () = next(&mut interrupt) => break,
            () = next(&mut hangup) => reload.notify_one(),
        }
    }
    tracing::info!("Told to stop: finishing the message in hand.");
    notify(&[NotifyState::Stopping]);
    stop.cancel();
}

fn listen(kind: SignalKind) -> Option<Signal> {
    signal(kind)
        .map_err(|error| tracing::error!(%error, "Cannot listen for a signal: {error}"))
        .ok()
}

/// Waits for the signal; for ever when it cannot be listened for.
async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Tells systemd that configuration, lock, schema and ledger are good. A relay that is down does not count.
pub(super) fn ready(status: &str) {
    notify(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Sets the line of `systemctl status`.
pub(super) fn status(status: &str) {
    notify(&[NotifyState::Status(status)]);
}

/// Pings the watchdog.
pub(super) fn alive() {
    notify(&[NotifyState::Watchdog]);
}

/// The interval of watchdog pings, half of the limit; `None` without a watchdog.
pub(super) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}

/// Without systemd nothing is sent, which is not an error.
fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd was not notified: {error}");
    }
}
