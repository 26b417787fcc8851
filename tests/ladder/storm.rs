//! The storm brake: a pass far beyond what is usual waits for a person.

use crate::support::office::TestOffice;

/// An office with a floor of one mail, in which so many units each owe something due on the last day of 2022.
fn office(units: usize) -> TestOffice {
    let mut office = TestOffice::new();
    office.set("DELIVERY__SURGE_LIMIT", "1");
    add(&office, "单位", "2022年底前", units);
    office
}

fn add(office: &TestOffice, prefix: &str, when: &str, units: usize) {
    let hex = data_encoding::HEXLOWER.encode(prefix.as_bytes());
    let contact = |n| format!("{prefix}{n},承办人{prefix}{n},{hex}{n}@x.example,承办人\n");
    let duty = |n| format!("事项{n},{when},{prefix}{n},{prefix}{n}\n");
    let contacts =
        format!("单位,联系人,邮箱,职级\n{}", (0..units).map(contact).collect::<String>());
    let duties = format!("事项,时限,责任单位,编号\n{}", (0..units).map(duty).collect::<String>());
    for (kind, text) in [("units", contacts), ("obligations", duties)] {
        let file = office.write(kind, text);
        office.run(&["--as-of", "2022-11-20", "import", kind, &file]).expect_code(0);
    }
}

fn states(office: &TestOffice) -> Vec<(String, String)> {
    let messages = office.json(&["outbox", "list", "--state", "all"]);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let pair = |it: &serde_json::Value| (text(&it["state"]), text(&it["held_reason"]));
    messages.as_array().unwrap().iter().map(pair).collect()
}

#[test]
fn more_than_three_times_the_busiest_day_is_held_and_released_by_a_person() {
    let office = office(1);
    office.run(&["--as-of", "2022-12-02T09:30", "remind"]).expect_code(0);
    assert_eq!(states(&office), [("accepted".into(), "-".into())]);
    add(&office, "新", "2022年底前", 4);
    office.run(&["--as-of", "2022-12-05T09:30", "remind"]);
    let held = states(&office).iter().filter(|(_, why)| why == "surge_limit").count();
    assert_eq!(held, 4);
    assert_eq!(office.mails().len(), 1);
    office
        .run(&["--as-of", "2022-12-05T09:40", "outbox", "release", "--all", "--count", "4"])
        .expect_code(0);
    office.run(&["--as-of", "2022-12-05T09:41", "remind"]).expect_code(0);
    assert_eq!(office.mails().len(), 5);
}

#[test]
fn three_times_the_busiest_day_is_usual() {
    let office = office(1);
    office.run(&["--as-of", "2022-12-02T09:30", "remind"]).expect_code(0);
    add(&office, "新", "2022年底前", 3);
    office.run(&["--as-of", "2022-12-05T09:30", "remind"]).expect_code(0);
    assert_eq!(office.mails().len(), 4);
}
