//! What the ledger holds about the rows of a list.
//!
//! Must not know: what a row says. Callers: this folder.

use std::collections::{BTreeMap, BTreeSet};

use super::reference::reference;
use super::series::{KnownObligations, OpenSeries};
use crate::domain::deadline::Adjustment;
use crate::domain::directory::Directory;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::storage::StorageError;
use crate::workflows::context::Context;

/// What the ledger holds that bears on a list.
pub(super) struct Ledger {
    pub(super) directory: Directory,
    /// The references of the list.
    pub(super) listed: BTreeSet<String>,
    /// What stands under each reference of the list, and under each that a row is to start, and under the wholes its
    /// quotas are part of.
    pub(super) known: BTreeMap<String, KnownObligations>,
    pub(super) open_series: OpenSeries,
    pub(super) adjustments: BTreeMap<ObligationId, Vec<Adjustment>>,
}

impl Ledger {
    pub(super) async fn load(
        context: Context<'_>,
        list: &[ListedObligation],
    ) -> Result<Self, StorageError> {
        let directory = context.store.directory().await?;
        let listed: BTreeSet<String> = list.iter().map(reference).collect();
        let next =
            list.iter().flat_map(|listed| listed.then.iter().chain(&listed.part_of).cloned());
        let references: Vec<String> = listed.iter().cloned().chain(next).collect();
        let called = context.store.obligations_by_reference(&references).await?;
        let ids: Vec<ObligationId> = called.iter().map(|known| known.id).collect();
        let adjustments = context.store.adjustments(&ids).await?;
        let series = context.store.newest_occurrences().await?;
        let series = series.into_iter().map(|series| (series.obligation.id, series.ends_on));
        let open_series = OpenSeries::after(context.now.today(), series);
        let mut known: BTreeMap<String, KnownObligations> = BTreeMap::new();
        for obligation in called {
            known.entry(obligation.inputs.reference.clone()).or_default().push(obligation);
        }
        Ok(Self { directory, listed, known, open_series, adjustments })
    }

    /// The newest obligation of a reference.
    pub(super) fn newest(&self, reference: &str) -> Option<&Obligation> {
        self.known.get(reference)?.newest()
    }
}
