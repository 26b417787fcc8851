//! The shapes in which data leaves: the JSON that is promised, and the cells of tables.
//!
//! Must not know: the command line. The JSON of a command changes here and nowhere else.

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use crate::domain::directory::Directory;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentState, Inputs, Obligation, ObligationState};
use crate::domain::recurrence::QuotaProgress;
use crate::domain::term::Term;
use crate::domain::unit::UnitId;
use crate::words::{Lang, Say as _};
use crate::workflows::bulletin::QuotaLine;
use crate::workflows::follow_up::Forecast;
use crate::workflows::inspect::{Answer, Standing};

/// An obligation as JSON and CSV show it. Dates are `YYYY-MM-DD`; lists are sorted.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ObligationView {
    /// Key.
    pub id: i64,
    /// 编号.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Which period this is of a duty that comes back.
    pub occurrence: Option<String>,
    /// 事项.
    pub title: String,
    /// 时限 as written.
    pub when: String,
    /// 规则.
    pub rule: Option<String>,
    /// 起算日.
    pub trigger: Option<Date>,
    /// The trigger's instant in Shanghai, `YYYY-MM-DDTHH:MM:SS`; for terms in hours only.
    pub trigger_at: Option<String>,
    /// 到期日.
    pub due: Option<Date>,
    /// The last second in Shanghai, as `trigger_at`; for terms in hours only.
    pub due_at: Option<String>,
    /// 应办日.
    pub act_by: Option<Date>,
    /// Working days left; negative when late.
    pub days_left: Option<i64>,
    /// `open`, `acknowledged`, `reported`, `closed`, `withdrawn`.
    pub state: &'static str,
    /// `green`, `yellow`, `red`, `none`.
    pub light: &'static str,
    /// The date lies beyond what the calendar knows for certain.
    pub provisional: bool,
    /// The date is a target of the office's own (内部目标), not the document's.
    pub internal_target: bool,
    /// The quota this one is a part of.
    pub part_of: Option<String>,
    /// How far each unit has come with a quota; empty for anything else.
    pub quota: Vec<QuotaView>,
    /// Lead units.
    pub lead: Vec<String>,
    /// Units that owe it, groups expanded.
    pub responsible: Vec<String>,
    /// Units that have reported it done.
    pub done: Vec<String>,
    /// 来源.
    pub source: String,
    /// 接续: references or rules that its completion starts.
    pub then: Vec<String>,
    /// What would follow, were it done on its due date.
    pub follows: Vec<ForecastView>,
    /// What it waits for, and when it would fall due, were that done on its due date; `show` only.
    pub waits_for: Vec<ForecastView>,
    /// The day its clock was stopped, while it stands still; `show` only.
    pub suspended_since: Option<Date>,
}

/// A date that holds if the duty before is done on its due date.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ForecastView {
    /// The other end of the chain.
    pub what: String,
    /// When the following duty would fall due.
    pub due: Date,
    /// One of the two dates lies beyond what the calendar knows for certain.
    pub provisional: bool,
}

/// How far one unit has come with a quota.
#[derive(Clone, Debug, Serialize)]
pub(super) struct QuotaView {
    /// The unit.
    pub unit: String,
    /// Events held.
    pub done: u32,
    /// Events asked for.
    pub required: u32,
    /// How many an even pace would have held by now.
    pub expected: u32,
    /// The latest sensible day for the next one.
    pub next_by: Option<Date>,
    /// The rest of the period is too short for what remains.
    pub no_longer_fits: bool,
}

impl QuotaView {
    pub(super) fn of(line: &QuotaLine, directory: &Directory) -> Self {
        let QuotaProgress { done, required, expected, next_by, no_longer_fits, .. } = line.pace;
        let unit = name(directory, line.unit);
        Self { unit, done, required, expected, next_by, no_longer_fits }
    }

    /// `1/4，下一次最迟2022-12-09`.
    pub(super) fn words(&self) -> String {
        let progress = format!("{}/{}", self.done, self.required);
        match self.next_by {
            None => progress,
            Some(day) if self.no_longer_fits => {
                format!("{progress}，剩余时间不足（下一次本应不迟于{day}）")
            }
            Some(day) => format!("{progress}，下一次最迟{day}"),
        }
    }
}

/// The views of an answer, in its order.
pub(super) fn obligations(answer: &Answer) -> Vec<ObligationView> {
    answer.standings.iter().map(|standing| obligation(standing, &answer.directory)).collect()
}

fn obligation(standing: &Standing, directory: &Directory) -> ObligationView {
    let Standing { obligation, days_left, light, follows, waits_for, suspended_since, quota } =
        standing;
    let local = |moment: Moment| moment.local().to_string();
    let forecasts = |all: &[Forecast]| {
        all.iter()
            .map(|it| ForecastView {
                what: it.what.clone(),
                due: it.due,
                provisional: it.provisional,
            })
            .collect()
    };
    let deadline = obligation.deadline.as_ref();
    let owing =
        obligation.assignments.iter().filter(|share| share.state != AssignmentState::Withdrawn);
    let done = obligation.assignments.iter().filter(|share| share.state.is_done());
    ObligationView {
        id: obligation.id.0,
        reference: obligation.inputs.reference.clone(),
        occurrence: Some(obligation.inputs.occurrence.clone()).filter(|period| !period.is_empty()),
        title: obligation.inputs.title.clone(),
        when: written(&obligation.inputs),
        rule: obligation.inputs.rule.clone(),
        trigger: obligation.inputs.anchor_on,
        trigger_at: obligation.inputs.anchor_at.map(local),
        due: deadline.map(|deadline| deadline.due),
        due_at: deadline.and_then(|deadline| deadline.due_at).map(local),
        act_by: deadline.map(|deadline| deadline.act_by),
        days_left: *days_left,
        state: obligation.shown_state(),
        light: light.word(),
        provisional: deadline.is_some_and(|deadline| deadline.provisional),
        internal_target: obligation.inputs.internal && deadline.is_some(),
        part_of: obligation.inputs.part_of.clone(),
        quota: quota.iter().map(|line| QuotaView::of(line, directory)).collect(),
        lead: names(directory, obligation.lead.iter().copied()),
        responsible: names(directory, owing.map(|share| share.unit)),
        done: names(directory, done.map(|share| share.unit)),
        source: obligation.inputs.source.clone(),
        then: obligation.inputs.then.clone(),
        follows: forecasts(follows),
        waits_for: forecasts(waits_for),
        suspended_since: *suspended_since,
    }
}

/// The term as the document writes it; where the rule alone sets it, that of the rule.
fn written(inputs: &Inputs) -> String {
    match (inputs.written.as_str(), &inputs.term) {
        ("", Term::Within(period)) => period.say(Lang::Zh),
        ("", Term::AtLeast(period)) => format!("不少于{}", period.say(Lang::Zh)),
        ("", term) => term.to_string(),
        (written, _) => written.to_owned(),
    }
}

/// Names of units, sorted.
pub(super) fn names(directory: &Directory, units: impl Iterator<Item = UnitId>) -> Vec<String> {
    let mut names: Vec<String> = units.map(|unit| name(directory, unit)).collect();
    names.sort();
    names
}

/// Names of units as the document orders them, joined by 、.
pub(super) fn named(directory: &Directory, units: &[UnitId]) -> String {
    let names: Vec<String> = units.iter().map(|unit| name(directory, *unit)).collect();
    names.join("、")
}

/// Name of a unit.
pub(super) fn name(directory: &Directory, unit: UnitId) -> String {
    directory.unit(unit).map_or_else(|| format!("单位{}", unit.0), |unit| unit.name.clone())
}

/// A date, marked when it is provisional; empty without one.
pub(super) fn provisionally(date: Option<Date>, provisional: bool) -> String {
    let mark = if provisional { "（暂定）" } else { "" };
    date.map_or_else(String::new, |date| format!("{date}{mark}"))
}

/// A date with its weekday, as in `2022-12-31 周六`.
pub(super) fn with_weekday(date: Date) -> String {
    format!("{date} {}", weekday(date.weekday()))
}

/// The due date of an obligation, with the time of day when its term counts hours, as in `2026-10-02 周五 03:30`; empty
/// without one.
pub(super) fn due(obligation: &Obligation) -> String {
    let Some(deadline) = &obligation.deadline else { return String::new() };
    with_weekday(deadline.due) + &time_of_day(deadline.due_at)
}

/// The trigger, as [`due`].
pub(super) fn trigger(obligation: &Obligation) -> String {
    let Some(day) = obligation.inputs.anchor_on else { return String::new() };
    with_weekday(day) + &time_of_day(obligation.inputs.anchor_at)
}

fn time_of_day(moment: Option<Moment>) -> String {
    moment.map_or_else(String::new, |moment| moment.local().strftime(" %H:%M").to_string())
}

/// A weekday, as in `周六`.
pub(super) fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

/// Working days left in words: `剩2`, `到期`, `逾期5`; an internal target is passed, never missed.
pub(super) fn days_left(days_left: Option<i64>, internal: bool) -> String {
    match days_left {
        None => String::new(),
        Some(days) if internal && days < 0 => format!("过{}", days.unsigned_abs()),
        Some(0) if internal => "当日".to_owned(),
        Some(0) => "到期".to_owned(),
        Some(days) if days < 0 => format!("逾期{}", days.unsigned_abs()),
        Some(days) => format!("剩{days}"),
    }
}

/// The Chinese word for a state shown to people.
pub(super) fn state_in_chinese(word: &str) -> &'static str {
    match (AssignmentState::from_word(word), ObligationState::from_word(word)) {
        (Some(state), _) => state.say(Lang::Zh),
        _ => "",
    }
}

/// The light in Chinese.
pub(super) fn light_in_chinese(word: &str) -> &'static str {
    match word {
        "green" => "绿",
        "yellow" => "黄",
        "red" => "红",
        _ => "",
    }
}

/// An instant (Unix seconds) as a person in Shanghai reads it: `2022-12-28 09:00:00`.
pub(super) fn moment(seconds: i64) -> String {
    let instant = jiff::Timestamp::from_second(seconds).map(Moment::at);
    instant
        .map_or_else(|_| seconds.to_string(), |moment| moment.local().strftime("%F %T").to_string())
}
