//! One assignment as the planner sees it, with the reminders decided for it before.
//!
//! Must not know: what is due, who can be reached.

use std::sync::Arc;

use jiff::civil::Date;

use super::key::{KeyPrefix, ReminderKey};
use super::occasion::Occasion;
use crate::domain::ladder::{Ladder, Tone};
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentId, AssignmentState, ObligationId, ObligationUid};
use crate::domain::recurrence::QuotaShare;
use crate::domain::unit::{ContactId, Rank, Role, UnitId, UnitUid};

/// What the planner needs to know about one assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentSnapshot {
    pub obligation: ObligationId,
    pub obligation_uid: ObligationUid,
    pub assignment: AssignmentId,
    /// The responsible unit.
    pub unit: UnitId,
    pub unit_uid: UnitUid,
    /// The lead units, groups expanded.
    pub leads: Vec<UnitId>,
    /// The units that owe the obligation; only where its own unit leads it together with others.
    pub owing: Vec<UnitId>,
    pub state: AssignmentState,
    /// Grows each time the dates move; every version starts the ladder again.
    pub deadline_version: u32,
    /// The dates that were replaced, oldest first; empty unless this version replaces some.
    pub date_changes: Vec<RecordedDateChange>,
    /// The day from which the rungs are counted; `None` while there is no date.
    pub act_by: Option<Date>,
    /// The end of a clock in hours; its reminders go out at once, at night and on rest days too.
    pub due_at: Option<Moment>,
    /// A minimum (不少于): the date is the earliest lawful end, and nothing can be late.
    pub is_minimum: bool,
    pub registered_on: Date,
    /// Reminders are paused before this day.
    pub silent_until: Option<Date>,
    /// The ladder as it was when the obligation started.
    pub ladder: Arc<Ladder>,
    /// What was counted, when the obligation is a quota.
    pub quota: Option<QuotaShare>,
    /// Reminders decided before, under all deadline versions, in any order.
    pub history: Vec<RecordedReminder>,
}

/// Dates that somebody may know and that were replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedDateChange {
    /// The version that replaced them.
    pub version: u32,
    /// They are not the present dates; those that were moved and moved back are.
    pub is_other_date: bool,
    /// They followed from a wrong entry.
    pub is_correction: bool,
}

/// A reminder that was decided before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedReminder {
    pub key: ReminderKey,
    pub deadline_version: u32,
    pub occasion: Occasion,
    pub role: Role,
    /// The rank that the rung names; a deputy or delegate of another rank may have been told.
    pub rank: Rank,
    /// The unit that was told; `None` when nobody was.
    pub unit: Option<UnitId>,
    /// Who was told.
    pub contact: Option<ContactId>,
    pub state: ReminderState,
}

/// What became of a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReminderState {
    /// Decided, not yet in a message.
    Planned,
    /// In a message that is on its way.
    Sealed,
    /// The relay accepted the message on this day.
    Told(Date),
    /// Not told: a newer rung says more, the unit has acknowledged, or a person cancelled the mail.
    Covered,
    /// Due, but something prevents it for now.
    Blocked,
    /// It became untrue before it was told.
    Void,
    /// The mailbox does not exist or refuses mail.
    Undeliverable,
}

impl AssignmentSnapshot {
    /// The change that gave the present dates, when somebody may know others.
    pub(super) fn last_change(&self) -> Option<RecordedDateChange> {
        self.date_changes.last().copied().filter(|it| it.version == self.deadline_version)
    }

    /// True when the dates that were told under `version` are not the present ones.
    pub(super) fn is_other_date_under(&self, version: u32) -> bool {
        self.replacement_of(version).is_some_and(|change| change.is_other_date)
    }

    /// True when the dates that were told under an earlier `version` are the present ones again.
    pub(super) fn is_same_date_under(&self, version: u32) -> bool {
        self.replacement_of(version).is_some_and(|change| !change.is_other_date)
    }

    fn replacement_of(&self, version: u32) -> Option<&RecordedDateChange> {
        self.date_changes.iter().find(|change| change.version > version)
    }

    /// The units that have `role` in this assignment.
    pub(super) fn units_in_role(&self, role: Role, supervisor: Option<UnitId>) -> Vec<UnitId> {
        match role {
            Role::Responsible => vec![self.unit],
            Role::Lead if self.leads.contains(&self.unit) => {
                // Units that lead and owe it together do not hear of each other's lateness.
                let is_peer = |lead: &&UnitId| **lead != self.unit && self.owing.contains(lead);
                self.leads.iter().filter(|lead| !is_peer(lead)).copied().collect()
            }
            Role::Lead => self.leads.clone(),
            Role::Supervisor => supervisor.into_iter().collect(),
        }
    }

    pub(super) fn key_prefix(&self) -> KeyPrefix {
        KeyPrefix {
            obligation: self.obligation_uid,
            deadline_version: self.deadline_version,
            unit: self.unit_uid,
        }
    }
}

impl ReminderState {
    /// True when nothing more is to be decided about the reminder.
    pub(super) fn is_final(self) -> bool {
        match self {
            Self::Sealed | Self::Told(_) | Self::Covered => true,
            Self::Planned | Self::Blocked | Self::Void | Self::Undeliverable => false,
        }
    }
}

/// True when a reminder in `tone` is still wanted while the assignment is in `state`: the work is owed, and a unit that has
/// acknowledged (签收) gets no more notices. Warnings and what follows them reach it as before.
///
/// ```
/// use duban::domain::{ladder::Tone, obligation::AssignmentState, reminder::is_wanted};
/// assert!(!is_wanted(AssignmentState::Acknowledged, Tone::Notice));
/// assert!(is_wanted(AssignmentState::Acknowledged, Tone::Warn));
/// assert!(!is_wanted(AssignmentState::Reported, Tone::Overdue));
/// ```
pub fn is_wanted(state: AssignmentState, tone: Tone) -> bool {
    state.is_owed() && !(state == AssignmentState::Acknowledged && tone == Tone::Notice)
}
