//! Corrections: what was wrong in what contacts were told about an assignment, and who must be told what is right.
//!
//! Must not know: how a correction is stored, how it is worded.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::occasion::Occasion;
use crate::domain::deadline::Deadline;
use crate::domain::ladder::Tone;
use crate::domain::life::was_late;
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentState;
use crate::domain::unit::{ContactId, ContactUid, Rank, Role};

/// What is right about an assignment, for those who were told something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    pub kind: CorrectionKind,
    /// Why; may be empty.
    pub reason: String,
    /// Only what was told at or after this moment can be wrong; `None` when anything can.
    pub told_since: Option<Moment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorrectionKind {
    /// The assignment was given to the wrong unit; the unit `right` owes it.
    WrongUnit { right: String },
    /// The assignment is no longer owed.
    Withdrawn,
    /// The assignment is owed, although it was said to be withdrawn.
    Restored,
    /// It was called late, but was done in time, on this day.
    DoneInTime { on: Date },
    /// It was done; its reminders went out because it had been reopened by mistake.
    Done,
}

/// A reminder of the assignment to be corrected, whose mail the relay accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldReminder {
    pub contact: ContactId,
    pub contact_uid: ContactUid,
    pub role: Role,
    pub rank: Rank,
    pub tone: Tone,
    pub occasion: Occasion,
    pub deadline_version: u32,
    pub at: Moment,
    /// Set when it was a correction itself.
    pub correction: Option<CorrectionKind>,
}

/// A correction as the message to one contact tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedCorrection {
    pub kind: CorrectionKind,
    pub reason: String,
    pub made_on: Date,
    /// When the contact was last told anything about the assignment.
    pub said_on: Option<Date>,
}

/// A contact who is told of a correction, in the lowest role in which the contact was told what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hearer {
    pub contact: ContactId,
    pub contact_uid: ContactUid,
    pub role: Role,
    pub rank: Rank,
}

impl Correction {
    /// What a change of state corrects, if it corrects anything; `done` is the day on which the work was done.
    pub fn of_state_change(
        (from, to): (AssignmentState, AssignmentState),
        done: Option<Date>,
        deadline: Option<&Deadline>,
    ) -> Option<CorrectionKind> {
        use AssignmentState::{Acknowledged, Closed, Open, Reported, Withdrawn};
        match (from, to) {
            (Open | Acknowledged, Withdrawn) => Some(CorrectionKind::Withdrawn),
            (Withdrawn, Open | Acknowledged) => Some(CorrectionKind::Restored),
            (Open | Acknowledged, Reported | Closed) => {
                let (on, deadline) = done.zip(deadline)?;
                (!was_late(deadline, on)).then_some(CorrectionKind::DoneInTime { on })
            }
            (Open | Acknowledged | Reported | Closed | Withdrawn, _) => None,
        }
    }

    /// The contacts who were told what is wrong and were told of no other correction since, each once.
    ///
    /// `told` is in the order in which it was told; `version` is the deadline version in force.
    pub fn hearers(&self, told: &[ToldReminder], version: u32) -> Vec<Hearer> {
        let mut believing: BTreeMap<ContactId, Hearer> = BTreeMap::new();
        for reminder in told {
            if !self.is_wrong_in(reminder, version) {
                if reminder.correction.is_some() {
                    believing.remove(&reminder.contact);
                }
                continue;
            }
            let ToldReminder { contact, contact_uid, role, rank, .. } = *reminder;
            let hearer = Hearer { contact, contact_uid, role, rank };
            let known = believing.entry(contact).or_insert(hearer);
            if (role, rank) < (known.role, known.rank) {
                *known = hearer;
            }
        }
        believing.into_values().collect()
    }

    fn is_wrong_in(&self, reminder: &ToldReminder, version: u32) -> bool {
        let is_recent = self.told_since.is_none_or(|since| reminder.at >= since);
        let is_ordinary = matches!(reminder.correction, None | Some(CorrectionKind::Restored));
        is_recent
            && match &self.kind {
                CorrectionKind::WrongUnit { .. }
                | CorrectionKind::Withdrawn
                | CorrectionKind::Done => is_ordinary,
                CorrectionKind::Restored => {
                    let said_no_more = |it: &CorrectionKind| {
                        matches!(it, CorrectionKind::Withdrawn | CorrectionKind::WrongUnit { .. })
                    };
                    reminder.correction.as_ref().is_some_and(said_no_more)
                }
                CorrectionKind::DoneInTime { .. } => {
                    reminder.correction.is_none()
                        && reminder.tone.speaks_of_lateness()
                        && reminder.deadline_version == version
                }
            }
    }
}

impl CorrectionKind {
    /// The word stored.
    pub fn word(&self) -> &'static str {
        match self {
            Self::WrongUnit { .. } => "wrong-unit",
            Self::Withdrawn => "withdrawn",
            Self::Restored => "restored",
            Self::DoneInTime { .. } => "done-in-time",
            Self::Done => "done",
        }
    }

    /// The unit or the day stored beside the word.
    pub fn detail(&self) -> String {
        match self {
            Self::WrongUnit { right } => right.clone(),
            Self::DoneInTime { on } => on.to_string(),
            Self::Withdrawn | Self::Restored | Self::Done => String::new(),
        }
    }

    /// Reads what [`word`](Self::word) and [`detail`](Self::detail) gave.
    pub fn from_stored(word: &str, detail: &str) -> Option<Self> {
        match word {
            "wrong-unit" => Some(Self::WrongUnit { right: detail.to_owned() }),
            "withdrawn" => Some(Self::Withdrawn),
            "restored" => Some(Self::Restored),
            "done-in-time" => Some(Self::DoneInTime { on: detail.parse().ok()? }),
            "done" => Some(Self::Done),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::uid::Uid;
    use jiff::civil::date;

    fn told(contact: i64, day: i8, tone: Tone) -> ToldReminder {
        ToldReminder {
            contact: ContactId(contact),
            contact_uid: ContactUid(Uid::random([1; 16])),
            role: Role::Responsible,
            rank: Rank::Handler,
            tone,
            occasion: Occasion::DateMoved,
            deadline_version: 1,
            at: Moment::from_local(date(2026, 3, day).at(9, 0, 0, 0)).unwrap(),
            correction: None,
        }
    }

    fn corrected(contact: i64, day: i8, kind: CorrectionKind) -> ToldReminder {
        ToldReminder { correction: Some(kind), ..told(contact, day, Tone::Warn) }
    }

    fn who(kind: CorrectionKind, told: &[ToldReminder]) -> Vec<i64> {
        let correction = Correction { kind, reason: String::new(), told_since: None };
        correction.hearers(told, 1).into_iter().map(|it| it.contact.0).collect()
    }

    #[test]
    fn whoever_was_told_hears_of_a_withdrawal_once_and_of_its_undoing() {
        use CorrectionKind::{Restored, Withdrawn};
        let before = vec![told(1, 2, Tone::Notice), told(2, 3, Tone::Warn), told(1, 4, Tone::Warn)];
        assert_eq!(who(Withdrawn, &before), [1, 2]);
        assert_eq!(who(Restored, &before), Vec::<i64>::new());
        let after = [before, vec![corrected(1, 5, Withdrawn)]].concat();
        assert_eq!((who(Withdrawn, &after), who(Restored, &after)), (vec![2], vec![1]));
        let again = [after, vec![corrected(1, 6, Restored)]].concat();
        assert_eq!((who(Withdrawn, &again), who(Restored, &again)), (vec![1, 2], vec![]));
    }

    #[test]
    fn only_those_who_heard_that_it_was_late_hear_that_it_was_done_in_time() {
        let told = [told(1, 2, Tone::Notice), told(2, 16, Tone::Overdue)];
        let kind = CorrectionKind::DoneInTime { on: date(2026, 3, 12) };
        assert_eq!(who(kind, &told), [2]);
    }
}
