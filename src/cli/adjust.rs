//! `extend`, `suspend`, `resume`, `restart`: what moves a running clock.
//!
//! Must not know: which order is lawful, how a date is computed.

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde::Serialize;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::view;
use crate::domain::deadline::{Adjustment, Change, ClockState};
use crate::domain::term::Period;
use crate::workflows::adjust::{Adjusted, adjust};

/// What moves a running clock.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    #[command(about = "Add to the end of the term (延期): once, with a reason, before it ends")]
    Extend(Extend),
    #[command(about = "Stop the clock (中止); it keeps the working days that are left")]
    Suspend(Stop),
    #[command(about = "Let a stopped clock go on (恢复)")]
    Resume(Go),
    #[command(about = "Begin the whole term anew (重新起算)")]
    Restart(Go),
}

/// Add to the end of the term (延期): once, with a reason, before it ends.
///
/// The rule says how much is allowed. Those who know the old date are told of the new one.
#[derive(Debug, Args)]
pub(super) struct Extend {
    /// Its reference (编号) or key
    #[arg(value_name = "ID")]
    id: String,
    /// How much, as 20wd
    #[arg(long, value_name = "PERIOD", value_parser = super::as_of::period)]
    by: Period,
    /// Why; who approved it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The day it was decided; else today
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// The legal ground, as the rule names it
    #[arg(long, value_name = "GROUND")]
    ground: Option<String>,
}

/// Stop the clock (中止); it keeps the working days that are left.
///
/// The day itself still counts, unless `counting.suspension` says otherwise; the days after it, up to and including the
/// day it resumes, do not. Several suspensions add up.
#[derive(Debug, Args)]
pub(super) struct Stop {
    /// Its reference (编号) or key
    #[arg(value_name = "ID")]
    id: String,
    /// The day it stops; else today
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// The legal ground, as the rule names it: 征求第三方意见
    #[arg(long, value_name = "GROUND")]
    ground: String,
    /// Why, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

/// Let the clock go on, or begin the whole term anew.
///
/// `resume` goes on with what was left from the day after; `restart` takes the day as day 0 of the whole term.
#[derive(Debug, Args)]
pub(super) struct Go {
    /// Its reference (编号) or key
    #[arg(value_name = "ID")]
    id: String,
    /// The day of the event (view received, correction received); else today
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// The legal ground, as the rule names it
    #[arg(long, value_name = "GROUND")]
    ground: Option<String>,
    /// Why, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

/// What an adjustment did, as JSON shows it.
#[derive(Serialize)]
struct AdjustedView<'a> {
    id: i64,
    #[serde(rename = "ref")]
    reference: &'a str,
    before: Option<Date>,
    due: Option<Date>,
    act_by: Option<Date>,
    provisional: bool,
    suspended: bool,
}

/// Moves a clock.
pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let today = context.now().today();
    let (id, adjustment) = adjustment(command, today);
    let ledger = context.ledger().await?;
    let adjusted = adjust(context.for_workflow(&ledger), &id, &adjustment).await?;
    print(context, &adjusted)?;
    Ok(Exit::Done)
}

fn adjustment(command: Command, today: Date) -> (String, Adjustment) {
    match command {
        Command::Extend(Extend { id, by, reason, on, ground }) => {
            (id, Adjustment { on: on.unwrap_or(today), change: Change::Extend(by), ground, reason })
        }
        Command::Suspend(Stop { id, on, ground, reason }) => {
            let on = on.unwrap_or(today);
            (id, Adjustment { on, change: Change::Suspend, ground: Some(ground), reason })
        }
        Command::Resume(Go { id, on, ground, reason }) => {
            (id, Adjustment { on: on.unwrap_or(today), change: Change::Resume, ground, reason })
        }
        Command::Restart(Go { id, on, ground, reason }) => {
            (id, Adjustment { on: on.unwrap_or(today), change: Change::Restart, ground, reason })
        }
    }
}

fn print(context: &mut CommandContext<'_>, adjusted: &Adjusted) -> Result<(), Failure> {
    let inputs = &adjusted.obligation.inputs;
    let after = adjusted.clock.deadline();
    let view = AdjustedView {
        id: adjusted.obligation.id.0,
        reference: &inputs.reference,
        before: adjusted.obligation.deadline.as_ref().map(|deadline| deadline.due),
        due: after.as_ref().map(|deadline| deadline.due),
        act_by: after.as_ref().map(|deadline| deadline.act_by),
        provisional: after.as_ref().is_some_and(|deadline| deadline.provisional),
        suspended: matches!(adjusted.clock, ClockState::Suspended { .. }),
    };
    let cells = |view: &AdjustedView<'_>| {
        let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        vec![
            view.id.to_string(),
            view.reference.to_owned(),
            date(view.before),
            date(view.due),
            date(view.act_by),
            view.provisional.to_string(),
            view.suspended.to_string(),
        ]
    };
    match context.format {
        Format::Json => context.json(&view),
        Format::Csv => context.csv(
            &["id", "ref", "before", "due", "act_by", "provisional", "suspended"],
            [cells(&view)],
        ),
        Format::Table => {
            let date = |date: Option<Date>| date.map_or_else(|| "—".to_owned(), view::with_weekday);
            let now = if view.suspended { "中止".to_owned() } else { date(view.due) };
            let mark = if view.provisional { "（暂定）" } else { "" };
            let mut table = context.table(&["编号", "事项", "原到期日", "现到期日", "应办日"]);
            table.row([
                inputs.full_reference(),
                inputs.title.clone(),
                date(view.before),
                format!("{now}{mark}"),
                date(view.act_by),
            ]);
            context.print(&table.text())
        }
    }
}
