//! `clock`: what starts and moves a term: `start`, `extend`, `suspend`, `resume`, `restart`, and `silence`.
//!
//! Must not know: which order is lawful, how a date is computed.

use std::sync::Arc;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::{not_told, values};
use crate::domain::deadline::{Adjustment, Anchor, Change};
use crate::domain::moment::Moment;
use crate::domain::term::Period;
use crate::storage::Store;
use crate::views::changes::AdjustedView;
use crate::views::dates::with_weekday;
use crate::words;
use crate::workflows::adjust::{Adjusted, adjust};
use crate::workflows::life::{self, Target};
use crate::workflows::start_clock::start_clock;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Start(Start),
    Extend(Extend),
    Suspend(Suspend),
    Resume(Resume),
    Restart(Restart),
    Silence(Silence),
}

/// Enter the event that starts the term (起算), or correct its day
///
/// For a term that runs from an event, such as 收到后15日内. Those who know another due date are told the new one.
#[derive(Debug, Args)]
pub(super) struct Start {
    /// Reference (编号) or number of the obligation
    #[arg(value_name = "ID")]
    id: String,
    /// The day of the event from which the term runs (起算日)
    #[arg(long, value_name = "DATE", required_unless_present = "at", value_parser = values::date)]
    on: Option<Date>,
    /// The moment of the event, for a term in hours, such as 2026-11-22T14:30 (Asia/Shanghai)
    #[arg(long, value_name = "DATETIME", conflicts_with = "on", value_parser = values::instant)]
    at: Option<Moment>,
    /// The reason, for the journal
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

/// Extend the term (延期): once, with a reason, before it ends
///
/// The rule says by how much it may be extended. Those who know the old due date are told the new one.
#[derive(Debug, Args)]
pub(super) struct Extend {
    /// Reference (编号) or number of the obligation
    #[arg(value_name = "ID")]
    id: String,
    /// By how much, such as 20wd, 20个工作日 or 30d
    #[arg(long, value_name = "PERIOD", value_parser = values::period)]
    by: Period,
    /// The reason, and who approved it
    #[arg(long, alias = "note", value_name = "TEXT")]
    reason: String,
    /// The day of the decision; default: today
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    on: Option<Date>,
    /// The legal ground, as the rule names it
    #[arg(long, value_name = "GROUND")]
    ground: Option<String>,
}

/// Suspend the term (中止); the working days that are left are kept
///
/// The day of the suspension itself counts, unless `counting.suspension` is set otherwise. The days after it do not, up to
/// and including the day on which the term resumes. Several suspensions add up.
#[derive(Debug, Args)]
pub(super) struct Suspend {
    /// Reference (编号) or number of the obligation
    #[arg(value_name = "ID")]
    id: String,
    /// The day of the suspension; default: today
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    on: Option<Date>,
    /// The legal ground, as the rule names it, such as 征求第三方意见
    #[arg(long, value_name = "GROUND")]
    ground: String,
    /// The reason, for the journal
    #[arg(long, alias = "note", value_name = "TEXT", default_value = "")]
    reason: String,
}

/// Resume a suspended term (恢复) with the days that are left
///
/// Counting goes on with the day after.
#[derive(Debug, Args)]
pub(super) struct Resume {
    #[command(flatten)]
    event: Event,
}

/// Start the whole term again (重新起算)
///
/// The day of the event becomes day 0 of the whole term.
#[derive(Debug, Args)]
pub(super) struct Restart {
    #[command(flatten)]
    event: Event,
}

#[derive(Debug, Args)]
struct Event {
    /// Reference (编号) or number of the obligation
    #[arg(value_name = "ID")]
    id: String,
    /// The day of the event, such as a correction received; default: today
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    on: Option<Date>,
    /// The legal ground, as the rule names it
    #[arg(long, value_name = "GROUND")]
    ground: Option<String>,
    /// The reason, for the journal
    #[arg(long, alias = "note", value_name = "TEXT", default_value = "")]
    reason: String,
}

/// Send no reminders about an obligation until a day
///
/// Reminders begin again on that day, with the newest step of the ladder. The due date does not change.
#[derive(Debug, Args)]
pub(super) struct Silence {
    /// Reference (编号) or number of the obligation
    #[arg(value_name = "ID")]
    id: String,
    /// The first day on which reminders may be sent again
    #[arg(long, value_name = "DATE", required_unless_present = "off", value_parser = values::date)]
    until: Option<Date>,
    /// Send reminders again at once
    #[arg(long, conflicts_with = "until")]
    off: bool,
    /// Who decided it, for the journal; default: the login name
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// The reason, for the journal
    #[arg(long, alias = "note", value_name = "TEXT", required_unless_present = "off")]
    reason: Option<String>,
}

/// Moves a clock, or silences an obligation.
pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let today = context.now().today();
    let adjustment = |on: Option<Date>, change, ground, reason| Adjustment {
        on: on.unwrap_or(today),
        change,
        ground,
        reason,
    };
    let (id, adjustment) = match command {
        Command::Extend(Extend { id, by, reason, on, ground }) => {
            (id, adjustment(on, Change::Extend(by), ground, reason))
        }
        Command::Suspend(Suspend { id, on, ground, reason }) => {
            (id, adjustment(on, Change::Suspend, Some(ground), reason))
        }
        Command::Resume(Resume { event: Event { id, on, ground, reason } }) => {
            (id, adjustment(on, Change::Resume, ground, reason))
        }
        Command::Restart(Restart { event: Event { id, on, ground, reason } }) => {
            (id, adjustment(on, Change::Restart, ground, reason))
        }
        Command::Start(asked) => return start(asked, context).await,
        Command::Silence(asked) => return silence(asked, context).await,
    };
    let ledger = context.ledger().await?;
    let adjusted = adjust(context.for_workflow(&ledger), &id, &adjustment).await?;
    context.one(&AdjustedView::of(&adjusted))?;
    say_not_told(context, &ledger, &adjusted).await
}

async fn say_not_told(
    context: &mut CommandContext<'_>,
    ledger: &Arc<dyn Store>,
    adjusted: &Adjusted,
) -> Result<Exit, Failure> {
    let reference = adjusted.obligation.inputs.full_reference();
    not_told::say(context, ledger, |duty| duty.reference == reference).await
}

async fn start(asked: Start, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let Start { id, on, at, reason } = asked;
    let Some(trigger) = at.map(Anchor::from).or(on.map(Anchor::from)) else {
        return Ok(Exit::Usage);
    };
    let ledger = context.ledger().await?;
    let started = start_clock(context.for_workflow(&ledger), &id, trigger, reason).await?;
    context.one(&AdjustedView::of(&started))?;
    say_not_told(context, &ledger, &started).await
}

async fn silence(asked: Silence, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let target = Target { obligation: asked.id, by: asked.by, ..Target::default() };
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let obligation = life::silence(workflow, &target, asked.until, asked.reason).await?;
    let reference = obligation.inputs.full_reference();
    context.say(&match asked.until {
        Some(until) => words!(
            context.lang,
            zh = "{reference}在{day}之前不再提醒",
            en = "{reference}: no reminders before {day}",
            day = with_weekday(until, context.lang)
        ),
        None => words!(
            context.lang,
            zh = "{reference}恢复提醒",
            en = "{reference}: reminders are sent again"
        ),
    })?;
    Ok(Exit::Done)
}
