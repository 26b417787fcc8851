//! What a person can do about a refusal, and the exit code.
//!
//! Must not know: the sentence itself, which each type says.

use super::{Message, counting, due, rows, storage};
use crate::cli::exit_code::Exit;
use crate::domain::life::TransitionFault;
use crate::domain::rule::AdjustmentRefusal;
use crate::workflows::{NotFound, Refused};

/// The message for a refusal.
pub(super) fn describe(refused: &Refused) -> Message {
    let message = Message::new(Exit::Rejected, refused.to_string());
    match refused {
        Refused::NotFound(fault) => message.hint(not_found(fault)),
        Refused::DamagedCalendar { .. } => Message::new(Exit::Database, refused.to_string()).hint(
            "keep a copy of the ledger, and restore the row from a backup; `--calendar current` explains with the calendar in force",
        ),
        Refused::BackwardsAbsence { .. } => {
            message.hint("--from takes the first day away, --to the last")
        }
        Refused::Delegate(fault) => Message::new(Exit::Rejected, rows::unit(fault)),
        Refused::NotAMember { group, .. } => {
            message.hint(format!("`duban units {group}` lists its members"))
        }
        Refused::NoShare { reference, .. } => {
            message.hint(format!("`duban show {reference}` names the units that owe it"))
        }
        Refused::Order { refusal, .. } => message.hint(order(refusal)),
        Refused::SilenceInPast { .. } => message.hint("name a day to come, or --off"),
        Refused::NotOwed { reference, .. } => {
            message.hint(format!("`duban reopen {reference}` takes that back, with a note"))
        }
        Refused::Adjustment(refusal) => message.hint(adjustment(refusal)),
        Refused::NotAQuota { .. } => {
            message.hint("`duban report` reports a duty that is done once")
        }
        Refused::WhichUnit { units } => {
            message.hint(format!("--unit takes one of {}", units.join("、")))
        }
        Refused::OutsidePeriod { .. } => {
            message.hint("--on takes a day of the quota's period that has come")
        }
        Refused::NotASeries { .. } => {
            message.hint("`duban withdraw` strikes out a duty that is owed once")
        }
        Refused::Counting(fault) => counting(fault),
        Refused::Deadline(fault) => due::deadline(fault),
        Refused::Storage(error) => storage(error),
    }
}

fn not_found(fault: &NotFound) -> String {
    match fault {
        NotFound::Unit { similar: Some(similar), .. }
        | NotFound::Contact { similar: Some(similar), .. } => {
            format!("did you mean `{similar}`? `duban units` lists them all")
        }
        NotFound::Unit { similar: None, .. } => {
            "`duban units` lists all names; load them with `duban import units FILE`".to_owned()
        }
        NotFound::Contact { similar: None, .. } => "`duban units` lists them all".to_owned(),
        NotFound::SeveralContacts { known, .. } => {
            format!("name one by an address of its own: {}", known.join("; "))
        }
        NotFound::Obligation { .. } => {
            "`duban upcoming --all` lists every obligation with its reference".to_owned()
        }
        NotFound::Calendar { .. } => {
            "`duban explain ID` prints the version of a date; `duban journal` that of every import"
                .to_owned()
        }
        NotFound::SeveralCalendars { .. } => "give more digits".to_owned(),
    }
}

fn order(refusal: &TransitionFault) -> String {
    match refusal {
        TransitionFault::NotPossible { possible, .. } => {
            let possible: Vec<&str> =
                possible.iter().copied().map(|it| it.action().word()).collect();
            format!("possible: {}", possible.join(", "))
        }
        TransitionFault::NoEvidence => {
            "--evidence takes a URL or the number of a document".to_owned()
        }
        TransitionFault::DoneInFuture { .. } => {
            "--done takes the day the work was really done".to_owned()
        }
        TransitionFault::TooEarly { .. } => {
            "an exception needs a reason: --shortened-because TEXT".to_owned()
        }
    }
}

fn adjustment(refusal: &AdjustmentRefusal) -> &'static str {
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
