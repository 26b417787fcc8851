//! Everything that delivery needs: store, transport, limits.
//!
//! Must not know: what is delivered. Callers: this folder; `wiring` builds it.

use std::sync::Arc;

use crate::clock::Clock;
use crate::domain::delivery::SendingHours;
use crate::mail::Mailer;
use crate::storage::outbox::{Claim, ClaimTerms};
use crate::storage::{StorageError, Store};
use crate::workflows::fail_point;

/// Everything that delivery needs. Cheap to clone.
#[derive(Clone)]
pub struct Delivery {
    pub store: Arc<dyn Store>,
    pub mailer: Arc<dyn Mailer>,
    pub clock: Arc<dyn Clock>,
    /// When mail may go out.
    pub hours: SendingHours,
    /// Length of a lease, and rate limits.
    pub terms: ClaimTerms,
}

impl Delivery {
    /// Claims the next message that is due; outside mail hours only what may go out at any hour.
    pub(super) async fn claim(&self) -> Result<Claim, StorageError> {
        let now = self.clock.now();
        let slot = self.hours.slot(now);
        fail_point::reach("due");
        if slot == now {
            return self.store.claim(&self.terms, now).await;
        }
        let terms = ClaimTerms { any_hour_only: true, ..self.terms };
        match self.store.claim(&terms, now).await? {
            Claim::NothingDue { .. } => Ok(Claim::NothingDue { next: Some(slot) }),
            claim @ (Claim::Claimed(_) | Claim::Dropped(_)) => Ok(claim),
        }
    }
}
