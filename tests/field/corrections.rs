//! Every mistake has a way back, and stays on record.

use super::{import, office, remind};

#[test]
fn a_wrong_count_is_taken_back_and_a_count_that_is_known_changes_nothing() {
    let office = office();
    import(&office, "2026-03-02", &["发布会,每年不少于3次,,,财政局,k"]);
    let count = |now: &str, on: &str, what: &str| {
        office.run(&["--as-of", now, "count", "k", "--on", on, "--what", what]).expect_code(0);
    };
    count("2026-03-02", "2026-02-01", "误记");
    count("2026-03-02", "2026-02-10", "一");
    count("2026-06-02", "2026-05-10", "二");
    assert_eq!(office.json(&["show", "k"])[0]["state"], "reported");
    let listed = office.json(&["undo", "k", "--list"]);
    assert_eq!(listed.as_array().unwrap().len(), 4, "{listed}");
    let undo = ["--as-of", "2026-06-03", "undo", "k", "--entry", "1", "--reason", "误记"];
    office.run(&undo).expect_code(0);
    let shown = || office.json(&["--as-of", "2026-06-04", "show", "k"])[0].clone();
    assert_eq!((&shown()["state"], &shown()["quota"][0]["done"]), (&"open".into(), &2.into()));
    count("2026-06-04", "2026-05-10", "二");
    assert_eq!(shown()["state"], "open");
    // The struck event may be entered again: it was another one.
    count("2026-06-04", "2026-02-01", "误记");
    assert_eq!(shown()["state"], "reported");
    office.run(&["undo", "k", "--entry", "1"]).expect_code(14);
}

#[test]
fn a_wrong_extension_is_corrected_and_whoever_knows_the_wrong_date_hears_it_once() {
    let office = office();
    let add = ["add", "--rule", "disclosure-request", "--on", "2026-03-02", "--title", "申请"];
    let add = [&["--as-of", "2026-03-02"], &add[..], &["--unit", "财政局", "--ref", "q"]].concat();
    office.run(&add).expect_code(0);
    let extend = |by: &str, reason: &str| {
        let extend = ["clock", "extend", "q", "--by", by, "--reason", reason];
        office.run(&[&["--as-of", "2026-03-23"], &extend[..]].concat())
    };
    remind(&office, "2026-03-23T09:00");
    extend("20wd", "误录").expect_code(0);
    assert_eq!(office.json(&["show", "q"])[0]["due"], "2026-04-28");
    remind(&office, "2026-03-23T09:30");
    assert_eq!(remind(&office, "2026-03-24T09:30"), ["cai1@x.example"]);
    let undo = ["--as-of", "2026-03-24T10:00", "undo", "q", "--reason", "误录"];
    office.run(&undo).expect_code(0);
    assert_eq!(office.json(&["show", "q"])[0]["due"], "2026-03-30");
    let extend = ["clock", "extend", "q", "--by", "10wd", "--reason", "更正"];
    office.run(&[&["--as-of", "2026-03-24T10:01"], &extend[..]].concat()).expect_code(0);
    assert_eq!(office.json(&["show", "q"])[0]["due"], "2026-04-14");
    assert_eq!(remind(&office, "2026-03-25T09:30"), ["cai1@x.example"]);
    assert!(remind(&office, "2026-03-26T09:30").is_empty());
}

#[test]
fn a_report_with_a_wrong_day_a_closing_and_a_withdrawal_are_taken_back() {
    let office = office();
    import(&office, "2026-03-02", &["甲,2026-03-13,,府办,财政局,a"]);
    let state = || office.json(&["show", "a"])[0]["state"].clone();
    let at = ["--as-of", "2026-03-09"];
    let run = |command: &[&str]| office.run(&[&at[..], command].concat()).expect_code(0);
    run(&["ack", "a"]);
    run(&["report", "a", "--evidence", "x", "--done", "2026-03-05"]);
    run(&["close", "a", "--done", "2026-03-06"]);
    for before in ["reported", "acknowledged", "open"] {
        run(&["undo", "a"]);
        assert_eq!(state(), before);
    }
    office.run(&["undo", "a"]).expect_code(14);
    run(&["withdraw", "a"]);
    run(&["undo", "a"]);
    assert_eq!(state(), "open");
    assert_eq!(remind(&office, "2026-03-09T10:00"), ["cai1@x.example", "cai2@x.example"]);
}

#[test]
fn suspensions_and_resumptions_are_taken_back_one_after_another() {
    let office = office();
    let add = ["add", "--rule", "disclosure-request", "--on", "2026-03-02", "--title", "申请"];
    let add = [&["--as-of", "2026-03-02"], &add[..], &["--unit", "财政局", "--ref", "q"]].concat();
    office.run(&add).expect_code(0);
    let due = || office.json(&["show", "q"])[0]["due"].clone();
    let before = due();
    let at = ["--as-of", "2026-03-12"];
    let run =
        |command: &[&str], code: i32| office.run(&[&at[..], command].concat()).expect_code(code);
    run(&["clock", "suspend", "q", "--ground", "征求第三方意见", "--on", "2026-03-09"], 0);
    run(&["clock", "resume", "q", "--on", "2026-03-12"], 0);
    let moved = due();
    assert_ne!(moved, before);
    // Without the suspension the resumption makes no sense.
    run(&["undo", "q", "--entry", "1"], 14);
    assert_eq!(due(), moved);
    run(&["undo", "q"], 0);
    run(&["undo", "q"], 0);
    assert_eq!(due(), before);
}

#[test]
fn the_day_of_the_event_is_entered_later_or_corrected() {
    let office = office();
    import(&office, "2026-03-02", &["等待,20个工作日内,,府办,财政局,e"]);
    let start = |on: &str| {
        let start = ["--as-of", "2026-03-16", "clock", "start", "e", "--on", on];
        office.run(&start)
    };
    start("2026-03-02").expect_code(0);
    assert_eq!(office.json(&["show", "e"])[0]["due"], "2026-03-30");
    start("2026-03-03").expect_code(0);
    assert_eq!(office.json(&["show", "e"])[0]["due"], "2026-03-31");
    start("2026-03-17").expect_code(14);
    import(&office, "2026-03-02", &["定日,2026-04-13,,府办,财政局,f"]);
    office
        .run(&["--as-of", "2026-03-16", "clock", "start", "f", "--on", "2026-03-02"])
        .expect_code(14);
}

#[test]
fn what_was_withdrawn_and_is_added_again_asks() {
    let office = office();
    let add = ["add", "--title", "报送", "--when", "2026-11-11", "--unit", "财政局", "--ref", "t"];
    let add = [&["--as-of", "2026-11-02"], &add[..]].concat();
    office.run(&add).expect_code(0);
    office.run(&["--as-of", "2026-11-02", "withdraw", "t"]).expect_code(0);
    let run = office.run(&add).expect_code(20);
    assert!(run.err.contains("t is in the ledger already, and withdrawn"), "{}", run.err);
}

#[test]
fn a_duty_without_a_rule_may_be_extended_more_than_once() {
    let office = office();
    import(&office, "2026-03-02", &["答复,20个工作日内,2026-03-02,府办,财政局,e"]);
    for due in ["2026-04-14", "2026-04-28"] {
        let extend = ["clock", "extend", "e", "--by", "10wd", "--reason", "领导批准"];
        office.run(&[&["--as-of", "2026-03-16"], &extend[..]].concat()).expect_code(0);
        assert_eq!(office.json(&["show", "e"])[0]["due"], due);
    }
}
