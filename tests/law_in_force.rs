//! Which law a date rests on: the calendar of a unit, the conventions of an office, the versions kept with a date.

use serde_json::{Value, json};

use crate::import_calendar::office_before_amendment;
use crate::support::office::TestOffice;

const UNITS: &str = "单位,别名,上级单位,单位组,联系人,邮箱,职级\n\
                     区人民法院,区法院,,,王某,wang@court.example,承办人\n区司法局,,,,李某,li@sfj.example,承办人\n";

/// An office in which the court rests on Monday 2026-03-16 and works on Saturday 2026-03-21.
fn office_with_a_court() -> TestOffice {
    let mut office = TestOffice::new();
    std::fs::create_dir(office.path("units")).unwrap();
    let days = json!({"schema": "unit-days/1", "unit": "区法院", "name": "区法院值班安排",
        "off": {"2026-03-16": "院庆"}, "work": {"2026-03-21": "值班"}});
    office.write("units/court.json", days.to_string());
    let folder = office.path("units").display().to_string();
    office.set("DATA__UNIT_DAYS", &folder);
    let units = office.write("units.csv", UNITS);
    office.run(&["--as-of", "2026-03-02", "import", "units", &units]).expect_code(0);
    office
}

fn import(office: &TestOffice, rows: &str) {
    let list = format!("事项,时限,起算日,牵头单位,责任单位,编号\n{rows}");
    let list = office.write("duties.csv", list);
    office.run(&["--as-of", "2026-03-02", "import", "obligations", &list]).expect_code(0);
}

fn due(office: &TestOffice, reference: &str) -> Value {
    office.json(&["--as-of", "2026-03-02", "show", reference])[0]["due"].clone()
}

#[test]
fn a_duty_is_counted_on_the_calendar_of_the_unit_that_leads_it() {
    let office = office_with_a_court();
    import(
        &office,
        "甲,10wd,2026-03-02,区人民法院,区司法局,a\n乙,10wd,2026-03-02,区司法局,区人民法院,b\n\
         丙,10wd,2026-03-02,,区法院,c\n丁,15wd,2026-03-02,区法院,,d\n",
    );
    assert_eq!(due(&office, "a"), "2026-03-17", "the court leads and rests on the 16th");
    assert_eq!(due(&office, "b"), "2026-03-16", "somebody else leads");
    assert_eq!(due(&office, "c"), "2026-03-17", "nobody leads, the court owes it");
    assert_eq!(
        due(&office, "d"),
        "2026-03-23",
        "a rest day and a working day make up for each other"
    );
    let argued = office.run(&["--lang", "zh", "explain", "a"]).expect_code(0).out;
    for said in ["区法院（该单位有自己的休息日和工作日）", "院庆放假，区法院值班安排"]
    {
        assert!(argued.contains(said), "{said}: {argued}");
    }
}

#[test]
fn the_calendar_of_a_unit_is_shown_by_any_of_its_names() {
    let office = office_with_a_court();
    for name in ["区法院", "区人民法院"] {
        let year = office.json(&["calendar", "2026", "--unit", name]);
        assert_eq!(year["unit"], "区法院");
        assert!(year["papers"].as_array().unwrap().contains(&json!("区法院值班安排")));
    }
    let run =
        office.run(&["--lang", "zh", "calendar", "2026", "--unit", "区司法局"]).expect_code(0);
    assert!(run.err.contains("没有单独的日历") && !run.out.contains("值班安排"), "{}", run.err);
    office.run(&["calendar", "2026", "--unit", "区气象局"]).expect_code(14);
}

#[test]
fn days_that_a_unit_takes_up_later_move_its_open_duties() {
    let office = office_with_a_court();
    import(&office, "甲,10wd,2026-03-02,区人民法院,,a\n");
    let days = json!({"schema": "unit-days/1", "unit": "区法院", "name": "区法院值班安排",
        "off": {"2026-03-16": "院庆", "2026-03-17": "院庆"}, "work": {}});
    office.write("units/court.json", days.to_string());
    let run = office.run(&["--as-of", "2026-03-03", "remind"]).expect_code(0);
    assert!(run.err.contains("a: due 2026-03-17 Tue before, 2026-03-18 Wed now"), "{}", run.err);
}

#[test]
fn a_unit_the_ledger_does_not_know_and_two_files_for_one_unit_are_named() {
    let office = office_with_a_court();
    let other =
        json!({"schema": "unit-days/1", "unit": "区档案馆", "name": "档", "off": {}, "work": {}});
    office.write("units/other.json", other.to_string());
    let doctor = office.run(&["--as-of", "2026-03-02", "doctor"]).expect_code(20);
    assert!(doctor.out.contains("区档案馆, which the ledger does not have"), "{}", doctor.out);
    office.write("units/other.json", other.to_string().replace("区档案馆", "区法院"));
    let run = office.run(&["upcoming"]).expect_code(10);
    assert!(run.err.contains("another file has the days of 区法院"), "{}", run.err);
}

/// The office with an answer `q-1` whose clock was stopped from 9 to 25 March 2026.
fn office_with_a_suspended_answer() -> TestOffice {
    let office = office_with_a_court();
    let file =
        "事项,时限,起算日,责任单位,规则,编号\n答复,,2026-03-02,区司法局,disclosure-request,q-1\n";
    let file = office.write("q.csv", file);
    office.run(&["--as-of", "2026-03-02", "import", "obligations", &file]).expect_code(0);
    let order = ["suspend", "q-1", "--ground", "征求第三方意见"];
    office.run(&[&["--as-of", "2026-03-09"][..], &order].concat()).expect_code(0);
    office.run(&["--as-of", "2026-03-25", "resume", "q-1"]).expect_code(0);
    office
}

#[test]
fn the_day_of_a_suspension_counts_unless_the_office_says_otherwise() {
    // Worked example 7: 2026-04-16, or a working day later under the other convention.
    let mut office = office_with_a_suspended_answer();
    assert_eq!(due(&office, "q-1"), "2026-04-16");
    let argued = office.run(&["--lang", "zh", "explain", "q-1"]).expect_code(0).out;
    assert!(argued.contains("中止当日仍计入"), "{argued}");

    office.set("COUNTING__SUSPENSION", "first-day-paused");
    let run = office.run(&["--as-of", "2026-03-26", "remind"]).expect_code(0);
    assert!(run.err.contains("q-1: due 2026-04-16 Thu before, 2026-04-17 Fri now"), "{}", run.err);
    let argued = office.run(&["--lang", "zh", "explain", "q-1"]).expect_code(0).out;
    assert!(argued.contains("中止当日不计入"), "{argued}");
}

#[test]
fn full_days_between_is_one_day_earlier_before_an_event() {
    let mut office = TestOffice::new();
    let asked = ["due", "5wd", "--from", "2026-03-02", "--before"];
    assert_eq!(office.json(&asked)["due"], "2026-02-24", "worked example 16");
    office.set("COUNTING__BEFORE", "full-days-between");
    let answer = office.json(&asked);
    assert_eq!(answer["due"], "2026-02-14", "23 February is a holiday, the 14th is made up for");
    assert_eq!(answer["conventions"]["before"], "full-days-between");
    let said = "the full number of days lies between it and the event";
    assert!(office.run(&asked).out.contains(said));
}

#[test]
fn an_unknown_convention_is_answered_with_the_known_ones() {
    let mut office = TestOffice::new();
    office.set("COUNTING__SUSPENSION", "never");
    let run = office.run(&["check-config"]).expect_code(10);
    assert!(
        run.err.contains("first-day-counts") && run.err.contains("first-day-paused"),
        "{}",
        run.err
    );
}

#[test]
fn an_ended_date_is_explained_with_the_calendar_it_was_computed_on() {
    let (office, new) = office_before_amendment(2020, "2020-01-17", "20wd");
    let old = office.json(&["explain", "f-1"])["calendar_version"].as_str().unwrap().to_owned();
    let done = ["report", "f-1", "--evidence", "文号", "--done", "2020-01-20"];
    office.run(&[&["--as-of", "2020-01-20"][..], &done].concat()).expect_code(0);
    office.run(&["--as-of", "2020-01-20", "close", "f-1"]).expect_code(0);
    office.run(&["--as-of", "2020-01-27", "import", "calendar", &new]).expect_code(0);

    let then = office.json(&["explain", "f-1"]);
    assert_eq!((&then["due"], &then["calendar_version"]), (&json!("2020-02-19"), &json!(old)));
    let text = office.run(&["--lang", "zh", "explain", "f-1"]).expect_code(0).out;
    assert!(text.contains("加 --calendar current 按现行日历说明"), "{text}");

    let now = office.json(&["explain", "f-1", "--calendar", "current"]);
    assert_eq!((&now["due"], &now["ledger_due"]), (&json!("2020-02-21"), &json!("2020-02-19")));
    let again = office.json(&["explain", "f-1", "--calendar", &old[..10]]);
    assert_eq!(again["due"], "2020-02-19");
    let run = office.run(&["explain", "f-1", "--calendar", "zz"]).expect_code(14);
    assert!(run.err.contains("no kept calendar"), "{}", run.err);
}

#[test]
fn an_ended_date_is_explained_with_the_conventions_it_was_computed_by() {
    let mut office = office_with_a_suspended_answer();
    office.run(&["--as-of", "2026-03-26", "close", "q-1"]).expect_code(0);
    office.set("COUNTING__SUSPENSION", "first-day-paused");
    office.run(&["--as-of", "2026-03-27", "remind"]).expect_code(0);

    let argued = office.json(&["explain", "q-1"]);
    assert_eq!(
        (&argued["due"], &argued["ledger_due"]),
        (&json!("2026-04-16"), &json!("2026-04-16"))
    );
    assert_eq!(argued["conventions"]["suspension"], "first-day-counts");
    let now = office.json(&["explain", "q-1", "--calendar", "current"]);
    assert_eq!((&now["due"], &now["ledger_due"]), (&json!("2026-04-17"), &json!("2026-04-16")));
}

#[tokio::test]
async fn a_damaged_stored_calendar_is_named_and_not_replaced_silently() {
    let (office, new) = office_before_amendment(2020, "2020-01-17", "20wd");
    office.run(&["--as-of", "2020-01-20", "close", "f-1"]).expect_code(0);
    office.run(&["--as-of", "2020-01-27", "import", "calendar", &new]).expect_code(0);
    let old = office.json(&["explain", "f-1"])["calendar_version"].as_str().unwrap().to_owned();
    let url = format!("sqlite://{}", office.path("duban.db").display());
    let ledger = sqlx::SqlitePool::connect(&url).await.unwrap();
    let damage = "UPDATE calendar_version SET body = 'x' WHERE version = $1";
    sqlx::query(damage).bind(&old).execute(&ledger).await.unwrap();
    ledger.close().await;
    let run = office.run(&["explain", "f-1"]).expect_code(11);
    assert!(run.err.contains(&old), "{}", run.err);
    office.run(&["explain", "f-1", "--calendar", "current"]).expect_code(0);
}

#[test]
fn the_next_notice_is_asked_for_sixty_days_before_certainty_ends() {
    let office = TestOffice::new();
    office.create_ledger();
    for (day, code) in [("2026-10-25", 0), ("2026-10-26", 20)] {
        let run = office.run(&["--as-of", day, "status"]).expect_code(code);
        assert_eq!(run.out.contains("certain through 2026-12-24, 59 days from now"), code == 20);
        let doctor = office.run(&["--as-of", day, "--format", "json", "doctor"]);
        let checks: Value = serde_json::from_str(&doctor.out).unwrap();
        let calendar = checks.as_array().unwrap().iter().find(|it| it["name"] == "calendar");
        assert_eq!(calendar.unwrap()["well"], code == 0, "{day}");
    }
    let status = office.json(&["--as-of", "2026-10-25", "status"]);
    assert_eq!(
        (&status["calendar"]["days_left"], &status["calendar"]["well"]),
        (&json!(60), &json!(true))
    );
}
