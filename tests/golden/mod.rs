//! Golden cases a lawyer can read: `*.toml` beside this file, one test per name.

use std::sync::LazyLock;

use duban::config::calendars;
use duban::domain::calendar::{DayKind, Notice, Overlay, WorkCalendar};
use duban::domain::deadline::{
    Adjustment, Anchor, BeforeEdge, Calculation, Change, ClockState, Conventions, Direction,
    SuspensionEdge,
};
use duban::domain::explanation::{DayRange, DayRole, Step, explain};
use duban::domain::moment::Moment;
use jiff::civil::{Date, DateTime, date};
use serde::Deserialize;

const FILES: [&str; 4] = [
    include_str!("worked-examples.toml"),
    include_str!("appendix-a.toml"),
    include_str!("appendix-b.toml"),
    include_str!("adjustments.toml"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Golden>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    name: String,
    /// For the reader.
    #[serde(rename = "law")]
    _law: Option<String>,
    why: String,
    /// The calendar as it was known on this day.
    known_on: Option<Date>,
    /// Another country's calendar: its years and holidays; otherwise the shipped notices.
    #[serde(default)]
    years: Vec<i16>,
    #[serde(default)]
    rest: Vec<Date>,
    /// Local rest days over it.
    #[serde(default)]
    local: Vec<Date>,
    counts: Option<String>,
    suspension: Option<String>,
    before: Option<String>,
    #[serde(default)]
    adjust: Vec<String>,
    #[serde(default)]
    provisional: bool,
    earliest: Option<Date>,
    act_by: Option<Date>,
    due_at: Option<DateTime>,
    explain: Option<String>,
    term: Option<String>,
    trigger: Option<String>,
    due: Option<Date>,
    /// Trigger, term, due date, why; instead of the three keys above.
    #[serde(default)]
    rows: Vec<[String; 4]>,
}

static CASES: LazyLock<Vec<Golden>> = LazyLock::new(|| {
    FILES.iter().flat_map(|text| toml::from_str::<File>(text).unwrap().case).collect()
});

macro_rules! golden {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check_all(stringify!($name)); })*
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

golden! {
    worked_example_1_spring_festival
    worked_example_2_receipt_on_a_rest_day
    worked_example_3_national_day
    worked_example_4_correction
    worked_example_5_own_motion
    worked_example_6_extension
    worked_example_7_third_party
    worked_example_8_calendar_amended_later
    worked_example_9_calendar_amended_earlier
    worked_example_10_year_end
    worked_example_11_comment_period
    worked_example_12_sixty_days
    worked_example_13_fifteen_days
    worked_example_14_months
    worked_example_15_ten_working_days
    worked_example_16_backward
    worked_example_17_fixed_dates
    worked_example_18_hours
    appendix_a1_forward_working_days
    appendix_a1_beyond_the_horizon
    appendix_a2_months_and_calendar_days
    appendix_a3_backward
    appendix_a4_suspension_keeps_what_is_left
    appendix_a4_restart_gives_a_full_term
    appendix_b1_alaveteli
    appendix_b2_muckrock
    appendix_b3_correspondence_tool
    appendix_b3_regional_holiday
    appendix_b3_months
    appendix_b4_froide
    appendix_b6_redmine
    appendix_b6_workalendar
    a_restart_drops_what_has_run_and_what_was_added
    several_suspensions_add_up
    suspensions_that_touch_do_not_count_a_day_twice
    a_suspension_of_calendar_days_keeps_calendar_days
    an_extension_in_another_unit_is_counted_from_the_end
    a_fixed_date_can_be_extended
    a_suspended_clock_has_no_due_date
    a_suspension_after_the_last_day_changes_nothing
    a_suspension_within_the_roll_gives_the_last_day_back
    months_before_an_event_end_where_their_number_ends
    the_day_of_an_open_suspension_is_counted_only_where_it_counts
}

#[test]
fn every_golden_case_has_a_test_of_its_name() {
    for case in &*CASES {
        assert!(NAMES.contains(&case.name.as_str()), "{}", case.name);
    }
}

fn check_all(name: &str) {
    let cases: Vec<&Golden> = CASES.iter().filter(|case| case.name == name).collect();
    assert!(!cases.is_empty(), "no case is called {name}");
    for case in cases {
        if let Some(term) = &case.term {
            check(case, case.trigger.as_deref(), term, case.due, &case.why);
        }
        for [trigger, term, due, why] in &case.rows {
            let why = format!("{} {trigger} {term} {why}", case.why);
            check(case, Some(trigger), term, Some(due.parse().unwrap()), &why);
        }
    }
}

fn check(golden: &Golden, trigger: Option<&str>, term: &str, due: Option<Date>, why: &str) {
    let calendar = calendar(golden);
    let adjustments: Vec<Adjustment> = golden.adjust.iter().map(|text| adjustment(text)).collect();
    let case = Calculation {
        term: &term.parse().unwrap(),
        anchor: trigger.map(anchor),
        counts: match golden.counts.as_deref() {
            None => Direction::After,
            Some("before") => Direction::Before,
            Some(other) => panic!("counts {other}"),
        },
        adjustments: &adjustments,
        calendar: &calendar,
        conventions: conventions(golden),
    };
    let explanation = explain(&case).unwrap();
    let deadline = explanation.clock.deadline();
    assert_eq!(deadline.map(|deadline| deadline.due), due, "due: {why}");
    if let Some(text) = &golden.explain {
        let told: Vec<String> = explanation.steps.iter().map(line).collect();
        assert_eq!(told.join("\n"), text.trim(), "{why}");
    }
    let Some(deadline) = deadline else {
        return assert!(matches!(explanation.clock, ClockState::Suspended { .. }), "{why}");
    };
    assert_eq!(deadline.act_by, golden.act_by.unwrap_or(deadline.due), "act by: {why}");
    assert_eq!(deadline.earliest, golden.earliest, "earliest: {why}");
    assert_eq!(deadline.provisional, golden.provisional, "provisional: {why}");
    let due_at = golden.due_at.map(|at| Moment::from_local(at).unwrap());
    assert_eq!(deadline.due_at, due_at, "due at: {why}");
}

fn calendar(golden: &Golden) -> WorkCalendar {
    let shipped = calendars::shipped().unwrap();
    let calendar = match golden.known_on {
        Some(day) => {
            let known: Vec<Notice> =
                shipped.iter().filter_map(|notice| notice.as_of(day)).collect();
            WorkCalendar::merge(&known)
        }
        None if golden.years.is_empty() => WorkCalendar::merge(&shipped),
        None => {
            let notices: Vec<Notice> =
                golden.years.iter().map(|year| foreign_notice(*year, &golden.rest)).collect();
            WorkCalendar::merge(&notices)
        }
    };
    let local = Overlay {
        name: "local".to_owned(),
        rest: golden.local.iter().map(|day| (*day, "local".to_owned())).collect(),
        work: Vec::new(),
    };
    calendar.unwrap().overlaid(&local).unwrap()
}

fn foreign_notice(year: i16, rest: &[Date]) -> Notice {
    let off = rest.iter().filter(|day| day.year() == year);
    Notice {
        year,
        number: format!("{year}"),
        issued: None,
        published: None,
        off: off.map(|day| (*day, "holiday".to_owned())).collect(),
        work: Vec::new(),
        amendments: Vec::new(),
    }
}

fn anchor(text: &str) -> Anchor {
    if text.contains('T') {
        Anchor::Instant(Moment::from_local(text.parse().unwrap()).unwrap())
    } else {
        Anchor::Day(text.parse().unwrap())
    }
}

fn adjustment(text: &str) -> Adjustment {
    let words: Vec<&str> = text.split(' ').collect();
    let change = match words[1..] {
        ["extend", by] => Change::Extend(by.parse().unwrap()),
        ["suspend"] => Change::Suspend,
        ["resume"] => Change::Resume,
        ["restart"] => Change::Restart,
        _ => panic!("adjustment {text}"),
    };
    Adjustment { on: words[0].parse().unwrap(), change, ground: None, reason: String::new() }
}

fn conventions(golden: &Golden) -> Conventions {
    Conventions {
        suspension: match golden.suspension.as_deref() {
            None => SuspensionEdge::default(),
            Some("first-day-paused") => SuspensionEdge::FirstDayPaused,
            Some(other) => panic!("suspension {other}"),
        },
        before: match golden.before.as_deref() {
            None => BeforeEdge::default(),
            Some("full-days-between") => BeforeEdge::FullDaysBetween,
            Some(other) => panic!("before {other}"),
        },
    }
}

/// One step of an explanation, as the golden files write it.
fn line(step: &Step) -> String {
    match step {
        Step::Days(run) => run_line(run),
        Step::Hours(stretch) => format!("{} to {}", stretch.from.local(), stretch.until.local()),
        Step::Adjusted(Adjustment { on, change, .. }) => match change {
            Change::Extend(by) => format!("{on} extend {by}"),
            Change::Suspend => format!("{on} suspend"),
            Change::Resume => format!("{on} resume"),
            Change::Restart => format!("{on} restart"),
        },
    }
}

fn run_line(run: &DayRange) -> String {
    let fate = match run.role {
        DayRole::DayZero => return format!("{} day-zero", run.from),
        DayRole::Counted => "counted",
        DayRole::Skipped => "skipped",
        DayRole::Suspended => "paused",
        DayRole::Dropped => "dropped",
        DayRole::RolledOver => "rolled-over",
        DayRole::Due => "due",
        DayRole::ActBy => "act-by",
    };
    let days = if run.from < run.through {
        format!("{}..{}", run.from, run.through)
    } else {
        run.from.to_string()
    };
    let numbers = match run.numbers {
        Some((first, last)) if first == last && first > 0 => format!(" {first}"),
        Some((first, last)) => format!(" {first}..{last}"),
        None => String::new(),
    };
    let kind = match &run.kind {
        None => String::new(),
        Some(DayKind::Weekday) => " 工作日".to_owned(),
        Some(DayKind::Weekend) => " 周末".to_owned(),
        Some(DayKind::Holiday(day)) => format!(" 放假 {} {}", day.name, day.paper),
        Some(DayKind::MakeUp(day)) => format!(" 调休上班 {} {}", day.name, day.paper),
    };
    format!("{days} {fate}{numbers}{kind}")
}

/// Appendix B3: days taken on the way to an answer.
#[test]
fn appendix_b3_days_taken_and_days_late() {
    let calendar = WorkCalendar::merge(&[foreign_notice(2017, &[date(2017, 5, 29)])]).unwrap();
    let thursday = date(2017, 5, 18);
    assert_eq!(calendar.working_days_between(thursday, thursday), 0);
    assert_eq!(calendar.working_days_between(thursday, date(2017, 5, 23)), 3);
    assert_eq!(calendar.working_days_between(date(2017, 5, 23), thursday), -3);
}

/// Appendix B6 (Redmine): 2012-10-09 to 10-27.
#[test]
fn appendix_b6_working_days_between() {
    let calendar = WorkCalendar::merge(&[foreign_notice(2012, &[date(2012, 12, 25)])]).unwrap();
    assert_eq!(calendar.working_days_between(date(2012, 10, 8), date(2012, 10, 26)), 14);
}
