//! `ack`, `report`, `close`, `reopen`, `withdraw`, `silence`: the life of an obligation.
//!
//! Must not know: which change is allowed.

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde::Serialize;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::{message, view};
use crate::domain::life::{CompletionDetails, Transition, TransitionRequest};
use crate::domain::obligation::Obligation;
use crate::storage::sqlite::Sqlite;
use crate::words::Lang;
use crate::workflows::follow_up::{self, Started};
use crate::workflows::life::{self, Acted, Changed, Target};

/// The life of an obligation.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Sign for it (签收): the unit knows of it; quiets notices, nothing else
    Ack(Plain),
    /// Report it done (报结), with evidence and the day it was really done
    Report(Reported),
    /// Confirm it done (销号), reported before or not
    Close(Closed),
    /// Take a report or closing back: it is owed again
    Reopen(Plain),
    /// Strike it out (撤回): it is no longer owed
    Withdraw(Plain),
    /// Send nothing about it until a day
    Silence(Silence),
}

/// Whose share of which obligation, and who says so.
#[derive(Debug, Args)]
pub(super) struct Whose {
    /// Its reference (编号) or key
    #[arg(value_name = "ID")]
    id: String,
    /// Only the share of this unit, or of the members of this group; else every share it is possible for
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// Who says so, for the journal; else the login name
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why, for the journal
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// A change that claims nothing about the work.
#[derive(Debug, Args)]
pub(super) struct Plain {
    #[command(flatten)]
    whose: Whose,
}

/// Work that is done. Lateness is judged on the day it was done, not on the day of the report.
#[derive(Debug, Args)]
pub(super) struct Reported {
    #[command(flatten)]
    whose: Whose,
    /// Where it can be seen: a URL, or the number of a document
    #[arg(long, value_name = "URL|NUMBER")]
    evidence: String,
    /// The day it was really done; else today
    #[arg(long, value_name = "DATE")]
    done: Option<Date>,
    /// Why a minimum (不少于) ended before its earliest lawful end, for the journal
    #[arg(long, value_name = "TEXT")]
    shortened_because: Option<String>,
}

/// Work that is confirmed. What was reported stays on record unless it is given anew.
#[derive(Debug, Args)]
pub(super) struct Closed {
    #[command(flatten)]
    whose: Whose,
    /// Where it can be seen: a URL, or the number of a document
    #[arg(long, value_name = "URL|NUMBER")]
    evidence: Option<String>,
    /// The day it was really done; else the day reported, else today
    #[arg(long, value_name = "DATE")]
    done: Option<Date>,
    /// Why a minimum (不少于) ended before its earliest lawful end, for the journal
    #[arg(long, value_name = "TEXT")]
    shortened_because: Option<String>,
}

/// Silence with an end and a reason. Reminders begin again on that day, with the newest rung.
#[derive(Debug, Args)]
pub(super) struct Silence {
    /// Its reference (编号) or key
    #[arg(value_name = "ID")]
    id: String,
    /// The first day on which it may be spoken of again
    #[arg(long, value_name = "DATE", required_unless_present = "off")]
    until: Option<Date>,
    /// Let it speak again at once
    #[arg(long, conflicts_with = "until")]
    off: bool,
    /// Who says so, for the journal; else the login name
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why, for the journal
    #[arg(long, value_name = "TEXT", required_unless_present = "off")]
    note: Option<String>,
}

/// A changed share as JSON shows it.
#[derive(Serialize)]
struct ChangeView {
    #[serde(rename = "ref")]
    reference: String,
    unit: String,
    from: &'static str,
    to: &'static str,
}

/// Runs a change.
pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let (transition, whose, details) = match command {
        Command::Ack(plain) => (Transition::Acknowledge, plain.whose, CompletionDetails::default()),
        Command::Reopen(plain) => (Transition::Reopen, plain.whose, CompletionDetails::default()),
        Command::Withdraw(plain) => {
            (Transition::Withdraw, plain.whose, CompletionDetails::default())
        }
        Command::Report(Reported { whose, evidence, done: on, shortened_because }) => (
            Transition::Report,
            whose,
            CompletionDetails { on, evidence: Some(evidence), shortened_because },
        ),
        Command::Close(Closed { whose, evidence, done: on, shortened_because }) => {
            (Transition::Close, whose, CompletionDetails { on, evidence, shortened_because })
        }
        Command::Silence(asked) => return silence(asked, context).await,
    };
    let request = TransitionRequest { transition, details, reason: whose.note };
    let target = Target { obligation: whose.id, unit: whose.unit, by: whose.by };
    let ledger = context.ledger().await?;
    let Acted { obligation, changed, started } =
        life::act(context.for_workflow(&ledger), &target, &request).await?;
    let exit = say_started(context, &started)?;
    if request.transition == Transition::Reopen {
        say_what_goes_on(context, &ledger, &obligation).await?;
    }
    print(context, &obligation.inputs.full_reference(), &changed)?;
    Ok(exit)
}

/// What completions have started; what cannot be started needs a person.
pub(super) fn say_started(
    context: &mut CommandContext<'_>,
    started: &Started,
) -> Result<Exit, Failure> {
    let message = message::life::started(started);
    for line in message.lines.iter().chain(&message.hint) {
        context.say(line)?;
    }
    Ok(message.exit)
}

/// A completion that is taken back has started what follows: that goes on until a person says otherwise.
async fn say_what_goes_on(
    context: &mut CommandContext<'_>,
    ledger: &Sqlite,
    obligation: &Obligation,
) -> Result<(), Failure> {
    for begun in follow_up::started_by(context.for_workflow(ledger), obligation).await? {
        context.say(&format!(
            "{begun} began when this was done, and goes on; `duban withdraw {begun}` or `duban restart {begun} --on DATE` if that was wrong"
        ))?;
    }
    Ok(())
}

async fn silence(asked: Silence, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let target = Target { obligation: asked.id, unit: None, by: asked.by };
    let ledger = context.ledger().await?;
    let obligation =
        life::silence(context.for_workflow(&ledger), &target, asked.until, asked.note).await?;
    let reference = obligation.inputs.full_reference();
    let said = match asked.until {
        Some(until) => format!("{reference} 在 {} 之前不再提醒", view::with_weekday(until)),
        None => format!("{reference} 恢复提醒"),
    };
    context.say(&said)?;
    Ok(Exit::Done)
}

fn print(
    context: &mut CommandContext<'_>,
    reference: &str,
    changed: &[Changed],
) -> Result<(), Failure> {
    let views: Vec<ChangeView> = changed
        .iter()
        .map(|change| ChangeView {
            reference: reference.to_owned(),
            unit: change.unit.clone(),
            from: change.from.word(),
            to: change.to.word(),
        })
        .collect();
    let cells = |it: &ChangeView| {
        vec![it.reference.clone(), it.unit.clone(), it.from.to_owned(), it.to.to_owned()]
    };
    match context.format {
        Format::Json => context.json(&views)?,
        Format::Csv => context.csv(&["ref", "unit", "from", "to"], views.iter().map(cells))?,
        Format::Table => {
            let mut table = context.table(&["编号", "单位", "原状态", "现状态"]);
            for change in changed {
                let (from, to) =
                    (change.from.say(Lang::Zh).to_owned(), change.to.say(Lang::Zh).to_owned());
                table.row(vec![reference.to_owned(), change.unit.clone(), from, to]);
            }
            context.print(&table.text())?;
        }
    }
    Ok(())
}
