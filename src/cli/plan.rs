//! `plan`: who would be mailed what, day by day, without changing anything.
//!
//! Must not know: which rungs are due.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::{Failure, in_order};
use super::format::Format;
use super::{values, view};
use crate::domain::reminder::ForecastMessage;
use crate::domain::unit::{Contact, UnitId};
use crate::storage::units::Units as _;
use crate::workflows::mail_forecast::{MailForecast, forecast_mails};
use crate::workflows::names::unit_called;
use crate::workflows::plan_reminders::Planning;

/// Show who would be sent which mail on which day; changes nothing
///
/// It is assumed that every mail is accepted and that no unit acts meanwhile.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The first day; default: today
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    from: Option<Date>,
    /// The last day
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    to: Date,
    /// Only mails to this contact, by name or address
    #[arg(long, value_name = "NAME|ADDRESS")]
    contact: Option<String>,
    /// Only mails to this unit, or to the members of this group
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// Compare with a plan saved as JSON; exit code 20: they differ
    #[arg(long, value_name = "FILE")]
    verify: Option<PathBuf>,
}

/// One mail to come, as JSON shows it.
#[derive(Serialize)]
struct MailView {
    on: Date,
    contact: String,
    email: String,
    unit: String,
    reminders: Vec<ReminderView>,
}

/// One reminder of a mail to come.
#[derive(Serialize)]
struct ReminderView {
    #[serde(rename = "ref")]
    reference: String,
    title: String,
    owed_by: String,
    due: Option<Date>,
    provisional: bool,
    rung: String,
    repeat: u32,
    role: &'static str,
    tone: &'static str,
}

const COLUMNS: [&str; 10] =
    ["on", "contact", "unit", "ref", "title", "owed_by", "due", "rung", "tone", "provisional"];

/// Plays the planner and prints what it would send.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let office = &context.settings.office.unit;
    let supervisor = ledger.directory().await?.find(office).map(|unit| unit.id);
    let workflow = context.for_workflow(&ledger);
    let planning = Planning {
        ladders: &context.law.ladders,
        hours: context.settings.schedule.mail_hours,
        supervisor,
    };
    let from = arguments.from.unwrap_or_else(|| workflow.now.today());
    in_order(from, arguments.to)?;
    let forecast = forecast_mails(workflow, planning, from, arguments.to).await?;
    let mails = chosen(&forecast, &arguments)?;
    if let Some(file) = &arguments.verify {
        return verify(context, file, &mails);
    }
    match context.format {
        Format::Json => context.json(&mails)?,
        Format::Csv => context.csv(&COLUMNS, mails.iter().flat_map(csv_rows))?,
        Format::Table => {
            let headers =
                ["日期", "联系人", "单位", "编号", "事项", "责任单位", "到期日", "级", "语气"];
            let mut table = context.table(&headers);
            mails.iter().flat_map(table_rows).for_each(|row| table.row(row));
            context.print(&table.text())?;
        }
    }
    Ok(Exit::Done)
}

fn chosen(forecast: &MailForecast, arguments: &Arguments) -> Result<Vec<MailView>, Failure> {
    let directory = &forecast.directory;
    let units: Option<Vec<UnitId>> = match &arguments.unit {
        Some(name) => Some(directory.expand(&[unit_called(directory, name)?.id])),
        None => None,
    };
    let is_meant = |contact: &Contact| {
        let named = arguments.contact.as_ref();
        named.is_none_or(|it| *it == contact.name || *it == contact.address.to_string())
            && units.as_ref().is_none_or(|units| units.contains(&contact.unit))
    };
    let mails = forecast.messages.iter().filter_map(|message| {
        let contact = directory.contact(message.contact).filter(|it| is_meant(it))?;
        Some(mail(forecast, message, contact))
    });
    Ok(mails.collect())
}

fn mail(forecast: &MailForecast, message: &ForecastMessage, contact: &Contact) -> MailView {
    let directory = &forecast.directory;
    let reminders = message.reminders.iter().filter_map(|reminder| {
        let matter = forecast.obligations.get(&reminder.obligation)?;
        let owed_by = forecast.performers.get(&reminder.assignment)?;
        Some(ReminderView {
            reference: matter.reference.clone(),
            title: matter.title.clone(),
            owed_by: view::name(directory, *owed_by),
            due: matter.due,
            provisional: matter.provisional,
            rung: reminder.occasion.name().to_owned(),
            repeat: reminder.occasion.number(),
            role: reminder.role.word(),
            tone: reminder.tone.word(),
        })
    });
    MailView {
        on: message.on,
        contact: contact.name.clone(),
        email: contact.address.to_string(),
        unit: view::name(directory, contact.unit),
        reminders: reminders.collect(),
    }
}

fn csv_rows(mail: &MailView) -> Vec<Vec<String>> {
    let row = |it: &ReminderView| {
        let mut cells = cells(mail, it, it.due.map(|due| due.to_string()).unwrap_or_default());
        cells.push(it.provisional.to_string());
        cells
    };
    mail.reminders.iter().map(row).collect()
}

fn table_rows(mail: &MailView) -> Vec<Vec<String>> {
    let row = |it: &ReminderView| cells(mail, it, view::provisionally(it.due, it.provisional));
    mail.reminders.iter().map(row).collect()
}

fn cells(mail: &MailView, it: &ReminderView, due: String) -> Vec<String> {
    vec![
        mail.on.to_string(),
        mail.contact.clone(),
        mail.unit.clone(),
        it.reference.clone(),
        it.title.clone(),
        it.owed_by.clone(),
        due,
        if it.repeat == 0 { it.rung.clone() } else { format!("{}#{}", it.rung, it.repeat) },
        it.tone.to_owned(),
    ]
}

/// Says what is expected and missing (`-`), and what comes without being expected (`+`).
fn verify(
    context: &mut CommandContext<'_>,
    file: &PathBuf,
    mails: &[MailView],
) -> Result<Exit, Failure> {
    let unreadable = |source| Failure::File { path: file.clone(), source };
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let expected: Vec<Value> =
        serde_json::from_str(&text).map_err(|error| unreadable(error.into()))?;
    let present = mails
        .iter()
        .map(serde_json::to_value)
        .collect::<Result<Vec<Value>, _>>()
        .map_err(|error| Failure::Output(error.into()))?;
    let missing = expected.iter().filter(|mail| !present.contains(mail)).map(|mail| ('-', mail));
    let added = present.iter().filter(|mail| !expected.contains(mail)).map(|mail| ('+', mail));
    let mut differs = false;
    for (sign, mail) in missing.chain(added) {
        differs = true;
        context.print(&format!("{sign} {mail}\n"))?;
    }
    Ok(if differs { Exit::NeedsPerson } else { Exit::Done })
}
