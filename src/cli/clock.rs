//! `clock`: what moves a running term: `extend`, `suspend`, `resume`, `restart`, and `silence`.
//!
//! Must not know: which order is lawful, how a date is computed.

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::values;
use crate::domain::deadline::{Adjustment, Change};
use crate::domain::term::Period;
use crate::views::changes::AdjustedView;
use crate::views::dates::with_weekday;
use crate::words;
use crate::workflows::adjust::adjust;
use crate::workflows::life::{self, Target};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Extend(Extend),
    Suspend(Suspend),
    Resume(Resume),
    Restart(Restart),
    Silence(Silence),
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
        Command::Silence(asked) => return silence(asked, context).await,
    };
    let ledger = context.ledger().await?;
    let adjusted = adjust(context.for_workflow(&ledger), &id, &adjustment).await?;
    context.one(&AdjustedView::of(&adjusted))?;
    Ok(Exit::Done)
}

async fn silence(asked: Silence, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let target = Target { obligation: asked.id, unit: None, by: asked.by };
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
