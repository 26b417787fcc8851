//! Words why a clock was not moved, and what to do instead.
//!
//! Must not know: how an adjustment is judged.

use super::{Message, inspect, storage};
use crate::cli::Exit;
use crate::domain::rule::Refusal;
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

fn advice(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Impossible(_) => {
            "`duban explain ID` shows what has moved the clock so far, in order"
        }
        Refusal::Future { .. } => {
            "record it on the day it happens, or later; --on takes the day it happened"
        }
        Refusal::AfterExpiry { .. } => {
            "an ended term stays ended; report the duty, and say why it was late"
        }
        Refusal::AlreadyExtended { .. } => "the law grants one extension",
        Refusal::NoReason => "give it with --reason",
        Refusal::NotAllowed { .. } | Refusal::TooLong { .. } => {
            "`duban rules` shows what each rule allows, with its article"
        }
        Refusal::OtherGround { .. } => "give one of these grounds with --ground",
        Refusal::OtherEffect { .. } => "use the command for that effect",
    }
}
