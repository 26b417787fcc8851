//! Lets concurrent sessions share a commit: whoever comes first serves everybody who waits.
//!
//! Must not know: what the steps mean. A commit costs an fsync; sixteen sessions pay it together.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedMutexGuard, oneshot};

use super::{claim, marks, record, roads};
use crate::domain::delivery::{Decision, Fate, Outcome};
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::{Claim, ClaimTerms, Lease};
use crate::storage::sqlite::Sqlite;

/// So long an outcome waits for a step that a session waits for, to share its commit: the session has gone on to the next
/// message meanwhile. A process killed in this time repeats the message, counted, as it would at any time before.
const LINGER: Duration = Duration::from_millis(5);

/// One step of one session.
#[derive(Debug)]
pub(super) enum Request {
    Claim(ClaimTerms, Moment),
    /// With terms, also a claim.
    MarkDot(Lease, Option<ClaimTerms>, Moment),
    GiveBack(Lease),
    Record(Box<Recording>),
}

/// The end of an attempt.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) lease: Lease,
    pub(super) outcome: Outcome,
    pub(super) decision: Decision,
    pub(super) now: Moment,
}

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
        let is_patient = matches!(request, Request::Record(_));
        self.lock().push(Waiting { request, answer });
        if is_patient && let Ok(served) = tokio::time::timeout(LINGER, &mut answered).await {
            return served.unwrap_or(Err(lost()));
        }
        tokio::select! {
            biased;
            served = &mut answered => return served.unwrap_or(Err(lost())),
            turn = Arc::clone(&self.turn).lock_owned() => {
                let batch = std::mem::take(&mut *self.lock());
                if !batch.is_empty() {
                    // in a task of its own: a session dropped here must not take the others' answers along
                    tokio::spawn(serve(store.clone(), batch, turn));
                }
            }
        }
        answered.await.unwrap_or(Err(lost()))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that served the step is gone without an answer, as when the runtime shuts down.
fn lost() -> StorageError {
    StorageError::Unavailable(sqlx::Error::WorkerCrashed)
}

/// Does all steps in one transaction; when one of them fails, each in its own, so that no step pays for another.
async fn serve(store: Sqlite, batch: Vec<Waiting>, turn: OwnedMutexGuard<()>) {
    let requests = batch.iter().map(|waiting| &waiting.request).collect::<Vec<_>>();
    let together = perform_all(&store, &requests).await;
    let answers = match together {
        Ok(answers) => answers.into_iter().map(Ok).collect(),
        Err(fault) if requests.len() == 1 => vec![Err(fault)],
        Err(_) => one_by_one(&store, &requests).await,
    };
    drop(turn);
    for (waiting, answer) in batch.into_iter().zip(answers) {
        // a session that has gone meanwhile needs no answer
        drop(waiting.answer.send(answer));
    }
}

async fn one_by_one(store: &Sqlite, requests: &[&Request]) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        let alone = perform_all(store, &[request]).await;
        answers.push(alone.map(|answers| answers.into_iter().flatten().next()));
    }
    answers
}

/// One statement a kind of step, however many steps: the order of steps of different messages does not matter, and
/// a message never has two. Claims come last: they must find closed what the outcomes close.
async fn perform_all(
    store: &Sqlite,
    requests: &[&Request],
) -> Result<Vec<Option<Claim>>, StorageError> {
    let steps = Sorted::from(requests);
    let mut transaction = store.write().await?;
    marks::mark_dots(&mut transaction, &steps.dots).await?;
    let closed = roads::closed(&mut transaction).await?;
    marks::accept(&mut transaction, &steps.accepted, &closed).await?;
    for recording in &steps.failed {
        let Recording { lease, outcome, decision, now } = recording;
        record::record(&mut transaction, lease, outcome, decision, *now).await?;
    }
    for lease in &steps.given_back {
        record::give_back(&mut transaction, lease).await?;
    }
    let untouched = steps.failed.is_empty() && closed.is_empty();
    let closed = if untouched { closed } else { roads::closed(&mut transaction).await? };
    // while a road is closed nothing is claimed ahead: what becomes of the message in hand may be what opens it
    let is_open = closed.is_empty();
    let (ahead, wanted) = (steps.ahead.iter().filter(|_| is_open), steps.claims.iter());
    let all = wanted.chain(ahead).copied().collect::<Vec<_>>();
    let mut claims = match all.first() {
        Some((terms, now)) => {
            claim::claim(&mut transaction, terms, closed, all.len(), *now).await?.into_iter()
        }
        None => Vec::new().into_iter(),
    };
    transaction.commit().await?;
    let answers = requests.iter().map(|request| match request {
        Request::Claim(..) => claims.next(),
        Request::MarkDot(_, Some(_), _) if is_open => claims.next(),
        Request::MarkDot(..) | Request::GiveBack(_) | Request::Record(_) => None,
    });
    Ok(answers.collect())
}

/// Steps by kind. All sessions of a ledger claim on the same terms.
#[derive(Default)]
struct Sorted<'a> {
    claims: Vec<(ClaimTerms, Moment)>,
    ahead: Vec<(ClaimTerms, Moment)>,
    dots: Vec<(Lease, Moment)>,
    accepted: Vec<&'a Recording>,
    failed: Vec<&'a Recording>,
    given_back: Vec<Lease>,
}

impl<'a> From<&[&'a Request]> for Sorted<'a> {
    fn from(requests: &[&'a Request]) -> Self {
        let mut sorted = Self::default();
        for request in requests {
            match request {
                Request::Claim(terms, now) => sorted.claims.push((*terms, *now)),
                Request::MarkDot(lease, ahead, now) => {
                    sorted.dots.push((*lease, *now));
                    sorted.ahead.extend(ahead.map(|terms| (terms, *now)));
                }
                Request::GiveBack(lease) => sorted.given_back.push(*lease),
                Request::Record(recording) if recording.decision.fate == Fate::Accepted => {
                    sorted.accepted.push(recording);
                }
                Request::Record(recording) => sorted.failed.push(recording),
            }
        }
        sorted
    }
}
