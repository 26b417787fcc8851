//! `count`: events of a quota.
//!
//! Must not know: what pace means.

use clap::Args;
use jiff::civil::Date;
use serde::Serialize;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::{life, values, view};
use crate::storage::units::Units as _;
use crate::workflows::count::{Counted, Event, count};

/// Count an event towards a quota (次数要求), such as 每年不少于4次
///
/// The same event given again is counted once. With the last event that is required the assignment is reported as done.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Reference (编号) or number of the quota
    #[arg(value_name = "ID")]
    id: String,
    /// The day of the event
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    on: Date,
    /// What took place
    #[arg(long, value_name = "TEXT")]
    what: String,
    /// The unit that held it; needed when several units owe the quota
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
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
    arguments: Arguments,
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
