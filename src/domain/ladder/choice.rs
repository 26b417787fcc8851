//! The loaded ladders, and the default ladder of a term.
//!
//! Must not know: files, obligations.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Ladder;
use crate::domain::term::{Cycle, PeriodUnit, Recurrence, Term};

/// All loaded ladders, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ladders {
    by_name: BTreeMap<String, Arc<Ladder>>,
}

impl Ladders {
    /// A later ladder replaces an earlier one of the same name.
    pub fn new(ladders: impl IntoIterator<Item = Ladder>) -> Self {
        let named = |ladder: Ladder| (ladder.name().to_owned(), Arc::new(ladder));
        Self { by_name: ladders.into_iter().map(named).collect() }
    }

    pub fn find(&self, name: &str) -> Option<&Arc<Ladder>> {
        self.by_name.get(name)
    }

    /// All ladders, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Ladder>> {
        self.by_name.values()
    }
}

/// The shipped ladder for `term`, used when neither a rule nor a person names another; `None` for a term without a date, of which
/// nobody is reminded.
///
/// ```
/// use duban::domain::ladder::default_ladder;
/// assert_eq!(default_ladder(&"20wd".parse().unwrap()), Some("standard"));
/// assert_eq!(default_ladder(&"5wd".parse().unwrap()), Some("short"));
/// assert_eq!(default_ladder(&"undated".parse().unwrap()), None);
/// ```
pub fn default_ladder(term: &Term) -> Option<&'static str> {
    match term {
        Term::By(_) | Term::Window { .. } => Some("fixed-date"),
        Term::Within(period) => Some(match (period.unit, period.amount) {
            (PeriodUnit::Hour, _)
            | (PeriodUnit::WorkingDay, ..=3)
            | (PeriodUnit::CalendarDay, ..=13) => "urgent",
            (PeriodUnit::WorkingDay, 4..=10) | (PeriodUnit::CalendarDay, 14..=24) => "short",
            (
                PeriodUnit::WorkingDay
                | PeriodUnit::CalendarDay
                | PeriodUnit::Month
                | PeriodUnit::Year,
                _,
            ) => "standard",
        }),
        Term::AtLeast(_) => Some("comment"),
        Term::Every(Recurrence::Daily | Recurrence::WorkingDaily) => Some("daily"),
        Term::Every(Recurrence::Weekly(_)) => Some("recurring"),
        Term::Every(Recurrence::Monthly { every, .. }) => Some(match every {
            Cycle::Month | Cycle::TwoMonths => "recurring",
            Cycle::Quarter | Cycle::HalfYear | Cycle::Year => "fixed-date",
        }),
        Term::Times(quota) => Some(match quota.every {
            Cycle::HalfYear | Cycle::Year => "quota",
            Cycle::Month | Cycle::TwoMonths | Cycle::Quarter => "recurring",
        }),
        Term::Undated => None,
    }
}
