//! Chains: what is done starts what follows, from the day it was really done.

use serde_json::json;

use crate::support::office::TestOffice;

const RULES: &str = r#"
[[rule]]
name = "形成决策"
code = "decide"
trigger = "立项之日"
then = ["disclosure"]

[[rule.version]]
from = "2019-09-01"
term = "3mo"
law = "本机关规定"
article = "第一条"
evidence = "text"
"#;

fn office() -> TestOffice {
    let mut office = TestOffice::yuzhong();
    let rules = office.write("rules.toml", RULES);
    office.set("DATA__RULES", &rules);
    let list = office.write(
        "chain.csv",
        "title,when,trigger,responsible,rule,ref\n公交规划,,2022-06-17,区司法局；区财政局,decide,c-1\n",
    );
    office.run(&["--as-of", "2022-06-20", "import", "obligations", &list]).expect_code(0);
    office
}

#[test]
fn until_it_is_done_a_forecast_is_shown_and_nothing_runs() {
    let office = office();
    let run = office.run(&["--lang", "zh", "--as-of", "2022-06-20", "show", "c-1"]).expect_code(0);
    assert!(run.out.contains("若如期办结，预计2022-10-20 周四到期"), "{}", run.out);
    office.run(&["--as-of", "2022-06-20", "show", "c-1→disclosure"]).expect_code(14);
}

#[test]
fn the_next_duty_starts_once_from_the_last_day_on_which_a_share_was_really_done() {
    let office = office();
    let report = |day: &str, unit: &str, done: &str| {
        let arguments =
            ["--as-of", day, "report", "c-1", "--unit", unit, "--evidence", "文号", "--done", done];
        office.run(&arguments).expect_code(0)
    };
    let first = report("2022-08-03", "区财政局", "2022-08-01");
    assert!(!first.err.contains("started"), "one share is still owed: {}", first.err);
    let last = report("2022-08-09", "区司法局", "2022-08-03");
    assert!(last.err.contains("started: c-1→disclosure"), "{}", last.err);

    let next = &office.json(&["--as-of", "2022-08-09", "show", "c-1→disclosure"])[0];
    assert_eq!(
        (next["trigger"].as_str(), next["due"].as_str()),
        (Some("2022-08-03"), Some("2022-08-31"))
    );
    office.run(&["--as-of", "2022-08-10", "close", "c-1", "--all-units"]).expect_code(0);
    assert!(
        office
            .run(&["--as-of", "2022-08-10", "show", "c-1→disclosure"])
            .expect_code(0)
            .out
            .contains("2022-08-31")
    );
}

/// 001-18 of the Chongqing list of 2021, whose completion starts 001-19; begun on 2021-06-01.
fn chongqing() -> TestOffice {
    let office = TestOffice::new();
    let units = "单位,别名,上级单位,单位组,联系人,邮箱,职级\n市教委,,,,,,\n渝中区政府,,,,,,\n";
    let list = "事项,时限,起算日,责任单位,编号,接续\n\
                编制本领域基层政务公开标准指引,3个月内,2021-06-01,市教委,001-18,001-19\n\
                编制区县、乡镇政务公开标准目录,3个月内,,渝中区政府,001-19,\n";
    let (units, list) = (office.write("units.csv", units), office.write("list.csv", list));
    for arguments in [["units", &units], ["obligations", &list]] {
        office.run(&["--as-of", "2021-06-02", "import", arguments[0], arguments[1]]).expect_code(0);
    }
    office
}

#[test]
fn a_duty_of_the_list_starts_another_of_the_list_from_its_actual_completion() {
    let office = chongqing();
    let shown =
        |reference: &str| office.json(&["--as-of", "2021-06-02", "show", reference])[0].clone();
    assert_eq!(shown("001-18")["due"], "2021-09-01");
    assert_eq!(shown("001-18")["follows"][0]["due"], "2021-12-01");
    assert_eq!(shown("001-19")["due"], serde_json::Value::Null, "a forecast is no due date");
    assert_eq!(shown("001-19")["waits_for"][0]["due"], "2021-12-01");
    let text =
        office.run(&["--lang", "zh", "--as-of", "2021-06-02", "show", "001-19"]).expect_code(0).out;
    assert!(
        text.contains("001-18 编制本领域基层政务公开标准指引如期办结的，2021-12-01 周三到期"),
        "{text}"
    );

    let done = ["report", "001-18", "--evidence", "文号", "--done", "2021-08-10"];
    let run = office.run(&[&["--as-of", "2021-08-12"][..], &done].concat()).expect_code(0);
    assert!(run.err.contains("started: 001-19"), "{}", run.err);
    let started = shown("001-19");
    assert_eq!(
        (started["trigger"].as_str(), started["due"].as_str()),
        (Some("2021-08-10"), Some("2021-11-10"))
    );
    assert!(started["waits_for"].as_array().unwrap().is_empty());
    let again = office.run(&["--as-of", "2021-08-13", "close", "001-18"]).expect_code(0);
    assert!(!again.err.contains("started"), "{}", again.err);
    let reopen = ["--as-of", "2021-08-14", "reopen", "001-18", "--note", "误报"];
    let taken_back = office.run(&reopen).expect_code(0);
    assert!(taken_back.err.contains("001-19 started when this was done"), "{}", taken_back.err);
}

#[test]
fn the_list_loaded_again_does_not_unmake_what_has_begun() {
    let office = chongqing();
    let done = ["report", "001-18", "--evidence", "文号", "--done", "2021-08-10"];
    office.run(&[&["--as-of", "2021-08-12"][..], &done].concat()).expect_code(0);
    let list = office.path("list.csv").display().to_string();
    let run = office.run(&["--as-of", "2021-08-13", "import", "obligations", &list]).expect_code(0);
    assert!(run.err.contains("nothing new"), "{}", run.err);
    assert_eq!(office.json(&["show", "001-19"])[0]["due"], "2021-11-10");
}

fn clause(office: &TestOffice, reference: &str) -> serde_json::Value {
    office.json(&["--as-of", "2021-12-31", "show", reference])[0].clone()
}

#[test]
fn what_runs_keeps_its_clock_and_what_was_struck_out_begins_anew_with_a_new_completion() {
    let office = chongqing();
    let add =
        ["add", "--when", "20wd", "--on", "2021-06-01", "--title", "制定方案", "--ref", "p-1"];
    let add = [&["--as-of", "2021-06-02"][..], &add, &["--unit", "市教委", "--then", "disclosure"]];
    office.run(&add.concat()).expect_code(0);
    let done = |as_of: &str, done: &str| {
        let report = ["report", "p-1", "--evidence", "文号", "--done", done];
        office.run(&[&["--as-of", as_of], &report[..]].concat()).expect_code(0).err
    };
    assert!(done("2021-06-22", "2021-06-21").contains("started: p-1→disclosure"));
    let due = clause(&office, "p-1→disclosure")["due"].clone();
    office.run(&["--as-of", "2021-06-23", "reopen", "p-1"]).expect_code(0);
    let again = done("2021-06-25", "2021-06-24");
    assert!(again.contains("p-1→disclosure had started before"), "{again}");
    assert_eq!(clause(&office, "p-1→disclosure")["due"], due);

    office.run(&["--as-of", "2021-06-28", "reopen", "p-1"]).expect_code(0);
    office.run(&["--as-of", "2021-06-28", "withdraw", "p-1→disclosure"]).expect_code(0);
    assert!(done("2021-07-02", "2021-07-01").contains("started: p-1→disclosure"));
    let anew = clause(&office, "p-1→disclosure");
    assert_eq!(
        (anew["state"].as_str(), anew["trigger"].as_str()),
        (Some("open"), Some("2021-07-01"))
    );
    // The same day again: nothing but the state differs.
    office.run(&["--as-of", "2021-07-05", "reopen", "p-1"]).expect_code(0);
    office.run(&["--as-of", "2021-07-05", "withdraw", "p-1→disclosure"]).expect_code(0);
    done("2021-07-05", "2021-07-01");
    assert_eq!(clause(&office, "p-1→disclosure")["state"], "open");
}

#[test]
fn what_was_struck_out_while_it_waited_does_not_begin() {
    let office = chongqing();
    office.run(&["--as-of", "2021-06-03", "withdraw", "001-19"]).expect_code(0);
    let report = ["report", "001-18", "--evidence", "文号", "--done", "2021-08-10"];
    let run = office.run(&[&["--as-of", "2021-08-12"], &report[..]].concat()).expect_code(0);
    assert!(run.err.contains("001-19 had started before, or was withdrawn"), "{}", run.err);
    let waited = clause(&office, "001-19");
    assert_eq!((&waited["state"], &waited["due"]), (&"withdrawn".into(), &serde_json::Value::Null));
}

#[test]
fn a_quota_that_is_met_starts_what_follows_it() {
    let office = chongqing();
    let add =
        ["add", "--when", "每年不少于1次", "--title", "培训", "--ref", "q-1", "--unit", "市教委"];
    let add = [&["--as-of", "2021-06-02"][..], &add, &["--then", "disclosure"]].concat();
    office.run(&add).expect_code(0);
    let count = ["--as-of", "2021-06-22", "count", "q-1", "--on", "2021-06-21", "--what", "首次"];
    let run = office.run(&count).expect_code(0);
    assert!(run.err.contains("started: q-1/2021→disclosure"), "{}", run.err);
    assert_eq!(clause(&office, "q-1/2021→disclosure")["trigger"], "2021-06-21");
}

#[test]
fn a_completion_that_no_command_made_starts_what_follows_with_the_next_pass() {
    let office = chongqing();
    let list = |units: &str| {
        let text = format!(
            "事项,时限,起算日,责任单位,编号,接续\n甲,3个月内,2021-06-01,{units},k-1,disclosure\n"
        );
        let file = office.write("k.csv", text);
        let import = ["--as-of", "2021-06-10", "import", "obligations", &file, "--revise"];
        office.run(&import).expect_code(0);
    };
    list("市教委；渝中区政府");
    let close = ["close", "k-1", "--unit", "市教委", "--done", "2021-06-08"];
    office.run(&[&["--as-of", "2021-06-09"], &close[..]].concat()).expect_code(0);
    // The unit that still owes it is taken off the list: nobody owes it any more, and it is done.
    list("市教委");
    assert_eq!(clause(&office, "k-1")["state"], "closed");
    office.run(&["--as-of", "2021-06-11T09:30", "remind"]);
    assert_eq!(clause(&office, "k-1→disclosure")["trigger"], "2021-06-08");
    // A unit named again owes its share again, and the duty is open for it.
    list("市教委；渝中区政府");
    assert_eq!(clause(&office, "k-1")["state"], "open");
    let shares = || {
        let duty = clause(&office, "k-1");
        (duty["responsible"].clone(), duty["done"].clone())
    };
    assert_eq!(shares(), (json!(["市教委", "渝中区政府"]), json!(["市教委"])));
    // But not one that a person has struck out.
    let withdraw = ["withdraw", "k-1", "--unit", "渝中区政府"];
    office.run(&[&["--as-of", "2021-06-11"], &withdraw[..]].concat()).expect_code(0);
    list("市教委");
    list("市教委；渝中区政府");
    assert_eq!(shares(), (json!(["市教委"]), json!(["市教委"])));
}

#[test]
fn a_single_event_may_name_what_follows_it() {
    let office = chongqing();
    let add =
        ["add", "--when", "20wd", "--on", "2021-06-01", "--title", "制定方案", "--ref", "p-1"];
    let add = [&["--as-of", "2021-06-02"][..], &add, &["--unit", "市教委", "--then", "disclosure"]];
    office.run(&add.concat()).expect_code(0);
    let shown = &office.json(&["--as-of", "2021-06-02", "show", "p-1"])[0];
    assert_eq!(shown["then"][0], "disclosure");
    assert_eq!(shown["follows"][0]["what"], "主动公开");
    let done = ["report", "p-1", "--evidence", "文号", "--done", "2021-06-21"];
    let run = office.run(&[&["--as-of", "2021-06-22"][..], &done].concat()).expect_code(0);
    assert!(run.err.contains("started: p-1→disclosure"), "{}", run.err);
}

#[test]
fn what_follows_must_be_a_duty_or_a_rule_and_not_the_duty_itself() {
    let office = chongqing();
    let list =
        "事项,时限,责任单位,编号,接续\n甲,3个月内,市教委,k-1,k-9\n乙,3个月内,市教委,k-2,k-2\n";
    let list = office.write("wrong.csv", list);
    let run = office.run(&["import", "obligations", &list]).expect_code(14);
    assert!(run.err.contains("`k-9` is neither a 编号"), "{}", run.err);
    assert!(run.err.contains("an obligation cannot start itself"), "{}", run.err);
}

/// The supervising office is 区政府办公室; 区教委 has a handler and a head.
fn supervised() -> TestOffice {
    let mut office = TestOffice::new();
    office.set("OFFICE__UNIT", "区政府办公室");
    let units = "单位,联系人,邮箱,职级\n\
                 区政府办公室,督办员,office@x.example,承办人\n\
                 区教委,承办人,handler@x.example,承办人\n\
                 区教委,负责人,head@x.example,负责人\n";
    let units = office.write("units.csv", units);
    office.run(&["--as-of", "2022-05-30", "import", "units", &units]).expect_code(0);
    office
}

fn import_obligations(office: &TestOffice, as_of: &str, list: &str) {
    let file = office.write("list.csv", list);
    office.run(&["--as-of", as_of, "import", "obligations", &file]).expect_code(0);
}

#[test]
fn an_internal_target_that_follows_stays_one_and_is_not_reported_to_the_supervising_office() {
    let office = supervised();
    let list = "事项,时限,内部目标,起算日,责任单位,编号,接续\n\
                甲,20wd,,2022-06-01,区教委,A,B\n\
                乙,及时,10wd,,区教委,B,\n";
    import_obligations(&office, "2022-06-01", list);
    office.run(&["--as-of", "2022-06-02", "withdraw", "B", "--note", "x"]).expect_code(0);
    let close = ["--as-of", "2022-06-06", "close", "A", "--done", "2022-06-06"];
    assert!(office.run(&close).expect_code(0).err.contains("started: B"));
    let follower = &office.json(&["--as-of", "2022-06-06", "show", "B"])[0];
    assert_eq!(follower["internal_target"], true);
    assert_eq!(follower["trigger"], "2022-06-06");
    let mut day: jiff::civil::Date = "2022-06-06".parse().unwrap();
    while day <= "2022-07-25".parse().unwrap() {
        office.run(&["--as-of", &format!("{day}T09:30"), "remind"]);
        day = day.tomorrow().unwrap();
    }
    let mails: Vec<String> =
        office.mails().into_iter().map(|mail| String::from_utf8(mail).unwrap()).collect();
    assert!(!mails.is_empty(), "the unit itself is reminded");
    assert!(mails.iter().all(|mail| !mail.contains("office@x.example")), "{mails:?}");
    let file = office.path("list.csv").display().to_string();
    let again = office.run(&["--as-of", "2022-07-26", "import", "obligations", &file]);
    assert!(again.expect_code(0).err.contains("nothing new"), "the ladder is kept too");
}

#[test]
fn a_quota_that_follows_stays_a_part_of_its_whole_and_keeps_the_end_of_its_series() {
    let office = supervised();
    let list = "事项,时限,起算日,责任单位,编号,接续,属于,截止\n\
                甲,20wd,2022-06-01,区教委,A,Q,,\n\
                全部,每年不少于4次,,区教委,W,,,\n\
                其中,每年不少于2次,,区教委,Q,,W,2024-12-31\n";
    import_obligations(&office, "2022-06-01", list);
    office.run(&["--as-of", "2022-06-02", "withdraw", "Q", "--note", "x"]).expect_code(0);
    let close = ["--as-of", "2022-06-06", "close", "A", "--done", "2022-06-06"];
    assert!(office.run(&close).expect_code(0).err.contains("started: Q"));
    let follower = &office.json(&["--as-of", "2022-06-06", "show", "Q"])[0];
    assert_eq!(follower["part_of"], "W");
    assert_eq!(follower["state"], "open");
    let file = office.path("list.csv").display().to_string();
    let again = office.run(&["--as-of", "2022-06-07", "import", "obligations", &file]);
    assert!(again.expect_code(0).err.contains("nothing new"), "the end of the series is kept too");
}
