//! What people are told when a change in the life of an obligation is refused.
//!
//! Must not know: what is allowed.

use super::{Message, inspect, rows, storage};
use crate::cli::exit_code::Exit;
use crate::domain::life::{Refusal, Verb};
use crate::workflows::away::AwayError;
use crate::workflows::chain::Started;
use crate::workflows::count::CountError;
use crate::workflows::life::LifeError;
use crate::workflows::open_occurrences::SeriesError;

/// Words a refused change.
pub(super) fn describe(error: &LifeError) -> Message {
    match error {
        LifeError::Inspect(error) => inspect(error),
        LifeError::Storage(error) => storage(error),
        LifeError::NoShare { unit, obligation } => {
            Message::new(Exit::Rejected, format!("{unit} has no share in {obligation}"))
                .hint(format!("`duban show {obligation}` names the units that owe it"))
        }
        LifeError::Refused { unit, refusal } => refused(unit, refusal),
        LifeError::SilenceInPast { until, today } => Message::new(
            Exit::Rejected,
            format!("silence until {until} would end before it begins: today is {today}"),
        )
        .hint("name a day to come, or --off"),
    }
}

/// Words what completions have started.
pub(in crate::cli) fn started(started: &Started) -> Message {
    let Started { begun, left, stuck } = started;
    let mut lines = Vec::new();
    if !begun.is_empty() {
        lines.push(format!("started: {}", begun.join(", ")));
    }
    for reference in left {
        lines.push(format!("{reference} began before, or was struck out, and is left as it is"));
    }
    for (reference, faults) in stuck {
        let faults: Vec<String> = faults.iter().map(|it| rows::obligation(&it.kind, &[])).collect();
        lines.push(format!("what follows {reference} cannot start: {}", faults.join("; ")));
    }
    let exit = if stuck.is_empty() { Exit::Done } else { Exit::NeedsPerson };
    let hint = (!stuck.is_empty()).then(|| "mend that; the next pass tries again".to_owned());
    Message { lines, hint, exit }
}

fn refused(unit: &str, refusal: &Refusal) -> Message {
    match refusal {
        Refusal::NotPossible { verb, state, possible } => {
            let possible: Vec<&str> = possible.iter().copied().map(Verb::word).collect();
            let line = format!("{unit}: `{}` is not possible, it is {}", verb.word(), state.word());
            Message::new(Exit::Rejected, line).hint(format!("possible: {}", possible.join(", ")))
        }
        Refusal::NoEvidence => {
            Message::new(Exit::Rejected, format!("{unit}: a report needs evidence"))
                .hint("--evidence takes a URL or the number of a document")
        }
        Refusal::DoneInFuture { on } => {
            Message::new(Exit::Rejected, format!("{unit}: {on} has not come yet"))
                .hint("--done takes the day the work was really done")
        }
        Refusal::TooEarly { on, earliest } => Message::new(
            Exit::Rejected,
            format!("{unit}: {on} is before {earliest}, the earliest day on which it may end"),
        )
        .hint("an exception needs a reason: --shortened-because TEXT"),
    }
}

/// Words an absence that cannot be entered.
pub(super) fn not_away(error: &AwayError) -> Message {
    match error {
        AwayError::Storage(error) => storage(error),
        AwayError::UnknownContact { asked, similar } => {
            let message = Message::new(Exit::Rejected, format!("no contact is called `{asked}`"));
            message.hint(match similar {
                Some(similar) => format!("did you mean `{similar}`? `duban units` lists them all"),
                None => "`duban units` lists them all".to_owned(),
            })
        }
        AwayError::SeveralContacts { asked, known } => {
            Message::new(Exit::Rejected, format!("several contacts are called `{asked}`"))
                .hint(format!("name one by an address of its own: {}", known.join("; ")))
        }
        AwayError::Backwards { from, through } => {
            Message::new(Exit::Rejected, format!("{through} is before {from}"))
                .hint("--from takes the first day away, --to the last")
        }
        AwayError::Delegate(fault) => Message::new(Exit::Rejected, rows::unit(fault)),
    }
}

/// Words an event that cannot be counted.
pub(super) fn uncounted(error: &CountError) -> Message {
    match error {
        CountError::Inspect(error) => inspect(error),
        CountError::Storage(error) => storage(error),
        CountError::NoQuota { reference } => {
            Message::new(Exit::Rejected, format!("{reference} is no quota: nothing is counted"))
                .hint("`duban report` reports a duty that is done once")
        }
        CountError::WhichUnit { units } => {
            Message::new(Exit::Rejected, "the unit that held it must be one that owes the quota")
                .hint(format!("--unit takes one of {}", units.join("、")))
        }
        CountError::OutsidePeriod { on, first, last } => {
            Message::new(Exit::Rejected, format!("{on} does not lie between {first} and {last}"))
                .hint("--on takes a day of the quota's period that has come")
        }
    }
}

/// Words a series that cannot be ended.
pub(super) fn unended(error: &SeriesError) -> Message {
    match error {
        SeriesError::Inspect(error) => inspect(error),
        SeriesError::Storage(error) => storage(error),
        SeriesError::Deadline(fault) => super::due::deadline(fault),
        SeriesError::NoSeries { reference } => {
            Message::new(Exit::Rejected, format!("{reference} does not come back"))
                .hint("`duban withdraw` strikes out a duty that is owed once")
        }
    }
}
