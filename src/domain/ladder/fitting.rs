//! Whether the ladders of rules fit the terms of those rules.
//!
//! Must not know: files.

use super::choice::default_ladder;
use super::{DoesNotFit, Ladders};
use crate::domain::rule::{Rule, Rulebook};
use crate::domain::term::Term;

/// A rule whose ladder does not do for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Name of the rule.
    pub rule: String,
    /// Name of the ladder.
    pub ladder: String,
    /// Why not.
    pub kind: MisfitKind,
}

/// Why a ladder does not do for a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MisfitKind {
    /// No ladder of that name is loaded.
    #[error("no ladder is called `{ladder}`")]
    Unknown {
        /// The name.
        ladder: String,
    },
    /// A rung lies before a term of the rule has begun.
    #[error(transparent)]
    OutsideTerm(DoesNotFit),
}

/// Every rule whose ladder, named or chosen by its term, is not loaded or has a rung outside a term of the rule; each rule
/// once.
pub fn misfits(rules: &Rulebook, ladders: &Ladders) -> Vec<Misfit> {
    rules.iter().filter_map(|rule| misfit(rule, ladders)).collect()
}

fn misfit(rule: &Rule, ladders: &Ladders) -> Option<Misfit> {
    rule.versions.iter().find_map(|version| {
        let named = rule.ladder.as_deref().or_else(|| default_ladder(&version.term))?;
        let kind = match (ladders.find(named), &version.term) {
            (None, _) => MisfitKind::Unknown { ladder: named.to_owned() },
            (Some(ladder), Term::Within(period) | Term::AtLeast(period)) => {
                MisfitKind::OutsideTerm(ladder.fits(*period).err()?)
            }
            (Some(_), _) => return None,
        };
        Some(Misfit { rule: rule.name.clone(), ladder: named.to_owned(), kind })
    })
}
