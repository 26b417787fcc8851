//! What a calculation gives: a deadline, or why there is none yet.
//!
//! Must not know: how it was calculated.

use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::moment::Moment;

/// When something must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// 到期日: the last lawful day, included. Law: 民法典 art. 203(2): it ends at 24:00 or the close of business.
    pub due: Date,
    /// The instant, for terms in hours only.
    pub due_at: Option<Moment>,
    /// 应办日: the last working day on or before [`due`](Self::due); for terms in hours the due date itself, because
    /// hours run through nights and holidays.
    pub act_by: Date,
    /// For a minimum (不少于): the earliest lawful end.
    pub earliest: Option<Date>,
    /// A day beyond the calendar's horizon was used: the dates may change with the next notice.
    pub provisional: bool,
}

impl Deadline {
    /// True when `now` is past it: for days from the next day's 00:00 on, for hours from the next second on.
    pub fn is_over(&self, now: Moment) -> bool {
        self.due_at.map_or(now.today() > self.due, |due_at| now > due_at)
    }

    /// Working days left at `now`; negative when late, whatever the number of working days.
    pub fn working_days_left(&self, calendar: &WorkCalendar, now: Moment) -> i64 {
        let today = now.today();
        if self.is_over(now) {
            return calendar.working_days_between(today, self.due).min(-1);
        }
        calendar.working_days_between(today, self.act_by).max(0)
    }

    /// True when both fall at the same time; whether they are certain of it is not asked.
    pub fn coincides_with(&self, other: &Self) -> bool {
        let Self { due, due_at, act_by, earliest, provisional: _ } = *other;
        (self.due, self.due_at, self.act_by, self.earliest) == (due, due_at, act_by, earliest)
    }
}

/// Whether a clock runs, and towards which deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockState {
    /// The term names no date.
    Undated,
    /// The trigger has not happened, or is not known.
    Waiting,
    /// Stopped: there is no due date until it resumes.
    Suspended {
        /// The day it stopped.
        since: Date,
        /// The date if it were resumed on the day it stopped: never later than the true one.
        not_before: Deadline,
    },
    /// Running towards a deadline, or past it.
    Running(Deadline),
}

impl ClockState {
    /// The deadline, while there is one.
    pub fn deadline(self) -> Option<Deadline> {
        match self {
            Self::Running(deadline) => Some(deadline),
            Self::Undated | Self::Waiting | Self::Suspended { .. } => None,
        }
    }
}
