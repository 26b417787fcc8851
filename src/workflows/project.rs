//! Works out the deadline of an obligation from its inputs and the law in force.
//!
//! Must not know: where inputs come from or where the result goes.

use super::Law;
use crate::domain::deadline::{self, Anchor, DeadlineFault};
use crate::domain::obligation::Inputs;
use crate::storage::obligations::Projection;

/// Why there is no deadline although there should be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProjectFault {
    /// The inputs and the calendar do not give a date.
    #[error(transparent)]
    Deadline(#[from] DeadlineFault),
}

/// Works out the deadline that follows from `inputs`.
///
/// # Errors
///
/// [`ProjectFault::Deadline`] when the calendar does not reach.
pub fn project(law: &Law, inputs: &Inputs) -> Result<Projection, ProjectFault> {
    let anchor = inputs.anchor_at.map(Anchor::from).or(inputs.anchor_on.map(Anchor::from));
    let deadline = deadline::deadline(&inputs.term, anchor, &[], &law.calendar)?;
    Ok(Projection {
        deadline,
        calendar_version: law.calendar.version().to_owned(),
        rule_version: None,
    })
}
