//! `calendar`: which days are worked, by which notice, and up to where that is certain.
//!
//! Must not know: how notices are merged.

use clap::Args;
use jiff::civil::{Date, date};
use serde::Serialize;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use crate::domain::calendar::{ListedDay, WorkCalendar};
use crate::storage::units::Units as _;
use crate::workflows::names;

/// Show the working calendar of a year: working days, holidays and make-up days, each with its notice
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The year; default: the present one
    #[arg(value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1949..=2199))]
    year: Option<i16>,
    /// The calendar of this unit; it is the office's calendar if the unit has no days of its own
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
}

/// A year as JSON shows it.
#[derive(Serialize)]
struct YearView {
    year: i16,
    first: Date,
    certain_through: Date,
    /// Every day of the year is known for certain.
    certain: bool,
    version: String,
    /// The unit whose own calendar this is.
    unit: Option<String>,
    papers: Vec<String>,
    months: Vec<MonthView>,
    days: Vec<DayView>,
}

#[derive(Serialize)]
struct MonthView {
    month: i8,
    working_days: i64,
}

#[derive(Clone, Serialize)]
struct DayView {
    date: Date,
    works: bool,
    name: String,
    paper: String,
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
    let view = YearView { unit, ..year_view(&calendar, year) };
    match context.format {
        Format::Json => context.json(&view)?,
        Format::Csv => context.csv(
            &["date", "works", "name", "paper"],
            view.days.iter().map(|day| {
                vec![
                    day.date.to_string(),
                    day.works.to_string(),
                    day.name.clone(),
                    day.paper.clone(),
                ]
            }),
        )?,
        Format::Table => print(context, &view)?,
    }
    Ok(Exit::Done)
}

/// The calendar of a unit that keeps days of its own; says so when it keeps none.
async fn calendar_of(
    name: &str,
    context: &mut CommandContext<'_>,
) -> Result<Option<(String, WorkCalendar)>, Failure> {
    let directory = context.ledger().await?.directory().await?;
    let unit = names::unit_called(&directory, name)?;
    let own = context.law.calendar_of(unit);
    let own = own.map(|(unit, calendar)| (unit.to_owned(), calendar.clone()));
    if own.is_none() {
        context.say(&format!("{}没有单独的日历，以下是全机关的日历", unit.name))?;
    }
    Ok(own)
}

fn year_view(calendar: &WorkCalendar, year: i16) -> YearView {
    let days: Vec<DayView> = calendar
        .listed()
        .filter(|(day, _)| day.year() == year)
        .map(|(day, listed)| day_view(day, listed))
        .collect();
    let mut papers: Vec<String> = days.iter().map(|day| day.paper.clone()).collect();
    papers.sort();
    papers.dedup();
    let months = (1..=12).map(|month| {
        let first = date(year, month, 1);
        let working_days = calendar
            .working_days_between(first.yesterday().unwrap_or(first), first.last_of_month());
        MonthView { month, working_days }
    });
    YearView {
        year,
        first: calendar.first(),
        certain_through: calendar.certain_through(),
        certain: calendar.first() <= date(year, 1, 1)
            && date(year, 12, 31) <= calendar.certain_through(),
        version: calendar.version().to_owned(),
        unit: None,
        papers,
        months: months.collect(),
        days,
    }
}

fn day_view(date: Date, listed: &ListedDay) -> DayView {
    DayView {
        date,
        works: listed.works,
        name: listed.name.to_string(),
        paper: listed.paper.to_string(),
    }
}

fn print(context: &mut CommandContext<'_>, view: &YearView) -> Result<(), Failure> {
    let mut table = context.table(&["月份", "工作日", "放假", "调休上班"]).right(&[1]);
    for MonthView { month, working_days } in &view.months {
        let of_month = |works: bool| {
            let days = view.days.iter().filter(|day| day.date.month() == *month);
            spans(&days.filter(|day| day.works == works).cloned().collect::<Vec<_>>())
        };
        let month = format!("{}-{month:02}", view.year);
        table.row([month, working_days.to_string(), of_month(false), of_month(true)]);
    }
    context.print(&table.text())?;
    let total: i64 = view.months.iter().map(|month| month.working_days).sum();
    let papers = if view.papers.is_empty() { "无".to_owned() } else { view.papers.join("、") };
    let whose = view.unit.as_ref().map(|unit| format!("{unit}的日历。")).unwrap_or_default();
    let (certainty, version) = (certainty(view), &view.version);
    context.print(&format!(
        "\n{whose}全年工作日{total}天。依据：{papers}。\n{certainty}\n日历版本{version}。\n"
    ))
}

/// Says how far the year can be relied on.
fn certainty(view: &YearView) -> String {
    let YearView { year, first, certain_through, .. } = view;
    if view.certain {
        format!("{year}年全年确定。")
    } else if *certain_through < date(*year, 1, 1) || date(*year, 12, 31) < *first {
        format!(
            "{year}年的放假通知没有载入，以上按周一至周五推定；日历自{first}起，确定至{certain_through}。"
        )
    } else {
        let next = year.saturating_add(1);
        format!("{year}年确定至{certain_through}；其后各日要等{next}年通知，它可能调整12月末。")
    }
}

/// Days of one month as `02-15至02-23 春节（国办发明电〔2025〕7号）`, one span a line.
fn spans(days: &[DayView]) -> String {
    let mut spans: Vec<(Date, Date, &DayView)> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some((_, last, of))
                if last.tomorrow().ok() == Some(day.date)
                    && (&of.name, &of.paper) == (&day.name, &day.paper) =>
            {
                *last = day.date;
            }
            _ => spans.push((day.date, day.date, day)),
        }
    }
    let lines = spans.iter().map(|(from, through, day)| {
        let days = if from == through {
            from.strftime("%m-%d").to_string()
        } else {
            format!("{}至{}", from.strftime("%m-%d"), through.strftime("%m-%d"))
        };
        format!("{days} {}（{}）", day.name, day.paper)
    });
    lines.collect::<Vec<_>>().join("\n")
}
