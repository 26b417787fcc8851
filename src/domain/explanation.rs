//! Why a date is what it is: each counted and each skipped day with its reason, as data.
//!
//! Owns a walk from day to day that knows nothing of rank and select, and so checks them. Must not know: how it is
//! printed.

use jiff::civil::Date;

use crate::domain::calendar::{DayKind, WorkCalendar};
use crate::domain::deadline::course::{self, Segment};
use crate::domain::deadline::{
    Adjustment, Anchor, Calculation, ClockState, Conventions, Deadline, DeadlineFault, Direction,
    RunningClock,
};
use crate::domain::moment::Moment;
use crate::domain::term::{Period, PeriodUnit, Term};

/// The whole argument for one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What the document says.
    pub term: Term,
    /// What it runs from.
    pub trigger: Option<Anchor>,
    /// Which way it is counted.
    pub counts: Direction,
    /// What happened from the trigger to the due date, by date; days alike are folded into one run.
    pub steps: Vec<Step>,
    /// What follows.
    pub clock: ClockState,
    /// How open questions were answered.
    pub conventions: Conventions,
    /// What moved the clock, in order.
    pub adjustments: Vec<Adjustment>,
    /// [`WorkCalendar::version`] of the calendar used.
    pub calendar_version: String,
    /// [`WorkCalendar::certain_through`] of the calendar used.
    pub certain_through: Date,
}

/// One step of the argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Days of one kind with one role.
    Days(DayRange),
    /// Hours of one day, all of them counted.
    Hours(DayHours),
    /// The clock was moved.
    Adjusted(Adjustment),
}

/// The part of a term in hours that lies in one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayHours {
    /// Its beginning.
    pub from: Moment,
    /// Its end: the due moment, or the midnight that ends the day.
    pub until: Moment,
    /// What kind of day it is; nights and rest days are not deducted.
    pub kind: DayKind,
}

/// Consecutive days alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRange {
    /// First day.
    pub from: Date,
    /// Last day.
    pub through: Date,
    /// How many days it has.
    pub days: u32,
    /// What became of them.
    pub role: DayRole,
    /// Their numbers in the count, first and last; negative in a count backwards.
    pub numbers: Option<(i64, i64)>,
    /// Why they are worked or not; `None` where that does not matter, inside a period of calendar days.
    pub kind: Option<DayKind>,
    /// They lie beyond the horizon: Monday to Friday is assumed.
    pub assumed: bool,
}

/// What became of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayRole {
    /// Day 0: the trigger, an event counted back from, or the day of a restart.
    DayZero,
    /// Counted.
    Counted,
    /// A rest day in a count of working days.
    Skipped,
    /// The clock stood still.
    Suspended,
    /// Had run, and was dropped by a restart.
    Dropped,
    /// A rest day after (or before) the last day, passed over by the roll.
    RolledOver,
    /// The due date, where it is not the last day counted.
    Due,
    /// The act-by date, where it is not the due date.
    ActBy,
}

/// A day on its way into a run.
struct Day {
    on: Date,
    role: DayRole,
    number: Option<i64>,
    kind: Option<DayKind>,
}

/// Explains where the clock of a case stands.
///
/// # Errors
///
/// As [`Calculation::clock`].
///
/// ```
/// use duban::domain::{calendar::WorkCalendar, deadline::Calculation, explanation::{DayRole, Step, explain}};
/// use jiff::civil::date;
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let term = "5wd".parse().unwrap();
/// let anchor = Some(date(2026, 9, 30).into());
/// let explanation = explain(&Calculation { anchor, ..Calculation::of(&term, &calendar) }).unwrap();
/// let Step::Days(holiday) = &explanation.steps[1] else { panic!() };
/// assert_eq!((holiday.role, holiday.days), (DayRole::Skipped, 7)); // 1 to 7 October
/// ```
pub fn explain(calculation: &Calculation<'_>) -> Result<Explanation, DeadlineFault> {
    let clock = calculation.clock()?;
    let mut walk = Walk { calendar: calculation.calendar, days: Vec::new() };
    let mut hours = Vec::new();
    match (calculation.term, calculation.anchor, clock) {
        (Term::Within(period), Some(event), ClockState::Running(deadline))
            if calculation.counts == Direction::Before =>
        {
            let end = calculation.before_any_roll(*period, event.day())?.date;
            walk.backwards(*period, event.day(), (end, deadline.due));
        }
        (Term::Within(period) | Term::AtLeast(period), Some(trigger), _)
            if period.unit != PeriodUnit::Hour =>
        {
            let course = RunningClock::follow(
                trigger.day(),
                calculation.adjustments,
                calculation.conventions,
            )?;
            walk.dropped(trigger.day(), course.day_zero);
            walk.course(&course, *period, clock, calculation.conventions)?;
        }
        (
            _,
            Some(Anchor::Instant(start)),
            ClockState::Running(Deadline { due_at: Some(end), .. }),
        ) => {
            hours = hours_by_day(calculation.calendar, start, end);
        }
        (_, _, ClockState::Running(deadline)) if deadline.due_at.is_none() => {
            let original = Calculation { adjustments: &[], ..*calculation }.clock()?.deadline();
            let named = original.map_or(deadline.due, |original| original.due);
            let legs = course::extended(named, calculation.adjustments, calculation.calendar)?;
            walk.named(named, &legs, deadline);
        }
        _ => {}
    }
    Ok(Explanation {
        term: calculation.term.clone(),
        trigger: calculation.anchor,
        counts: calculation.counts,
        conventions: calculation.conventions,
        adjustments: calculation.adjustments.to_vec(),
        steps: hours.into_iter().chain(steps(walk, calculation.adjustments)).collect(),
        clock,
        calendar_version: calculation.calendar.version().to_owned(),
        certain_through: calculation.calendar.certain_through(),
    })
}

struct Walk<'a> {
    calendar: &'a WorkCalendar,
    days: Vec<Day>,
}

impl Walk<'_> {
    fn push(&mut self, on: Date, role: DayRole, number: Option<i64>) {
        self.days.push(Day { on, role, number, kind: Some(self.calendar.kind(on)) });
    }

    /// Days that ran before the last restart.
    fn dropped(&mut self, trigger: Date, day_zero: Date) {
        if trigger < day_zero {
            self.push(trigger, DayRole::DayZero, None);
        }
        for on in days(trigger, day_zero).filter(|on| *on < day_zero) {
            self.days.push(Day { on, role: DayRole::Dropped, number: None, kind: None });
        }
        self.push(day_zero, DayRole::DayZero, None);
    }

    /// The legs of a running clock, then the roll; a stopped clock is told up to the day it stopped.
    fn course(
        &mut self,
        course: &RunningClock,
        period: Period,
        clock: ClockState,
        conventions: Conventions,
    ) -> Result<(), DeadlineFault> {
        let legs = course.legs(period, self.calendar)?;
        let stopped =
            course.suspended_since.map(|day| course.last_counted_day(day, conventions.suspension));
        let is_paused = |on| course.is_paused(on);
        for leg in &legs {
            self.leg(leg, stopped.unwrap_or(leg.end.date).min(leg.end.date), is_paused);
        }
        if let (ClockState::Running(deadline), Some(last)) = (clock, legs.last()) {
            self.roll(last.end.date, deadline.due, is_paused);
        }
        Ok(())
    }

    /// A leg, as far as it has run.
    fn leg(&mut self, leg: &Segment, stop: Date, is_paused: impl Fn(Date) -> bool) {
        let mut number = 0;
        for on in days(leg.after, stop) {
            let kind = self.calendar.kind(on);
            let by_working_day = leg.period.unit == PeriodUnit::WorkingDay;
            let rests = matches!(kind, DayKind::Weekend | DayKind::Holiday(_));
            if is_paused(on) {
                self.push(on, DayRole::Suspended, None);
            } else if by_working_day && rests {
                self.push(on, DayRole::Skipped, None);
            } else {
                number = i64::saturating_add(number, 1);
                let kind = (by_working_day || on == leg.end.date).then_some(kind);
                self.days.push(Day { on, role: DayRole::Counted, number: Some(number), kind });
            }
        }
    }

    /// From the last day counted to the due date after it.
    fn roll(&mut self, end: Date, due: Date, is_paused: impl Fn(Date) -> bool) {
        for on in days(end, due) {
            let role = match on {
                on if on == due => DayRole::Due,
                on if is_paused(on) => DayRole::Suspended,
                _ => DayRole::RolledOver,
            };
            self.push(on, role, None);
        }
    }

    /// A count back from an event to its end, and to the due date before that; told by date.
    fn backwards(&mut self, period: Period, event: Date, (end, due): (Date, Date)) {
        let back = std::iter::successors(event.yesterday().ok(), |day| day.yesterday().ok());
        let target = i64::from(period.amount);
        let mut number = 0;
        let mut counted = Vec::new();
        for on in back.take_while(|on| *on >= due) {
            let kind = self.calendar.kind(on);
            let rests = matches!(kind, DayKind::Weekend | DayKind::Holiday(_));
            let by_working_day = period.unit == PeriodUnit::WorkingDay;
            let by_day = by_working_day || period.unit == PeriodUnit::CalendarDay;
            let is_last = by_day && number == target;
            let (role, kind) = if is_last || on < end {
                (if on == due { DayRole::Due } else { DayRole::RolledOver }, Some(kind))
            } else if by_working_day && rests {
                (DayRole::Skipped, Some(kind))
            } else {
                number = i64::saturating_add(number, 1);
                let is_last = by_day && number == target;
                (DayRole::Counted, (by_working_day || is_last || on == end).then_some(kind))
            };
            let number = (role == DayRole::Counted).then_some(number.saturating_neg());
            counted.push(Day { on, role, number, kind });
        }
        self.days.extend(counted.into_iter().rev());
        self.push(event, DayRole::DayZero, None);
    }

    /// A named day: why it is planned for earlier, or where an extension took it.
    fn named(&mut self, named: Date, extensions: &[Segment], deadline: Deadline) {
        if let Some(last) = extensions.last() {
            self.push(named, DayRole::DayZero, None);
            for leg in extensions {
                self.leg(leg, leg.end.date, |_| false);
            }
            self.roll(last.end.date, deadline.due, |_| false);
            return;
        }
        if deadline.act_by < deadline.due {
            self.push(deadline.act_by, DayRole::ActBy, None);
        }
        for on in days(deadline.act_by, deadline.due).filter(|on| *on < deadline.due) {
            self.push(on, DayRole::RolledOver, None);
        }
        self.push(deadline.due, DayRole::Due, None);
    }
}

/// A term in hours, day by day.
fn hours_by_day(calendar: &WorkCalendar, start: Moment, end: Moment) -> Vec<Step> {
    let mut hours_by_day = Vec::new();
    let mut from = start;
    while from < end {
        let day = from.today();
        let midnight = day.tomorrow().ok().and_then(|day| Moment::from_local(day.at(0, 0, 0, 0)));
        let until = midnight.map_or(end, |midnight| midnight.min(end));
        hours_by_day.push(Step::Hours(DayHours { from, until, kind: calendar.kind(day) }));
        from = until;
    }
    hours_by_day
}

/// Days after `after` through `through`.
fn days(after: Date, through: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(after.tomorrow().ok(), |day| day.tomorrow().ok())
        .take_while(move |day| *day <= through)
}

/// Folds days alike into runs and puts each adjustment after the run of its day.
fn steps(walk: Walk<'_>, adjustments: &[Adjustment]) -> Vec<Step> {
    let certain_through = walk.calendar.certain_through();
    let mut runs: Vec<DayRange> = Vec::new();
    for day in walk.days {
        let assumed = day.on > certain_through && day.kind.is_some();
        let split = |on: Date| adjustments.iter().any(|adjustment| adjustment.on == on);
        match runs.last_mut() {
            Some(run)
                if run.role == day.role
                    && run.kind == day.kind
                    && run.assumed == assumed
                    && run.through.tomorrow().ok() == Some(day.on)
                    && !split(run.through) =>
            {
                run.through = day.on;
                run.days = run.days.saturating_add(1);
                run.numbers = run.numbers.zip(day.number).map(|((first, _), last)| (first, last));
            }
            _ => runs.push(DayRange {
                from: day.on,
                through: day.on,
                days: 1,
                role: day.role,
                numbers: day.number.map(|number| (number, number)),
                kind: day.kind,
                assumed,
            }),
        }
    }
    let mut told = adjustments.iter().peekable();
    let mut steps = Vec::new();
    for run in runs {
        while let Some(adjustment) = told.next_if(|adjustment| adjustment.on < run.from) {
            steps.push(Step::Adjusted(adjustment.clone()));
        }
        steps.push(Step::Days(run));
    }
    steps.extend(told.cloned().map(Step::Adjusted));
    steps
}
