//! Decides which contacts must be told of which rungs as of a moment.
//!
//! Must not know: how a mail looks or travels, nor that a scheduler exists. It asks "what is due and not on record?",
//! never "is it exactly the day?".

mod alarm;
mod case;
mod change;
mod hours;
mod key;
mod past;
mod seat;
mod simulation;
mod step;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::directory::Directory;
use crate::domain::ladder::{Ladder, Tone};
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, AssignmentState, ObligationId};
use crate::domain::recurrence::QuotaShare;
use crate::domain::unit::{ContactId, Rank, Role, UnitId};

pub use alarm::RUNG_OF_ALARM;
pub use change::RUNG_OF_CHANGE;
pub use hours::MailHours;
pub use key::ReminderKey;
pub use simulation::{Foreseen, simulate};
pub use step::first_look_on;

/// Everything the planner looks at besides the cases.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// As of when.
    pub now: Moment,
    /// When mail may go out.
    pub hours: MailHours,
    /// Which days are worked.
    pub calendar: &'a WorkCalendar,
    /// Who can be told.
    pub directory: &'a Directory,
    /// The office that runs this ledger.
    pub supervisor: Option<UnitId>,
    /// Contacts who have had their mail of this day, or have one on its way; they get the next one on another day.
    pub mailed: &'a BTreeSet<ContactId>,
}

/// One assignment with all that the planner asks about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The obligation it is a share of.
    pub obligation: ObligationId,
    /// The assignment.
    pub assignment: AssignmentId,
    /// The responsible unit.
    pub unit: UnitId,
    /// The lead units, groups expanded.
    pub leads: Vec<UnitId>,
    /// How far it has come.
    pub state: AssignmentState,
    /// Which reckoning of the dates this is; each new one starts the ladder anew.
    pub deadline_version: u32,
    /// True when this reckoning has replaced another one that somebody may know.
    pub is_redated: bool,
    /// The day the rungs count from; `None` while there is no date.
    pub act_by: Option<Date>,
    /// A minimum (不少于): the date is the earliest lawful end and nothing can be late.
    pub is_minimum: bool,
    /// The day it came into the ledger.
    pub registered_on: Date,
    /// The first day on which it may be spoken of again.
    pub silent_until: Option<Date>,
    /// The ladder frozen when it started.
    pub ladder: Arc<Ladder>,
    /// What was counted, when it is a quota.
    pub quota: Option<QuotaShare>,
    /// What was decided before, in any order.
    pub record: Vec<Recorded>,
}

/// A reminder on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its key.
    pub key: ReminderKey,
    /// The reckoning it belongs to.
    pub deadline_version: u32,
    /// Name of the rung.
    pub rung: String,
    /// 0 for the rung itself, then which repeat.
    pub repeat: u32,
    /// The role told.
    pub role: Role,
    /// The rank the rung asked for; a deputy keeps it.
    pub rank: Rank,
    /// The unit told; `None` when nobody was.
    pub unit: Option<UnitId>,
    /// Who was told.
    pub contact: Option<ContactId>,
    /// What became of it.
    pub state: RecordState,
}

/// What became of a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordState {
    /// Decided, in no message yet.
    Planned,
    /// In a message that is on its way.
    Sealed,
    /// The relay accepted the message on that day.
    Told(Date),
    /// Not told because a newer rung says more, because the unit has acknowledged, or because a person cancelled the mail.
    Covered,
    /// Due, but something stands in the way for now.
    Blocked,
    /// No longer true when it would have been told.
    Void,
    /// The mailbox does not exist, or refuses.
    Undeliverable,
}

/// What a pass has decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// To be put on record, by case, then by day of the rung; a key already on record changes only while it is planned or
    /// blocked.
    pub reminders: Vec<Reminder>,
    /// For each case looked at, the first day on which there can be anything to ask again; `None` when never.
    pub looks: Vec<(AssignmentId, Option<Date>)>,
    /// What needs a person, each cause once.
    pub findings: BTreeSet<Finding>,
}

/// One decision about one rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// Identifies it for ever.
    pub key: ReminderKey,
    /// The obligation.
    pub obligation: ObligationId,
    /// The assignment.
    pub assignment: AssignmentId,
    /// The reckoning of the dates.
    pub deadline_version: u32,
    /// Name of the rung.
    pub rung: String,
    /// 0 for the rung itself, then which repeat.
    pub repeat: u32,
    /// In which role the contact is told.
    pub role: Role,
    /// The rank the rung asks for.
    pub rank: Rank,
    /// How it is said.
    pub tone: Tone,
    /// Who; `None` when nobody can be reached.
    pub contact: Option<ContactId>,
    /// What is decided.
    pub verdict: Verdict,
}

/// What is decided about a reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// To be told now.
    Planned,
    /// A newer rung for the same contact or post says more.
    CoveredBy(ReminderKey),
    /// The unit has acknowledged (签收) and is spared notices.
    Acknowledged,
    /// Due, but not yet.
    Blocked(Obstacle),
    /// The assignment is no longer owed, or its dates are others now.
    Void,
}

/// What stands in the way of a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Obstacle {
    /// The role below has not been told yet, or its gap has not passed.
    WaitsFor(Role),
    /// The contact has had this day's mail, or has one on its way.
    AlreadyMailed,
    /// The contact cannot be reached, nor anybody else of the unit when no contact is named.
    NobodyReachable,
    /// The obligation is silent until a date.
    Silent,
}

/// What needs a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Finding {
    /// A unit without a single contact that can be reached.
    Unreachable {
        /// The unit.
        unit: UnitId,
    },
    /// A quota of which the rest no longer fits into its period.
    NoLongerFits {
        /// The share.
        assignment: AssignmentId,
    },
}

impl Obstacle {
    /// The words kept on record.
    pub fn words(self) -> String {
        match self {
            Self::WaitsFor(role) => format!("waits-for-{}", role.word()),
            Self::AlreadyMailed => "already-mailed".to_owned(),
            Self::NobodyReachable => "nobody-reachable".to_owned(),
            Self::Silent => "silent".to_owned(),
        }
    }
}

/// Decides what is to be told as of `situation.now` about `cases`; empty outside mail hours.
///
/// Planning twice without telling anybody gives the same plan; a plan once recorded and told is not made again.
///
/// ```
/// # use std::{collections::BTreeSet, sync::Arc};
/// # use duban::domain::{address::Address, calendar::WorkCalendar, directory::Directory, moment::Moment, obligation::*, reminder::*, unit::*};
/// # use jiff::civil::date;
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let handler = Contact {
///     id: ContactId(7), unit: UnitId(1), name: "承办人".into(), address: Address::parse("a@b.example").unwrap(),
///     rank: Rank::Handler, away: None, suppressed: false,
/// };
/// # let unit = Unit { id: UnitId(1), name: "区财政局".into(), aliases: vec![], parent: None, members: vec![] };
/// let directory = Directory::new(vec![unit], vec![handler]);
/// let ladder = "ladder one\nrung week -5 notice gap 0 to responsible/handler\n".parse().unwrap();
/// let case = Case {
///     obligation: ObligationId(1), assignment: AssignmentId(1), unit: UnitId(1), leads: vec![],
///     state: AssignmentState::Open, deadline_version: 1, is_redated: false, act_by: Some(date(2022, 12, 30)),
///     is_minimum: false, registered_on: date(2022, 6, 17), silent_until: None, ladder: Arc::new(ladder), quota: None,
///     record: vec![],
/// };
/// let now = Moment::from_local(date(2022, 12, 23).at(9, 30, 0, 0)).unwrap();
/// let mailed = BTreeSet::new();
/// let situation = Situation {
///     now, hours: MailHours::default(), calendar: &calendar, directory: &directory, supervisor: None, mailed: &mailed,
/// };
/// let decided = plan(&situation, &[case]);
/// assert_eq!(decided.reminders[0].contact, Some(ContactId(7)));
/// assert_eq!(decided.reminders[0].verdict, Verdict::Planned);
/// ```
pub fn plan(situation: &Situation<'_>, cases: &[Case]) -> Plan {
    let mut plan = Plan::default();
    if situation.hours.are_open(situation.now, situation.calendar) {
        for case in cases {
            case::decide(situation, case, &mut plan);
        }
    }
    plan
}

#[cfg(test)]
mod tests;
