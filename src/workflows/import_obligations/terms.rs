//! The term of a row: as written, as its rule has it, or a target of our own; the ladder it climbs and the period it
//! begins in.
//!
//! Must not know: units, how a date is computed.

use super::ObligationFaultKind;
use crate::domain::deadline::Anchor;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{Inputs, Obligation};
use crate::domain::recurrence::Occurrence;
use crate::domain::rule::Rule;
use crate::domain::similar::most_similar;
use crate::domain::target::can_be_target;
use crate::domain::term::Term;
use crate::workflows::Context;

/// The rule a row names; one that is not known becomes a fault.
pub(super) fn rule<'a>(
    context: Context<'a>,
    listed: &ListedObligation,
    faults: &mut Vec<ObligationFaultKind>,
) -> Option<&'a Rule> {
    let name = listed.rule.as_ref()?;
    let rules = &context.law.rules;
    let rule = rules.get(name);
    if rule.is_none() {
        let similar = most_similar(rules.names(), name);
        faults.push(ObligationFaultKind::UnknownRule { name: name.clone(), similar });
    }
    rule
}

/// The term of a row: as written, else that of its rule on the trigger's day.
pub(super) fn term(
    context: Context<'_>,
    listed: &ListedObligation,
    rule: Option<&Rule>,
    faults: &mut Vec<ObligationFaultKind>,
) -> Option<Term> {
    if let Some(term) = &listed.term {
        return Some(term.clone());
    }
    let on = listed.trigger.map_or_else(|| context.now.today(), Anchor::day);
    let term = rule.and_then(|rule| rule.on(on)).map(|version| version.term.clone());
    match (&term, rule) {
        (None, Some(rule)) => {
            faults.push(ObligationFaultKind::RuleNotInForce { rule: rule.name.clone(), on });
        }
        (None, None) if listed.rule.is_none() => faults.push(ObligationFaultKind::NoTerm),
        _ => {}
    }
    term
}

/// Which period a duty that comes back is registered for, and its first day: the one the ledger holds as `same`, else the
/// one of the trigger, else the present one. Any other duty has no period, and its anchor is the trigger; an event that is
/// on record has happened, so a list that does not name it changes nothing; an internal target without one runs from the
/// day it was set.
pub(super) fn occurrence(
    context: Context<'_>,
    listed: &ListedObligation,
    (term, internal): (&Term, bool),
    same: Option<&Obligation>,
) -> (String, Option<Anchor>) {
    let same = same.map(|same| &same.inputs);
    let start = listed.trigger.map_or_else(|| context.now.today(), Anchor::day);
    match (Occurrence::containing(term, start), same) {
        (Some(_), Some(same)) => (same.occurrence.clone(), same.anchor()),
        (Some(period), None) => (period.label, Some(Anchor::Day(period.first))),
        (None, same) => {
            let same = same.filter(|same| same.term == *term);
            let anchor = listed.trigger.or_else(|| same.and_then(Inputs::anchor));
            (String::new(), anchor.or_else(|| internal.then_some(Anchor::Day(start))))
        }
    }
}

/// The internal target (内部目标) of a duty without a date: that of its row, else that of the configuration.
pub(super) fn target(
    context: Context<'_>,
    listed: &ListedObligation,
    term: &Term,
    faults: &mut Vec<ObligationFaultKind>,
) -> Option<Term> {
    match (&listed.internal, term) {
        (Some(target), Term::Undated) if can_be_target(target) => Some(target.clone()),
        (Some(target), Term::Undated) => {
            faults.push(ObligationFaultKind::TargetWithoutDate { term: target.clone() });
            None
        }
        (Some(_), _) => {
            faults.push(ObligationFaultKind::TargetBesideDate { term: term.clone() });
            None
        }
        (None, Term::Undated) => context.law.targets.find(&listed.written).cloned(),
        (None, _) => None,
    }
}
