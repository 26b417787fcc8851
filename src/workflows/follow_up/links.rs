//! What follows what: the names in an obligation's 接续 and its rule's `then`, resolved.
//!
//! Must not know: the ledger, when a follow-up starts. Callers: this folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::obligation::{
    AssignmentState, Inputs, Obligation, ObligationState, possible_references,
};
use crate::domain::rule::{Rule, Rulebook};
use crate::workflows::references::meant;

/// Obligations that a 接续 names, by reference; the newest of each list.
#[derive(Clone, Debug, Default)]
pub struct Waiting(BTreeMap<String, Vec<Obligation>>);

/// What the completion of an obligation starts.
pub(super) enum Next<'a> {
    /// A new obligation under this rule.
    Rule(&'a Rule),
    /// An obligation of the ledger.
    Obligation(&'a Obligation),
}

impl Waiting {
    /// The newest obligation of each reference in each list; `obligations` are sorted newest first.
    pub(super) fn newest_of(obligations: Vec<Obligation>) -> Self {
        let mut waiting: BTreeMap<String, Vec<Obligation>> = BTreeMap::new();
        for obligation in obligations {
            let known = waiting.entry(obligation.inputs.reference.clone()).or_default();
            if known.iter().all(|it| it.inputs.list != obligation.inputs.list) {
                known.push(obligation);
            }
        }
        Self(waiting)
    }

    /// The obligation that one of this list means by a name.
    fn meant(&self, list: &str, name: &str) -> Option<&Obligation> {
        let references = possible_references(name);
        meant(references.iter().filter_map(|it| self.0.get(it)).flatten(), list, name)
    }
}

impl Next<'_> {
    /// List and reference of the obligation that starts when the one with these inputs is done.
    pub(super) fn place(&self, completed: &Inputs) -> (Arc<str>, String) {
        match self {
            Self::Rule(rule) => (
                Arc::clone(&completed.list),
                format!("{}→{}", completed.full_reference(), rule.key()),
            ),
            Self::Obligation(obligation) => {
                (Arc::clone(&obligation.inputs.list), obligation.inputs.reference.clone())
            }
        }
    }
}

/// What the completion of an obligation starts: by its rule, then by its own 接续. A name is a reference first, then a rule.
pub(super) fn next<'a>(
    rules: &'a Rulebook,
    waiting: &'a Waiting,
    inputs: &Inputs,
) -> Vec<Next<'a>> {
    let rule = inputs.rule.as_deref().and_then(|rule| rules.get(rule));
    let by_rule = rule.into_iter().flat_map(|rule| &rule.then).filter_map(|next| rules.get(next));
    let own = inputs.then.iter().filter_map(|name| {
        let obligation = waiting.meant(&inputs.list, name).map(Next::Obligation);
        obligation.or_else(|| rules.get(name).map(Next::Rule))
    });
    by_rule.map(Next::Rule).chain(own).collect()
}

/// True for an obligation that waits for its trigger, and for one that was withdrawn after it had started. One that was
/// withdrawn while it waited does not start.
pub(super) fn can_start(known: &Obligation) -> bool {
    let is_withdrawn = known.state == ObligationState::Withdrawn;
    known.inputs.anchor().is_some() == is_withdrawn
}

/// The last day on which an assignment was actually done; `None` while one is still owed, or when none was done.
pub(super) fn done_on(obligation: &Obligation) -> Option<Date> {
    let assignments = &obligation.assignments;
    let mut last = None;
    for assignment in assignments.iter().filter(|it| it.state != AssignmentState::Withdrawn) {
        if !assignment.state.is_done() {
            return None;
        }
        last = last.max(assignment.done_on);
    }
    last
}
