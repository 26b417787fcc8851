//! How notices are merged; the shipped data is checked in `tests/calendar`.

use jiff::civil::date;

use super::*;

fn notice(year: i16) -> Notice {
    Notice {
        year,
        number: format!("国办发明电〔{}〕1号", year - 1),
        issued: Some(date(year - 1, 11, 1)),
        published: None,
        off: vec![(date(year, 1, 1), "元旦".to_owned())],
        work: Vec::new(),
        amendments: Vec::new(),
    }
}

#[test]
fn december_stays_open_until_the_next_notice() {
    let one = WorkCalendar::merge(&[notice(2025)]).unwrap();
    assert_eq!((one.first(), one.certain_through()), (date(2025, 1, 1), date(2025, 12, 24)));
    let two = WorkCalendar::merge(&[notice(2026), notice(2025)]).unwrap();
    assert_eq!((two.first(), two.certain_through()), (date(2025, 1, 1), date(2026, 12, 24)));
}

#[test]
fn notices_that_contradict_each_other_or_leave_a_gap_are_refused() {
    assert_eq!(WorkCalendar::merge(&[]).unwrap_err(), CalendarFault::NoNotices);
    let gap = WorkCalendar::merge(&[notice(2023), notice(2025)]);
    assert_eq!(gap.unwrap_err(), CalendarFault::YearMissing { year: 2024 });
    let twice = WorkCalendar::merge(&[notice(2025), notice(2025)]);
    assert!(matches!(twice.unwrap_err(), CalendarFault::YearTwice { year: 2025, .. }));
    let mut empty = notice(2025);
    empty.off.clear();
    assert_eq!(
        WorkCalendar::merge(&[empty]).unwrap_err(),
        CalendarFault::EmptyNotice { year: 2025 }
    );
    let mut both = notice(2025);
    both.work.push((date(2025, 1, 1), "元旦".to_owned()));
    let fault = WorkCalendar::merge(&[both]).unwrap_err();
    assert!(matches!(fault, CalendarFault::DayTwice { date: day, .. } if day == date(2025, 1, 1)));
    let mut stray = notice(2025);
    stray.off.push((date(2024, 11, 30), "元旦".to_owned()));
    let fault = WorkCalendar::merge(&[stray]).unwrap_err();
    assert!(matches!(fault, CalendarFault::OutOfPlace { .. }));
}

#[test]
fn the_version_follows_the_content_and_not_the_order() {
    let merged = |notices: &[Notice]| WorkCalendar::merge(notices).unwrap().version().to_owned();
    let version = merged(&[notice(2024), notice(2025)]);
    assert_eq!(version.len(), 64);
    assert_eq!(version, merged(&[notice(2025), notice(2024)]));
    let mut changed = notice(2025);
    changed.work.push((date(2025, 1, 4), "元旦".to_owned()));
    assert_ne!(version, merged(&[notice(2024), changed]));
}

#[test]
fn an_overlay_adds_local_days_beyond_the_notices_too() {
    let national = WorkCalendar::merge(&[notice(2025)]).unwrap();
    let overlay = Overlay {
        name: "榆中县".to_owned(),
        rest: vec![(date(2026, 3, 2), "县庆".to_owned())],
        work: vec![(date(2025, 1, 1), "值班".to_owned())],
    };
    let local = national.overlaid(&overlay).unwrap();
    assert!(local.is_working_day(date(2025, 1, 1)) && !national.is_working_day(date(2025, 1, 1)));
    assert!(!local.is_working_day(date(2026, 3, 2)) && national.is_working_day(date(2026, 3, 2)));
    assert_eq!(local.certain_through(), national.certain_through());
    assert_ne!(local.version(), national.version());
    for stray in [date(2024, 3, 1), date(2926, 3, 2)] {
        let stray = Overlay { rest: vec![(stray, String::new())], ..overlay.clone() };
        assert!(matches!(national.overlaid(&stray), Err(CalendarFault::OutOfPlace { .. })));
    }
}
