//! Mails to come: `plan`.
//!
//! Must not know: which reminders are due, the command line.

use jiff::civil::Date;
use serde::Serialize;

use super::dates::provisional_mark;
use super::names::name;
use super::row::{Column, Row};
use super::told::step;
use super::words::word;
use crate::domain::ladder::Tone;
use crate::domain::reminder::{ForecastMessage, Occasion};
use crate::domain::unit::{Contact, Role};
use crate::workflows::mail_forecast::MailForecast;

/// One mail to come.
#[derive(Serialize)]
pub struct PlannedMailView {
    on: Date,
    contact: String,
    email: String,
    unit: String,
    reminders: Vec<PlannedReminderView>,
}

#[derive(Clone, Serialize)]
struct PlannedReminderView {
    #[serde(rename = "ref")]
    reference: String,
    title: String,
    owed_by: String,
    due: Option<Date>,
    provisional: bool,
    rung: String,
    repeat: u32,
    #[serde(serialize_with = "word")]
    role: Role,
    #[serde(serialize_with = "word")]
    tone: Tone,
    #[serde(skip)]
    occasion: Occasion,
}

/// One reminder of a mail to come, as CSV and table have it.
#[derive(Serialize)]
pub struct PlannedReminderRow {
    on: Date,
    contact: String,
    unit: String,
    #[serde(flatten)]
    reminder: PlannedReminderView,
}

impl Row for PlannedReminderRow {
    const KEYS: &'static [&'static str] = &[
        "on",
        "contact",
        "unit",
        "ref",
        "title",
        "owed_by",
        "due",
        "rung",
        "tone",
        "provisional",
        "repeat",
        "role",
    ];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("日期", "Day", |it, _| it.on.to_string()),
            Column::text("联系人", "Contact", |it, _| it.contact.clone()),
            Column::<Self>::text("单位", "Unit", |it, _| it.unit.clone()).droppable(2),
            Column::whole("编号", "Ref", |it, _| it.reminder.reference.clone()),
            Column::<Self>::text("事项", "Title", |it, _| it.reminder.title.clone()).droppable(1),
            Column::<Self>::text("责任单位", "Owed by", |it, _| it.reminder.owed_by.clone())
                .droppable(4),
            Column::whole("到期日", "Due", |it, lang| {
                let mark = provisional_mark(it.reminder.provisional, lang);
                it.reminder.due.map_or_else(String::new, |due| format!("{due}{mark}"))
            }),
            Column::whole("督办环节", "Step", |it, lang| {
                step(&it.reminder.occasion, it.reminder.tone, lang)
            }),
        ]
    }
}

impl PlannedMailView {
    pub fn of(forecast: &MailForecast, message: &ForecastMessage, contact: &Contact) -> Self {
        let reminders = message.reminders.iter().filter_map(|reminder| {
            let obligation = forecast.obligations.get(&reminder.obligation)?;
            let owed_by = forecast.performers.get(&reminder.assignment)?;
            Some(PlannedReminderView {
                reference: obligation.reference.clone(),
                title: obligation.title.clone(),
                owed_by: name(&forecast.directory, *owed_by),
                due: obligation.due,
                provisional: obligation.provisional,
                rung: reminder.occasion.name().to_owned(),
                repeat: reminder.occasion.number(),
                occasion: reminder.occasion.clone(),
                role: reminder.role,
                tone: reminder.tone,
            })
        });
        Self {
            on: message.on,
            contact: contact.name.clone(),
            email: contact.address.to_string(),
            unit: name(&forecast.directory, contact.unit),
            reminders: reminders.collect(),
        }
    }

    /// A row for each reminder.
    pub fn rows(&self) -> impl Iterator<Item = PlannedReminderRow> {
        self.reminders.iter().map(|reminder| PlannedReminderRow {
            on: self.on,
            contact: self.contact.clone(),
            unit: self.unit.clone(),
            reminder: reminder.clone(),
        })
    }
}
