//! The shapes in which data leaves: the JSON that is promised, and the cells of tables.
//!
//! Must not know: the command line. The JSON of a command changes here and nowhere else.

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use crate::domain::directory::Directory;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentState, ObligationState};
use crate::domain::unit::UnitId;
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
    /// 到期日.
    pub due: Option<Date>,
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
    /// Lead units.
    pub lead: Vec<String>,
    /// Units that owe it, groups expanded.
    pub responsible: Vec<String>,
    /// Units that have reported it done.
    pub done: Vec<String>,
    /// 来源.
    pub source: String,
}

/// The views of an answer, in its order.
pub(super) fn obligations(answer: &Answer) -> Vec<ObligationView> {
    answer.standings.iter().map(|standing| obligation(standing, &answer.directory)).collect()
}

fn obligation(standing: &Standing, directory: &Directory) -> ObligationView {
    let Standing { obligation, days_left, light, .. } = standing;
    let deadline = obligation.deadline.as_ref();
    let owing =
        obligation.assignments.iter().filter(|share| share.state != AssignmentState::Withdrawn);
    let done = obligation.assignments.iter().filter(|share| share.state.is_done());
    ObligationView {
        id: obligation.id.0,
        reference: obligation.inputs.reference.clone(),
        occurrence: Some(obligation.inputs.occurrence.clone()).filter(|period| !period.is_empty()),
        title: obligation.inputs.title.clone(),
        when: obligation.inputs.written.clone(),
        rule: obligation.inputs.rule.clone(),
        trigger: obligation.inputs.anchor_on,
        due: deadline.map(|deadline| deadline.due),
        act_by: deadline.map(|deadline| deadline.act_by),
        days_left: *days_left,
        state: obligation.shown_state(),
        light: light.word(),
        provisional: deadline.is_some_and(|deadline| deadline.provisional),
        lead: names(directory, obligation.lead.iter().copied()),
        responsible: names(directory, owing.map(|share| share.unit)),
        done: names(directory, done.map(|share| share.unit)),
        source: obligation.inputs.source.clone(),
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

/// A date with its weekday, as in `2022-12-31 周六`.
pub(super) fn with_weekday(date: Date) -> String {
    format!("{date} {}", weekday(date.weekday()))
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

/// Working days left in words: `还剩2日`, `今日到期`, `逾期5日`.
pub(super) fn days_left(days_left: Option<i64>) -> String {
    match days_left {
        None => String::new(),
        Some(0) => "到期".to_owned(),
        Some(days) if days < 0 => format!("逾期{}", days.unsigned_abs()),
        Some(days) => format!("剩{days}"),
    }
}

/// The Chinese word for a state shown to people.
pub(super) fn state_in_chinese(word: &str) -> &'static str {
    match (AssignmentState::from_word(word), ObligationState::from_word(word)) {
        (Some(state), _) => state.chinese(),
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
