//! Group commit: batches the writes of concurrent dispatchers into one transaction, so that they share one fsync.
//!
//! Must not know: what a write means (`batch`). Callers: the outbox only.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::batch::commit;
use super::write::Write;
use crate::storage::StorageError;
use crate::storage::outbox::Claim;
use crate::storage::sqlite::driver_error::trouble;

/// How long an outcome may wait for other writes to share its transaction. A crash within this time leaves the attempt
/// `unknown`; it is retried.
const OUTCOME_DELAY: Duration = Duration::from_millis(5);

/// After this many commits in a row the connection goes back to the pool, so that other writers are not starved.
const MAX_CONSECUTIVE_COMMITS: usize = 16;

/// The result of a write; only a claim returns something.
type Reply = Result<Option<Claim>, StorageError>;

#[derive(Debug)]
struct PendingWrite {
    write: Write,
    reply: oneshot::Sender<Reply>,
}

/// Writes that wait for the next transaction.
#[derive(Clone, Debug)]
pub(in crate::storage::sqlite) struct CommitQueue {
    writer: SqlitePool,
    pending: Arc<Mutex<Vec<PendingWrite>>>,
    /// Held by the one task that commits.
    writer_lock: Arc<tokio::sync::Mutex<()>>,
}

impl CommitQueue {
    pub(in crate::storage::sqlite) fn new(writer: SqlitePool) -> Self {
        Self { writer, pending: Arc::default(), writer_lock: Arc::default() }
    }

    /// Queues `write` and returns when it is committed.
    pub(super) async fn submit(&self, write: Write) -> Reply {
        let (reply, mut committed) = oneshot::channel();
        let can_be_delayed = write.can_be_delayed();
        self.lock().push(PendingWrite { write, reply });
        if can_be_delayed
            && let Ok(reply) = tokio::time::timeout(OUTCOME_DELAY, &mut committed).await
        {
            return reply.unwrap_or_else(|_| Err(no_reply()));
        }
        tokio::select! {
            biased;
            reply = &mut committed => return reply.unwrap_or_else(|_| Err(no_reply())),
            lock = Arc::clone(&self.writer_lock).lock_owned() => {
                // Spawned: if this dispatcher is cancelled, the other dispatchers still get their replies.
                tokio::spawn(run_batches(self.clone(), lock));
            }
        }
        committed.await.unwrap_or_else(|_| Err(no_reply()))
    }

    fn take_all(&self) -> Vec<PendingWrite> {
        std::mem::take(&mut *self.lock())
    }

    /// Empties the queue if at least one write cannot be delayed; otherwise returns nothing.
    fn take_all_if_urgent(&self) -> Vec<PendingWrite> {
        let mut pending = self.lock();
        let is_urgent = pending.iter().any(|pending| !pending.write.can_be_delayed());
        if is_urgent { std::mem::take(&mut *pending) } else { Vec::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PendingWrite>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The committing task ended without a reply, as when the runtime shuts down.
fn no_reply() -> StorageError {
    sqlx::Error::WorkerCrashed.into()
}

/// Commits queued writes until no urgent one is queued, or [`MAX_CONSECUTIVE_COMMITS`] is reached. Keeps one connection:
/// acquiring it costs as much as a commit.
async fn run_batches(queue: CommitQueue, lock: OwnedMutexGuard<()>) {
    let mut batch = queue.take_all();
    if batch.is_empty() {
        return;
    }
    let mut connection = match queue.writer.acquire().await {
        Ok(connection) => connection,
        Err(fault) => return fail_all(batch, &fault),
    };
    let mut commits = 0;
    while !batch.is_empty() {
        commit_batch(&mut connection, batch).await;
        commits += 1;
        batch =
            if commits < MAX_CONSECUTIVE_COMMITS { queue.take_all_if_urgent() } else { Vec::new() };
    }
    drop(lock);
}

/// Commits all writes in one transaction. If that fails, commits them one by one, so that only the faulty ones fail.
async fn commit_batch(connection: &mut SqliteConnection, batch: Vec<PendingWrite>) {
    let (writes, receivers): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|pending| (pending.write, pending.reply)).unzip();
    let replies = match commit(&mut *connection, &writes).await {
        Ok(claims) => claims.into_iter().map(Ok).collect(),
        Err(fault) if writes.len() == 1 => vec![Err(fault)],
        Err(_) => commit_one_by_one(connection, &writes).await,
    };
    for (receiver, reply) in receivers.into_iter().zip(replies) {
        // The receiver may be gone; that is fine.
        drop(receiver.send(reply));
    }
}

async fn commit_one_by_one(connection: &mut SqliteConnection, writes: &[Write]) -> Vec<Reply> {
    let mut replies = Vec::with_capacity(writes.len());
    for write in writes {
        let claims = commit(&mut *connection, std::slice::from_ref(write)).await;
        replies.push(claims.map(|claims| claims.into_iter().flatten().next()));
    }
    replies
}

/// Replies to every write that there is no connection.
fn fail_all(batch: Vec<PendingWrite>, fault: &sqlx::Error) {
    tracing::error!(%fault, "no connection to write with");
    for pending in batch {
        let source = fault.to_string().into();
        let fault = StorageError::Unavailable { trouble: trouble(fault), source };
        drop(pending.reply.send(Err(fault)));
    }
}
