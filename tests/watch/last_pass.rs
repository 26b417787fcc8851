//! Somebody is told when nobody looks any more.

use crate::support::office::TestOffice;

fn status(office: &TestOffice, as_of: &str) -> (i32, serde_json::Value) {
    let run = office.run(&["--as-of", as_of, "--format", "json", "status"]);
    (run.code, serde_json::from_str(&run.out).unwrap())
}

#[test]
fn a_last_pass_more_than_one_working_day_ago_needs_a_person() {
    let office = TestOffice::yuzhong();
    office.run(&["--as-of", "2022-12-30T10:00", "remind"]).expect_code(0);
    // Friday; the new year's holiday ends on Monday
    for good in ["2022-12-30T11:00", "2023-01-02T10:00", "2023-01-03T10:00"] {
        let (code, view) = status(&office, good);
        assert_eq!((code, &view["last_pass_is_stale"]), (0, &false.into()), "{good}");
    }
    let (code, view) = status(&office, "2023-01-03T10:30");
    assert_eq!((code, &view["last_pass_is_stale"]), (20, &true.into()));
    let last_pass = view["last_pass_at"].as_str().unwrap();
    assert!(last_pass.starts_with("2022-12-30 10:"), "{last_pass}");
}

#[test]
fn a_ledger_without_a_pass_has_one_working_day() {
    let office = TestOffice::yuzhong();
    assert_eq!(status(&office, "2022-06-21T08:00").0, 0);
    let (code, view) = status(&office, "2022-06-22T08:00");
    assert_eq!((code, &view["last_pass_at"]), (20, &serde_json::Value::Null));
}

#[test]
fn a_pass_of_the_future_is_no_pass_of_today() {
    let office = TestOffice::yuzhong();
    office.run(&["--as-of", "2022-12-30", "remind"]).expect_code(0);
    assert_eq!(status(&office, "2022-12-28").0, 20);
    office.run(&["--as-of", "2022-12-28", "remind"]).expect_code(0);
    assert_eq!(status(&office, "2022-12-28").0, 0, "the newest pass counts, whatever its date");
}

#[test]
fn a_pass_outside_mail_hours_counts_and_a_held_one_does_not() {
    let office = TestOffice::yuzhong();
    office.run(&["--as-of", "2022-12-24T10:00", "remind"]).expect_code(0);
    assert_eq!(status(&office, "2022-12-24T11:00").0, 0);
    std::fs::remove_file(office.path("duban.db.home")).unwrap();
    office.run(&["--as-of", "2023-01-04T10:00", "remind"]).expect_code(20);
    let (_, view) = status(&office, "2023-01-04T10:00");
    let last_pass = view["last_pass_at"].as_str().unwrap();
    assert!(last_pass.starts_with("2022-12-24 10:"), "{last_pass}");
}
