//! Open obligations of which nobody is reminded: the sections below `upcoming`.
//!
//! Must not know: the command line, from when on they need a person.

use jiff::civil::Date;
use serde::Serialize;

use super::dates::day;
use super::row::{Column, Row};
use crate::domain::item::ItemKind;
use crate::storage::unattended::UnattendedDuty;
use crate::words::Lang;
use crate::workflows::names::some_units;

#[derive(Clone, Debug, Serialize)]
pub struct UnattendedView {
    #[serde(rename = "ref")]
    reference: String,
    title: String,
    units: Vec<String>,
    due: Option<Date>,
    since: Date,
    key: String,
}

impl UnattendedView {
    pub fn of(duty: &UnattendedDuty) -> Self {
        let UnattendedDuty { key, reference, title, units, due, since, until: _ } = duty;
        Self {
            reference: reference.clone(),
            title: title.clone(),
            units: units.clone(),
            due: *due,
            since: *since,
            key: key.to_string(),
        }
    }
}

impl Row for UnattendedView {
    const KEYS: &'static [&'static str] = &["ref", "title", "units", "due", "since", "key"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("编号", "Ref", |it, _| it.reference.clone()),
            Column::text("事项", "Title", |it, _| it.title.clone()),
            Column::whole("到期日", "Due", |it, lang| day(it.due, lang)),
            Column::whole("自", "Since", |it, lang| day(Some(it.since), lang)),
            Column::<Self>::text("责任单位", "Responsible", |it, lang| {
                some_units(&it.units, lang)
            })
            .droppable(1),
        ]
    }
}

/// Why nobody is reminded, as a heading.
pub fn unattended_heading(kind: ItemKind, lang: Lang) -> &'static str {
    match kind {
        ItemKind::LadderEnded => {
            lang.pick("督办已到顶，不再提醒", "Ladder ended: no further reminder")
        }
        ItemKind::Suspended => lang.pick("中止计时", "Clock stopped"),
        ItemKind::Silenced => lang.pick("暂停提醒", "Reminders paused"),
        ItemKind::AwaitsEvent => lang.pick("等待起算", "Waiting for an event"),
        ItemKind::NotTold
        | ItemKind::Mailbox
        | ItemKind::Undelivered
        | ItemKind::Ambiguous
        | ItemKind::Damaged
        | ItemKind::Returned
        | ItemKind::Answer
        | ItemKind::FollowUp
        | ItemKind::Breaker
        | ItemKind::Unreachable
        | ItemKind::Quota
        | ItemKind::UnknownLadder
        | ItemKind::Instance
        | ItemKind::Clock
        | ItemKind::Mail => kind.say(lang),
    }
}
