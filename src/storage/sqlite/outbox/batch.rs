//! One transaction for the writes of concurrent dispatchers: dot marks, outcomes, then claims.
//!
//! Must not know: who waits for the transaction (`commit_queue`). Callers: `commit_queue` only.

use sqlx::{Connection as _, SqliteConnection};

use super::write::{AttemptOutcome, Write};
use super::{accepted, breakers, claim, failed};
use crate::domain::delivery::Disposition;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::storage::outbox::{Claim, ClaimTerms, Lease};

/// Commits all writes in one transaction; returns for each what it claimed.
///
/// # Errors
///
/// The first error of any write; then nothing is committed.
pub(super) async fn commit(
    connection: &mut SqliteConnection,
    writes: &[Write],
) -> Result<Vec<Option<Claim>>, StorageError> {
    let batch = Batch::from(writes);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let claims = batch.apply(&mut transaction).await?;
    transaction.commit().await?;
    Ok(batch.replies(writes, claims))
}

/// The writes of one transaction by kind. Grouping changes their order, which is safe: a batch has at most one write for a
/// message, and writes for different messages may be applied in any order.
#[derive(Default)]
struct Batch<'a> {
    /// The terms of the first claim: all dispatchers of a ledger claim on the same terms.
    terms: Option<(&'a ClaimTerms, Moment)>,
    /// Dispatchers that have nothing to send until they get a message.
    idle_dispatchers: usize,
    /// Dispatchers that are about to finish a message and claim the next one.
    busy_dispatchers: usize,
    dots: Vec<(Lease, Moment)>,
    accepted: Vec<&'a AttemptOutcome>,
    failed: Vec<&'a AttemptOutcome>,
    cancelled: Vec<Lease>,
}

impl Batch<'_> {
    /// Applies claims last, so that they respect breakers that an outcome of the same batch opens.
    async fn apply(&self, transaction: &mut SqliteConnection) -> Result<Vec<Claim>, StorageError> {
        accepted::mark_dots(&mut *transaction, &self.dots).await?;
        accepted::record(&mut *transaction, &self.accepted).await?;
        for outcome in &self.failed {
            failed::record(&mut *transaction, outcome).await?;
        }
        for lease in &self.cancelled {
            failed::cancel_claim(&mut *transaction, lease).await?;
        }
        let Some((terms, now)) = self.terms else { return Ok(Vec::new()) };
        let open_breakers = breakers::list_open(&mut *transaction).await?;
        // While a breaker is open, a busy dispatcher claims no next message: the outcome of its present one may close the breaker.
        let busy_dispatchers = if open_breakers.is_empty() { self.busy_dispatchers } else { 0 };
        let dispatchers = self.idle_dispatchers + busy_dispatchers;
        claim::claim(transaction, terms, open_breakers, dispatchers, now).await
    }

    /// Assigns the claims to the dispatchers, idle ones first; returns one reply for each write.
    fn replies(&self, writes: &[Write], mut claims: Vec<Claim>) -> Vec<Option<Claim>> {
        let rest = claims.split_off(self.idle_dispatchers.min(claims.len()));
        let (mut for_idle, mut for_busy) = (claims.into_iter(), rest.into_iter());
        let replies = writes.iter().map(|write| match write {
            Write::Claim(..) => for_idle.next(),
            Write::MarkDot(_, Some(_), _) => for_busy.next(),
            Write::MarkDot(_, None, _) | Write::CancelClaim(_) | Write::RecordOutcome(_) => None,
        });
        replies.collect()
    }
}

impl<'a> From<&'a [Write]> for Batch<'a> {
    fn from(writes: &'a [Write]) -> Self {
        let mut batch = Self::default();
        for write in writes {
            match write {
                Write::Claim(terms, now) => {
                    batch.terms.get_or_insert((terms, *now));
                    batch.idle_dispatchers += 1;
                }
                Write::MarkDot(lease, next, now) => {
                    batch.dots.push((*lease, *now));
                    if let Some(terms) = next {
                        batch.terms.get_or_insert((terms, *now));
                        batch.busy_dispatchers += 1;
                    }
                }
                Write::CancelClaim(lease) => batch.cancelled.push(*lease),
                Write::RecordOutcome(outcome)
                    if outcome.decision.disposition == Disposition::Accepted =>
                {
                    batch.accepted.push(outcome);
                }
                Write::RecordOutcome(outcome) => batch.failed.push(outcome),
            }
        }
        batch
    }
}
