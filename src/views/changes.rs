//! What a command changed: states, dates, counts, shares of units.
//!
//! Must not know: the command line, which change is allowed.

use jiff::civil::Date;
use serde::Serialize;

use super::dates::{day, provisional_mark};
use super::names::{name, sorted_names};
use super::row::{Column, Row};
use super::words::word;
use crate::domain::deadline::ClockState;
use crate::domain::directory::Directory;
use crate::domain::obligation::{AssignmentState, Obligation};
use crate::words::Lang;
use crate::workflows::adjust::Adjusted;
use crate::workflows::bulletin::QuotaLine;
use crate::workflows::life::Changed;
use crate::workflows::recalculate::ChangedDate;
use crate::workflows::regroup::Difference;

/// A share whose state changed: `ack`, `report`, `close`, `reopen`, `withdraw`.
#[derive(Debug, Serialize)]
pub struct StateChangeView {
    #[serde(rename = "ref")]
    reference: String,
    unit: String,
    #[serde(serialize_with = "word")]
    from: AssignmentState,
    #[serde(serialize_with = "word")]
    to: AssignmentState,
}

/// A due date that an adjustment moved: `extend`, `suspend`, `resume`, `restart`.
#[derive(Debug, Serialize)]
pub struct AdjustedView {
    id: i64,
    #[serde(rename = "ref")]
    reference: String,
    full_ref: String,
    before: Option<Date>,
    due: Option<Date>,
    act_by: Option<Date>,
    provisional: bool,
    suspended: bool,
    #[serde(skip)]
    title: String,
}

/// A due date that a notice or a rule moved: `import calendar`.
#[derive(Debug, Serialize)]
pub struct MovedView {
    #[serde(rename = "ref")]
    reference: String,
    title: String,
    due_before: Option<Date>,
    due: Option<Date>,
    provisional_before: bool,
    provisional: bool,
    paper: String,
}

/// How far a unit has come with a quota: `count`.
#[derive(Debug, Serialize)]
pub struct CountedView {
    #[serde(rename = "ref")]
    reference: String,
    unit: String,
    counted: bool,
    done: u32,
    required: u32,
    expected: u32,
    bunched: u32,
    next_by: Option<Date>,
    no_longer_fits: bool,
}

/// What differs of one obligation if groups are expanded today: `regroup`.
#[derive(Debug, Serialize)]
pub struct RegroupView {
    #[serde(rename = "ref")]
    reference: String,
    title: String,
    joined: Vec<String>,
    left: Vec<String>,
    applied: bool,
}

impl Row for StateChangeView {
    const KEYS: &'static [&'static str] = &["ref", "unit", "from", "to"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("编号", "Ref", |it, _| it.reference.clone()),
            Column::text("单位", "Unit", |it, _| it.unit.clone()),
            Column::whole("原状态", "State before", |it, lang| it.from.say(lang).to_owned()),
            Column::whole("现状态", "State now", |it, lang| it.to.say(lang).to_owned()),
        ]
    }
}

impl StateChangeView {
    pub fn of(obligation: &Obligation, changed: &Changed) -> Self {
        let Changed { unit, from, to } = changed;
        let reference = obligation.inputs.full_reference();
        Self { reference, unit: unit.clone(), from: *from, to: *to }
    }
}

impl Row for AdjustedView {
    const KEYS: &'static [&'static str] =
        &["id", "ref", "before", "due", "act_by", "provisional", "suspended", "full_ref"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("编号", "Ref", |it, _| it.full_ref.clone()),
            Column::text("事项", "Title", |it, _| it.title.clone()),
            Column::whole("原到期日", "Due before", |it, lang| or_dash(it.before, lang)),
            Column::whole("现到期日", "Due now", Self::due_now),
            Column::<Self>::whole("应办日", "Act by", |it, lang| or_dash(it.act_by, lang))
                .droppable(1),
        ]
    }
}

impl AdjustedView {
    pub fn of(adjusted: &Adjusted) -> Self {
        let Adjusted { obligation, clock } = adjusted;
        let after = clock.deadline();
        Self {
            id: obligation.id.0,
            reference: obligation.inputs.reference.clone(),
            full_ref: obligation.inputs.full_reference(),
            title: obligation.inputs.title.clone(),
            before: obligation.deadline.as_ref().map(|deadline| deadline.due),
            due: after.as_ref().map(|deadline| deadline.due),
            act_by: after.as_ref().map(|deadline| deadline.act_by),
            provisional: after.as_ref().is_some_and(|deadline| deadline.provisional),
            suspended: matches!(clock, ClockState::Suspended { .. }),
        }
    }

    fn due_now(&self, lang: Lang) -> String {
        if self.suspended {
            return lang.pick("中止", "suspended").to_owned();
        }
        or_dash(self.due, lang) + provisional_mark(self.provisional, lang)
    }
}

impl Row for MovedView {
    const KEYS: &'static [&'static str] =
        &["ref", "title", "due_before", "due", "provisional", "paper", "provisional_before"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("编号", "Ref", |it, _| it.reference.clone()),
            Column::<Self>::text("事项", "Title", |it, _| it.title.clone()).droppable(2),
            Column::whole("原到期日", "Due before", |it, lang| {
                day(it.due_before, lang) + provisional_mark(it.provisional_before, lang)
            }),
            Column::whole("现到期日", "Due now", |it, lang| {
                day(it.due, lang) + provisional_mark(it.provisional, lang)
            }),
            Column::<Self>::text("依据", "Because of", |it, _| it.paper.clone()).droppable(1),
        ]
    }
}

impl MovedView {
    pub fn of(moved: &ChangedDate) -> Self {
        let inputs = &moved.obligation.inputs;
        let before = moved.obligation.deadline.as_ref();
        Self {
            reference: inputs.full_reference(),
            title: inputs.title.clone(),
            due_before: before.map(|deadline| deadline.due),
            provisional_before: before.is_some_and(|deadline| deadline.provisional),
            due: moved.now_due.map(|(due, _)| due),
            provisional: moved.now_due.is_some_and(|(_, provisional)| provisional),
            paper: moved.paper.clone(),
        }
    }
}

impl Row for CountedView {
    const KEYS: &'static [&'static str] =
        &["ref", "unit", "done", "next_by", "required", "expected", "counted", "no_longer_fits"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("编号", "Ref", |it, _| it.reference.clone()),
            Column::text("单位", "Unit", |it, _| it.unit.clone()),
            Column::whole("已完成", "Done", |it, _| format!("{}/{}", it.done, it.required)),
            Column::<Self>::number("至今应完成", "Expected by now", |it, _| {
                it.expected.to_string()
            })
            .droppable(1),
            Column::text("下一次最迟", "Next by", |it, lang| {
                let alarm = lang.pick("（剩余时间不足）", " (too little time is left)");
                day(it.next_by, lang) + if it.no_longer_fits { alarm } else { "" }
            }),
        ]
    }
}

impl CountedView {
    pub fn of(
        obligation: &Obligation,
        line: &QuotaLine,
        counted: bool,
        directory: &Directory,
    ) -> Self {
        let pace = &line.pace;
        Self {
            reference: obligation.inputs.full_reference(),
            unit: name(directory, line.unit),
            counted,
            done: pace.done,
            required: pace.required,
            expected: pace.expected,
            bunched: pace.bunched,
            next_by: pace.next_by,
            no_longer_fits: pace.no_longer_fits,
        }
    }
}

impl Row for RegroupView {
    const KEYS: &'static [&'static str] = &["ref", "title", "joined", "left", "applied"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("编号", "Ref", |it, _| it.reference.clone()),
            Column::<Self>::text("事项", "Title", |it, _| it.title.clone()).droppable(1),
            Column::text("新增", "Joined", |it, lang| lang.list(&it.joined)),
            Column::text("退出", "Left", |it, lang| lang.list(&it.left)),
            Column::whole("已更新", "Applied", |it, lang| {
                if it.applied { lang.pick("是", "yes") } else { lang.pick("否", "no") }.to_owned()
            }),
        ]
    }
}

impl RegroupView {
    pub fn of(difference: &Difference, directory: &Directory, applied: bool) -> Self {
        let Difference { obligation, joined, left } = difference;
        Self {
            reference: obligation.inputs.full_reference(),
            title: obligation.inputs.title.clone(),
            joined: sorted_names(directory, joined.iter().copied()),
            left: sorted_names(directory, left.iter().copied()),
            applied,
        }
    }
}

fn or_dash(date: Option<Date>, lang: Lang) -> String {
    if date.is_some() { day(date, lang) } else { "—".to_owned() }
}
