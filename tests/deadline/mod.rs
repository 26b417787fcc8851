//! Deadlines of each kind of term; the worked examples are in `tests/golden`.

use duban::config::calendars;
use duban::domain::calendar::WorkCalendar;
use duban::domain::counting::CountingFault;
use duban::domain::deadline::{Anchor, DeadlineFault, deadline};
use duban::domain::moment::Moment;
use jiff::civil::{Date, date};

fn calendar() -> WorkCalendar {
    WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap()
}

fn due(term: &str, anchor: Option<Date>) -> (Date, Date) {
    let term = term.parse().unwrap();
    let deadline = deadline(&term, anchor.map(Anchor::Day), &[], &calendar()).unwrap().unwrap();
    (deadline.due, deadline.act_by)
}

#[test]
fn a_fixed_date_stays_and_is_planned_for_on_the_working_day_before() {
    assert_eq!(due("2025-01-31", None), (date(2025, 1, 31), date(2025, 1, 27)));
    assert_eq!(due("2024-03-01..2024-03-31", None), (date(2024, 3, 31), date(2024, 3, 29)));
}

#[test]
fn an_occurrence_ends_on_its_day_or_on_the_last_day_of_its_period() {
    let first = Some(date(2026, 1, 1));
    assert_eq!(due("every:1mo@0-10", first), (date(2026, 1, 10), date(2026, 1, 9)));
    assert_eq!(due("every:1mo@1-31", first), (date(2026, 2, 28), date(2026, 2, 28)));
    assert_eq!(due("every:3mo", first), (date(2026, 3, 31), date(2026, 3, 31)));
    assert_eq!(due("every:12mo@12-31", first).0, date(2027, 1, 31));
    assert_eq!(due("every:3mo@2-last", first).0, date(2026, 3, 31));
    assert_eq!(due(">=4/12mo", first).0, date(2026, 12, 31));
    let monday = Some(date(2026, 2, 16));
    assert_eq!(due("every:1w@5", monday), (date(2026, 2, 20), date(2026, 2, 14)));
    assert_eq!(due("every:1w", monday), (date(2026, 2, 22), date(2026, 2, 14)));
    assert_eq!(due("every:1d", monday), (date(2026, 2, 16), date(2026, 2, 14)));
}

#[test]
fn without_a_date_or_a_trigger_there_is_no_deadline() {
    let calendar = calendar();
    for term in ["undated", "20wd", ">=30d", "every:1mo", ">=4/12mo"] {
        let term = term.parse().unwrap();
        assert_eq!(deadline(&term, None, &[], &calendar), Ok(None), "{term}");
    }
}

#[test]
fn a_minimum_has_an_earliest_end_that_is_rolled_forward() {
    let term = ">=30d".parse().unwrap();
    let opened = Some(Anchor::Day(date(2026, 1, 20)));
    let deadline = deadline(&term, opened, &[], &calendar()).unwrap().unwrap();
    assert_eq!(deadline.earliest, Some(date(2026, 2, 24)));
    assert_eq!(deadline.due, date(2026, 2, 24));
}

#[test]
fn hours_run_through_nights_and_holidays_and_need_an_instant() {
    let calendar = calendar();
    let term = "5h".parse().unwrap();
    let event = Moment::from_local(date(2026, 10, 1).at(22, 30, 0, 0)).unwrap();
    let deadline = |anchor| deadline(&term, Some(anchor), &[], &calendar);
    let first = deadline(event.into()).unwrap().unwrap();
    assert_eq!(first.due_at, Moment::from_local(date(2026, 10, 2).at(3, 30, 0, 0)));
    assert_eq!((first.due, first.act_by), (date(2026, 10, 2), date(2026, 10, 2)));
    let day = date(2026, 10, 1);
    assert_eq!(deadline(day.into()), Err(DeadlineFault::NoInstant { day }));
}

#[test]
fn late_begins_at_midnight_after_the_due_date() {
    let term = "20wd".parse().unwrap();
    let trigger = Some(Anchor::Day(date(2026, 2, 11)));
    let deadline = deadline(&term, trigger, &[], &calendar()).unwrap().unwrap();
    assert_eq!(deadline.due, date(2026, 3, 17));
    let at =
        |day, hour, minute| Moment::from_local(date(2026, 3, day).at(hour, minute, 0, 0)).unwrap();
    assert!(!deadline.is_over(at(17, 23, 59)));
    assert!(deadline.is_over(at(18, 0, 1)));
}

#[test]
fn a_date_beyond_the_horizon_is_provisional() {
    let calendar = calendar();
    let provisional = |term: &str, from: Date| {
        let term = term.parse().unwrap();
        deadline(&term, Some(from.into()), &[], &calendar).unwrap().unwrap().provisional
    };
    assert!(provisional("20wd", date(2026, 12, 4)));
    assert!(!provisional("20wd", date(2026, 11, 26)), "ends on 24 December");
    assert!(provisional("20wd", date(2026, 11, 27)), "ends on 25 December");
    assert!(provisional("2027-01-31", date(2026, 1, 1)));
    assert!(provisional("3mo", date(2026, 11, 1)));
}

#[test]
fn a_count_before_the_first_covered_day_is_an_error() {
    let term = "20wd".parse().unwrap();
    let trigger = date(2006, 12, 31);
    let fault = deadline(&term, Some(trigger.into()), &[], &calendar()).unwrap_err();
    let first = date(2007, 1, 1);
    assert_eq!(fault, CountingFault::BeforeCalendar { date: trigger, first }.into());
}
