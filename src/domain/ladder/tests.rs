//! The rules of ladders.
//!
//! Must not know: the shipped ladders.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::*;
use crate::config::calendars;
use crate::domain::calendar::WorkCalendar;

fn rung(name: &str, offset: i32, tone: Tone, audience: &[(Role, Rank)]) -> Rung {
    Rung {
        name: name.into(),
        offset,
        audience: audience.to_vec(),
        tone,
        gap_working_days: 1,
        repeat: None,
    }
}

const HANDLER: &[(Role, Rank)] = &[(Role::Responsible, Rank::Handler)];

fn faults_of(rungs: Vec<Rung>) -> Vec<LadderFault> {
    Ladder::new("test".into(), rungs).unwrap_err()
}

#[test]
fn rungs_come_in_the_order_of_their_days_and_grow_no_milder() {
    let late = rung("late", 1, Tone::Overdue, HANDLER);
    let after = rung("after", 1, Tone::Warn, HANDLER);
    assert_eq!(
        faults_of(vec![late, after]),
        [
            LadderFault::NotLater { rung: "after".into(), before: "late".into() },
            LadderFault::Milder { rung: "after".into(), before: "late".into() },
        ]
    );
}

#[test]
fn two_rungs_of_one_name_would_share_a_reminder_and_are_refused() {
    let rungs = vec![rung("a", -2, Tone::Notice, HANDLER), rung("a", -1, Tone::Notice, HANDLER)];
    assert_eq!(faults_of(rungs), [LadderFault::TwiceTheName { rung: "a".into() }]);
}

#[test]
fn nothing_is_called_late_and_no_supervisor_told_on_or_before_the_date() {
    let seats = [HANDLER[0], (Role::Supervisor, Rank::Handler)];
    assert_eq!(
        faults_of(vec![
            rung("eve", -1, Tone::Warn, HANDLER),
            rung("today", 0, Tone::Overdue, &seats)
        ]),
        [
            LadderFault::LateTooEarly { rung: "today".into() },
            LadderFault::SupervisorTooEarly { rung: "today".into() },
        ]
    );
}

#[test]
fn higher_roles_come_after_lower_ones() {
    let lead = &[(Role::Lead, Rank::Head)];
    assert_eq!(
        faults_of(vec![rung("first", -1, Tone::Notice, lead)]),
        [LadderFault::RoleOutOfOrder { rung: "first".into(), role: Role::Lead }]
    );
    let supervisor = &[HANDLER[0], (Role::Supervisor, Rank::Handler)];
    let first = rung("first", 1, Tone::Overdue, HANDLER);
    let report = rung("a", 2, Tone::Overdue, supervisor);
    assert_eq!(
        faults_of(vec![first, report, rung("b", 3, Tone::Overdue, lead)]),
        [LadderFault::RoleOutOfOrder { rung: "b".into(), role: Role::Lead }]
    );
}

#[test]
fn the_supervisor_has_no_place_on_the_first_rung_of_the_responsible_unit() {
    let both = &[HANDLER[0], (Role::Supervisor, Rank::Handler)];
    let report = || rung("report", 2, Tone::Overdue, both);
    assert_eq!(
        faults_of(vec![report()]),
        [LadderFault::RoleOutOfOrder { rung: "report".into(), role: Role::Supervisor }]
    );
    let late = rung("late", 1, Tone::Overdue, HANDLER);
    assert!(Ladder::new("test".into(), vec![late, report()]).is_ok());
}

#[test]
fn only_the_last_rung_repeats() {
    let mut first = rung("first", 1, Tone::Overdue, HANDLER);
    first.repeat = Some(Repeat { every: 0, at_most: 1 });
    assert_eq!(
        faults_of(vec![first, rung("second", 2, Tone::Overdue, HANDLER)]),
        [
            LadderFault::EmptyRepeat { rung: "first".into() },
            LadderFault::RepeatNotLast { rung: "first".into() },
        ]
    );
}

#[test]
fn a_repeat_ends_within_a_year_of_working_days() {
    let repeating = |at_most| {
        let mut last = rung("late", 1, Tone::Overdue, HANDLER);
        last.repeat = Some(Repeat { every: 1, at_most });
        Ladder::new("test".into(), vec![last])
    };
    assert!(repeating(250).is_ok());
    assert_eq!(repeating(251), Err(vec![LadderFault::EndlessRepeat { rung: "late".into() }]));
}

#[test]
fn names_hold_nothing_that_keys_of_reminders_use() {
    for name in ["", "Late", "a/b", "a#1", "催办", "1st"] {
        let faults = faults_of(vec![rung(name, 0, Tone::Warn, HANDLER)]);
        assert_eq!(faults, [LadderFault::BadName { name: name.into() }]);
    }
}

#[test]
fn every_fault_of_a_ladder_is_named() {
    let nobody = rung("nobody", 0, Tone::Warn, &[]);
    let twice = rung("twice", 1, Tone::Warn, &[HANDLER[0], HANDLER[0]]);
    assert_eq!(
        faults_of(vec![nobody, twice]),
        [
            LadderFault::NoAudience { rung: "nobody".into() },
            LadderFault::TwiceInAudience {
                rung: "twice".into(),
                role: Role::Responsible,
                rank: Rank::Handler
            },
        ]
    );
    assert_eq!(faults_of(Vec::new()), [LadderFault::Empty { ladder: "test".into() }]);
}

#[test]
fn a_rung_ten_days_before_does_not_fit_a_term_of_five() {
    let early = Ladder::new("ten".into(), vec![rung("early", -10, Tone::Notice, HANDLER)]).unwrap();
    for (period, fits) in
        [("11wd", true), ("10wd", false), ("5wd", false), ("30d", true), ("14d", false)]
    {
        assert_eq!(early.fits(period.parse().unwrap()).is_ok(), fits, "{period}");
    }
    for (period, fits) in [("1mo", true), ("1y", true), ("24h", false)] {
        assert_eq!(early.fits(period.parse().unwrap()).is_ok(), fits, "{period}");
    }
}

#[test]
fn a_ladder_that_speaks_on_the_day_fits_every_term() {
    let today = Ladder::new("now".into(), vec![rung("today", 0, Tone::Warn, HANDLER)]).unwrap();
    assert!(today.fits("1h".parse().unwrap()).is_ok());
}

#[test]
fn a_stored_text_that_was_altered_is_not_a_ladder() {
    let line = |line| Err(NotALadder::Line { line });
    assert_eq!("".parse::<Ladder>(), line(1));
    assert_eq!("ladder a\nrung x\n".parse::<Ladder>(), line(2));
    assert!(matches!("ladder a\n".parse::<Ladder>(), Err(NotALadder::Faults(_))));
}

#[test]
fn no_term_has_fewer_working_days_than_assumed() {
    let calendar = WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap();
    let starts: Vec<Date> =
        std::iter::successors(Some(date(2007, 1, 1)), |day| day.tomorrow().ok())
            .take_while(|day| *day < date(2025, 9, 1))
            .collect();
    for (unit, most) in [(PeriodUnit::CalendarDay, 120), (PeriodUnit::Month, 24)] {
        for amount in 1..=most {
            let count = i32::try_from(amount).unwrap();
            let span = if unit == PeriodUnit::Month { count.months() } else { count.days() };
            let held = |start: &Date| calendar.working_days_between(*start, *start + span);
            let fewest = starts.iter().map(held).min().unwrap();
            let counted_on = fewest_working_days(Period { amount, unit });
            assert!(i64::from(counted_on) <= fewest, "{amount} {unit:?}: {counted_on} > {fewest}");
        }
    }
}
