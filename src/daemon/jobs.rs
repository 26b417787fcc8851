//! What the service does, as the worker sees it.
//!
//! Must not know: how a job is done. Callers: `worker`; tests put other jobs in their place.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

/// The jobs of the service. A job that fails logs its cause itself; none takes longer than
/// [`LONGEST_JOB`](super::LONGEST_JOB). After `stop` is cancelled a job finishes the message whose final dot is near and starts no other.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Runs once, before anything else: recovers deliveries that the previous run left unfinished.
    async fn recover(&self);
    /// A whole pass: what is due and not on record is planned, sealed and delivered.
    async fn pass(&self, stop: &CancellationToken);
    /// Delivers messages that wait for another attempt.
    async fn retry(&self, stop: &CancellationToken);
    /// The daily mail to the operator.
    async fn heartbeat(&self);
    /// Packs and deletes what is past its period.
    async fn retain(&self);
    /// Loads the configuration and its files anew; a faulty one changes nothing.
    async fn reload(&self);
    /// One line for `systemctl status`.
    async fn status(&self) -> String;
}
