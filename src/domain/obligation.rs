//! Obligations (事项) and assignments (任务): what is owed, by whom, and how far it has come.
//!
//! Must not know: how a date is computed (`deadline`), who is reminded (`reminder`), where it is stored.

use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::deadline::{Anchor, Deadline, Method};
use crate::domain::moment::Moment;
use crate::domain::term::Term;
use crate::domain::uid::Uid;
use crate::domain::unit::UnitId;
use crate::words_of;

/// The list of what is registered one by one and not from a document or a table.
pub const BY_HAND: &str = "日常登记";

/// Slashes of a name that are looked at; one with more names nothing.
const MOST_PLACES: usize = 12;

/// Identifies an obligation in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObligationId(pub i64);

/// Identifies an obligation for ever, in this ledger and in its copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObligationUid(pub Uid);

/// Identifies an assignment in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AssignmentId(pub i64);

/// What is put into the ledger about a duty. Its dates are never among them: they follow from these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// The list (任务清单) it belongs to, by name.
    pub list: Arc<str>,
    /// 编号: identifies it within its list; unique there together with `occurrence`.
    pub reference: String,
    /// Which period this is of a duty that comes back (`2022`, `2022-12`); empty otherwise.
    pub occurrence: String,
    /// 事项.
    pub title: String,
    /// 时限, as the document writes it.
    pub written: String,
    /// 时限, as understood.
    pub term: Term,
    /// 起算日: the trigger's date, or the first day of the occurrence's period.
    pub anchor_on: Option<Date>,
    /// The trigger's instant, for terms in hours.
    pub anchor_at: Option<Moment>,
    /// 规则: the statutory term it follows.
    pub rule: Option<String>,
    /// True for a target of our own (内部目标) that the document does not set; never called late.
    pub internal: bool,
    /// 属于: the reference of the quota this one is a part of (其中…不少于2次); its events count for the whole.
    pub part_of: Option<String>,
    /// The list of that quota; `None` for the list of this one.
    pub part_of_list: Option<Arc<str>>,
    /// 来源: clause of the document.
    pub source: String,
    /// 备注: of the office, told to nobody.
    pub note: String,
    /// 说明: printed in every mail about it.
    pub instructions: String,
    /// The name of its ladder.
    pub ladder: String,
    /// 接续: what starts on the day this is really done: references of duties that wait for it, or names of rules.
    pub then: Vec<String>,
}

/// A duty in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// Its key.
    pub id: ObligationId,
    pub uid: ObligationUid,
    /// What was put in.
    pub inputs: Inputs,
    /// What follows from it; `None` while there is no date.
    pub deadline: Option<Deadline>,
    /// Grows each time the deadline moves.
    pub deadline_version: u32,
    /// What the deadline was worked out with.
    pub basis: Basis,
    /// When it was registered.
    pub registered_at: Moment,
    /// How it stands as a whole.
    pub state: ObligationState,
    /// No further occurrence of a duty that comes back begins after this day.
    pub ends_on: Option<Date>,
    /// Lead units and groups as the document names them.
    pub lead: Vec<UnitId>,
    /// Responsible units and groups as the document names them.
    pub responsible: Vec<UnitId>,
    /// The units that owe it, each with its share.
    pub assignments: Vec<Assignment>,
}

/// Which versions of the law gave a deadline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// Version of the calendar; `None` in a ledger older than calendar versions.
    pub calendar_version: Option<String>,
    /// Version of the rule; `None` without a rule.
    pub rule_version: Option<String>,
    /// How it was counted; `None` in a ledger older than this was kept.
    pub method: Option<Method>,
}

/// A deadline that was replaced by another one, as those are told who know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateChange {
    /// The deadline before; `None` when there was none.
    pub before: Option<Deadline>,
    /// What moved it, for people: a notice, a rule, an adjustment.
    pub paper: String,
    /// The deadline before followed from a wrong entry.
    pub is_correction: bool,
}

/// How an obligation stands as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObligationState {
    /// Somebody still owes it, or nobody has confirmed it.
    Open,
    /// 销号.
    Closed,
    /// 撤回.
    Withdrawn,
}

/// 红黄绿: how near an obligation is to its due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Light {
    /// No date, or nothing owed any more.
    None,
    /// More than three working days left.
    Green,
    /// At most three working days left.
    Yellow,
    /// Late.
    Red,
}

/// One unit's share of an obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its key.
    pub id: AssignmentId,
    /// The obligation it is a share of.
    pub obligation: ObligationId,
    /// Who owes it.
    pub unit: UnitId,
    /// How far it has come.
    pub state: AssignmentState,
    /// The day the duty was really done, as reported; lateness is judged on it.
    pub done_on: Option<Date>,
    /// Withdrawn because its unit is named no more, not because a person struck it out: named again, the unit owes again.
    pub has_left: bool,
}

/// How far an assignment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AssignmentState {
    /// Nothing heard.
    Open,
    /// 签收: the unit has acknowledged it.
    Acknowledged,
    /// 报结: reported done, not yet confirmed.
    Reported,
    /// 销号: confirmed done.
    Closed,
    /// 撤回: no longer owed.
    Withdrawn,
}

words_of! {
    AssignmentState {
        Open = "open", zh = "待办", en = "open";
        Acknowledged = "acknowledged", zh = "已签收", en = "acknowledged";
        Reported = "reported", zh = "已报结", en = "reported";
        Closed = "closed", zh = "已销号", en = "closed";
        Withdrawn = "withdrawn", zh = "已撤销", en = "withdrawn";
    }
}

impl AssignmentState {
    /// True while somebody still owes the work, so reminders may go out.
    pub fn is_owed(self) -> bool {
        matches!(self, Self::Open | Self::Acknowledged)
    }

    /// True once the unit says it is done, confirmed or not.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Reported | Self::Closed)
    }
}

words_of! {
    ObligationState {
        Open = "open", zh = "办理中", en = "open";
        Closed = "closed", zh = "已销号", en = "closed";
        Withdrawn = "withdrawn", zh = "已撤销", en = "withdrawn";
    }
}

words_of! {
    Light {
        None = "none", zh = "无", en = "none";
        Green = "green", zh = "绿", en = "green";
        Yellow = "yellow", zh = "黄", en = "yellow";
        Red = "red", zh = "红", en = "red";
    }
}

impl ObligationState {
    /// What the states of its assignments make of an obligation: open until the last of them has ended; closed when one of
    /// them was confirmed done.
    ///
    /// ```
    /// use duban::domain::obligation::{AssignmentState::*, ObligationState};
    /// assert_eq!(ObligationState::of(&[Closed, Reported]), ObligationState::Open);
    /// assert_eq!(ObligationState::of(&[Closed, Withdrawn]), ObligationState::Closed);
    /// assert_eq!(ObligationState::of(&[Withdrawn]), ObligationState::Withdrawn);
    /// ```
    pub fn of(assignments: &[AssignmentState]) -> Self {
        let is_open =
            |state: &AssignmentState| state.is_owed() || *state == AssignmentState::Reported;
        if assignments.iter().any(is_open) {
            Self::Open
        } else if assignments.contains(&AssignmentState::Closed) {
            Self::Closed
        } else {
            Self::Withdrawn
        }
    }
}

/// True when nobody owes an obligation with such assignments any more, and at least one unit has done it: what follows it
/// (接续) may start.
///
/// ```
/// use duban::domain::obligation::{AssignmentState::*, is_completed};
/// assert!(is_completed(&[Reported, Withdrawn]));
/// assert!(!is_completed(&[Reported, Acknowledged]) && !is_completed(&[Withdrawn]));
/// ```
pub fn is_completed(assignments: &[AssignmentState]) -> bool {
    !assignments.iter().any(|state| state.is_owed())
        && assignments.iter().any(|state| state.is_done())
}

impl Light {
    /// Working days left at which green turns yellow.
    const YELLOW_FROM: i64 = 3;

    /// The light of an obligation with so many working days left; negative when late.
    pub fn of(days_left: i64) -> Self {
        match days_left {
            ..0 => Self::Red,
            0..=Self::YELLOW_FROM => Self::Yellow,
            _ => Self::Green,
        }
    }
}

/// What the journal calls the obligation of this reference in this list: with the list, unless that is the one for single
/// entries.
pub fn journal_subject(list: &str, full_reference: &str) -> String {
    if list == BY_HAND {
        format!("obligation {full_reference}")
    } else {
        format!("obligation {list}/{full_reference}")
    }
}

/// The references that a name may contain: itself, and what stands before or behind slashes, as in `LIST/编号/2026-03`.
pub fn possible_references(asked: &str) -> Vec<String> {
    let bounds =
        |at: &usize| *at == 0 || *at == asked.len() || asked.as_bytes().get(*at) == Some(&b'/');
    let places: Vec<usize> = (0..=asked.len()).filter(bounds).take(MOST_PLACES).collect();
    let mut references = vec![asked.to_owned()];
    for (index, start) in places.iter().enumerate() {
        for end in places.iter().skip(index + 1) {
            let part = asked.get(*start..*end).unwrap_or_default().trim_start_matches('/');
            if !part.is_empty() && !references.iter().any(|known| known == part) {
                references.push(part.to_owned());
            }
        }
    }
    references
}

impl Inputs {
    /// What the term runs from, as exactly as it is known; `None` until the event happens.
    pub fn anchor(&self) -> Option<Anchor> {
        self.anchor_at.map(Anchor::from).or(self.anchor_on.map(Anchor::from))
    }

    /// What the journal calls it: 编号 and period, with its list unless that is the one for single entries.
    pub fn journal_subject(&self) -> String {
        journal_subject(&self.list, &self.full_reference())
    }

    /// What the journal calls the series it belongs to.
    pub fn series_subject(&self) -> String {
        journal_subject(&self.list, &self.reference)
    }

    /// The list of the quota that it is a part of.
    pub fn list_of_whole(&self) -> &str {
        self.part_of_list.as_ref().unwrap_or(&self.list)
    }

    /// True when `asked` is 编号, 编号/period, or either of them behind the name of the list and a slash.
    pub fn is_called(&self, asked: &str) -> bool {
        let is_named = |asked: &str| asked == self.reference || asked == self.full_reference();
        let in_list = asked.strip_prefix(&*self.list).and_then(|rest| rest.strip_prefix('/'));
        is_named(asked) || in_list.is_some_and(is_named)
    }

    /// True when `asked` names the whole series and none of its periods.
    pub fn names_series(&self, asked: &str) -> bool {
        let in_list = asked.strip_prefix(&*self.list).and_then(|rest| rest.strip_prefix('/'));
        asked == self.reference || in_list == Some(&self.reference)
    }

    /// 编号, with the period of a duty that comes back: `002-12/2022`.
    pub fn full_reference(&self) -> String {
        match self.occurrence.as_str() {
            "" => self.reference.clone(),
            period => format!("{}/{period}", self.reference),
        }
    }
}

impl Obligation {
    /// Every unit and group it names, and every unit that owes a share; some of them twice.
    pub fn units(&self) -> impl Iterator<Item = UnitId> {
        let owing = self.assignments.iter().map(|share| share.unit);
        self.lead.iter().chain(&self.responsible).copied().chain(owing)
    }

    /// The state shown to people: that of the obligation once it has ended, else the least advanced of its
    /// assignments.
    pub fn shown_state(&self) -> &'static str {
        match self.state {
            ObligationState::Open => self
                .assignments
                .iter()
                .filter(|assignment| assignment.state != AssignmentState::Withdrawn)
                .map(|assignment| assignment.state)
                .min()
                .unwrap_or(AssignmentState::Open)
                .word(),
            ended @ (ObligationState::Closed | ObligationState::Withdrawn) => ended.word(),
        }
    }

    /// Working days left as of `now`, 0 on the act-by date and through a rest-day due date.
    ///
    /// Late is negative: minus the working days since the due date, and -1 already on the first day after it, be it a rest
    /// day; for a term in hours from the next second on. A minimum period is never late, so it stops at 0. `None` without a
    /// date, or when nobody owes it any more.
    pub fn days_left(&self, calendar: &WorkCalendar, now: Moment) -> Option<i64> {
        let deadline = self.deadline.as_ref().filter(|_| self.is_owed())?;
        if self.is_minimum() {
            return Some(calendar.working_days_between(now.today(), deadline.act_by).max(0));
        }
        Some(deadline.working_days_left(calendar, now))
    }

    /// The light as of `now`; a minimum period has none, since it cannot be late, and an internal target is never
    /// red.
    pub fn light(&self, calendar: &WorkCalendar, now: Moment) -> Light {
        match self.days_left(calendar, now) {
            Some(days) if self.inputs.internal => Light::of(days.max(0)),
            Some(days) if !self.is_minimum() => Light::of(days),
            _ => Light::None,
        }
    }

    /// True for 不少于: the date is the earliest lawful end.
    pub fn is_minimum(&self) -> bool {
        matches!(self.inputs.term, Term::AtLeast(_))
    }

    /// True while some unit still owes it.
    pub fn is_owed(&self) -> bool {
        self.state == ObligationState::Open
            && self.assignments.iter().any(|assignment| assignment.state.is_owed())
    }
}

#[cfg(test)]
mod tests {
    use super::possible_references;

    #[test]
    fn a_name_with_slashes_may_be_a_list_with_a_reference_or_a_reference_with_a_period() {
        assert_eq!(possible_references("1"), ["1"]);
        assert_eq!(
            possible_references("任务/3/2026"),
            ["任务/3/2026", "任务", "任务/3", "3", "3/2026", "2026"]
        );
    }
}
