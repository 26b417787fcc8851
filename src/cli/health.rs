//! `check-config`, `doctor`, `status`: is the configuration right, are the surroundings, is the service well.
//!
//! Must not know: how any of it is repaired.

use clap::Args;
use serde::Serialize;

use super::certainty::Certainty;
use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::message::watch as words;
use crate::domain::watch::Hold;
use crate::mail::compose;
use crate::storage::health::Health as _;
use crate::storage::units::Units as _;
use crate::wiring;

/// Check the files of the configuration
#[derive(Debug, Args)]
pub(super) struct CheckConfig {}

/// Check everything the service needs
///
/// Checks the configuration, the ledger and whether it was copied, the clock, units, calendar, templates and the relay.
/// Connects to the relay, but sends nothing.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Check only the files of the configuration; --config without FILE means the same
    #[arg(long)]
    config_only: bool,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    well: bool,
    detail: String,
}

/// Says that the configuration is right; every fault of it was said before this is called.
pub(super) fn check_config(context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let compose_settings = wiring::compose_settings(&context.settings)?;
    compose::check(&compose_settings.templates, &compose_settings.office, context.now())
        .map_err(Failure::Compose)?;
    wiring::mailer(&context.settings)?;
    let certain = context.law.calendar.certain_through();
    context.say(&format!(
        "the configuration is right; ledger {}, calendar certain through {certain}",
        context.settings.database.display()
    ))?;
    Ok(Exit::Done)
}

/// Looks at the surroundings.
pub(super) async fn doctor(
    arguments: Doctor,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    check_config(context)?;
    if arguments.config_only {
        return Ok(Exit::Done);
    }
    context.ledger().await?.check_pages().await?;
    let mut checks = vec![watch(context).await?, directory(context).await?, calendar(context)];
    checks.extend(unit_calendars(context).await?);
    checks.push(relay(context).await?);
    let relay_is_well = checks.iter().all(|check| check.well || check.name != "relay");
    let all_well = checks.iter().all(|check| check.well);
    print(context, &checks)?;
    Ok(match (all_well, relay_is_well) {
        (true, _) => Exit::Done,
        (false, true) => Exit::NeedsPerson,
        (false, false) => Exit::Relay,
    })
}

/// The ledger is at home and the clock makes sense, so that mail may go out at all.
async fn watch(context: &mut CommandContext<'_>) -> Result<Check, Failure> {
    let ledger = context.ledger().await?;
    let holds = context.guard.holds(&ledger).await?;
    let word = |hold: &Hold| format!("{}; {}", words::hold(*hold), words::way_out(*hold));
    let detail = if holds.is_empty() {
        "the ledger is at home here, and the clock makes sense".to_owned()
    } else {
        holds.iter().map(word).collect::<Vec<_>>().join("; ")
    };
    Ok(Check { name: "watch", well: holds.is_empty(), detail })
}

async fn directory(context: &mut CommandContext<'_>) -> Result<Check, Failure> {
    let directory = context.ledger().await?.directory().await?;
    let office = &context.settings.office.unit;
    let unreachable: Vec<&str> = directory.out_of_reach().map(|unit| unit.name.as_str()).collect();
    let (well, detail) = if directory.find(office).is_none() {
        (
            false,
            format!(
                "office.unit `{office}` is no unit of the ledger; load it with `duban import units FILE`"
            ),
        )
    } else if unreachable.is_empty() {
        (
            true,
            format!("{} units and groups, each with somebody to tell", directory.units().count()),
        )
    } else {
        (false, format!("nobody can be told in {}", unreachable.join("、")))
    };
    Ok(Check { name: "units", well, detail })
}

/// How long the calendar is certain, and what to do when that is short.
fn calendar(context: &CommandContext<'_>) -> Check {
    let Certainty { well, detail, .. } = Certainty::of(context);
    Check { name: "calendar", well, detail }
}

/// Days are kept for units that the ledger does not know; `None` when every unit is known.
async fn unit_calendars(context: &mut CommandContext<'_>) -> Result<Option<Check>, Failure> {
    let directory = context.ledger().await?.directory().await?;
    let units = context.law.units_with_calendar();
    let unknown: Vec<&str> = units.filter(|unit| directory.find(unit).is_none()).collect();
    let detail = format!("data.unit_days names {}, no unit of the ledger", unknown.join("、"));
    let check = Check { name: "unit calendars", well: false, detail };
    Ok((!unknown.is_empty()).then_some(check))
}

async fn relay(context: &CommandContext<'_>) -> Result<Check, Failure> {
    let (well, detail) = wiring::try_out_mail(&context.settings).await?;
    Ok(Check { name: "relay", well, detail })
}

fn print(context: &mut CommandContext<'_>, checks: &[Check]) -> Result<(), Failure> {
    let word = |well: bool| if well { "ok" } else { "ATTENTION" };
    let cells = |check: &Check| {
        vec![check.name.to_owned(), word(check.well).to_owned(), check.detail.clone()]
    };
    match context.format {
        Format::Json => context.json(&checks),
        Format::Csv => context.csv(&["name", "state", "detail"], checks.iter().map(cells)),
        Format::Table => {
            let mut table = context.table(&["what", "state", "detail"]);
            for check in checks {
                table.row(cells(check));
            }
            context.print(&table.text())
        }
    }
}
