//! Calendar and rule files against mutated input: what is read must make a calendar or be refused, never panic or hang.

use std::path::Path;

use duban::config::{calendars, rules};
use duban::domain::calendar::{Notice, WorkCalendar};
use jiff::civil::date;

use crate::intake::fuzz::{fuzz, texts};

const HOLIDAY_CN: &str = r#"{"$schema": "x", "year": 2026, "papers": ["https://a.example"], "days": [
    {"name": "元旦", "date": "2026-01-01", "isOffDay": true}, {"name": "元旦", "date": "2026-01-04", "isOffDay": false}]}"#;
const LOCAL: &str = r#"{"schema": "local-days/1", "name": "县", "off": {"2026-08-01": "县庆", "9999-12-31": ""}, "work": {"2026-08-02": "值班"}}"#;
const UNIT: &str = r#"{"schema": "unit-days/1", "unit": "区法院", "name": "值班", "off": {"2027-03-01": "院庆"}, "work": {}}"#;
const RULES: &str = r#"[[rule]]
name = "办件"
code = "errand"
trigger = "受理"
then = ["errand"]

[[rule.version]]
from = "2020-01-01"
through = "2024-12-31"
term = "20wd"
counts = "after"
law = "规定"
article = "第一条"
evidence = "text"

[[rule.version.allows]]
change = "extend"
ground = "延长"
at_most = "20wd"
article = "第二条"
"#;

fn file(name: &str) -> String {
    let path = format!("{}/config/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// The shipped notices with `notice` in the place of the one for its year.
fn with(notice: Notice) -> Vec<Notice> {
    let mut notices = calendars::shipped().unwrap();
    notices.retain(|known| known.year != notice.year);
    notices.push(notice);
    notices
}

#[test]
fn the_fuzzed_notice_reader_gives_a_calendar_or_a_refusal() {
    let corpus = [file("calendar/cn-2020.json"), file("calendar/cn-2026.json"), HOLIDAY_CN.into()];
    fuzz("notices", 400, &corpus.map(String::into_bytes), |input| {
        let Ok(notice) = calendars::read(Path::new("a.json"), &String::from_utf8_lossy(input))
        else {
            return;
        };
        let _before = notice.as_of(date(2020, 1, 20));
        let alone = WorkCalendar::merge(std::slice::from_ref(&notice));
        for calendar in [alone, WorkCalendar::merge(&with(notice))].into_iter().flatten() {
            let day = calendar.on_or_after(date(2026, 2, 16));
            assert!(calendar.is_working_day(day), "{day}");
        }
    });
}

#[test]
fn the_fuzzed_reader_of_local_days_gives_a_calendar_or_a_refusal() {
    let national = WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap();
    fuzz("local days", 400, &texts(&[LOCAL, UNIT]), move |input| {
        let text = String::from_utf8_lossy(input);
        let local = calendars::read_local(Path::new("a.json"), &text).ok();
        let unit =
            calendars::read_unit_days(Path::new("a.json"), &text).ok().map(|(_, overlay)| overlay);
        for overlay in local.into_iter().chain(unit) {
            let Ok(calendar) = national.overlaid(&overlay) else { continue };
            let kept: Result<WorkCalendar, _> = calendar.to_string().parse();
            assert!(kept.is_ok() || overlay.name.contains(['\n', '\t', '\r']), "{overlay:?}");
        }
    });
}

#[test]
fn the_fuzzed_reader_of_kept_calendars_holds() {
    let whole = WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap().to_string();
    let part: Vec<&str> = whole.lines().take(40).collect();
    fuzz("kept calendars", 400, &texts(&[&part.join("\n")]), |input| {
        let _kept = String::from_utf8_lossy(input).parse::<WorkCalendar>();
    });
}

#[test]
fn the_fuzzed_rule_reader_gives_rules_that_can_be_asked_or_every_fault() {
    let shipped = rules::shipped().unwrap();
    let whole = file("rules.toml");
    let part: String = whole.split("[[rule]]").take(4).collect::<Vec<_>>().join("[[rule]]");
    fuzz("rules", 400, &texts(&[RULES, &part]), move |input| {
        match rules::read(Path::new("a.toml"), &String::from_utf8_lossy(input), &shipped) {
            Ok(book) => book.iter().for_each(|rule| {
                let _on =
                    rule.on(date(2026, 1, 1)).map(|version| (version.id(), version.term.clone()));
            }),
            Err(faults) => assert!(!faults.is_empty()),
        }
    });
}
