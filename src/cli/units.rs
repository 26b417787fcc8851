//! `units`: who is in the directory.
//!
//! Must not know: how it got there.

use clap::{Args, Subcommand};

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::{contacts, regroup, unit_changes};
use crate::views::units::UnitRow;
use crate::views::units::UnitView;
use crate::words;
use crate::workflows::leave_group::leave_group;

/// List units, groups and contacts, or change them
///
/// Load them with `duban import units FILE`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    /// Only this unit or group, by any of its names
    #[arg(value_name = "UNIT")]
    name: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List units, groups and contacts
    List {
        /// Only this unit or group, by any of its names
        #[arg(value_name = "UNIT")]
        name: Option<String>,
    },
    #[command(hide = true)]
    Away(contacts::Away),
    Rename(unit_changes::Rename),
    Merge(unit_changes::Merge),
    Retire(unit_changes::Retire),
    Leave(Leave),
    Regroup(regroup::Arguments),
}

/// Take a unit out of a group
///
/// Importing a table of units only ever adds. `duban units regroup` shows which open obligations this concerns.
#[derive(Debug, Args)]
struct Leave {
    /// The group, by any of its names
    #[arg(value_name = "GROUP")]
    group: String,
    /// The unit that leaves it
    #[arg(value_name = "UNIT")]
    unit: String,
}

/// Prints the directory, or changes it.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match arguments.command {
        Some(Command::Away(away)) => contacts::go_away(away, context).await,
        Some(Command::Rename(asked)) => unit_changes::rename(asked, context).await,
        Some(Command::Merge(asked)) => unit_changes::merge(asked, context).await,
        Some(Command::Retire(asked)) => unit_changes::retire(asked, context).await,
        Some(Command::Leave(leave)) => end_membership(leave, context).await,
        Some(Command::Regroup(arguments)) => regroup::run(arguments, context).await,
        Some(Command::List { name }) => list(name.as_deref(), context).await,
        None => list(arguments.name.as_deref(), context).await,
    }
}

async fn end_membership(leave: Leave, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let Leave { group, unit } = leave;
    let ledger = context.ledger().await?;
    leave_group(context.for_workflow(&ledger), &group, &unit).await?;
    context.say(&words!(
        context.lang,
        zh = "{unit}已退出{group}；未办结事项是否受影响，请用 duban units regroup 核对",
        en = "{unit} has left {group}; see `duban units regroup` for open obligations"
    ))?;
    Ok(Exit::Done)
}

async fn list(name: Option<&str>, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger_to_read().await?;
    let directory = ledger.directory().await?;
    let chosen = match name {
        Some(name) => vec![crate::workflows::names::unit_called(&directory, name)?],
        None => directory.units().collect(),
    };
    let views: Vec<UnitView> = chosen.iter().map(|unit| UnitView::of(unit, &directory)).collect();
    let rows: Vec<UnitRow> = views.iter().flat_map(UnitView::rows).collect();
    let empty = context.lang.pick(
        "没有单位，请用 duban import units 导入",
        "there is no unit; import units with `duban import units`",
    );
    match context.format {
        Format::Csv => context.csv(UnitRow::KEYS, &rows)?,
        Format::Json | Format::Table => context.list(&views, empty)?,
    }
    Ok(Exit::Done)
}
