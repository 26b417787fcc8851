//! Which adjustments are accepted, and why others are refused.

use duban::config::{calendars, rules};
use duban::domain::calendar::WorkCalendar;
use duban::domain::deadline::{
    Adjustment, AdjustmentFault, Calculation, Change, ChangeKind, ClockState, DeadlineFault,
};
use duban::domain::moment::Moment;
use duban::domain::rule::{AdjustmentRefusal, Rulebook, check_adjustment};
use duban::domain::term::{Period, PeriodUnit, Term};
use jiff::civil::{Date, date};

const RULE: &str = "依申请公开答复";
const CONSULTATION: &str = "征求第三方意见";

fn calendar() -> WorkCalendar {
    WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap()
}

fn rulebook() -> Rulebook {
    rules::shipped().unwrap()
}

fn on(day: Date, change: Change, ground: &str) -> Adjustment {
    let ground = (!ground.is_empty()).then(|| ground.to_owned());
    Adjustment { on: day, change, ground, reason: "案情复杂".to_owned() }
}

fn by(text: &str) -> Change {
    Change::Extend(text.parse().unwrap())
}

/// A reply received on 2 March 2026 and due on the 30th, some adjustments, and one more recorded on `today`.
fn checked(
    so_far: &[Adjustment],
    next: &Adjustment,
    today: Date,
) -> Result<ClockState, AdjustmentRefusal> {
    let (calendar, rulebook) = (calendar(), rulebook());
    let term = Term::Within(Period { amount: 20, unit: PeriodUnit::WorkingDay });
    let received = date(2026, 3, 2);
    let case = Calculation {
        anchor: Some(received.into()),
        adjustments: so_far,
        ..Calculation::of(&term, &calendar)
    };
    check_adjustment(
        &case,
        next,
        noon(today),
        rulebook.get(RULE).and_then(|rule| rule.on(received)),
    )
}

fn noon(day: Date) -> Moment {
    Moment::from_local(day.at(12, 0, 0, 0)).unwrap()
}

fn due(clock: Result<ClockState, AdjustmentRefusal>) -> Date {
    clock.unwrap().deadline().unwrap().due
}

#[test]
fn an_extension_is_granted_once_with_a_reason_and_before_expiry() {
    let last_day = date(2026, 3, 30);
    let extension = on(last_day, by("20wd"), "");
    assert_eq!(due(checked(&[], &extension, last_day)), date(2026, 4, 28));

    let second = checked(std::slice::from_ref(&extension), &on(last_day, by("5wd"), ""), last_day);
    assert_eq!(second, Err(AdjustmentRefusal::AlreadyExtended { by: "20wd".parse().unwrap() }));

    let late = date(2026, 3, 31);
    let refused = checked(&[], &on(late, by("20wd"), ""), late);
    assert_eq!(refused, Err(AdjustmentRefusal::AfterExpiry { due: last_day, on: late }));

    let silent = Adjustment { reason: " ".to_owned(), ..extension };
    assert_eq!(checked(&[], &silent, last_day), Err(AdjustmentRefusal::NoReason));
}

#[test]
fn an_extension_is_no_longer_than_the_rule_allows() {
    let day = date(2026, 3, 10);
    for text in ["21wd", "20d", "1mo"] {
        let refused = checked(&[], &on(day, by(text), ""), day);
        let (by, at_most) = (text.parse().unwrap(), "20wd".parse().unwrap());
        assert_eq!(refused, Err(AdjustmentRefusal::TooLong { by, at_most }), "{text}");
    }
}

#[test]
fn after_a_restart_the_new_term_may_be_extended_again() {
    let day = date(2026, 3, 16);
    let so_far = [on(date(2026, 3, 10), by("20wd"), ""), on(day, Change::Restart, "收到补正")];
    assert_eq!(due(checked(&so_far, &on(day, by("20wd"), ""), day)), date(2026, 5, 14));
}

#[test]
fn the_ground_chooses_the_model() {
    let day = date(2026, 3, 9);
    let suspended = checked(&[], &on(day, Change::Suspend, CONSULTATION), day).unwrap();
    assert!(matches!(suspended, ClockState::Suspended { since, .. } if since == day));

    let wrong = checked(&[], &on(day, Change::Suspend, "收到补正"), day);
    let ground = "收到补正".to_owned();
    assert_eq!(wrong, Err(AdjustmentRefusal::OtherEffect { ground, kind: ChangeKind::Restart }));
    let wrong = checked(&[], &on(day, Change::Restart, CONSULTATION), day);
    let ground = CONSULTATION.to_owned();
    assert_eq!(wrong, Err(AdjustmentRefusal::OtherEffect { ground, kind: ChangeKind::Suspend }));

    let unknown = checked(&[], &on(day, Change::Suspend, "人手不足"), day);
    let known = vec![CONSULTATION.to_owned(), "征求其他机关意见".to_owned()];
    let ground = Some("人手不足".to_owned());
    assert_eq!(
        unknown,
        Err(AdjustmentRefusal::OtherGround { kind: ChangeKind::Suspend, ground, known })
    );
}

#[test]
fn a_rule_that_allows_no_extension_refuses_it() {
    let (calendar, rulebook, term) = (calendar(), rulebook(), "20wd".parse().unwrap());
    let formed = date(2026, 3, 2);
    let case = Calculation { anchor: Some(formed.into()), ..Calculation::of(&term, &calendar) };
    let rule = rulebook.get("主动公开").unwrap().on(formed);
    let refused = check_adjustment(&case, &on(formed, by("5wd"), ""), noon(formed), rule);
    assert_eq!(refused, Err(AdjustmentRefusal::NotAllowed { kind: ChangeKind::Extend }));
    assert_eq!(
        due(check_adjustment(&case, &on(formed, by("5wd"), ""), noon(formed), None)),
        date(2026, 4, 7)
    );
}

#[test]
fn impossible_orders_are_refused_with_the_reason() {
    let day = date(2026, 3, 9);
    let suspend = on(day, Change::Suspend, CONSULTATION);
    let order = |so_far: &[Adjustment], next: Adjustment| {
        let refused = checked(so_far, &next, next.on);
        let Err(AdjustmentRefusal::Impossible(DeadlineFault::Adjustment { fault, .. })) = refused
        else {
            panic!("{refused:?}")
        };
        fault
    };
    assert_eq!(order(&[], on(day, Change::Resume, "")), AdjustmentFault::NotSuspended);
    let again = on(date(2026, 3, 10), Change::Suspend, CONSULTATION);
    assert_eq!(
        order(std::slice::from_ref(&suspend), again),
        AdjustmentFault::AlreadySuspended(day)
    );
    let earlier = on(date(2026, 3, 6), Change::Resume, "");
    assert_eq!(order(&[suspend], earlier), AdjustmentFault::BeforePrevious(day));
    let too_early = on(date(2026, 2, 27), Change::Suspend, CONSULTATION);
    assert_eq!(order(&[], too_early), AdjustmentFault::BeforeStart(date(2026, 3, 2)));

    let today = date(2026, 3, 5);
    let future = checked(&[], &on(day, Change::Suspend, CONSULTATION), today);
    assert_eq!(future, Err(AdjustmentRefusal::Future { on: day, today }));
}

#[test]
fn what_has_no_running_clock_is_neither_suspended_nor_restarted() {
    let calendar = calendar();
    let day = date(2026, 1, 10);
    for (term, anchor) in [("2026-01-31", None), ("every:1mo", Some(date(2026, 1, 1).into()))] {
        let term: Term = term.parse().unwrap();
        let case = Calculation { anchor, ..Calculation::of(&term, &calendar) };
        for change in [Change::Suspend, Change::Restart] {
            let refused =
                check_adjustment(&case, &on(day, change, ""), noon(day), None).unwrap_err();
            let fault = AdjustmentFault::NoRunningClock;
            let expected = DeadlineFault::Adjustment { position: 1, on: day, fault };
            assert_eq!(refused, AdjustmentRefusal::Impossible(expected), "{term}");
        }
    }
    let term = "20wd".parse().unwrap();
    let refused = check_adjustment(
        &Calculation::of(&term, &calendar),
        &on(day, Change::Suspend, ""),
        noon(day),
        None,
    );
    let expected =
        DeadlineFault::Adjustment { position: 1, on: day, fault: AdjustmentFault::NotStarted };
    assert_eq!(refused, Err(AdjustmentRefusal::Impossible(expected)));
}

/// Appendix A4: received 18 September 2026, 20 working days, stopped on the 23rd, on again on 12 October. Five systems
/// have five models; the two that Chinese law knows are ours, the other three must not come out.
#[test]
fn the_five_clock_models_of_appendix_a4_are_told_apart() {
    let calendar = calendar();
    let (received, stopped, resumed) = (date(2026, 9, 18), date(2026, 9, 23), date(2026, 10, 12));
    let term: Term = "20wd".parse().unwrap();
    let ours = |adjustments: &[Adjustment]| {
        let case = Calculation {
            anchor: Some(received.into()),
            adjustments,
            ..Calculation::of(&term, &calendar)
        };
        case.clock().unwrap().deadline().unwrap().due
    };
    let suspension = ours(&[on(stopped, Change::Suspend, ""), on(resumed, Change::Resume, "")]);
    let restart = ours(&[on(resumed, Change::Restart, "")]);

    let walk = |after: Date, n: i64| {
        let days = std::iter::successors(after.tomorrow().ok(), |day| day.tomorrow().ok());
        let mut worked = days.filter(|day| calendar.is_working_day(*day));
        worked.nth(usize::try_from(n - 1).unwrap()).unwrap()
    };
    let run = calendar.working_days_between(received, stopped);
    let paused = calendar.working_days_between(stopped, resumed);
    let remaining_from_restart = walk(resumed, 20 - run);
    let due_plus_paused = walk(walk(received, 20), paused);
    let plus_one_more = walk(due_plus_paused, 1);
    let full_term_anew = walk(resumed, 20);
    let shift = resumed.duration_since(stopped);
    let shifted_by_calendar_days =
        calendar.on_or_after(walk(received, 20).checked_add(shift).unwrap());

    let november = |day| date(2026, 11, day);
    assert_eq!(remaining_from_restart, november(3));
    assert_eq!(due_plus_paused, november(3));
    assert_eq!(plus_one_more, november(4));
    assert_eq!(full_term_anew, november(9));
    assert_eq!(shifted_by_calendar_days, november(10));
    assert_eq!(suspension, remaining_from_restart);
    assert_eq!(restart, full_term_anew);
}
