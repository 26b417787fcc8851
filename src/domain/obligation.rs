//! Obligations (事项) and assignments (任务): what is owed, by whom, and how far it has come.
//!
//! Must not know: how a date is computed (`deadline`), who is reminded (`reminder`), where it is stored.

use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::deadline::{Anchor, Deadline, Method};
use crate::domain::moment::Moment;
use crate::domain::term::Term;
use crate::domain::unit::UnitId;
use crate::words_of;

/// Identifies an obligation in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObligationId(pub i64);

/// Identifies an assignment in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AssignmentId(pub i64);

/// What is put into the ledger about a duty. Its dates are never among them: they follow from these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// 编号: identifies it for people; unique together with `occurrence`.
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
    /// 来源: clause of the document.
    pub source: String,
    /// 备注.
    pub note: String,
    /// The ladder its reminders climb.
    pub ladder: String,
    /// 接续: what starts on the day this is really done: references of duties that wait for it, or names of rules.
    pub then: Vec<String>,
}

/// A duty in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// Its key.
    pub id: ObligationId,
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

impl Inputs {
    /// What the term runs from, as exactly as it is known; `None` until the event happens.
    pub fn anchor(&self) -> Option<Anchor> {
        self.anchor_at.map(Anchor::from).or(self.anchor_on.map(Anchor::from))
    }

    /// What the journal calls it.
    pub fn journal_subject(&self) -> String {
        format!("obligation {}", self.full_reference())
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
        let today = now.today();
        if !deadline.is_over(now) || self.is_minimum() {
            return Some(calendar.working_days_between(today, deadline.act_by).max(0));
        }
        Some(calendar.working_days_between(today, deadline.due).min(-1))
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
