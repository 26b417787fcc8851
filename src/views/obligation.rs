//! An obligation in a list: `upcoming`, `add`, and the head of `show`.
//!
//! Must not know: the command line.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Serialize;

use super::dates::{day, day_and_time, provisional_mark, with_weekday};
use super::names::{name, names, sorted_names};
use super::row::{Column, Row};
use super::words::word;
use crate::domain::directory::Directory;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentState, Inputs, Light, Obligation};
use crate::domain::recurrence::QuotaProgress;
use crate::domain::term::Term;
use crate::words;
use crate::words::{Lang, Say as _};
use crate::workflows::bulletin::QuotaLine;
use crate::workflows::follow_up::Forecast;
use crate::workflows::inspect::{Answer, ObligationStatus};

/// An obligation as it stands. Dates are `YYYY-MM-DD`; lists of names are sorted.
#[derive(Clone, Debug, Serialize)]
pub struct ObligationView {
    pub id: i64,
    #[serde(rename = "ref")]
    pub reference: String,
    /// Which period this is of a series.
    pub occurrence: Option<String>,
    /// The list (任务清单) in which the reference identifies it.
    pub list: String,
    /// What commands take: the reference with the period of a series.
    pub full_ref: String,
    pub title: String,
    /// The term as the document writes it.
    pub when: String,
    pub rule: Option<String>,
    pub trigger: Option<Date>,
    /// `YYYY-MM-DDTHH:MM:SS` in Shanghai; for terms in hours only.
    pub trigger_at: Option<String>,
    pub due: Option<Date>,
    /// The last second, as `trigger_at`.
    pub due_at: Option<String>,
    pub act_by: Option<Date>,
    /// Working days; negative when late.
    pub days_left: Option<i64>,
    #[serde(serialize_with = "word")]
    pub state: AssignmentState,
    #[serde(serialize_with = "word")]
    pub light: Light,
    pub provisional: bool,
    /// The date is a target of the office (内部目标), not one of the document.
    pub internal_target: bool,
    /// The quota of which this one is a part.
    pub part_of: Option<String>,
    /// One line for each unit; empty unless it is a quota.
    pub quota: Vec<QuotaView>,
    pub lead: Vec<String>,
    /// Units that owe it, groups expanded.
    pub responsible: Vec<String>,
    /// Units that have reported it done.
    pub done: Vec<String>,
    pub source: String,
    /// References or rules that start on its completion.
    pub then: Vec<String>,
    /// What follows, if it is completed on its due date.
    pub follows: Vec<ForecastView>,
    /// What it waits for, with its own due date if that is completed on time; `show` only.
    pub waits_for: Vec<ForecastView>,
    /// The day on which its clock stopped; `show` only.
    pub suspended_since: Option<Date>,
    /// An occurrence that opens later; `id` is 0 until then.
    pub coming: bool,
    /// What the table says of the other open occurrences of the series.
    #[serde(skip)]
    of_series: String,
    #[serde(skip)]
    words: TableWords,
}

/// What only the table prints.
#[derive(Clone, Debug)]
struct TableWords {
    inputs: Inputs,
    due_at: Option<Moment>,
    time_left: Option<SignedDuration>,
    /// As the document names them, groups included.
    lead: Vec<String>,
    responsible: Vec<String>,
}

/// A due date that holds if the obligation before it is completed on its due date.
#[derive(Clone, Debug, Serialize)]
pub struct ForecastView {
    /// The other obligation, or the rule.
    pub what: String,
    /// When the later one falls due.
    pub due: Date,
    pub provisional: bool,
}

/// How far one unit has come with a quota.
#[derive(Clone, Debug, Serialize)]
pub struct QuotaView {
    pub unit: String,
    /// Events held.
    pub done: u32,
    pub required: u32,
    /// Events an even pace would have held by now.
    pub expected: u32,
    /// The latest sensible day for the next event.
    pub next_by: Option<Date>,
    /// The rest of the period is too short for the events that remain.
    pub no_longer_fits: bool,
}

impl Row for ObligationView {
    const KEYS: &'static [&'static str] = &[
        "id",
        "ref",
        "occurrence",
        "title",
        "when",
        "rule",
        "trigger",
        "due",
        "act_by",
        "days_left",
        "state",
        "light",
        "provisional",
        "lead",
        "responsible",
        "done",
        "source",
        "trigger_at",
        "due_at",
        "then",
        "internal_target",
        "part_of",
        "full_ref",
        "list",
        "coming",
    ];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("编号", "Ref", |it, _| it.full_ref.clone()),
            Column::text("事项", "Title", |it, _| it.title.clone()),
            Column::<Self>::text("时限", "Term", Self::term).droppable(4),
            Column::whole("到期日", "Due", Self::due_day),
            Column::<Self>::whole("应办日", "Act by", |it, lang| day(it.act_by, lang)).droppable(6),
            Column::number("工作日", "Working days", |it, lang| {
                it.days_left(lang) + &it.of_series
            }),
            Column::<Self>::whole("灯", "Light", |it, lang| it.light.say(lang).to_owned())
                .droppable(5),
            Column::<Self>::whole("状态", "State", |it, lang| it.state.say(lang).to_owned())
                .droppable(1),
            Column::<Self>::text("牵头单位", "Lead", |it, lang| lang.list(&it.words.lead))
                .droppable(3),
            Column::<Self>::text("责任单位", "Responsible", |it, lang| {
                lang.list(&it.words.responsible)
            })
            .droppable(2),
        ]
    }
}

impl ObligationView {
    /// The views of an answer, in its order.
    pub fn all(answer: &Answer) -> Vec<Self> {
        answer.standings.iter().map(|standing| Self::of(standing, &answer.directory)).collect()
    }

    /// For a table: each series in one line, that of the occurrence which can still be met, else of the newest; it says how
    /// many others are late or still to come.
    pub fn by_series(answer: &Answer, lang: Lang) -> Vec<Self> {
        let mut series: Vec<Vec<Self>> = Vec::new();
        let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
        for view in Self::all(answer) {
            let key = (view.list.clone(), view.reference.clone());
            let known = places.get(&key).filter(|_| view.occurrence.is_some());
            if let Some(same) = known.and_then(|place| series.get_mut(*place)) {
                same.push(view);
            } else {
                places.insert(key, series.len());
                series.push(vec![view]);
            }
        }
        series.into_iter().filter_map(|series| Self::line_of_series(series, lang)).collect()
    }

    fn line_of_series(mut series: Vec<Self>, lang: Lang) -> Option<Self> {
        let is_late = |it: &Self| it.days_left.is_some_and(|days| days < 0);
        let shown = series.iter().position(|it| !is_late(it)).or(series.len().checked_sub(1))?;
        let mut line = series.remove(shown);
        let late = series.iter().filter(|it| is_late(it)).count();
        let ahead = series.len() - late;
        if late > 0 {
            line.of_series += &words!(lang, zh = "，另逾期{late}期", en = ", {late} more late");
        }
        if ahead > 0 {
            line.of_series += &words!(lang, zh = "，其后{ahead}期", en = ", {ahead} more to come");
        }
        Some(line)
    }

    pub fn of(standing: &ObligationStatus, directory: &Directory) -> Self {
        let ObligationStatus {
            obligation,
            days_left,
            light,
            follows,
            waits_for,
            suspended_since,
            quota,
            is_coming,
            time_left,
        } = standing;
        let inputs = &obligation.inputs;
        let local = |moment: Moment| moment.local().to_string();
        let deadline = obligation.deadline.as_ref();
        let shares = obligation.assignments.iter();
        let owing = shares.clone().filter(|share| share.state != AssignmentState::Withdrawn);
        let done = shares.filter(|share| share.state.is_done());
        Self {
            id: obligation.id.0,
            reference: inputs.reference.clone(),
            occurrence: Some(inputs.occurrence.clone()).filter(|period| !period.is_empty()),
            list: inputs.list.to_string(),
            full_ref: inputs.full_reference(),
            title: inputs.title.clone(),
            when: written_term(inputs),
            rule: inputs.rule.clone(),
            trigger: inputs.anchor_on,
            trigger_at: inputs.anchor_at.map(local),
            due: deadline.map(|deadline| deadline.due),
            due_at: deadline.and_then(|deadline| deadline.due_at).map(local),
            act_by: deadline.map(|deadline| deadline.act_by),
            days_left: *days_left,
            state: shown_state(obligation),
            light: *light,
            provisional: deadline.is_some_and(|deadline| deadline.provisional),
            internal_target: inputs.internal && deadline.is_some(),
            part_of: inputs.part_of.clone(),
            quota: quota.iter().map(|line| QuotaView::of(line, directory)).collect(),
            lead: sorted_names(directory, obligation.lead.iter().copied()),
            responsible: sorted_names(directory, owing.map(|share| share.unit)),
            done: sorted_names(directory, done.map(|share| share.unit)),
            source: inputs.source.clone(),
            then: inputs.then.clone(),
            follows: follows.iter().map(ForecastView::of).collect(),
            waits_for: waits_for.iter().map(ForecastView::of).collect(),
            suspended_since: *suspended_since,
            coming: *is_coming,
            of_series: String::new(),
            words: TableWords {
                inputs: inputs.clone(),
                due_at: deadline.and_then(|deadline| deadline.due_at),
                time_left: *time_left,
                lead: names(directory, &obligation.lead),
                responsible: names(directory, &obligation.responsible),
            },
        }
    }

    /// The term as the document writes it; in words where the rule alone sets it or the short form was given.
    pub fn term(&self, lang: Lang) -> String {
        let Inputs { written, term, .. } = &self.words.inputs;
        if written.is_empty() || *written == term.to_string() {
            term.say(lang)
        } else {
            written.clone()
        }
    }

    /// The due date with its time of day, marked when it is provisional or an internal target.
    pub fn due_day(&self, lang: Lang) -> String {
        let mark = if self.internal_target {
            lang.pick("（内部目标）", " (internal target)")
        } else {
            provisional_mark(self.provisional, lang)
        };
        day_and_time(self.due, self.words.due_at, lang) + mark
    }

    pub fn trigger_day(&self, lang: Lang) -> String {
        day_and_time(self.trigger, self.words.inputs.anchor_at, lang)
    }

    pub fn note(&self) -> &str {
        &self.words.inputs.note
    }

    /// Working days left in words: `剩2`, `到期`, `逾期5`; an internal target is passed, never missed.
    pub fn days_left(&self, lang: Lang) -> String {
        if let Some(left) = self.words.time_left {
            return hours_left(left, lang);
        }
        let Some(days) = self.days_left else { return String::new() };
        let count = days.unsigned_abs();
        match (days, self.internal_target) {
            (0, true) => lang.pick("当日", "today").to_owned(),
            (0, false) => lang.pick("到期", "due").to_owned(),
            (1.., _) => words!(lang, zh = "剩{count}", en = "{count} left"),
            (_, true) => words!(lang, zh = "过{count}", en = "{count} past"),
            (_, false) => words!(lang, zh = "逾期{count}", en = "{count} late"),
        }
    }
}

/// `剩4小时50分`, `逾期2小时`: a clock in hours is not read in days.
fn hours_left(left: SignedDuration, lang: Lang) -> String {
    let minutes = left.as_mins().unsigned_abs();
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let zh = if hours == 0 {
        format!("{minutes}分")
    } else if minutes == 0 {
        format!("{hours}小时")
    } else {
        format!("{hours}小时{minutes}分")
    };
    let en = format!("{hours} h {minutes} min");
    if left.is_negative() {
        words!(lang, zh = "逾期{zh}", en = "{en} late")
    } else {
        words!(lang, zh = "剩{zh}", en = "{en} left")
    }
}

/// Once the obligation has ended, its own state.
fn shown_state(obligation: &Obligation) -> AssignmentState {
    AssignmentState::from_word(obligation.shown_state()).unwrap_or(AssignmentState::Open)
}

/// The term as the document writes it; where the rule alone sets it, in Chinese or short form, as JSON has always had it.
fn written_term(inputs: &Inputs) -> String {
    match (inputs.written.as_str(), &inputs.term) {
        ("", Term::Within(period)) => period.say(Lang::Zh),
        ("", Term::AtLeast(period)) => format!("不少于{}", period.say(Lang::Zh)),
        ("", term) => term.to_string(),
        (written, _) => written.to_owned(),
    }
}

impl ForecastView {
    fn of(forecast: &Forecast) -> Self {
        let Forecast { what, due, provisional } = forecast;
        Self { what: what.clone(), due: *due, provisional: *provisional }
    }

    pub fn due_day(&self, lang: Lang) -> String {
        with_weekday(self.due, lang) + provisional_mark(self.provisional, lang)
    }
}

impl QuotaView {
    pub fn of(line: &QuotaLine, directory: &Directory) -> Self {
        let QuotaProgress { done, required, expected, next_by, no_longer_fits, .. } = line.pace;
        let unit = name(directory, line.unit);
        Self { unit, done, required, expected, next_by, no_longer_fits }
    }

    /// `1/4，下一次最迟2022-12-09`.
    pub fn progress(&self, lang: Lang) -> String {
        let Self { done, required, next_by, no_longer_fits, .. } = self;
        match next_by {
            None => format!("{done}/{required}"),
            Some(day) if *no_longer_fits => words!(
                lang,
                zh = "{done}/{required}，剩余时间不足（下一次本应不迟于{day}）",
                en = "{done}/{required}, too little time is left (the next one should have been by {day})",
            ),
            Some(day) => words!(
                lang,
                zh = "{done}/{required}，下一次最迟{day}",
                en = "{done}/{required}, the next one by {day}",
            ),
        }
    }
}
