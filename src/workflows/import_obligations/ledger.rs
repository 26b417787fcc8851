//! What the ledger holds about a batch of rows.
//!
//! Must not know: what a row says. Callers: this folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::series::{KnownObligations, OpenSeries};
use crate::domain::deadline::Adjustment;
use crate::domain::directory::Directory;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{Obligation, ObligationId, possible_references};
use crate::storage::StorageError;
use crate::workflows::context::Context;
use crate::workflows::references::meant;

/// What the ledger holds about the rows of a batch.
pub(super) struct Ledger<'a> {
    pub(super) list: &'a Arc<str>,
    pub(super) directory: &'a Directory,
    pub(super) open_series: &'a OpenSeries,
    /// What stands in the list under each reference of the batch.
    pub(super) known: BTreeMap<String, KnownObligations>,
    /// What 接续 and 属于 of the batch may name, in every list, newest first.
    named: Vec<Obligation>,
    /// A series owes what was due since its 起算日, though that is past.
    pub(super) takes_late: bool,
    pub(super) adjustments: BTreeMap<ObligationId, Vec<Adjustment>>,
}

impl<'a> Ledger<'a> {
    /// `references` are those of the rows; a list that the ledger does not have yet has none of them.
    pub(super) async fn load(
        context: Context<'_>,
        (list, is_known): (&'a Arc<str>, bool),
        (directory, open_series): (&'a Directory, &'a OpenSeries),
        (rows, references): (&[(usize, ListedObligation)], &[String]),
        takes_late: bool,
    ) -> Result<Self, StorageError> {
        let (mut known, mut adjustments) = (BTreeMap::new(), BTreeMap::new());
        if is_known {
            let called = context.store.obligations_in_list(list, references).await?;
            let ids: Vec<ObligationId> = called.iter().map(|known| known.id).collect();
            adjustments = context.store.adjustments(&ids).await?;
            for obligation in called {
                let reference = obligation.inputs.reference.clone();
                known.entry(reference).or_insert_with(KnownObligations::default).push(obligation);
            }
        }
        let names = rows.iter().flat_map(|(_, row)| row.then.iter().chain(&row.part_of));
        let mut names: Vec<String> = names.flat_map(|name| possible_references(name)).collect();
        names.sort_unstable();
        names.dedup();
        let named = match names.as_slice() {
            [] => Vec::new(),
            names => context.store.obligations_by_reference(names).await?,
        };
        Ok(Self { list, directory, open_series, known, named, takes_late, adjustments })
    }

    /// The newest obligation of the list under a reference.
    pub(super) fn newest(&self, reference: &str) -> Option<&Obligation> {
        self.known.get(reference)?.newest()
    }

    /// The obligation of the ledger that a row of the list means by a name.
    pub(super) fn meant(&self, name: &str) -> Option<&Obligation> {
        meant(self.named.iter(), self.list, name)
    }
}
