//! Lets concurrent sessions share a commit: whoever comes first serves everybody who waits.
//!
//! Must not know: what the steps mean (`commit`). A commit costs an fsync; sixteen sessions pay it together.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::SqliteConnection;
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::commit::{Request, commit};
use crate::storage::StorageError;
use crate::storage::outbox::Claim;
use crate::storage::sqlite::Sqlite;

/// So long an outcome waits for a step that a session waits for, to share its commit: the session has gone on to the next
/// message meanwhile. A process killed in this time repeats the message, counted, as it would at any time before.
const LINGER: Duration = Duration::from_millis(5);

/// After so many commits in a row others get a turn at the writer, long before they give up even where each takes a second.
const COMMITS: usize = 16;

/// What a step answers; only a claim has something to say.
type Answer = Result<Option<Claim>, StorageError>;

/// A step and whoever waits for it.
#[derive(Debug)]
struct Waiting {
    request: Request,
    answer: oneshot::Sender<Answer>,
}

/// Where sessions queue up for the writer.
#[derive(Clone, Debug, Default)]
pub(in crate::storage::sqlite) struct Counter {
    waiting: Arc<Mutex<Vec<Waiting>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Counter {
    /// Does one step and returns once it is durable.
    pub(super) async fn submit(&self, store: &Sqlite, request: Request) -> Answer {
        let (answer, mut answered) = oneshot::channel();
        let is_patient = request.is_patient();
        self.lock().push(Waiting { request, answer });
        if is_patient && let Ok(served) = tokio::time::timeout(LINGER, &mut answered).await {
            return served.unwrap_or(Err(lost()));
        }
        tokio::select! {
            biased;
            served = &mut answered => return served.unwrap_or(Err(lost())),
            turn = Arc::clone(&self.turn).lock_owned() => {
                // in a task of its own: a session dropped here must not take the others' answers along
                tokio::spawn(serve(self.clone(), store.clone(), turn));
            }
        }
        answered.await.unwrap_or(Err(lost()))
    }

    /// Everybody who waits.
    fn all(&self) -> Vec<Waiting> {
        std::mem::take(&mut *self.lock())
    }

    /// Everybody who waits, once a session waits for one of them.
    fn all_if_urgent(&self) -> Vec<Waiting> {
        let mut waiting = self.lock();
        let is_urgent = waiting.iter().any(|waiting| !waiting.request.is_patient());
        if is_urgent { std::mem::take(&mut *waiting) } else { Vec::new() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that served the step is gone without an answer, as when the runtime shuts down.
fn lost() -> StorageError {
    StorageError::Unavailable(sqlx::Error::WorkerCrashed)
}

/// Serves everybody who waits, then whoever has come meanwhile, on one connection: to give it back and to ask for it again
/// costs as much as a commit.
async fn serve(counter: Counter, store: Sqlite, turn: OwnedMutexGuard<()>) {
    let mut batch = counter.all();
    if batch.is_empty() {
        return;
    }
    let mut connection = match store.writer.acquire().await {
        Ok(connection) => connection,
        Err(fault) => return refuse(batch, &fault),
    };
    let mut commits = 0;
    while !batch.is_empty() {
        perform(&mut connection, batch).await;
        commits += 1;
        batch = if commits < COMMITS { counter.all_if_urgent() } else { Vec::new() };
    }
    drop(turn);
}

/// Does all steps in one transaction; when one of them fails, each in its own, so that no step pays for another.
async fn perform(connection: &mut SqliteConnection, batch: Vec<Waiting>) {
    let parts = batch.into_iter().map(|waiting| (waiting.request, waiting.answer));
    let (requests, answers): (Vec<_>, Vec<_>) = parts.unzip();
    let done = match commit(&mut *connection, &requests).await {
        Ok(done) => done.into_iter().map(Ok).collect(),
        Err(fault) if requests.len() == 1 => vec![Err(fault)],
        Err(_) => one_by_one(connection, &requests).await,
    };
    for (answer, done) in answers.into_iter().zip(done) {
        // a session that has gone meanwhile needs no answer
        drop(answer.send(done));
    }
}

async fn one_by_one(connection: &mut SqliteConnection, requests: &[Request]) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        let alone = commit(&mut *connection, std::slice::from_ref(request)).await;
        answers.push(alone.map(|answers| answers.into_iter().flatten().next()));
    }
    answers
}

/// Tells everybody that there is no connection.
fn refuse(batch: Vec<Waiting>, fault: &sqlx::Error) {
    tracing::error!(%fault, "no connection to write with");
    for waiting in batch {
        let is_closed = matches!(fault, sqlx::Error::PoolClosed);
        let fault = if is_closed { sqlx::Error::PoolClosed } else { sqlx::Error::PoolTimedOut };
        drop(waiting.answer.send(Err(StorageError::Unavailable(fault))));
    }
}
