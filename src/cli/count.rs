//! `count`: events of a quota.
//!
//! Must not know: how many events a quota needs.

use clap::Args;
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::{life, values};
use crate::domain::unit::UnitId;
use crate::views::changes::CountedView;
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
    let units: Vec<UnitId> = obligation.units().collect();
    let directory = ledger.directory_of(&units, &[]).await?;
    let view = CountedView::of(&obligation, &line, is_new, &directory);
    let exit = life::say_started(context, &started)?;
    context.one(&view)?;
    Ok(if line.pace.no_longer_fits { Exit::NeedsPerson } else { exit })
}
