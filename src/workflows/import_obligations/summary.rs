//! An obligation in one line of the journal.
//!
//! Must not know: what happened to it. Callers: this folder, `follow_up`.

use crate::domain::deadline::Deadline;
use crate::domain::obligation::Inputs;
use crate::storage::journal_fact::Fact;

pub(in crate::workflows) fn summary(inputs: &Inputs, deadline: Option<&Deadline>) -> String {
    let fact = Fact::Inputs {
        title: inputs.title.clone(),
        written: inputs.written.clone(),
        term: inputs.term.to_string(),
        due: deadline.map(|deadline| deadline.due),
    };
    fact.into()
}
