//! Whether the ladders of rules fit the terms of those rules.
//!
//! Must not know: files.

use super::choice::default_ladder;
use super::{DoesNotFit, Ladders};
use crate::domain::rule::{Rule, Rulebook};
use crate::domain::term::Term;

/// A rule that cannot use its ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    pub rule: String,
    pub ladder: String,
    pub kind: MisfitKind,
}

/// Why a rule cannot use its ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MisfitKind {
    /// No ladder of this name is loaded.
    Unknown { ladder: String },
    /// The first rung lies before a term of the rule begins.
    OutsideTerm(DoesNotFit),
}

/// Every rule that cannot use its ladder, whether the rule names the ladder or its term chooses it; each rule once.
pub fn misfits(rules: &Rulebook, ladders: &Ladders) -> Vec<Misfit> {
    rules.iter().filter_map(|rule| misfit(rule, ladders)).collect()
}

/// Only the newest version counts: what began under an earlier one is over, or has been reminded of.
fn misfit(rule: &Rule, ladders: &Ladders) -> Option<Misfit> {
    rule.newest().and_then(|version| {
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
