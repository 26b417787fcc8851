//! Words why a clock was not moved, and what to do instead.
//!
//! Must not know: how an adjustment is judged.

use super::{Message, inspect, storage};
use crate::cli::exit_code::Exit;
use crate::domain::rule::AdjustmentRefusal;
use crate::workflows::adjust::AdjustError;

/// Words a refusal.
pub(super) fn describe(error: &AdjustError) -> Message {
    match error {
        AdjustError::Inspect(error) => inspect(error),
        AdjustError::Storage(error) => storage(error),
        AdjustError::NotOwed { reference, state } => Message::new(
            Exit::Rejected,
            format!("{reference} is {state}: its clock no longer runs"),
        )
        .hint(format!("`duban reopen {reference}` takes that back, with a note")),
        AdjustError::Refused(refusal) => {
            Message::new(Exit::Rejected, refusal.to_string()).hint(advice(refusal))
        }
    }
}

fn advice(refusal: &AdjustmentRefusal) -> &'static str {
    match refusal {
        AdjustmentRefusal::Impossible(_) => {
            "`duban explain ID` shows what has moved the clock so far, in order"
        }
        AdjustmentRefusal::Future { .. } => {
            "record it on the day it happens, or later; --on takes the day it happened"
        }
        AdjustmentRefusal::AfterExpiry { .. } => {
            "an ended term stays ended; report the duty, and say why it was late"
        }
        AdjustmentRefusal::AlreadyExtended { .. } => "the law grants one extension",
        AdjustmentRefusal::NoReason => "give it with --reason",
        AdjustmentRefusal::NotAllowed { .. } | AdjustmentRefusal::TooLong { .. } => {
            "`duban rules` shows what each rule allows, with its article"
        }
        AdjustmentRefusal::OtherGround { .. } => "give one of these grounds with --ground",
        AdjustmentRefusal::OtherEffect { .. } => "use the command for that effect",
    }
}
