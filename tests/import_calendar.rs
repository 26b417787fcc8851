//! Notices that arrive late: amendments move open obligations, a new year's notice makes dates definite.

use serde_json::{Value, json};

use crate::support::office::TestOffice;

/// A notice as shipped.
fn shipped(year: i16) -> Value {
    let path = format!("{}/config/calendar/cn-{year}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The same as it stood before its amendment.
fn before_amendment(year: i16) -> Value {
    let mut notice = shipped(year);
    let amendment = notice["amendments"][0].clone();
    for (list, days, added) in
        [("off_added", "off", false), ("work_added", "work", false), ("work_removed", "work", true)]
    {
        for day in amendment[list].as_array().unwrap() {
            let days = notice[days].as_object_mut().unwrap();
            if added {
                days.insert(day.as_str().unwrap().to_owned(), json!("春节"));
            } else {
                days.remove(day.as_str().unwrap());
            }
        }
    }
    notice["amendments"] = json!([]);
    notice
}

/// An office whose calendar of that year is the one before the amendment, with one reply that runs across it.
pub(crate) fn office_before_amendment(
    year: i16,
    received: &str,
    term: &str,
) -> (TestOffice, String) {
    let office = TestOffice::new();
    let old = office.write("old.json", before_amendment(year).to_string());
    let new = office.write("new.json", shipped(year).to_string());
    let units =
        "单位,别名,上级单位,单位组,联系人,邮箱,职级\n区司法局,,,,王某,wang@sfj.example,承办人\n";
    let duty =
        format!("事项,时限,起算日,责任单位,编号\n答复张某申请,{term},{received},区司法局,f-1\n");
    let (units, duty) = (office.write("units.csv", units), office.write("duties.csv", duty));
    for arguments in [["calendar", &old], ["units", &units], ["obligations", &duty]] {
        office.run(&["--as-of", received, "import", arguments[0], arguments[1]]).expect_code(0);
    }
    (office, new)
}

/// Not the real notice of 2027, which nobody has: rests on these days and on twelve weekdays more.
pub(crate) fn some_notice_of_2027(days: &[&str]) -> Value {
    let more = [
        "02-08", "02-09", "02-10", "02-11", "02-12", "04-05", "05-03", "05-04", "06-09", "10-01",
        "10-04", "10-05",
    ];
    let off: serde_json::Map<String, Value> =
        more.iter().chain(days).map(|day| (format!("2027-{day}"), json!("假"))).collect();
    json!({"schema": "cn-calendar/1", "year": 2027, "notice": "试", "issued": "2026-11-20",
        "published": null, "amendments": [], "off": off, "work": {}})
}

#[test]
fn worked_example_8_an_amendment_moves_an_open_reply_later() {
    let (office, new) = office_before_amendment(2020, "2020-01-17", "20wd");
    assert_eq!(office.json(&["show", "f-1"])[0]["due"], "2020-02-19");
    let moved = office.json(&["--as-of", "2020-01-27", "import", "calendar", &new]);
    assert_eq!(
        moved,
        json!([{
            "ref": "f-1", "title": "答复张某申请", "due_before": "2020-02-19", "due": "2020-02-21",
            "provisional": false, "provisional_before": false, "paper": "国办发明电〔2020〕1号"
        }])
    );
    assert_eq!(office.json(&["show", "f-1"])[0]["due"], "2020-02-21");
    let journal = office.json(&["journal"]).to_string();
    assert!(journal.contains("国办发明电〔2020〕1号"), "{journal}");
}

#[test]
fn worked_example_9_an_amendment_moves_an_open_reply_earlier() {
    let (office, new) = office_before_amendment(2019, "2019-04-22", "7wd");
    let moved = office.json(&["--as-of", "2019-04-23", "import", "calendar", &new]);
    assert_eq!(
        (&moved[0]["due_before"], &moved[0]["due"]),
        (&json!("2019-05-02"), &json!("2019-04-30"))
    );
}

#[test]
fn the_same_notice_again_changes_nothing() {
    let (office, new) = office_before_amendment(2020, "2020-01-17", "20wd");
    office.run(&["import", "calendar", &new]).expect_code(0);
    let again = office.run(&["import", "calendar", &new]).expect_code(0);
    assert!(again.err.contains("nothing new"), "{}", again.err);
}

#[test]
fn the_next_years_notice_makes_a_provisional_date_definite() {
    let office = TestOffice::new();
    let asked = ["due", "20wd", "--from", "2026-12-04"];
    assert_eq!(office.json(&asked)["provisional"], true);
    let notice = some_notice_of_2027(&["01-01"]);
    let file = office.write("cn-2027.json", notice.to_string());
    office.run(&["import", "calendar", &file]).expect_code(0);
    let answer = office.json(&asked);
    assert_eq!((&answer["due"], &answer["provisional"]), (&json!("2027-01-04"), &json!(false)));
    assert_eq!(office.json(&["calendar", "2027"])["certain_through"], "2027-12-24");
}

#[test]
fn files_that_are_not_notices_are_refused_and_nothing_is_imported() {
    let office = TestOffice::new();
    let empty = office.write("2027.json", r#"{"year": 2027, "papers": [], "days": []}"#);
    let mut short = shipped(2025);
    short["work"] = json!({});
    let short = office.write("short.json", short.to_string());
    let mut gap = shipped(2026);
    gap["year"] = json!(2028);
    gap["off"] = serde_json::from_str(&gap["off"].to_string().replace("2026-", "2028-")).unwrap();
    gap["work"] = json!({});
    let gap = office.write("gap.json", gap.to_string());
    let run = office.run(&["import", "calendar", &empty, &short, &gap]).expect_code(14);
    insta::assert_snapshot!(run.err);
    assert_eq!(office.json(&["calendar", "2027"])["certain_through"], "2026-12-24");
}
