//! `calendar`: which days are worked, by which notice, and up to where that is certain.
//!
//! Must not know: how notices are merged.

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use crate::domain::calendar::WorkCalendar;
use crate::views::calendar::DayView;
use crate::views::calendar::YearView;
use crate::words;
use crate::workflows::names;

/// Show the working calendar of a year: working days, holidays and make-up days, each with its notice
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The year; default: the present one
    #[arg(value_name = "YEAR", value_parser = super::values::year)]
    year: Option<i16>,
    /// The calendar of this unit; it is the office's calendar if the unit has no days of its own
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
}

/// Prints a year.
pub(super) async fn run(
    arguments: &Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    context.take_in_imported_notices().await?;
    let year = arguments.year.unwrap_or_else(|| context.now().today().year());
    let own = match &arguments.unit {
        Some(name) => calendar_of(name, context).await?,
        None => None,
    };
    let (unit, calendar) =
        own.map_or((None, context.law.calendar.clone()), |(unit, calendar)| (Some(unit), calendar));
    let view = YearView::of(&calendar, year, unit);
    match context.format {
        Format::Json => context.json(&view)?,
        Format::Csv => context.csv(DayView::KEYS, &view.days)?,
        Format::Table => {
            context.table(&view.months)?;
            context.print(&format!("\n{}", view.summary(context.lang)))?;
        }
    }
    Ok(Exit::Done)
}

/// The calendar of a unit that keeps days of its own; says so when it keeps none.
async fn calendar_of(
    name: &str,
    context: &mut CommandContext<'_>,
) -> Result<Option<(String, WorkCalendar)>, Failure> {
    let directory = context.ledger_to_read().await?.directory().await?;
    let unit = names::unit_called(&directory, name)?;
    let own = context.law.calendar_of(unit);
    let own = own.map(|(unit, calendar)| (unit.to_owned(), calendar.clone()));
    if own.is_none() {
        let said = words!(
            context.lang,
            zh = "{unit}没有单独的日历，以下是全机关的日历",
            en = "{unit} has no calendar of its own; this is the calendar of the office",
            unit = unit.name,
        );
        context.say(&said)?;
    }
    Ok(own)
}
