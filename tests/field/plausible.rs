//! Dates and acts that make no sense together are refused or asked about.

use super::{import, office};
use crate::support::office::TestOffice;

fn add(office: &TestOffice, now: &str, on: &str, reference: &str, more: &[&str]) -> i32 {
    let rule = ["add", "--rule", "disclosure-request", "--on", on, "--title", "申请"];
    let rule = [&["--as-of", now], &rule[..], &["--unit", "财政局", "--ref", reference]].concat();
    office.run(&[&rule[..], more].concat()).code
}

#[test]
fn work_is_not_done_before_the_event_that_started_its_clock() {
    let office = office();
    assert_eq!(add(&office, "2026-01-04", "2025-12-20", "q", &[]), 0);
    let close = ["--as-of", "2026-01-08", "close", "q", "--evidence", "x", "--done", "2025-01-07"];
    let run = office.run(&close).expect_code(14);
    assert!(
        run.err.contains("the completion date 2025-01-07 is before the trigger on 2025-12-20"),
        "{}",
        run.err
    );
}

#[test]
fn an_event_still_to_come_and_a_date_far_away_are_asked_about() {
    let office = office();
    assert_eq!(add(&office, "2026-01-08", "2027-01-08", "q", &[]), 20);
    assert_eq!(add(&office, "2026-01-08", "2027-01-08", "q", &["--planned"]), 0);
    let far = ["--as-of", "2026-01-08", "add", "--title", "远", "--when", "2206-01-08"];
    let far = [&far[..], &["--unit", "财政局", "--ref", "f"]].concat();
    office.run(&far).expect_code(14);
}

#[test]
fn an_act_on_several_units_shares_asks_first() {
    let office = office();
    import(&office, "2026-03-02", &["交材料,2026-03-13,,,局组,a"]);
    let close = ["--as-of", "2026-03-03", "close", "a", "--evidence", "x"];
    let run = office.run(&close).expect_code(20);
    assert!(run.err.contains("a is owed by 2 units: 财政局, 教委"), "{}", run.err);
    assert_eq!(office.json(&["show", "a"])[0]["state"], "open");
    office.run(&[&close[..], &["--unit", "教委"]].concat()).expect_code(0);
    // One share is left.
    office.run(&close).expect_code(0);
}

#[test]
fn a_quota_that_is_not_met_ends_only_with_a_reason_and_is_never_on_time() {
    let office = office();
    import(&office, "2026-03-02", &["发布会,每年不少于4次,,,财政局,k"]);
    let close = ["--as-of", "2026-06-02", "close", "k", "--evidence", "x"];
    let run = office.run(&close).expect_code(14);
    assert!(run.err.contains("4 times are required, and 0 are counted"), "{}", run.err);
    office.run(&[&close[..], &["--reason", "机构撤并"]].concat()).expect_code(0);
    let made = ["--as-of", "2027-01-04", "bulletin", "--from", "2026-01-01", "--to", "2026-12-31"];
    let bulletin = office.json(&made);
    assert_eq!(bulletin["total"]["on_time"], 0, "{bulletin}");
}

#[test]
fn duties_that_start_each_other_and_units_above_each_other_are_refused() {
    let office = office();
    let list =
        "事项,时限,责任单位,编号,接续\n甲,5个工作日内,财政局,a,b\n乙,5个工作日内,财政局,b,a\n";
    let file = office.write("ring.csv", list);
    let run = office.run(&["import", "obligations", &file]).expect_code(14);
    assert!(run.err.contains("these start each other in a ring"), "{}", run.err);
    let units = office.write("ring-units.csv", "单位,上级单位\n教委,财政局\n财政局,教委\n");
    let run = office.run(&["import", "units", &units]).expect_code(14);
    assert!(run.err.contains("would stand above each other"), "{}", run.err);
}
