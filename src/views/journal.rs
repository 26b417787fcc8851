//! Lines of the journal: `journal`, and the history in `show`.
//!
//! Must not know: how lines are chained, the command line.

use serde::{Serialize, Serializer};

use super::dates::{minute, second};
use super::journal_words::{action, data, state, subject};
use super::row::{Column, Row};
use crate::domain::moment::Moment;
use crate::storage::journal::Line;
use crate::words::Lang;

#[derive(Clone, Debug, Serialize)]
pub struct LineView {
    seq: i64,
    at: String,
    actor: Option<String>,
    verb: String,
    subject: String,
    #[serde(serialize_with = "as_data")]
    before: Option<String>,
    #[serde(serialize_with = "as_data")]
    after: Option<String>,
    reason: Option<String>,
    hash: String,
    #[serde(skip)]
    moment: Option<Moment>,
}

impl Row for LineView {
    const KEYS: &'static [&'static str] =
        &["seq", "at", "actor", "verb", "subject", "before", "after", "reason", "hash"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::<Self>::number("序号", "No.", |it, _| it.seq.to_string()).droppable(3),
            Column::whole("时间", "Time", |it, _| it.moment.map(minute).unwrap_or_default()),
            Column::<Self>::whole("操作人", "By", |it, lang| person(it.actor.as_ref(), lang))
                .droppable(4),
            Column::text("动作", "Action", |it, lang| action(&it.verb, lang)),
            Column::text("对象", "Subject", |it, lang| subject(&it.subject, lang)),
            Column::<Self>::text("之前", "Before", |it, lang| state(it.before.as_deref(), lang))
                .droppable(2),
            Column::text("之后", "After", |it, lang| state(it.after.as_deref(), lang)),
            Column::<Self>::text("理由", "Reason", |it, _| it.reason.clone().unwrap_or_default())
                .droppable(1),
        ]
    }
}

/// A line in the history of one obligation, without its subject.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryView {
    seq: i64,
    at: String,
    actor: Option<String>,
    verb: String,
    #[serde(serialize_with = "as_data")]
    before: Option<String>,
    #[serde(serialize_with = "as_data")]
    after: Option<String>,
    reason: Option<String>,
    #[serde(skip)]
    moment: Option<Moment>,
}

impl Row for HistoryView {
    const KEYS: &'static [&'static str] =
        &["seq", "at", "actor", "verb", "before", "after", "reason"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("时间", "Time", |it, _| it.moment.map(minute).unwrap_or_default()),
            Column::<Self>::whole("操作人", "By", |it, lang| person(it.actor.as_ref(), lang))
                .droppable(3),
            Column::text("动作", "Action", |it, lang| action(&it.verb, lang)),
            Column::<Self>::text("之前", "Before", |it, lang| state(it.before.as_deref(), lang))
                .droppable(2),
            Column::text("之后", "After", |it, lang| state(it.after.as_deref(), lang)),
            Column::<Self>::text("理由", "Reason", |it, _| it.reason.clone().unwrap_or_default())
                .droppable(1),
        ]
    }
}

impl HistoryView {
    pub fn of(line: &Line) -> Self {
        let LineView { seq, at, actor, verb, before, after, reason, moment, .. } =
            LineView::of(line);
        Self { seq, at, actor, verb, before, after, reason, moment }
    }
}

impl LineView {
    pub fn of(line: &Line) -> Self {
        let moment = jiff::Timestamp::from_second(line.at).ok().map(Moment::at);
        Self {
            seq: line.seq,
            at: moment.map_or_else(|| line.at.to_string(), second),
            actor: line.actor.text().map(str::to_owned),
            verb: line.verb.clone(),
            subject: line.subject.clone(),
            before: line.before.text().map(str::to_owned),
            after: line.after.text().map(str::to_owned),
            reason: line.reason.text().map(str::to_owned),
            hash: line.hash.clone(),
            moment,
        }
    }
}

/// In JSON and CSV facts are English, whatever the language of the reader.
#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn as_data<S: Serializer>(text: &Option<String>, to: S) -> Result<S::Ok, S::Error> {
    match data(text.as_deref()) {
        Some(text) => to.serialize_some(&text),
        None => to.serialize_none(),
    }
}

/// Who did it. Every line is written with an actor, so one without had it erased.
fn person(actor: Option<&String>, lang: Lang) -> String {
    actor.cloned().unwrap_or_else(|| lang.pick("已删除", "erased").to_owned())
}
