//! Why a date is what it is: each counted and each skipped day with its reason, as data.
//!
//! Owns a walk from day to day that knows nothing of rank and select, and so checks them. Must not know: how it is
//! printed.

use jiff::civil::Date;

use crate::domain::calendar::{DayKind, WorkCalendar};
use crate::domain::deadline::course::{self, Leg};
use crate::domain::deadline::{
    Adjustment, Anchor, Case, Clock, Conventions, Course, Deadline, DeadlineFault, Direction,
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
    pub clock: Clock,
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
    /// Days of one kind with one fate.
    Run(Run),
    /// Hours of one day, all of them counted.
    Hours(Stretch),
    /// The clock was moved.
    Adjusted(Adjustment),
}

/// The part of a term in hours that lies in one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its beginning.
    pub from: Moment,
    /// Its end: the due moment, or the midnight that ends the day.
    pub until: Moment,
    /// What kind of day it is; nights and rest days are not deducted.
    pub kind: DayKind,
}

/// Consecutive days alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// First day.
    pub from: Date,
    /// Last day.
    pub through: Date,
    /// How many days it has.
    pub days: u32,
    /// What became of them.
    pub fate: Fate,
    /// Their numbers in the count, first and last; negative in a count backwards.
    pub numbers: Option<(i64, i64)>,
    /// Why they are worked or not; `None` where that does not matter, inside a period of calendar days.
    pub kind: Option<DayKind>,
    /// They lie beyond the horizon: Monday to Friday is assumed.
    pub assumed: bool,
}

/// What became of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Day 0: the trigger, an event counted back from, or the day of a restart.
    DayZero,
    /// Counted.
    Counted,
    /// A rest day in a count of working days.
    Skipped,
    /// The clock stood still.
    Paused,
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
    fate: Fate,
    number: Option<i64>,
    kind: Option<DayKind>,
}

/// Explains where the clock of a case stands.
///
/// # Errors
///
/// As [`Case::clock`].
///
/// ```
/// use duban::domain::{calendar::WorkCalendar, deadline::Case, explanation::{Fate, Step, explain}};
/// use jiff::civil::date;
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let term = "5wd".parse().unwrap();
/// let anchor = Some(date(2026, 9, 30).into());
/// let explanation = explain(&Case { anchor, ..Case::of(&term, &calendar) }).unwrap();
/// let Step::Run(holiday) = &explanation.steps[1] else { panic!() };
/// assert_eq!((holiday.fate, holiday.days), (Fate::Skipped, 7)); // 1 to 7 October
/// ```
pub fn explain(case: &Case<'_>) -> Result<Explanation, DeadlineFault> {
    let clock = case.clock()?;
    let mut walk = Walk { calendar: case.calendar, days: Vec::new() };
    let mut hours = Vec::new();
    match (case.term, case.anchor, clock) {
        (Term::Within(period), Some(event), Clock::Running(deadline))
            if case.counts == Direction::Before =>
        {
            let end = case.before_any_roll(*period, event.day())?.date;
            walk.backwards(*period, event.day(), (end, deadline.due));
        }
        (Term::Within(period) | Term::AtLeast(period), Some(trigger), _)
            if period.unit != PeriodUnit::Hour =>
        {
            let course = Course::follow(trigger.day(), case.adjustments, case.conventions)?;
            walk.dropped(trigger.day(), course.day_zero);
            walk.course(&course, *period, clock, case.conventions)?;
        }
        (_, Some(Anchor::Instant(start)), Clock::Running(Deadline { due_at: Some(end), .. })) => {
            hours = stretches(case.calendar, start, end);
        }
        (_, _, Clock::Running(deadline)) if deadline.due_at.is_none() => {
            let original = Case { adjustments: &[], ..*case }.clock()?.deadline();
            let named = original.map_or(deadline.due, |original| original.due);
            let legs = course::extended(named, case.adjustments, case.calendar)?;
            walk.named(named, &legs, deadline);
        }
        _ => {}
    }
    Ok(Explanation {
        term: case.term.clone(),
        trigger: case.anchor,
        counts: case.counts,
        conventions: case.conventions,
        adjustments: case.adjustments.to_vec(),
        steps: hours.into_iter().chain(steps(walk, case.adjustments)).collect(),
        clock,
        calendar_version: case.calendar.version().to_owned(),
        certain_through: case.calendar.certain_through(),
    })
}

struct Walk<'a> {
    calendar: &'a WorkCalendar,
    days: Vec<Day>,
}

impl Walk<'_> {
    fn push(&mut self, on: Date, fate: Fate, number: Option<i64>) {
        self.days.push(Day { on, fate, number, kind: Some(self.calendar.kind(on)) });
    }

    /// Days that ran before the last restart.
    fn dropped(&mut self, trigger: Date, day_zero: Date) {
        if trigger < day_zero {
            self.push(trigger, Fate::DayZero, None);
        }
        for on in days(trigger, day_zero).filter(|on| *on < day_zero) {
            self.days.push(Day { on, fate: Fate::Dropped, number: None, kind: None });
        }
        self.push(day_zero, Fate::DayZero, None);
    }

    /// The legs of a running clock, then the roll; a stopped clock is told up to the day it stopped.
    fn course(
        &mut self,
        course: &Course,
        period: Period,
        clock: Clock,
        conventions: Conventions,
    ) -> Result<(), DeadlineFault> {
        let legs = course.legs(period, self.calendar)?;
        let stopped =
            course.suspended_since.map(|day| course.last_counted_day(day, conventions.suspension));
        let is_paused = |on| course.is_paused(on);
        for leg in &legs {
            self.leg(leg, stopped.unwrap_or(leg.end.date).min(leg.end.date), is_paused);
        }
        if let (Clock::Running(deadline), Some(last)) = (clock, legs.last()) {
            self.roll(last.end.date, deadline.due, is_paused);
        }
        Ok(())
    }

    /// A leg, as far as it has run.
    fn leg(&mut self, leg: &Leg, stop: Date, is_paused: impl Fn(Date) -> bool) {
        let mut number = 0;
        for on in days(leg.after, stop) {
            let kind = self.calendar.kind(on);
            let by_working_day = leg.period.unit == PeriodUnit::WorkingDay;
            let rests = matches!(kind, DayKind::Weekend | DayKind::Holiday(_));
            if is_paused(on) {
                self.push(on, Fate::Paused, None);
            } else if by_working_day && rests {
                self.push(on, Fate::Skipped, None);
            } else {
                number = i64::saturating_add(number, 1);
                let kind = (by_working_day || on == leg.end.date).then_some(kind);
                self.days.push(Day { on, fate: Fate::Counted, number: Some(number), kind });
            }
        }
    }

    /// From the last day counted to the due date after it.
    fn roll(&mut self, end: Date, due: Date, is_paused: impl Fn(Date) -> bool) {
        for on in days(end, due) {
            let fate = match on {
                on if on == due => Fate::Due,
                on if is_paused(on) => Fate::Paused,
                _ => Fate::RolledOver,
            };
            self.push(on, fate, None);
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
            let (fate, kind) = if is_last || on < end {
                (if on == due { Fate::Due } else { Fate::RolledOver }, Some(kind))
            } else if by_working_day && rests {
                (Fate::Skipped, Some(kind))
            } else {
                number = i64::saturating_add(number, 1);
                let is_last = by_day && number == target;
                (Fate::Counted, (by_working_day || is_last || on == end).then_some(kind))
            };
            let number = (fate == Fate::Counted).then_some(number.saturating_neg());
            counted.push(Day { on, fate, number, kind });
        }
        self.days.extend(counted.into_iter().rev());
        self.push(event, Fate::DayZero, None);
    }

    /// A named day: why it is planned for earlier, or where an extension took it.
    fn named(&mut self, named: Date, extensions: &[Leg], deadline: Deadline) {
        if let Some(last) = extensions.last() {
            self.push(named, Fate::DayZero, None);
            for leg in extensions {
                self.leg(leg, leg.end.date, |_| false);
            }
            self.roll(last.end.date, deadline.due, |_| false);
            return;
        }
        if deadline.act_by < deadline.due {
            self.push(deadline.act_by, Fate::ActBy, None);
        }
        for on in days(deadline.act_by, deadline.due).filter(|on| *on < deadline.due) {
            self.push(on, Fate::RolledOver, None);
        }
        self.push(deadline.due, Fate::Due, None);
    }
}

/// A term in hours, day by day.
fn stretches(calendar: &WorkCalendar, start: Moment, end: Moment) -> Vec<Step> {
    let mut stretches = Vec::new();
    let mut from = start;
    while from < end {
        let day = from.today();
        let midnight = day.tomorrow().ok().and_then(|day| Moment::from_local(day.at(0, 0, 0, 0)));
        let until = midnight.map_or(end, |midnight| midnight.min(end));
        stretches.push(Step::Hours(Stretch { from, until, kind: calendar.kind(day) }));
        from = until;
    }
    stretches
}

/// Days after `after` through `through`.
fn days(after: Date, through: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(after.tomorrow().ok(), |day| day.tomorrow().ok())
        .take_while(move |day| *day <= through)
}

/// Folds days alike into runs and puts each adjustment after the run of its day.
fn steps(walk: Walk<'_>, adjustments: &[Adjustment]) -> Vec<Step> {
    let certain_through = walk.calendar.certain_through();
    let mut runs: Vec<Run> = Vec::new();
    for day in walk.days {
        let assumed = day.on > certain_through && day.kind.is_some();
        let split = |on: Date| adjustments.iter().any(|adjustment| adjustment.on == on);
        match runs.last_mut() {
            Some(run)
                if run.fate == day.fate
                    && run.kind == day.kind
                    && run.assumed == assumed
                    && run.through.tomorrow().ok() == Some(day.on)
                    && !split(run.through) =>
            {
                run.through = day.on;
                run.days = run.days.saturating_add(1);
                run.numbers = run.numbers.zip(day.number).map(|((first, _), last)| (first, last));
            }
            _ => runs.push(Run {
                from: day.on,
                through: day.on,
                days: 1,
                fate: day.fate,
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
        steps.push(Step::Run(run));
    }
    steps.extend(told.cloned().map(Step::Adjusted));
    steps
}
