//! An obligation in one line of the journal.
//!
//! Must not know: what happened to it. Callers: this folder, `follow_up`.

use crate::domain::deadline::Deadline;
use crate::domain::obligation::Inputs;

pub(in crate::workflows) fn summary(inputs: &Inputs, deadline: Option<&Deadline>) -> String {
    let due =
        deadline.map_or_else(|| "no date".to_owned(), |deadline| format!("due {}", deadline.due));
    format!("{}; {} ({}); {due}", inputs.title, inputs.written, inputs.term)
}
