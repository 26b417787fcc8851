//! `count`, `end`, `skip`: events of a quota, and duties that come back.
//!
//! Must not know: what pace means.

use clap::Args;
use jiff::civil::Date;
use serde::Serialize;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::{life, view};
use crate::storage::units::Units as _;
use crate::workflows::count::{Counted, Event, count};
use crate::workflows::open_occurrences::{end_series, skip_next};

/// One event that counts towards a quota (每年不少于4次). The same event again is counted once; with the last one the share
/// is reported done.
#[derive(Debug, Args)]
pub(super) struct Count {
    /// Reference (编号) or key of the quota
    #[arg(value_name = "ID")]
    id: String,
    /// The day it was held
    #[arg(long, value_name = "DATE")]
    on: Date,
    /// What it was
    #[arg(long, value_name = "TEXT")]
    what: String,
    /// Who held it; needed when several units owe the quota
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
}

/// The end of a duty that comes back: no occurrence begins after a day. The one that is open stays open.
#[derive(Debug, Args)]
pub(super) struct End {
    /// Its reference (编号) or the key of an occurrence
    #[arg(value_name = "ID")]
    id: String,
    /// The last day on which an occurrence may begin
    #[arg(long, value_name = "DATE", required_unless_present = "never")]
    on: Option<Date>,
    /// Let it go on
    #[arg(long, conflicts_with = "on")]
    never: bool,
    /// Why, for the journal
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// The next occurrence of a duty that comes back is not owed, for a reason; those after it come as ever. An occurrence
/// that is open already is struck out with `duban withdraw ID --note TEXT`.
#[derive(Debug, Args)]
pub(super) struct Skip {
    /// Its reference (编号) or the key of an occurrence
    #[arg(value_name = "ID")]
    id: String,
    /// Why, for the journal
    #[arg(long, value_name = "TEXT")]
    note: String,
    /// Who says so, for the journal; else the login name
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Where a unit stands, as JSON shows it.
#[derive(Serialize)]
struct PaceView {
    #[serde(rename = "ref")]
    reference: String,
    unit: String,
    counted: bool,
    done: u32,
    required: u32,
    expected: u32,
    bunched: u32,
    next_by: Option<Date>,
    no_longer_fits: bool,
}

/// Counts an event.
pub(super) async fn run(
    arguments: Count,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let event = Event {
        obligation: arguments.id,
        unit: arguments.unit,
        on: arguments.on,
        what: arguments.what,
    };
    let ledger = context.ledger().await?;
    let Counted { obligation, line, is_new, started } =
        count(context.for_workflow(&ledger), &event).await?;
    let directory = ledger.directory().await?;
    let pace = line.pace;
    let view = PaceView {
        reference: obligation.inputs.full_reference(),
        unit: view::name(&directory, line.unit),
        counted: is_new,
        done: pace.done,
        required: pace.required,
        expected: pace.expected,
        bunched: pace.bunched,
        next_by: pace.next_by,
        no_longer_fits: pace.no_longer_fits,
    };
    let stands = life::say_started(context, &started)?;
    print(context, &view)?;
    Ok(if view.no_longer_fits { Exit::NeedsPerson } else { stands })
}

/// Ends a series.
pub(super) async fn end(arguments: End, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let obligation = end_series(workflow, &arguments.id, arguments.on, arguments.note).await?;
    let reference = obligation.inputs.reference;
    let said = match arguments.on {
        Some(on) => format!("{reference} 在 {} 之后不再产生新一期", view::with_weekday(on)),
        None => format!("{reference} 继续按期产生"),
    };
    context.say(&said)?;
    Ok(Exit::Done)
}

/// Strikes out the next occurrence of a series.
pub(super) async fn skip(
    arguments: Skip,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let by = arguments.by.as_deref();
    let reference = skip_next(workflow, &arguments.id, by, &arguments.note).await?;
    context.say(&format!("{reference} 已跳过"))?;
    Ok(Exit::Done)
}

fn print(context: &mut CommandContext<'_>, view: &PaceView) -> Result<(), Failure> {
    let next_by = view.next_by.map(|day| day.to_string()).unwrap_or_default();
    let progress = format!("{}/{}", view.done, view.required);
    match context.format {
        Format::Json => context.json(view),
        Format::Csv => {
            let row = vec![view.reference.clone(), view.unit.clone(), progress, next_by];
            context.csv(&["ref", "unit", "done", "next_by"], [row])
        }
        Format::Table => {
            let mut table = context.table(&["编号", "单位", "已完成", "同期应有", "下一次最迟"]);
            let alarm = if view.no_longer_fits { "（剩余时间不足）" } else { "" };
            table.row(vec![
                view.reference.clone(),
                view.unit.clone(),
                progress,
                view.expected.to_string(),
                format!("{next_by}{alarm}"),
            ]);
            context.print(&table.text())
        }
    }
}
