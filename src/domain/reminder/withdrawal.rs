//! Withdraws reminders that are on record but in no message yet.
//!
//! Must not know: which rungs are due.

use super::haste::Haste;
use super::occasion::Occasion;
use super::plan::{Obstacle, Reminder, Verdict};
use super::planner::AssignmentPlanner;
use super::snapshot::{RecordedReminder, ReminderState};
use super::{date_moved, quota_short};
use crate::domain::ladder::Tone;

impl AssignmentPlanner<'_> {
    /// Voids reminders of work that is no longer owed, and of dates that have moved.
    pub(super) fn void_outdated_reminders(&mut self) {
        let is_owed = self.assignment.state.is_owed();
        let version = self.assignment.deadline_version;
        self.withdraw(&Verdict::Void, |it| {
            matches!(it.state, ReminderState::Planned | ReminderState::Blocked)
                && (!is_owed || it.deadline_version != version)
        });
    }

    /// Voids quota warnings except `current`: events were held since, or the period is over.
    pub(super) fn void_quota_warnings_except(&mut self, current: Option<&Occasion>) {
        let version = self.assignment.deadline_version;
        self.withdraw(&Verdict::Void, |it| {
            matches!(it.occasion, Occasion::QuotaShort { .. })
                && Some(&it.occasion) != current
                && it.deadline_version == version
                && matches!(it.state, ReminderState::Planned | ReminderState::Blocked)
        });
    }

    /// Blocks planned reminders because a person has paused the obligation.
    pub(super) fn block_planned_reminders(&mut self) {
        let version = self.assignment.deadline_version;
        self.withdraw(&Verdict::Blocked(Obstacle::Silent), |it| {
            it.state == ReminderState::Planned && it.deadline_version == version
        });
    }

    /// Blocks planned reminders that this pass has not decided again: their contacts have left, are away or have bounced.
    pub(super) fn block_unreachable_contacts(&mut self) {
        let version = self.assignment.deadline_version;
        let decided: Vec<_> = self.reminders.iter().map(|it| it.key.clone()).collect();
        self.withdraw(&Verdict::Blocked(Obstacle::NobodyReachable), |it| {
            it.state == ReminderState::Planned
                && it.deadline_version == version
                && !decided.contains(&it.key)
        });
    }

    fn withdraw(&mut self, verdict: &Verdict, which: impl Fn(&RecordedReminder) -> bool) {
        let withdrawn = self.assignment.history.iter().filter(|it| which(it));
        let withdrawn = withdrawn.map(|it| Reminder {
            key: it.key.clone(),
            obligation: self.assignment.obligation,
            assignment: self.assignment.assignment,
            deadline_version: it.deadline_version,
            occasion: it.occasion.clone(),
            role: it.role,
            rank: it.rank,
            tone: self.tone_of(&it.occasion),
            contact: it.contact,
            haste: Haste::DayMail,
            verdict: verdict.clone(),
        });
        let withdrawn: Vec<Reminder> = withdrawn.collect();
        self.reminders.extend(withdrawn);
    }

    fn tone_of(&self, occasion: &Occasion) -> Tone {
        match occasion {
            Occasion::Rung { name, .. } => {
                let mut rungs = self.assignment.ladder.rungs().iter();
                // A rung of an earlier ladder has no tone any more; a withdrawn reminder is never told.
                rungs.find(|rung| rung.name == *name).map_or(Tone::Notice, |rung| rung.tone)
            }
            Occasion::DateMoved | Occasion::Correction { .. } => date_moved::TONE,
            Occasion::QuotaShort { .. } => quota_short::TONE,
        }
    }
}
