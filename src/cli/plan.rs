//! `plan`: who would be mailed what, day by day, without changing anything.
//!
//! Must not know: which rungs are due.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use serde_json::Value;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::{Failure, in_order};
use super::input::text_of;
use super::values;
use crate::domain::unit::{Contact, UnitId};
use crate::views::plan::PlannedMailView;
use crate::views::plan::PlannedReminderRow;
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
    #[arg(long, value_name = "CONTACT")]
    contact: Option<String>,
    /// Only mails to this unit, or to the members of this group
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// Compare with a plan saved as JSON; exit code 20: they differ
    #[arg(long, value_name = "FILE")]
    verify: Option<PathBuf>,
}

/// Plays the planner and prints what it would send.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger_to_read().await?;
    let office = &context.settings.office.unit;
    let supervisor = ledger.unit_called(office).await?;
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
    let rows: Vec<PlannedReminderRow> = mails.iter().flat_map(PlannedMailView::rows).collect();
    let empty = context.lang.pick("这段时间没有要发送的邮件", "no mail is to be sent in this time");
    context.list_as(&mails, &rows, empty)?;
    Ok(Exit::Done)
}

fn chosen(forecast: &MailForecast, arguments: &Arguments) -> Result<Vec<PlannedMailView>, Failure> {
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
        let told = message.reminders.iter().filter_map(|it| directory.contact(it.contact?));
        let contact = told.filter(|it| is_meant(it)).min_by_key(|it| it.id)?;
        Some(PlannedMailView::of(forecast, message, contact))
    });
    Ok(mails.collect())
}

/// Says what is expected and missing (`-`), and what comes without being expected (`+`).
fn verify(
    context: &mut CommandContext<'_>,
    file: &Path,
    mails: &[PlannedMailView],
) -> Result<Exit, Failure> {
    let unreadable = |source| Failure::File { path: file.to_owned(), source };
    let text = text_of(file)?;
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
