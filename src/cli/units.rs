//! `units`: who is in the directory, and who is away.
//!
//! Must not know: how it got there.

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::{regroup, values};
use crate::domain::address::Address;
use crate::domain::directory::Absence;
use crate::views::units::UnitRow;
use crate::views::units::UnitView;
use crate::words;
use crate::workflows::away::set_absence;
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
    Away(Away),
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

/// Record that a contact is away (外出), and who stands in
///
/// Mail goes to the person who stands in. If none is named, it goes to the contacts of the next higher rank of the unit,
/// else of the next lower. Reminders sent during the absence are not sent again on return.
#[derive(Debug, Args)]
struct Away {
    /// The contact, by name or address
    #[arg(value_name = "NAME|ADDRESS")]
    contact: String,
    /// The first day away
    #[arg(long, value_name = "DATE", value_parser = values::date, required_unless_present = "back", requires = "to")]
    from: Option<Date>,
    /// The last day away
    #[arg(long, value_name = "DATE", value_parser = values::date, requires = "from")]
    to: Option<Date>,
    /// Address of the contact of the same unit who stands in
    #[arg(long, value_name = "ADDRESS", value_parser = values::address)]
    delegate: Option<Address>,
    /// End the absence
    #[arg(long, conflicts_with_all = ["from", "to", "delegate"])]
    back: bool,
}

/// Prints the directory, or enters an absence.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match arguments.command {
        Some(Command::Away(away)) => go_away(away, context).await,
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

async fn go_away(away: Away, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let span = away.from.zip(away.to);
    let absence = span.map(|(from, through)| Absence { from, through, delegate: away.delegate });
    let ledger = context.ledger().await?;
    let contact =
        set_absence(context.for_workflow(&ledger), &away.contact, absence.clone()).await?;
    let lang = context.lang;
    let said = match absence {
        None => words!(lang, zh = "{name}在岗", en = "{name} is present", name = contact.name),
        Some(Absence { from, through, delegate }) => {
            let deputy = || lang.pick("同单位其他职级", "contacts of another rank").to_owned();
            words!(
                lang,
                zh = "{name}自{from}至{through}外出，由{by}代收",
                en = "{name} is away from {from} through {through}; mail goes to {by}",
                name = contact.name,
                by = delegate.map_or_else(deputy, |it| it.to_string())
            )
        }
    };
    context.say(&said)?;
    Ok(Exit::Done)
}
