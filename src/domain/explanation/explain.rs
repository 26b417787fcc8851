//! The explanation of a date by a walk from day to day.
//!
//! The walk asks of each day only whether it is worked. It does not use the index of working days, and so checks the dates
//! that the index gives. Must not know: how a step is worded.

use jiff::civil::Date;

use super::{DayHours, DayRange, DayRole, Explanation, Step};
use crate::domain::calendar::{DayKind, WorkCalendar};
use crate::domain::deadline::{
    Adjustment, Anchor, Calculation, ClockState, Conventions, Deadline, DeadlineFault, Direction,
    RunningClock, Segment, extension_segments,
};
use crate::domain::moment::Moment;
use crate::domain::term::{Period, PeriodUnit, Term};

/// One day of the walk, before equal days are joined.
struct Day {
    on: Date,
    role: DayRole,
    number: Option<i64>,
    kind: Option<DayKind>,
}

/// Explains the result of a calculation, day by day.
///
/// # Errors
///
/// As [`Calculation::clock`].
///
/// ```
/// use duban::domain::{calendar::WorkCalendar, deadline::Calculation, explanation::{DayRole, Step, explain}};
/// use jiff::civil::date;
/// let calendar: WorkCalendar = "calendar 2026-01-01 2026-12-31 2026-12-24".parse().unwrap();
/// let term = "5wd".parse().unwrap();
/// let anchor = Some(date(2026, 3, 5).into()); // a Thursday
/// let explanation = explain(&Calculation { anchor, ..Calculation::of(&term, &calendar) }).unwrap();
/// let Step::Days(weekend) = &explanation.steps[2] else { panic!() };
/// assert_eq!((weekend.role, weekend.days), (DayRole::Skipped, 2));
/// ```
pub fn explain(calculation: &Calculation<'_>) -> Result<Explanation, DeadlineFault> {
    let clock = calculation.clock()?;
    let mut walk = Walk { calendar: calculation.calendar, days: Vec::new() };
    let mut hours = Vec::new();
    match (calculation.term, calculation.anchor, clock) {
        (Term::Within(period), Some(event), ClockState::Running(deadline))
            if calculation.counts == Direction::Before =>
        {
            let end = calculation.unrolled_before(*period, event.day())?.date;
            walk.backwards(*period, event.day(), end, deadline.due);
        }
        (Term::Within(period) | Term::AtLeast(period), Some(trigger), _)
            if period.unit != PeriodUnit::Hour =>
        {
            let running = RunningClock::with_adjustments(
                trigger.day(),
                calculation.adjustments,
                calculation.conventions,
            )?;
            walk.dropped(trigger.day(), running.day_zero);
            walk.running(&running, *period, clock, calculation.conventions)?;
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
            let fixed = original.map_or(deadline.due, |original| original.due);
            let extensions =
                extension_segments(fixed, calculation.adjustments, calculation.calendar)?;
            walk.fixed(fixed, &extensions, deadline);
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

    /// The days from the trigger to the last restart, or only the trigger when there is none.
    fn dropped(&mut self, trigger: Date, day_zero: Date) {
        if trigger < day_zero {
            self.push(trigger, DayRole::DayZero, None);
        }
        for on in days(trigger, day_zero).filter(|on| *on < day_zero) {
            self.days.push(Day { on, role: DayRole::Dropped, number: None, kind: None });
        }
        self.push(day_zero, DayRole::DayZero, None);
    }

    /// The segments of a running clock, then the roll; of a suspended clock, the segments up to the suspension.
    fn running(
        &mut self,
        running: &RunningClock,
        period: Period,
        clock: ClockState,
        conventions: Conventions,
    ) -> Result<(), DeadlineFault> {
        let segments = running.segments(period, self.calendar)?;
        let last_counted = running
            .suspended_since
            .map(|day| running.last_counted_day(day, conventions.suspension));
        let is_suspended = |on| running.is_suspended_on(on);
        for segment in &segments {
            let end = segment.end.date;
            self.segment(segment, last_counted.unwrap_or(end).min(end), is_suspended);
        }
        if let (ClockState::Running(deadline), Some(last)) = (clock, segments.last()) {
            self.roll(last.end.date, deadline.due, is_suspended);
        }
        Ok(())
    }

    /// A segment through the day `through`.
    fn segment(&mut self, segment: &Segment, through: Date, is_suspended: impl Fn(Date) -> bool) {
        let by_working_day = segment.period.unit == PeriodUnit::WorkingDay;
        let mut number = 0;
        for on in days(segment.after, through) {
            let kind = self.calendar.kind(on);
            if is_suspended(on) {
                self.push(on, DayRole::Suspended, None);
            } else if by_working_day && kind.is_rest() {
                self.push(on, DayRole::Skipped, None);
            } else {
                number += 1;
                let kind = (by_working_day || on == segment.end.date).then_some(kind);
                self.days.push(Day { on, role: DayRole::Counted, number: Some(number), kind });
            }
        }
    }

    /// The days after the last counted day through the due date.
    fn roll(&mut self, end: Date, due: Date, is_suspended: impl Fn(Date) -> bool) {
        for on in days(end, due) {
            let role = match on {
                on if on == due => DayRole::Due,
                on if is_suspended(on) => DayRole::Suspended,
                _ => DayRole::RolledOver,
            };
            self.push(on, role, None);
        }
    }

    /// A count back from an event to its end, then the roll to the due date before it; in order of date.
    fn backwards(&mut self, period: Period, event: Date, end: Date, due: Date) {
        let back = std::iter::successors(event.yesterday().ok(), |day| day.yesterday().ok());
        let target = i64::from(period.amount);
        let by_working_day = period.unit == PeriodUnit::WorkingDay;
        let by_day = by_working_day || period.unit == PeriodUnit::CalendarDay;
        let mut number = 0;
        let mut counted = Vec::new();
        for on in back.take_while(|on| *on >= due) {
            let kind = self.calendar.kind(on);
            let is_over = by_day && number == target || on < end;
            let (role, kind) = if is_over {
                (if on == due { DayRole::Due } else { DayRole::RolledOver }, Some(kind))
            } else if by_working_day && kind.is_rest() {
                (DayRole::Skipped, Some(kind))
            } else {
                number += 1;
                let is_last = by_day && number == target;
                (DayRole::Counted, (by_working_day || is_last || on == end).then_some(kind))
            };
            let number = (role == DayRole::Counted).then_some(-number);
            counted.push(Day { on, role, number, kind });
        }
        self.days.extend(counted.into_iter().rev());
        self.push(event, DayRole::DayZero, None);
    }

    /// A fixed date: the days between its act-by date and the date itself, or its extensions.
    fn fixed(&mut self, fixed: Date, extensions: &[Segment], deadline: Deadline) {
        if let Some(last) = extensions.last() {
            self.push(fixed, DayRole::DayZero, None);
            for segment in extensions {
                self.segment(segment, segment.end.date, |_| false);
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

/// The hours from `start` to `end`, one step a day.
fn hours_by_day(calendar: &WorkCalendar, start: Moment, end: Moment) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut from = start;
    while from < end {
        let day = from.today();
        let midnight = day.tomorrow().ok().and_then(|day| Moment::from_local(day.at(0, 0, 0, 0)));
        let until = midnight.map_or(end, |midnight| midnight.min(end));
        steps.push(Step::Hours(DayHours { from, until, kind: calendar.kind(day) }));
        from = until;
    }
    steps
}

/// Days after `after` through `through`.
fn days(after: Date, through: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(after.tomorrow().ok(), |day| day.tomorrow().ok())
        .take_while(move |day| *day <= through)
}

/// Joins equal days into ranges and puts each adjustment after the range that ends on its day.
fn steps(walk: Walk<'_>, adjustments: &[Adjustment]) -> Vec<Step> {
    let is_adjusted_on = |on: Date| adjustments.iter().any(|adjustment| adjustment.on == on);
    let mut ranges: Vec<DayRange> = Vec::new();
    for day in walk.days {
        let assumed = day.kind.is_some() && !walk.calendar.is_certain(day.on);
        match ranges.last_mut() {
            Some(range)
                if range.role == day.role
                    && range.kind == day.kind
                    && range.assumed == assumed
                    && range.through.tomorrow().ok() == Some(day.on)
                    && !is_adjusted_on(range.through) =>
            {
                range.through = day.on;
                range.days += 1;
                let first = range.numbers.map(|(first, _)| first);
                range.numbers = first.zip(day.number);
            }
            _ => ranges.push(DayRange {
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
    let mut adjustments = adjustments.iter().peekable();
    let mut steps = Vec::new();
    for range in ranges {
        while let Some(adjustment) = adjustments.next_if(|adjustment| adjustment.on < range.from) {
            steps.push(Step::Adjusted(adjustment.clone()));
        }
        steps.push(Step::Days(range));
    }
    steps.extend(adjustments.cloned().map(Step::Adjusted));
    steps
}
