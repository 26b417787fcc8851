//! What the planner decides from, and what it decides.
//!
//! Must not know: how a decision is made, how it is stored.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::haste::Haste;
use super::hours::MailHours;
use super::key::ReminderKey;
use super::occasion::Occasion;
use crate::domain::calendar::WorkCalendar;
use crate::domain::directory::Directory;
use crate::domain::item::ItemKey;
use crate::domain::ladder::Tone;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, ObligationId};
use crate::domain::unit::{ContactId, Rank, Role, UnitId};

/// What holds for all assignments of a pass.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub now: Moment,
    pub hours: MailHours,
    pub calendar: &'a WorkCalendar,
    pub directory: &'a Directory,
    /// The office that runs this ledger.
    pub supervisor: Option<UnitId>,
    /// Contacts who have had their mail of this day, or have one on its way; they get the next one on another day.
    pub mailed: &'a BTreeSet<ContactId>,
}

/// What a pass has decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// In order of the assignments. A reminder that is on record already changes only while it is planned, blocked or void.
    pub reminders: Vec<Reminder>,
    /// One for each assignment.
    pub next_looks: Vec<NextLook>,
    /// What needs a person; here only [`ItemKey::Unreachable`] and [`ItemKey::Quota`].
    pub items: BTreeSet<ItemKey>,
}

/// When the planner must look at an assignment again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextLook {
    pub assignment: AssignmentId,
    /// The first day on which anything can be different; `None` when nothing changes without an event.
    pub on: Option<Date>,
}

/// One decision about one occasion and one addressee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    pub key: ReminderKey,
    pub obligation: ObligationId,
    pub assignment: AssignmentId,
    pub deadline_version: u32,
    pub occasion: Occasion,
    /// The role in which the contact is told.
    pub role: Role,
    /// The rank that the rung names.
    pub rank: Rank,
    pub tone: Tone,
    /// `None` when nobody can be reached.
    pub contact: Option<ContactId>,
    pub haste: Haste,
    pub verdict: Verdict,
}

/// What is decided about a reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is told now.
    Planned,
    /// This newer reminder, to the same contact or addressee, is told in its place.
    CoveredBy(ReminderKey),
    /// The unit has acknowledged (签收) and gets no notices.
    Acknowledged,
    /// It is due, but cannot be told yet.
    Blocked(Obstacle),
    /// The work is no longer owed, or its dates have moved.
    Void,
}

/// What prevents a reminder for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Obstacle {
    /// This lower role has not been told yet, or was told too recently.
    WaitsFor(Role),
    /// The contact has had the mail of this day, or has one on its way.
    AlreadyMailed,
    /// Nobody can be reached.
    NobodyReachable,
    /// A person has paused the reminders.
    Silent,
}

impl Obstacle {
    /// The word stored with the reminder.
    pub fn word(self) -> String {
        match self {
            Self::WaitsFor(role) => format!("waits-for-{}", role.word()),
            Self::AlreadyMailed => "already-mailed".to_owned(),
            Self::NobodyReachable => "nobody-reachable".to_owned(),
            Self::Silent => "silent".to_owned(),
        }
    }
}
