//! `series`: obligations that recur: `skip` the next occurrence, `end` the series.
//!
//! Must not know: when an occurrence opens.

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::values;
use crate::views::dates::with_weekday;
use crate::words;
use crate::workflows::open_occurrences::{end_series, skip_next};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Skip(Skip),
    End(End),
}

/// Leave out the next occurrence (期) of a series
///
/// Later occurrences come as before. An occurrence that is already open is withdrawn with `duban withdraw ID`.
#[derive(Debug, Args)]
pub(super) struct Skip {
    /// Reference (编号) of the series, or number of an occurrence
    #[arg(value_name = "ID")]
    id: String,
    /// The reason, for the journal
    #[arg(long, alias = "note", value_name = "TEXT")]
    reason: String,
    /// Who decided it, for the journal; default: the login name
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// End a series (终止): no occurrence begins after a day
///
/// An occurrence that is open stays open.
#[derive(Debug, Args)]
pub(super) struct End {
    /// Reference (编号) of the series, or number of an occurrence
    #[arg(value_name = "ID")]
    id: String,
    /// The last day on which an occurrence may begin
    #[arg(long, value_name = "DATE", required_unless_present = "never", value_parser = values::date)]
    on: Option<Date>,
    /// Let the series go on after all
    #[arg(long, conflicts_with = "on")]
    never: bool,
    /// The reason, for the journal
    #[arg(long, alias = "note", value_name = "TEXT")]
    reason: Option<String>,
}

pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match command {
        Command::Skip(asked) => skip(asked, context).await,
        Command::End(asked) => end(asked, context).await,
    }
}

async fn end(asked: End, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let obligation = end_series(workflow, &asked.id, asked.on, asked.reason).await?;
    let reference = obligation.inputs.reference;
    context.say(&match asked.on {
        Some(on) => words!(
            context.lang,
            zh = "{reference}在{day}之后不再产生新一期",
            en = "{reference}: no occurrence begins after {day}",
            day = with_weekday(on, context.lang)
        ),
        None => words!(
            context.lang,
            zh = "{reference}继续按期产生",
            en = "{reference}: occurrences go on"
        ),
    })?;
    Ok(Exit::Done)
}

async fn skip(asked: Skip, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let reference = skip_next(workflow, &asked.id, asked.by.as_deref(), &asked.reason).await?;
    context.say(&words!(context.lang, zh = "{reference}已跳过", en = "{reference} is left out"))?;
    Ok(Exit::Done)
}
