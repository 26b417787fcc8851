//! The calculator as an operator meets it: one date, a table of dates, the calendar and the rules behind them.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use crate::support::office::TestOffice;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/calendar/vectors.csv");

#[test]
fn a_date_is_explained_day_by_day() {
    let run = TestOffice::new().run(&[
        "due",
        "--rule",
        "依申请公开答复",
        "--from",
        "2026-02-11",
        "--explain",
    ]);
    insta::assert_snapshot!(run.expect_code(0).out);
}

#[test]
fn a_date_beyond_the_horizon_says_so_in_every_format() {
    let office = TestOffice::new();
    let asked = ["due", "20wd", "--from", "2026-12-04"];
    let table = office.run(&[&["--lang", "zh"][..], &asked[..]].concat()).expect_code(0).out;
    assert!(table.contains("暂定") && table.contains("2026-12-24"), "{table}");
    let json = office.json(&asked);
    assert_eq!(json["provisional"], true);
    assert_eq!(json["due"], "2027-01-01");
    assert_eq!(json["certain_through"], "2026-12-24");
    let csv = office.run(&["--format", "csv", "due", "20wd", "--from", "2026-12-04"]);
    assert!(csv.expect_code(0).out.ends_with("2027-01-01,,2027-01-01,,true\n"));
}

#[test]
fn what_cannot_be_worked_out_is_refused_with_the_next_step() {
    let office = TestOffice::new();
    let said = |arguments: &[&str], code| office.run(arguments).expect_code(code).err;
    insta::assert_snapshot!(
        [
            said(&["due", "20wd"], 14),
            said(&["due", "20wd", "--from", "2006-12-29"], 12),
            said(&["due", "5h", "--from", "2026-10-01"], 14),
            said(&["due", "二十个周", "--from", "2026-10-01"], 14),
            said(&["due", "--rule", "依申请公开", "--from", "2026-10-01"], 14),
            said(&["due", "--rule", "行政处罚决定", "--from", "2010-10-01"], 14),
        ]
        .concat()
    );
}

/// Worked example 16, in every way a document writes it.
#[test]
fn what_is_to_be_done_before_an_event_is_counted_back_from_it() {
    let office = TestOffice::new();
    for term in ["7日前", "提前7日", "至少提前7日", "7日", "7d", ">=7d"] {
        let json = office.json(&["due", term, "--from", "2026-03-02", "--before"]);
        assert_eq!(json["due"], "2026-02-14", "{term}");
    }
    let json = office.json(&["due", "5个工作日前", "--from", "2026-03-02", "--before"]);
    assert_eq!(json["due"], "2026-02-24");
}

#[test]
fn what_cannot_be_counted_back_is_never_counted_forwards_instead() {
    let office = TestOffice::new();
    for term in ["24h", "2026年底前", "每月10日前", "及时"] {
        let run = office.run(&["due", term, "--from", "2026-03-02T09:00", "--before"]);
        let said = run.expect_code(14).err;
        assert!(said.contains("cannot be counted back"), "{term}: {said}");
    }
    office
        .run(&["due", "--rule", "听证材料送达", "--from", "2026-03-02", "--before"])
        .expect_code(2);
}

#[test]
fn the_day_of_a_trigger_is_that_of_shanghai_wherever_the_host_is() {
    let office = TestOffice::new();
    for zone in ["UTC", "America/New_York", "Asia/Shanghai"] {
        for (at, due) in [("2026-02-11T23:59", "2026-03-17"), ("2026-02-12T00:01", "2026-03-18")] {
            let mut command = office.command(&["--format", "json", "due", "20wd", "--from", at]);
            let output = command.env("TZ", zone).output().unwrap();
            let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(json["due"], due, "{zone} {at}");
        }
    }
}

#[test]
fn a_table_of_two_thousand_rows_comes_back_with_its_dates() {
    let office = TestOffice::new();
    let vectors = fs::read_to_string(VECTORS).unwrap();
    let asked: Vec<&str> = vectors.lines().map(|line| line.rsplit_once(',').unwrap().0).collect();
    let file = office.write("asked.csv", asked.join("\n"));
    let run = office.run(&["due", "--batch", &file]).expect_code(0);
    assert_eq!(run.out.lines().count(), vectors.lines().count());
    for (index, (found, expected)) in run.out.lines().zip(vectors.lines()).enumerate() {
        let provisional = if index == 0 { "provisional" } else { "false" };
        assert_eq!(found, format!("{expected},{provisional}"));
    }
    assert_eq!(run.err, "");
}

#[test]
fn a_bad_row_does_not_stop_the_table() {
    let office = TestOffice::new();
    let mut child = office
        .command(&["due", "--batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let table = "start_date,n,unit,roll\n2026-13-01,1,working,none\n2026-02-11,-1,working,none\n";
    child.stdin.take().unwrap().write_all(table.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(14));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "start_date,n,unit,roll,due_date,provisional\n\
         2026-13-01,1,working,none,,\n\
         2026-02-11,-1,working,none,2026-02-10,false\n"
    );
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: -:2: start_date: `2026-13-01` is not a date; write for example 2026-02-11\n"
    );
}

#[test]
fn the_calendar_names_its_notices_and_its_horizon() {
    let office = TestOffice::new();
    let year = office.json(&["calendar", "2026"]);
    let working_days: i64 = year["months"]
        .as_array()
        .unwrap()
        .iter()
        .map(|month| month["working_days"].as_i64().unwrap())
        .sum();
    assert_eq!(working_days, 248);
    assert_eq!(year["papers"][0], "国办发明电〔2025〕7号");
    assert_eq!((&year["certain"], &year["certain_through"]), (&false.into(), &"2026-12-24".into()));
    assert_eq!(office.json(&["calendar", "2020"])["certain"], true);
    let unknown = office.run(&["--lang", "zh", "calendar", "2027"]).expect_code(0).out;
    assert!(unknown.contains("2027年的放假通知没有载入"), "{unknown}");
}

#[test]
fn an_office_adds_local_days_and_rules_of_its_own() {
    let mut office = TestOffice::new();
    let local = r#"{"schema": "local-days/1", "name": "榆中县", "off": {"2026-03-16": "县庆"}, "work": {}}"#;
    let rule = "[[rule]]\nname = \"政策咨询答复\"\n[[rule.version]]\nfrom = \"2022-01-01\"\n\
                term = \"3wd\"\nlaw = \"榆中县规定\"\narticle = \"第一条\"\nevidence = \"secondary\"\n";
    let (local, rule) = (office.write("local.json", local), office.write("own.toml", rule));
    office.set("DATA__LOCAL_DAYS", &local);
    office.set("DATA__RULES", &rule);
    assert_eq!(office.json(&["due", "20wd", "--from", "2026-02-11"])["due"], "2026-03-18");
    let own = office.json(&["due", "--rule", "政策咨询答复", "--from", "2026-03-02"]);
    assert_eq!((&own["term"], &own["law"]), (&"3wd".into(), &"榆中县规定".into()));
}

#[test]
fn rules_are_shown_as_they_stood_on_the_day() {
    let office = TestOffice::new();
    let term = |day: &str| {
        let rules = office.json(&["--as-of", day, "rules"]);
        let rules = rules.as_array().unwrap().clone();
        let reply = rules.iter().find(|rule| rule["name"] == "依申请公开答复").unwrap();
        reply["term"].as_str().unwrap().to_owned()
    };
    assert_eq!(term("2018-06-01"), "15wd");
    assert_eq!(term("2020-06-01"), "20wd");
    assert_eq!(office.json(&["rules", "依申请公开答复"]).as_array().unwrap().len(), 2);
}

#[test]
fn an_obligation_is_explained_with_what_moved_its_clock() {
    let office = TestOffice::new();
    let units =
        "单位,别名,上级单位,单位组,联系人,邮箱,职级\n区司法局,,,,王某,wang@sfj.example,承办人\n";
    let duty = "事项,时限,起算日,牵头单位,责任单位,规则,来源,备注,编号\n\
                答复张某申请,,2026-03-02,,区司法局,依申请公开答复,某号文,,f-1\n";
    let (units, duty) = (office.write("units.csv", units), office.write("duties.csv", duty));
    let run = |arguments: &[&str]| office.run(arguments).expect_code(0);
    run(&["--as-of", "2026-03-02", "import", "units", &units]);
    run(&["--as-of", "2026-03-02", "import", "obligations", &duty]);
    run(&["--as-of", "2026-03-09", "suspend", "f-1", "--ground", "征求第三方意见"]);
    run(&["--as-of", "2026-03-25", "resume", "f-1"]);
    run(&[
        "--as-of",
        "2026-03-26",
        "extend",
        "f-1",
        "--by",
        "20wd",
        "--reason",
        "经机构负责人同意",
    ]);
    let told = run(&["--as-of", "2026-04-01", "--lang", "zh", "explain", "f-1"]).out;
    insta::assert_snapshot!(told);
    let file = office.path("f-1.html").display().to_string();
    let page = ["--as-of", "2026-04-01", "--lang", "zh", "explain", "f-1", "--html", &file];
    assert_eq!(run(&page).out, "");
    insta::assert_snapshot!(
        "an_explanation_is_a_page_to_print",
        fs::read_to_string(&file).unwrap()
    );
    let json = office.json(&["--as-of", "2026-04-01", "explain", "f-1"]);
    assert_eq!(json["due"], "2026-05-18");
    assert_eq!((&json["source"], &json["total"]), (&"某号文".into(), &"40wd".into()));
    assert_eq!(json["printed_on"], "2026-04-01");
    let articles: Vec<&str> = json["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["article"].as_str())
        .collect();
    let law = "政府信息公开条例（国务院令第711号）";
    assert_eq!(
        articles,
        ["第三十三条第三款", "第三十三条第二款"].map(|article| format!("{law}{article}"))
    );
    assert_eq!(json["article"], "第三十三条第二款");
    let counted: i64 = json["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["fate"] == "counted")
        .map(|step| step["days"].as_i64().unwrap())
        .sum();
    assert_eq!(counted, 40);
}
