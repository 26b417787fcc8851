//! Terms in hours, from the event to the mail: instants, through nights and holidays.

use mail_parser::MessageParser;
use serde_json::json;

use crate::support::office::TestOffice;

fn office() -> TestOffice {
    let office = TestOffice::new();
    let units =
        "单位,别名,上级单位,单位组,联系人,邮箱,职级\n区网信办,,,,王某,wang@wxb.example,承办人\n";
    let units = office.write("units.csv", units);
    office.run(&["--as-of", "2026-09-30", "import", "units", &units]).expect_code(0);
    office
}

fn add(office: &TestOffice, rule: &str, at: &str) -> i32 {
    let day = ["--as-of", "2026-09-30T16:00", "add", "--planned", "--rule", rule, "--at", at];
    office.run(&[&day[..], &["--title", "回应", "--unit", "区网信办", "--ref", rule]].concat()).code
}

#[test]
fn worked_example_18_five_hours_run_through_the_night_of_a_holiday() {
    let office = office();
    assert_eq!(add(&office, "incident-first-statement", "2026-10-01T22:30"), 0);
    let shown = &office.json(&["show", "incident-first-statement"])[0];
    assert_eq!(
        (&shown["trigger_at"], &shown["due"], &shown["due_at"]),
        (&json!("2026-10-01T22:30:00"), &json!("2026-10-02"), &json!("2026-10-02T03:30:00"))
    );
    let table =
        office.run(&["--lang", "zh", "show", "incident-first-statement"]).expect_code(0).out;
    assert!(
        table.contains("2026-10-01 周四 22:30") && table.contains("2026-10-02 周五 03:30"),
        "{table}"
    );
    let argued =
        office.run(&["--lang", "zh", "explain", "incident-first-statement"]).expect_code(0).out;
    for said in [
        "2026-10-01 周四 22:30 至 24:00",
        "1小时30分",
        "2026-10-02 周五 00:00 至 03:30",
        "计入：国庆节放假，国办发明电〔2025〕7号",
    ] {
        assert!(argued.contains(said), "{said}: {argued}");
    }
    let steps = &office.json(&["explain", "incident-first-statement"])["steps"];
    let minutes: i64 =
        steps.as_array().unwrap().iter().map(|it| it["minutes"].as_i64().unwrap()).sum();
    assert_eq!(minutes, 5 * 60);
}

#[test]
fn a_day_and_two_days_are_counted_in_hours_to_the_minute() {
    let office = office();
    for (rule, due) in [
        ("incident-press-conference", "2026-10-01T16:15:00"),
        ("incident-response", "2026-10-02T16:15:00"),
    ] {
        assert_eq!(add(&office, rule, "2026-09-30 16:15"), 0);
        assert_eq!(office.json(&["show", rule])[0]["due_at"], due, "{rule}");
    }
}

#[test]
fn an_hour_term_is_late_from_the_next_second_on_and_not_from_the_next_day() {
    let office = office();
    assert_eq!(add(&office, "incident-first-statement", "2026-10-08T09:00"), 0);
    let light = |at: &str| office.json(&["--as-of", at, "upcoming"])[0]["light"].clone();
    assert_eq!(light("2026-10-08T14:00"), "yellow");
    assert_eq!(light("2026-10-08T14:01"), "red");
    let late = ["--as-of", "2026-10-08T14:01", "upcoming", "--overdue"];
    assert_eq!(office.json(&late).as_array().unwrap().len(), 1);
    let not_yet = ["--as-of", "2026-10-08T13:59", "upcoming", "--overdue"];
    assert!(office.json(&not_yet).as_array().unwrap().is_empty());
}

#[test]
fn the_mail_says_the_time_of_day() {
    let office = office();
    assert_eq!(add(&office, "incident-press-conference", "2026-09-30T16:00"), 0);
    office.run(&["--as-of", "2026-09-30T16:05", "remind"]).expect_code(0);
    let mails = office.mails();
    assert_eq!(mails.len(), 1);
    let mail = MessageParser::default().parse(&mails[0]).unwrap();
    let text = mail.body_text(0).unwrap();
    assert!(text.contains("10月1日（星期四） 16:00前办结，还剩23小时55分"), "{text}");
}

#[test]
fn a_list_gives_the_instant_in_its_trigger_column() {
    let office = office();
    let list = "事项,时限,起算日,责任单位,编号\n首次回应,5小时内,2026-10-01 22:30,区网信办,h-1\n";
    let list = office.write("hours.csv", list);
    office.run(&["--as-of", "2026-10-01", "import", "obligations", &list]).expect_code(0);
    assert_eq!(office.json(&["show", "h-1"])[0]["due_at"], "2026-10-02T03:30:00");
}

#[test]
fn hours_without_a_time_of_day_are_refused_with_what_to_write() {
    let office = office();
    let list = "事项,时限,起算日,责任单位,编号\n首次回应,5小时内,2026-10-01,区网信办,h-1\n";
    let list = office.write("hours.csv", list);
    let run = office.run(&["import", "obligations", &list]).expect_code(14);
    assert!(run.err.contains("write as 2026-10-01T22:30"), "{}", run.err);
}

#[test]
fn a_day_ends_at_midnight_in_shanghai_wherever_the_host_is() {
    let office = office();
    let list = "事项,时限,责任单位,编号\n年报,2026-09-30,区网信办,d-1\n";
    let list = office.write("day.csv", list);
    office.run(&["--as-of", "2026-09-01", "import", "obligations", &list]).expect_code(0);
    for zone in ["UTC", "America/New_York", "Asia/Shanghai"] {
        for (at, late) in [("2026-09-30T23:59", 0), ("2026-10-01T00:01", 1)] {
            let asked = ["--format", "json", "--as-of", at, "upcoming", "--overdue"];
            let output = office.command(&asked).env("TZ", zone).output().unwrap();
            let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(found.as_array().unwrap().len(), late, "{zone} {at}");
        }
    }
}

#[test]
fn hours_are_extended_before_they_are_over_and_not_a_second_later() {
    let office = office();
    let add =
        ["add", "--when", "5h", "--at", "2026-10-08T09:00", "--title", "回应", "--ref", "h-1"];
    let add = [&["--as-of", "2026-10-08T09:00"][..], &add, &["--unit", "区网信办"]].concat();
    office.run(&add).expect_code(0);
    let extend = |at: &str| {
        office.run(&["--as-of", at, "extend", "h-1", "--by", "2h", "--reason", "经批准"])
    };
    let late = extend("2026-10-08T14:00:01").expect_code(14);
    assert!(late.err.contains("2026-10-08"), "{}", late.err);
    extend("2026-10-08T14:00:00").expect_code(0);
    assert_eq!(office.json(&["show", "h-1"])[0]["due_at"], "2026-10-08T16:00:00");
}
