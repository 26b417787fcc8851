//! The bulletin (通报): who was on time and who was late, over a span of due dates.
//!
//! Must not know: how it is printed, where shares come from.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::deadline::Deadline;
use crate::domain::life::was_late;
use crate::domain::obligation::{AssignmentState, ObligationId};
use crate::domain::unit::UnitId;
use crate::words_of;

/// One unit's share of one obligation with a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The obligation.
    pub obligation: ObligationId,
    /// Who owes it.
    pub unit: UnitId,
    /// When it is due.
    pub deadline: Deadline,
    /// The day its clock began: the trigger's day, else the day it was registered.
    pub began_on: Date,
    /// How far it has come.
    pub state: AssignmentState,
    /// The day it was done.
    pub done_on: Option<Date>,
    /// A quota of which fewer events were held than required: ended or not, it is never on time.
    pub is_short: bool,
}

/// Whether a share is on time, as of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timeliness {
    /// Done on or before its due date.
    OnTime,
    /// Done after it. It stays so for ever.
    Late,
    /// Not done, not late yet.
    Pending,
    /// Not done, and late.
    Overdue,
}

/// 红黄蓝, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Color {
    /// 红: something is overdue.
    Red,
    /// 黄: something was done late.
    Yellow,
    /// 蓝: nothing was late.
    Blue,
}

/// One unit, or all of them together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Shares due in the span.
    pub due: u32,
    /// Done on time.
    pub on_time: u32,
    /// Done late.
    pub late: u32,
    /// Not done, not late yet.
    pub pending: u32,
    /// Not done, and late.
    pub overdue: u32,
    /// Working days from the beginning to the day it was done, summed over what is done.
    pub days_taken: i64,
}

/// The table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulletin {
    /// First due date of the span.
    pub from: Date,
    /// Last due date of the span.
    pub through: Date,
    /// The day as of which it was made.
    pub as_of: Date,
    /// Each unit with something due: best first; equal ones by unit.
    pub units: Vec<(UnitId, Tally)>,
    /// All of them together.
    pub total: Tally,
    /// 回头看: shares due in the year before the span that are still owed, by due date.
    pub look_back: Vec<Share>,
}

impl Share {
    /// What became of it as of `today`; work claimed done without a day counts as done on its due date.
    pub fn timeliness(&self, today: Date) -> Timeliness {
        match (self.state.is_done(), self.done_on) {
            (true, _) if self.is_short => Timeliness::Late,
            (true, Some(on)) if was_late(&self.deadline, on) => Timeliness::Late,
            (true, _) => Timeliness::OnTime,
            (false, _) if was_late(&self.deadline, today) => Timeliness::Overdue,
            (false, _) => Timeliness::Pending,
        }
    }
}

words_of! {
    Color {
        Red = "red", zh = "红", en = "red";
        Yellow = "yellow", zh = "黄", en = "yellow";
        Blue = "blue", zh = "蓝", en = "blue";
    }
}

impl Tally {
    /// Its color.
    pub fn color(&self) -> Color {
        match (self.overdue, self.late) {
            (0, 0) => Color::Blue,
            (0, _) => Color::Yellow,
            _ => Color::Red,
        }
    }

    /// Shares on time in a thousand of those judged; `None` while none is.
    pub fn on_time_per_mille(&self) -> Option<u32> {
        let judged = self.on_time + self.late + self.overdue;
        (self.on_time * 1000).checked_div(judged)
    }

    /// Working days taken on average, in tenths; `None` while nothing is done.
    pub fn average_tenths(&self) -> Option<i64> {
        let done = i64::from(self.on_time + self.late);
        (self.days_taken * 10).checked_div(done)
    }

    fn add(&mut self, share: &Share, today: Date, calendar: &WorkCalendar) {
        let timeliness = share.timeliness(today);
        let place = match timeliness {
            Timeliness::OnTime => &mut self.on_time,
            Timeliness::Late => &mut self.late,
            Timeliness::Pending => &mut self.pending,
            Timeliness::Overdue => &mut self.overdue,
        };
        *place += 1;
        self.due += 1;
        if matches!(timeliness, Timeliness::OnTime | Timeliness::Late) {
            let done_on = share.done_on.unwrap_or(share.deadline.due);
            let taken = calendar.working_days_between(share.began_on, done_on).max(0);
            self.days_taken += taken;
        }
    }

    /// Sorts the best first: more on time in proportion, then fewer overdue, then faster.
    fn merit(&self) -> (Reverse<u32>, u32, i64) {
        let on_time = self.on_time_per_mille().unwrap_or(1000);
        (Reverse(on_time), self.overdue, self.average_tenths().unwrap_or(0))
    }
}

/// The first due date that a bulletin beginning on `from` looks back to.
pub fn look_back_from(from: Date) -> Date {
    from.checked_sub(jiff::Span::new().years(1)).unwrap_or(Date::MIN)
}

/// A bulletin while its shares are counted, in any order.
#[derive(Clone, Debug)]
pub struct Count {
    from: Date,
    through: Date,
    today: Date,
    units: BTreeMap<UnitId, Tally>,
    total: Tally,
    look_back: Vec<Share>,
}

impl Count {
    /// Begins a bulletin of what is due from `from` through `through`, as of `today`.
    ///
    /// ```
    /// use duban::domain::bulletin::{Color, Count, Share};
    /// use duban::domain::{calendar::WorkCalendar, deadline::Deadline, obligation::*, unit::UnitId};
    /// use jiff::civil::date;
    /// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
    /// let due = date(2022, 12, 30);
    /// let late = Share {
    ///     obligation: ObligationId(1), unit: UnitId(1), began_on: date(2022, 12, 1),
    ///     deadline: Deadline { due, due_at: None, act_by: due, earliest: None, provisional: false },
    ///     state: AssignmentState::Closed, done_on: Some(date(2023, 1, 3)), is_short: false,
    /// };
    /// let mut count = Count::begin(date(2022, 1, 1), date(2022, 12, 31), date(2023, 1, 10));
    /// count.add(&late, &calendar);
    /// let made = count.finish();
    /// assert_eq!((made.total.due, made.total.late, made.total.color()), (1, 1, Color::Yellow));
    /// ```
    pub fn begin(from: Date, through: Date, today: Date) -> Self {
        let (units, total, look_back) = (BTreeMap::new(), Tally::default(), Vec::new());
        Self { from, through, today, units, total, look_back }
    }

    /// Counts one share. A withdrawn one does not count; one due in the year before the span counts for the look-back only.
    pub fn add(&mut self, share: &Share, calendar: &WorkCalendar) {
        if share.state == AssignmentState::Withdrawn {
            return;
        }
        let due = share.deadline.due;
        if (self.from..=self.through).contains(&due) {
            self.units.entry(share.unit).or_default().add(share, self.today, calendar);
            self.total.add(share, self.today, calendar);
        } else if (look_back_from(self.from)..self.from).contains(&due)
            && share.timeliness(self.today) == Timeliness::Overdue
        {
            self.look_back.push(share.clone());
        }
    }

    /// Orders what was counted.
    pub fn finish(self) -> Bulletin {
        let Self { from, through, today, units, total, mut look_back } = self;
        let mut units: Vec<(UnitId, Tally)> = units.into_iter().collect();
        units.sort_by_key(|(unit, tally)| (tally.merit(), *unit));
        look_back.sort_by_key(|share| (share.deadline.due, share.obligation, share.unit));
        Bulletin { from, through, as_of: today, units, total, look_back }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::config::calendars;

    const YEAR: (Date, Date) = (date(2022, 1, 1), date(2022, 12, 31));

    fn share(unit: i64, due: Date, state: AssignmentState, done_on: Option<Date>) -> Share {
        let deadline =
            Deadline { due, due_at: None, act_by: due, earliest: None, provisional: false };
        let began_on = date(2022, 6, 17);
        Share {
            obligation: ObligationId(1),
            unit: UnitId(unit),
            deadline,
            began_on,
            state,
            done_on,
            is_short: false,
        }
    }

    fn made(shares: &[Share], today: Date) -> Bulletin {
        let calendar = WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap();
        let mut count = Count::begin(YEAR.0, YEAR.1, today);
        for share in shares {
            count.add(share, &calendar);
        }
        count.finish()
    }

    #[test]
    fn lateness_is_judged_on_the_day_it_was_done_and_stays_after_closing() {
        let due = date(2022, 9, 30);
        let today = date(2022, 12, 1);
        let timeliness = |state, on| share(1, due, state, on).timeliness(today);
        assert_eq!(timeliness(AssignmentState::Reported, Some(due)), Timeliness::OnTime);
        assert_eq!(timeliness(AssignmentState::Closed, Some(date(2022, 10, 1))), Timeliness::Late);
        assert_eq!(timeliness(AssignmentState::Open, None), Timeliness::Overdue);
        let coming = share(1, date(2022, 12, 1), AssignmentState::Acknowledged, None);
        assert_eq!(coming.timeliness(today), Timeliness::Pending);
    }

    #[test]
    fn a_minimum_is_never_late() {
        let mut comment = share(1, date(2022, 9, 30), AssignmentState::Open, None);
        comment.deadline.earliest = Some(comment.deadline.due);
        assert_eq!(comment.timeliness(date(2022, 12, 1)), Timeliness::Pending);
    }

    #[test]
    fn units_are_listed_best_first_with_their_colors() {
        let due = date(2022, 6, 30);
        let shares = [
            share(1, due, AssignmentState::Open, None),
            share(2, due, AssignmentState::Closed, Some(date(2022, 7, 1))),
            share(2, due, AssignmentState::Closed, Some(due)),
            share(3, due, AssignmentState::Closed, Some(date(2022, 6, 20))),
            share(4, due, AssignmentState::Withdrawn, None),
        ];
        let made = made(&shares, date(2022, 12, 1));
        let listed: Vec<(i64, Color)> =
            made.units.iter().map(|(unit, tally)| (unit.0, tally.color())).collect();
        assert_eq!(listed, [(3, Color::Blue), (2, Color::Yellow), (1, Color::Red)]);
        assert_eq!(
            (made.total.due, made.total.on_time, made.total.late, made.total.overdue),
            (4, 2, 1, 1)
        );
        assert_eq!(made.total.on_time_per_mille(), Some(500));
    }

    #[test]
    fn of_two_units_on_time_the_faster_comes_first() {
        let due = date(2022, 6, 30);
        let shares = [
            share(1, due, AssignmentState::Closed, Some(date(2022, 6, 29))),
            share(2, due, AssignmentState::Closed, Some(date(2022, 6, 21))),
        ];
        let made = made(&shares, date(2022, 12, 1));
        assert_eq!(made.units[0].0, UnitId(2));
        assert_eq!(made.units[0].1.average_tenths(), Some(20));
    }

    #[test]
    fn the_look_back_holds_what_last_year_left_undone() {
        let shares = [
            share(1, date(2021, 12, 31), AssignmentState::Open, None),
            share(2, date(2021, 11, 30), AssignmentState::Closed, Some(date(2022, 3, 1))),
            share(3, date(2020, 12, 31), AssignmentState::Open, None),
        ];
        let made = made(&shares, date(2022, 12, 1));
        let left: Vec<i64> = made.look_back.iter().map(|share| share.unit.0).collect();
        assert_eq!(left, [1]);
        assert_eq!(made.total, Tally::default());
    }
}
