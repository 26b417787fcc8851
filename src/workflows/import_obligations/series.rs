//! Which obligations of the ledger a row of a list is about, and which series it replaces.
//!
//! Must not know: units, how a date is computed. When the term of a reference changes from 每月 to 每季度, or to a fixed date,
//! what was opened under the old kind of term stays, and the old series opens nothing more. Callers: this folder.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::obligation::{Obligation, ObligationId, ObligationState};
use crate::domain::recurrence::Occurrence;
use crate::domain::term::Term;

/// Every obligation of one reference, newest first.
#[derive(Debug, Default)]
pub(super) struct KnownObligations(Vec<Obligation>);

impl KnownObligations {
    /// Adds one that is older than all before.
    pub(super) fn push(&mut self, older: Obligation) {
        self.0.push(older);
    }

    pub(super) fn newest(&self) -> Option<&Obligation> {
        self.0.first()
    }

    /// The obligations a row with this term is about: the newest of its kind, and with it every occurrence that is still
    /// owed in time, because a new day of the month holds for what is to come. Empty when there is none of its kind.
    pub(super) fn concerned(&self, term: &Term, today: Date) -> Vec<&Obligation> {
        let mut kin = self.0.iter().filter(|known| is_of_kind(known, term));
        let newest = kin.next();
        newest.into_iter().chain(kin.filter(|known| is_to_come(known, today))).collect()
    }

    /// What stands in the ledger under another kind of term.
    pub(super) fn of_other_kind(&self, term: &Term) -> impl Iterator<Item = &Obligation> {
        self.0.iter().filter(move |known| !is_of_kind(known, term))
    }

    /// The newest occurrence of a series that this term would take up again after another kind of term took its place; `None`
    /// when it goes on, or never ended.
    pub(super) fn abandoned_series(
        &self,
        term: &Term,
        open_series: &OpenSeries,
    ) -> Option<&Obligation> {
        let newest = self.0.iter().find(|known| is_of_kind(known, term))?;
        let is_replaced = self.newest().is_some_and(|latest| latest.id != newest.id);
        let comes_back = !newest.inputs.occurrence.is_empty();
        Some(newest).filter(|it| comes_back && is_replaced && !open_series.holds(it.id))
    }
}

/// The newest occurrence of every series that opens others after it.
#[derive(Debug, Default)]
pub(super) struct OpenSeries(BTreeMap<ObligationId, Option<Date>>);

impl OpenSeries {
    /// Of the newest occurrences and the days their series end, those that go on after `today`.
    pub(super) fn after(
        today: Date,
        newest: impl Iterator<Item = (ObligationId, Option<Date>)>,
    ) -> Self {
        Self(newest.filter(|(_, ends_on)| ends_on.is_none_or(|on| on > today)).collect())
    }

    pub(super) fn holds(&self, id: ObligationId) -> bool {
        self.0.contains_key(&id)
    }
}

/// True when `known` is of the same kind as this term: it has the same periods, or both have none.
fn is_of_kind(known: &Obligation, term: &Term) -> bool {
    let period = Occurrence::containing(term, known.inputs.anchor_on.unwrap_or_default());
    period.map_or_else(String::new, |period| period.label) == known.inputs.occurrence
}

fn is_to_come(known: &Obligation, today: Date) -> bool {
    known.state == ObligationState::Open
        && known.deadline.as_ref().is_none_or(|deadline| deadline.due >= today)
}
