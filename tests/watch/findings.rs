//! One list of what needs a person, wherever it is printed.

use std::fs;

use crate::support::office::TestOffice;

/// Nothing of this list is an operator item in the ledger.
#[test]
fn items_and_status_and_doctor_name_the_same_findings() {
    let office = TestOffice::yuzhong();
    fs::remove_file(office.path("duban.db.home")).unwrap();
    let day = ["--as-of", "2023-03-01T10:00", "--format", "json"];
    let run = |command: &str| office.run(&[&day[..], &[command]].concat()).expect_code(20);
    let json =
        |command: &str| -> serde_json::Value { serde_json::from_str(&run(command).out).unwrap() };
    let items = json("items");
    assert_eq!(items, json("status")["findings"]);
    let kinds: Vec<&str> =
        items.as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..2], ["instance", "stale-pass"]);
    let doctor = json("doctor").to_string();
    for item in items.as_array().unwrap() {
        let next_step = item["next_step"].as_str().unwrap();
        assert!(doctor.contains(next_step), "{next_step}: {doctor}");
    }
}
