//! The commands of the ladder as an operator types them.

use crate::support::office::TestOffice;

const UNITS: &str = "单位,联系人,邮箱,职级
区政府办公室,办公室承办人,office@x.example,承办人
区司法局,司法局承办人,law@x.example,承办人
区财政局,财政局承办人,money@x.example,承办人
区交通局,交通局承办人,road@x.example,承办人
";

const OBLIGATIONS: &str = "事项,时限,牵头单位,责任单位,来源,编号
公开清单,2022年9月底前,区司法局,区财政局;区交通局,任务分工 一,A1
清理<文件>,2022年底前,区司法局,区财政局,任务分工 二,A2
去年事项,2021年底前,区司法局,区交通局,任务分工 三,A3
";

fn office() -> TestOffice {
    let mut office = TestOffice::new();
    office.set("OFFICE__UNIT", "区政府办公室");
    let units = office.write("units.csv", UNITS);
    let obligations = office.write("obligations.csv", OBLIGATIONS);
    office.run(&["--as-of", "2022-06-20", "import", "units", &units]).expect_code(0);
    office
        .run(&["--as-of", "2022-06-20", "import", "obligations", &obligations, "--late"])
        .expect_code(0);
    office
}

#[test]
fn a_bulletin_judges_by_the_day_the_work_was_done() {
    let office = office();
    let report = |as_of, done, unit| {
        let evidence = "https://x.example/1";
        office
            .run(&[
                "--as-of",
                as_of,
                "report",
                "A1",
                "--unit",
                unit,
                "--done",
                done,
                "--evidence",
                evidence,
            ])
            .expect_code(0)
    };
    report("2022-10-08", "2022-09-29", "区财政局");
    report("2022-10-20", "2022-10-09", "区交通局");
    let span = ["--as-of", "2023-01-10", "bulletin", "--from", "2022-01-01", "--to", "2022-12-31"];
    let run = office.run(&[&span[..], &["--document", "markdown"]].concat()).expect_code(0);
    insta::assert_snapshot!(run.out, @r##"
    # 督办事项通报

    到期日2022-01-01至2022-12-31的事项，截至2023-01-10 周二：应办3项，按时办结1项，逾期办结1项，逾期未办1项，未到期0项。

    有逾期办结：区交通局。

    有逾期未办：区财政局。

    | 单位 | 应办 | 按时 | 逾期办结 | 未到期 | 逾期未办 | 按时率 | 平均用时 | 标识 |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | 区财政局 | 2 | 1 | 0 | 0 | 1 | 50.0% | 72.0 | 红 |
    | 区交通局 | 1 | 0 | 1 | 0 | 0 | 0.0% | 75.0 | 黄 |
    | 合计 | 3 | 1 | 1 | 0 | 1 | 33.3% | 73.5 | 红 |

    ## 上年度未办结事项回头看

    1. 区交通局：去年事项（A3），应于2021-12-31办结，仍未办结。

    区政府办公室
    "##);
    let html = office.run(&[&span[..], &["--document", "html"]].concat()).expect_code(0).out;
    assert!(html.contains("<tr class=\"red\"><td>区财政局</td><td>2</td>"), "{html}");
    assert!(!html.contains("<文件>"));
    let json = office.json(&span);
    assert_eq!(json["total"]["late"], 1);
    assert_eq!(json["look_back"][0]["ref"], "A3");
}

#[test]
fn what_is_refused_says_what_is_possible() {
    let office = office();
    let run = office.run(&["reopen", "A2"]).expect_code(14);
    assert_eq!(
        run.err,
        "error: 区财政局: the state is `open`, so it is not possible to reopen it\nhint: possible: ack, report, close, withdraw\n"
    );
}

#[test]
fn signing_and_closing_change_the_state_shown() {
    let office = office();
    let shown = || office.json(&["--as-of", "2022-12-20", "show", "A2"])[0]["state"].clone();
    office.run(&["--as-of", "2022-12-01", "ack", "A2"]).expect_code(0);
    assert_eq!(shown(), "acknowledged");
    let changed = office.json(&["--as-of", "2022-12-10", "close", "A2", "--done", "2022-12-09"]);
    assert_eq!(changed[0]["to"], "closed");
    assert_eq!(shown(), "closed");
}

#[test]
fn a_kept_plan_is_verified_and_a_difference_needs_a_person() {
    let office = office();
    let span = ["--as-of", "2022-12-01", "plan", "--to", "2022-12-31"];
    let kept = office.run(&[&["--format", "json"], &span[..]].concat()).expect_code(0).out;
    let file = office.write("plan.json", &kept);
    let verify = [&span[..], &["--verify", &file]].concat();
    office.run(&verify).expect_code(0);
    office.run(&["--as-of", "2022-12-01", "withdraw", "A2"]).expect_code(0);
    let run = office.run(&verify).expect_code(20);
    assert!(run.out.starts_with("- {"), "{}", run.out);
}

#[test]
fn each_event_of_a_rule_starts_a_clock_of_its_own_and_the_same_event_only_once() {
    let office = office();
    let add = |on| {
        let what =
            ["--rule", "disclosure", "--title", "公开预算信息", "--unit", "区财政局", "--on", on];
        office.json(&[&["--as-of", "2022-12-12", "add"], &what[..]].concat())
    };
    assert_eq!(add("2022-12-01")[0]["due"], "2022-12-29");
    assert_eq!(add("2022-12-12")[0]["due"], "2023-01-10");
    add("2022-12-12");
    let all = office.json(&["--as-of", "2022-12-12", "upcoming", "--unit", "区财政局"]);
    let events = all.as_array().unwrap().iter().filter(|it| it["title"] == "公开预算信息").count();
    assert_eq!(events, 2);
}

#[test]
fn a_breach_stays_on_record_after_closing() {
    let office = office();
    let report = ["report", "A2", "--done", "2023-01-03", "--evidence", "https://x.example/2"];
    office.run(&[&["--as-of", "2023-01-09"], &report[..]].concat()).expect_code(0);
    office.run(&["--as-of", "2023-01-10", "close", "A2"]).expect_code(0);
    let share = &office.json(&["show", "A2"])[0]["shares"][0];
    assert_eq!((&share["state"], &share["done_on"]), (&"closed".into(), &"2023-01-03".into()));
    assert_eq!(share["late"], true);
    let shown = office.run(&["--lang", "zh", "show", "A2"]).expect_code(0).out;
    assert!(shown.contains("2023-01-03（逾期）"), "{shown}");
}

#[test]
fn adding_what_is_known_changes_nothing_and_anything_else_under_its_reference_is_refused() {
    let office = office();
    let add = |unit: &str, more: &[&str]| {
        let what =
            ["add", "--ref", "q-1", "--title", "报送材料", "--when", "2022年底前", "--unit", unit];
        office.run(&[&["--as-of", "2022-12-01"], &what[..], more].concat())
    };
    add("区财政局", &[]).expect_code(0);
    let again = add("区财政局", &[]).expect_code(0);
    assert!(
        again.err.contains("q-1 is in the ledger already; nothing was changed"),
        "{}",
        again.err
    );
    for other in [add("区交通局", &[]), add("区财政局", &["--lead", "区司法局"])] {
        let err = other.expect_code(14).err;
        assert!(err.contains("q-1 already exists with different data"), "{err}");
    }
    let shown = office.json(&["--as-of", "2022-12-01", "show", "q-1"]);
    assert_eq!(shown[0]["responsible"], serde_json::json!(["区财政局"]));
}

#[test]
fn a_minimum_is_not_closed_before_its_earliest_lawful_end_without_a_reason() {
    let office = office();
    let add =
        ["add", "--ref", "C-1", "--title", "征求意见", "--when", ">=30d", "--on", "2022-12-01"];
    let add = [&["--as-of", "2022-12-01"][..], &add, &["--unit", "区财政局"]].concat();
    office.run(&add).expect_code(0);
    let close = ["--as-of", "2022-12-06", "close", "C-1"];
    let refused = office.run(&close).expect_code(14).err;
    assert!(refused.contains("2022-12-06 is before 2023-01-03"), "{refused}");
    office.run(&[&close[..], &["--shortened-because", "应急"]].concat()).expect_code(0);
}

#[test]
fn evidence_given_at_closing_leaves_the_day_reported_on_record() {
    let office = office();
    let report = ["report", "A2", "--done", "2022-12-20", "--evidence", "https://x.example/2"];
    office.run(&[&["--as-of", "2022-12-21"], &report[..]].concat()).expect_code(0);
    let close = ["close", "A2", "--evidence", "公告〔2022〕3号"];
    office.run(&[&["--as-of", "2023-01-09"], &close[..]].concat()).expect_code(0);
    let share = &office.json(&["show", "A2"])[0]["shares"][0];
    assert_eq!((&share["state"], &share["done_on"]), (&"closed".into(), &"2022-12-20".into()));
    assert_eq!((&share["late"], &share["evidence"]), (&false.into(), &"公告〔2022〕3号".into()));
}

#[test]
fn a_span_that_ends_before_it_begins_is_refused() {
    let office = office();
    for command in ["plan", "bulletin"] {
        let run = office.run(&[command, "--from", "2022-12-01", "--to", "2022-11-01"]);
        assert!(
            run.expect_code(14)
                .err
                .contains("the last day, 2022-11-01, is before the first, 2022-12-01")
        );
    }
}
