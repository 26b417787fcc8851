//! Words the faults of the calculator and of adjustments to a clock.
//!
//! Must not know: how a date is worked out.

use std::io::{self, Write};

use super::{Message, counting, rows};
use crate::cli::due::DueFault;
use crate::cli::exit_code::Exit;
use crate::cli::import_calendar::CalendarRefusal;
use crate::domain::deadline::DeadlineFault;
use crate::intake::count_batch::BatchFault;
use crate::words::{Lang, Say};

/// Words why the calculator has no answer.
pub(super) fn describe(fault: &DueFault) -> Message {
    match fault {
        DueFault::Term { written, fault } => {
            Message::new(Exit::Rejected, rows::term(written, fault))
        }
        DueFault::NoTrigger { term } => {
            Message::new(Exit::Rejected, format!("{term} runs from a trigger, and none was given"))
                .hint("add --from DATE: the day of the event, which is not counted")
        }
        DueFault::UnknownRule { name, similar } => {
            let message = Message::new(Exit::Rejected, format!("no rule is called `{name}`"));
            match similar {
                Some(similar) => {
                    message.hint(format!("did you mean `{similar}`? `duban rules` lists them all"))
                }
                None => message.hint("`duban rules` lists all rules"),
            }
        }
        DueFault::NotInForce { name, day, first } => {
            let line = format!("the rule `{name}` was not in force on {day}");
            let message = Message::new(Exit::Rejected, line);
            match first {
                Some(first) => message.hint(format!(
                    "its first version is of {first}; `duban rules {name}` shows all"
                )),
                None => message,
            }
        }
        DueFault::Deadline(fault) => deadline(fault),
        DueFault::NoColumn { file, column } => Message::new(
            Exit::Rejected,
            format!("{}:1: the header has no column `{column}`", file.display()),
        )
        .hint("the columns are start_date,n,unit,roll; others are passed on"),
    }
}

/// Words why a term and what moved its clock give no date.
pub(super) fn deadline(fault: &DeadlineFault) -> Message {
    match fault {
        DeadlineFault::Counting(fault) => counting(fault),
        DeadlineFault::NoInstant { .. } => Message::new(Exit::Rejected, fault.to_string())
            .hint("give the date and time, as 2026-10-01T22:30"),
        DeadlineFault::NotBackwards { .. } => Message::new(Exit::Rejected, fault.to_string())
            .hint("write how long before the event, as 7日前 or 5个工作日前; a fixed date needs no --before"),
        DeadlineFault::Adjustment { .. } => Message::new(Exit::Rejected, fault.to_string())
            .hint("`duban journal` shows when each adjustment was recorded, and by whom"),
    }
}

/// Words why notices were not taken in.
pub(super) fn calendar(refusal: &CalendarRefusal) -> Message {
    let lines = match refusal {
        CalendarRefusal::Files(faults) => faults.iter().map(ToString::to_string).collect(),
        CalendarRefusal::Merge(fault) => vec![fault.to_string()],
    };
    let hint = "nothing was taken in; compare the file with the notice's text and load all missing years together";
    Message { lines, hint: Some(hint.to_owned()), exit: Exit::Rejected }
}

/// Says what is wrong with one row of a table.
pub(super) fn row(file: &str, fault: &BatchFault, out: &mut dyn Write) -> io::Result<()> {
    let what = fault.kind.say(Lang::En);
    writeln!(out, "error: {file}:{}: {what}", fault.line)
}
