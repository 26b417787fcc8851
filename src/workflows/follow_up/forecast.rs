//! When follow-ups would fall due, if everything before them is done on its due date.
//!
//! Must not know: the ledger. Callers: `inspect`.

use jiff::civil::Date;

use super::links::{Next, Waiting, next};
use crate::domain::deadline::Deadline;
use crate::domain::directory::Directory;
use crate::domain::obligation::{Inputs, Obligation};
use crate::workflows::law::{Law, LawOfUnit};
use crate::workflows::project;

/// A date that holds if the obligation before is done on its due date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The other end of the link: a rule by its name, or an obligation by reference and title.
    pub what: String,
    /// The day the follow-up would fall due.
    pub due: Date,
    /// One of the two dates lies beyond what the calendar knows for certain.
    pub provisional: bool,
}

/// What would follow from `obligation` if it were done on its due date; empty once it is done. A follow-up whose date
/// cannot be worked out is left out.
pub fn forecast(
    law: &Law,
    directory: &Directory,
    waiting: &Waiting,
    obligation: &Obligation,
) -> Vec<Forecast> {
    let Some(deadline) = obligation.deadline.as_ref().filter(|_| obligation.is_owed()) else {
        return Vec::new();
    };
    // the rules are not read for an obligation that names none
    if obligation.inputs.rule.is_none() && obligation.inputs.then.is_empty() {
        return Vec::new();
    }
    let forecast = |next| {
        let (what, next) = match next {
            Next::Rule(rule) => {
                let version = rule.on(deadline.due)?;
                let inputs = Inputs {
                    written: String::new(),
                    term: version.term.clone(),
                    rule: Some(rule.key().to_owned()),
                    ..obligation.inputs.clone()
                };
                let law = law.for_obligation(directory, obligation);
                (rule.name.clone(), deadline_from(law, &inputs, deadline.due)?)
            }
            Next::Obligation(waiting) if waiting.inputs.anchor().is_none() => {
                let law = law.for_obligation(directory, waiting);
                (in_words(waiting), deadline_from(law, &waiting.inputs, deadline.due)?)
            }
            Next::Obligation(_) => return None,
        };
        let provisional = next.provisional || deadline.provisional;
        Some(Forecast { what, due: next.due, provisional })
    };
    next(&law.rules, waiting, &obligation.inputs).into_iter().filter_map(forecast).collect()
}

/// For an obligation that waits for its trigger: when it would fall due, for each of those `before` it that is still owed,
/// if that one is done on its due date.
pub fn forecast_of_waiting(
    law: &Law,
    directory: &Directory,
    obligation: &Obligation,
    before: &[Obligation],
) -> Vec<Forecast> {
    let own_law = law.for_obligation(directory, obligation);
    let forecast = |before: &Obligation| {
        let deadline = before.deadline.as_ref().filter(|_| before.is_owed())?;
        let next = deadline_from(own_law, &obligation.inputs, deadline.due)?;
        let provisional = next.provisional || deadline.provisional;
        Some(Forecast { what: in_words(before), due: next.due, provisional })
    };
    before.iter().filter_map(forecast).collect()
}

/// 001-18 编制标准指引.
fn in_words(obligation: &Obligation) -> String {
    format!("{} {}", obligation.inputs.full_reference(), obligation.inputs.title)
}

/// The deadline of a term that starts on `day`; `None` when it cannot be worked out.
fn deadline_from(law: LawOfUnit<'_>, inputs: &Inputs, day: Date) -> Option<Deadline> {
    let inputs = Inputs { anchor_on: Some(day), anchor_at: None, ..inputs.clone() };
    project::project(law, &inputs, &[]).ok()?.deadline
}
