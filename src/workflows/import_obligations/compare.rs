//! Compares a row with the obligation in the ledger that it describes.
//!
//! Must not know: lists as wholes, what is written. Callers: this folder.

use super::answers::Answers;
use super::comparison::{Doubt, Pair, Side};
use super::fields::{FieldChange, differences, says_the_same};
use crate::domain::directory::Directory;
use crate::domain::obligation::{AssignmentState, Inputs, Obligation, ObligationState};
use crate::storage::obligations::Registration;
use crate::words::{Lang, Say as _};
use crate::workflows::names::unit_names;

/// What importing a row does to an obligation in the ledger.
pub(super) enum Verdict {
    Unchanged,
    Changed(Vec<FieldChange>),
    /// The row may describe another obligation; a person must decide.
    Doubtful(Doubt),
}

pub(super) fn verdict(
    directory: &Directory,
    known: &Obligation,
    registration: &Registration,
    answers: Answers,
) -> Verdict {
    let is_same = says_the_same(known, registration);
    let has_ended = known.state != ObligationState::Open;
    let is_series = !known.inputs.occurrence.is_empty();
    if has_ended && !is_series {
        return ended(directory, known, registration, answers);
    }
    if is_same
        && !known.assignments.is_empty()
        && (has_ended || known.deadline == registration.projection.deadline)
    {
        return Verdict::Unchanged;
    }
    if !answers.revise && is_other(&known.inputs, &registration.inputs) {
        return Verdict::Doubtful(Doubt::OtherDuty);
    }
    Verdict::Changed(differences(directory, known, registration))
}

/// For an obligation that has ended. An import never opens a closed one again; it opens a withdrawn one only on request.
fn ended(
    directory: &Directory,
    known: &Obligation,
    registration: &Registration,
    answers: Answers,
) -> Verdict {
    let is_closed = known.state == ObligationState::Closed;
    let has_left = known.assignments.iter().any(|share| share.has_left)
        && known.assignments.iter().all(|share| share.state == AssignmentState::Withdrawn);
    let comes_back = !is_closed && has_left;
    if says_the_same(known, registration) && !comes_back {
        return Verdict::Unchanged;
    }
    let is_other = is_other(&known.inputs, &registration.inputs);
    match (is_closed, answers.revise) {
        (true, _) if is_other => Verdict::Doubtful(Doubt::ClosedOther),
        (true, false) => Verdict::Doubtful(Doubt::Closed),
        (false, false) => Verdict::Doubtful(Doubt::Withdrawn),
        (_, true) => Verdict::Changed(differences(directory, known, registration)),
    }
}

/// True when both title and date differ: then the 编号 probably identifies another obligation now.
fn is_other(known: &Inputs, row: &Inputs) -> bool {
    let has_other_date =
        known.term != row.term || (known.occurrence.is_empty() && known.anchor() != row.anchor());
    has_other_date && letters(&known.title) != letters(&row.title)
}

/// A title without spaces and punctuation.
pub(super) fn letters(title: &str) -> String {
    title.chars().filter(|character| character.is_alphanumeric()).collect()
}

pub(super) fn pair(
    directory: &Directory,
    (line, why): (usize, Doubt),
    known: &Obligation,
    registration: &Registration,
) -> Pair {
    let responsible = |lead: &[_], responsible: &[_]| {
        unit_names(directory, if responsible.is_empty() { lead } else { responsible })
    };
    let term = |inputs: &Inputs| match inputs.written.as_str() {
        "" => inputs.term.say(Lang::Zh),
        written => written.to_owned(),
    };
    let due = |deadline: Option<&crate::domain::deadline::Deadline>| deadline.map(|it| it.due);
    Pair {
        line,
        reference: known.inputs.full_reference(),
        why,
        known: Side {
            title: known.inputs.title.clone(),
            term: term(&known.inputs),
            due: due(known.deadline.as_ref()),
            units: responsible(&known.lead, &known.responsible),
        },
        row: Side {
            title: registration.inputs.title.clone(),
            term: term(&registration.inputs),
            due: due(registration.projection.deadline.as_ref()),
            units: responsible(&registration.lead, &registration.responsible),
        },
    }
}
