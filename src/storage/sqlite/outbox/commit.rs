//! One commit: what sessions want written down at the same time, in as few journeys to SQLite as it takes.
//!
//! Must not know: who waits for it (`group`). While all goes well there are two journeys: begin, mark the dots and look
//! around; then write what was accepted, lease what goes next, and commit.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::claim::{self, Choice};
use super::{marks, record, roads};
use crate::domain::delivery::{BreakerScope, Decision, Disposition, Outcome};
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::{Claim, ClaimTerms, Lease};
use crate::storage::sqlite::journal;
use crate::storage::sqlite::script::Script;

const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const ROLL_BACK: &str = "ROLLBACK";

/// One step of one session.
#[derive(Debug)]
pub(super) enum Request {
    Claim(ClaimTerms, Moment),
    /// With terms, also a claim.
    MarkDot(Lease, Option<ClaimTerms>, Moment),
    GiveBack(Lease),
    Record(Box<Recording>),
}

impl Request {
    /// True when no session stands still until it is done.
    pub(super) fn is_patient(&self) -> bool {
        matches!(self, Self::Record(_))
    }
}

/// The end of an attempt.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) lease: Lease,
    pub(super) outcome: Outcome,
    pub(super) decision: Decision,
    pub(super) now: Moment,
}

/// Does all steps in one transaction; returns the answer to each.
///
/// One statement a kind of step, however many steps: the order of steps of different messages does not matter, and a
/// message never has two. Claims come last: they must find closed what the outcomes close.
pub(super) async fn commit(
    connection: &mut SqliteConnection,
    requests: &[Request],
) -> Result<Vec<Option<Claim>>, StorageError> {
    let steps = Sorted::from(requests);
    match all_steps(&mut *connection, &steps).await {
        Ok(claims) => Ok(steps.answers(requests, claims)),
        Err(fault) => {
            // refused when SQLite has rolled back by itself; what is wrong is in `fault`
            drop(Script::default().add(ROLL_BACK).run(connection).await);
            Err(fault)
        }
    }
}

async fn all_steps(
    connection: &mut SqliteConnection,
    steps: &Sorted<'_>,
) -> Result<Vec<Claim>, StorageError> {
    let sight = begin(&mut *connection, steps).await?;
    if steps.go_well() && sight.closed.is_empty() {
        go_on(connection, steps, sight).await
    } else {
        step_by_step(connection, steps, sight).await
    }
}

/// What is to be seen from inside the transaction.
struct Sight {
    closed: BTreeMap<BreakerScope, Moment>,
    /// Number and hash of the journal's newest line.
    newest: Option<(i64, String)>,
    /// Messages for those that claim, if all goes well; no more than the relay's rate leaves room for.
    due: Vec<SqliteRow>,
}

/// Begins, marks the dots, looks around.
async fn begin(
    connection: &mut SqliteConnection,
    steps: &Sorted<'_>,
) -> Result<Sight, StorageError> {
    let script = marks::mark_dots(Script::default().add(BEGIN), &steps.dots);
    let script = journal::seek_newest(roads::seek_closed(script));
    let script = match steps.terms {
        Some((terms, now)) if steps.go_well() => {
            claim::seek(claim::seek_room(script, terms, now), terms, steps.wanted(), now)
        }
        _ => script,
    };
    let before = if steps.dots.is_empty() { 1 } else { 2 };
    let mut answers = script.run(connection).await?.into_iter().skip(before);
    let closed = roads::closed_of(&answers.next().unwrap_or_default())?;
    let newest = journal::newest_of(answers.next().unwrap_or_default().first())?;
    let room = claim::room_of(answers.next().unwrap_or_default().first())?;
    let mut due = answers.next().unwrap_or_default();
    due.truncate(room);
    Ok(Sight { closed, newest, due })
}

/// The usual case: nothing failed, every road is open.
async fn go_on(
    connection: &mut SqliteConnection,
    steps: &Sorted<'_>,
    sight: Sight,
) -> Result<Vec<Claim>, StorageError> {
    let script = marks::accept(Script::default(), sight.newest, &steps.accepted);
    let Some((terms, now)) = steps.terms else {
        script.add(COMMIT).run(connection).await?;
        return Ok(Vec::new());
    };
    let choice = Choice::of(&mut *connection, &sight.due, now).await?;
    let script = choice.lease(script, now.plus(terms.lease), now);
    if choice.serves(steps.wanted()) {
        script.add(COMMIT).run(connection).await?;
        return Ok(choice.into_claims());
    }
    script.run(&mut *connection).await?;
    let mut claims = choice.drop_others(&mut *connection, now).await?;
    let open = BTreeMap::new();
    let left = steps.wanted().saturating_sub(claims.len());
    claims.extend(claim::claim(&mut *connection, terms, open, left, now).await?);
    Script::default().add(COMMIT).run(connection).await?;
    Ok(claims)
}

async fn step_by_step(
    connection: &mut SqliteConnection,
    steps: &Sorted<'_>,
    sight: Sight,
) -> Result<Vec<Claim>, StorageError> {
    let accepted = marks::accept(Script::default(), sight.newest, &steps.accepted);
    accepted.run(&mut *connection).await?;
    if !sight.closed.is_empty() {
        marks::open_roads(&mut *connection, &steps.accepted).await?;
    }
    for Recording { lease, outcome, decision, now } in steps.failed.iter().copied() {
        record::record(&mut *connection, lease, outcome, decision, *now).await?;
    }
    for lease in &steps.given_back {
        record::give_back(&mut *connection, lease).await?;
    }
    let closed = roads::closed(&mut *connection).await?;
    // while a road is closed nothing is claimed ahead: what becomes of the message in hand may be what opens it
    let wanted = if closed.is_empty() { steps.wanted() } else { steps.claims };
    let claims = match steps.terms {
        Some((terms, now)) => claim::claim(&mut *connection, terms, closed, wanted, now).await?,
        None => Vec::new(),
    };
    Script::default().add(COMMIT).run(connection).await?;
    Ok(claims)
}

/// Steps by kind.
#[derive(Default)]
struct Sorted<'a> {
    /// Of whoever claims first: all sessions of a ledger claim on the same terms.
    terms: Option<(&'a ClaimTerms, Moment)>,
    /// Sessions that have nothing to do until they get a message.
    claims: usize,
    /// Sessions that claim while they send.
    ahead: usize,
    dots: Vec<(Lease, Moment)>,
    accepted: Vec<&'a Recording>,
    failed: Vec<&'a Recording>,
    given_back: Vec<Lease>,
}

impl Sorted<'_> {
    fn wanted(&self) -> usize {
        self.claims.saturating_add(self.ahead)
    }

    /// True when nothing is in the steps that must be looked at one by one.
    fn go_well(&self) -> bool {
        let one_by_one = self.terms.is_some_and(|(terms, _)| terms.tell_recipients_apart());
        self.failed.is_empty() && self.given_back.is_empty() && !one_by_one
    }

    /// The answer to each request; who waits for a message comes before who claims ahead.
    fn answers(&self, requests: &[Request], claims: Vec<Claim>) -> Vec<Option<Claim>> {
        let mut claims = claims.into_iter();
        let mut waiting = claims.by_ref().take(self.claims).collect::<Vec<_>>().into_iter();
        let answers = requests.iter().map(|request| match request {
            Request::Claim(..) => waiting.next(),
            Request::MarkDot(_, Some(_), _) => claims.next(),
            Request::MarkDot(..) | Request::GiveBack(_) | Request::Record(_) => None,
        });
        answers.collect()
    }
}

impl<'a> From<&'a [Request]> for Sorted<'a> {
    fn from(requests: &'a [Request]) -> Self {
        let mut sorted = Self::default();
        for request in requests {
            match request {
                Request::Claim(terms, now) => {
                    sorted.terms.get_or_insert((terms, *now));
                    sorted.claims += 1;
                }
                Request::MarkDot(lease, ahead, now) => {
                    sorted.dots.push((*lease, *now));
                    if let Some(terms) = ahead {
                        sorted.terms.get_or_insert((terms, *now));
                        sorted.ahead += 1;
                    }
                }
                Request::GiveBack(lease) => sorted.given_back.push(*lease),
                Request::Record(recording)
                    if recording.decision.disposition == Disposition::Accepted =>
                {
                    sorted.accepted.push(recording);
                }
                Request::Record(recording) => sorted.failed.push(recording),
            }
        }
        sorted
    }
}
