//! Chains: what is done starts what follows, from the day it was really done.

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
evidence = "read"
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
    let run = office.run(&["--as-of", "2022-06-20", "show", "c-1"]).expect_code(0);
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
    office.run(&["--as-of", "2022-08-10", "close", "c-1"]).expect_code(0);
    assert!(
        office
            .run(&["--as-of", "2022-08-10", "show", "c-1→disclosure"])
            .expect_code(0)
            .out
            .contains("2022-08-31")
    );
}
