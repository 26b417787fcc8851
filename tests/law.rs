//! The statutory terms: each group that an office looks for, in every version, and the law by which days are counted.

use duban::config::rules::shipped;
use duban::domain::rule::{Evidence, Rule};
use duban::words::Lang;

use crate::support::office::TestOffice;

/// Rule, event, due date, article.
const DATES: &[(&str, &str, &str, &str)] = &[
    ("deputy-proposal", "2025-02-20", "2025-05-20", "代表法（2015年修正）第四十二条"),
    ("deputy-proposal", "2025-03-20", "2025-06-20", "代表法（2025年修正）第五十一条"),
    ("petition", "2022-04-20", "2022-06-20", "信访条例（国务院令第431号）第三十三条"),
    (
        "petition-notice",
        "2022-04-29",
        "2022-05-16",
        "信访条例（国务院令第431号）第二十一条、第二十二条",
    ),
    ("review-decision", "2023-12-20", "2024-02-18", "行政复议法（2017年修正）第三十一条第一款"),
    // Ten days of the act of 2017 are calendar days, those of 2023 working days.
    ("review-answer", "2023-12-20", "2024-01-02", "行政复议法（2017年修正）第二十三条"),
    ("review-answer", "2024-01-02", "2024-01-16", "行政复议法（2023年修订）第四十八条、第八十八条"),
    (
        "行政复议发送副本",
        "2023-12-20",
        "2023-12-29",
        "行政复议法（2017年修正）第二十三条、第四十条",
    ),
    ("规章备案", "2024-11-04", "2024-12-04", "法规规章备案审查条例第四条"),
    (
        "license-decision",
        "2026-03-02",
        "2026-03-30",
        "行政许可法（2019年修正）第四十二条第一款、第八十二条",
    ),
    (
        "license-joint",
        "2026-03-02",
        "2026-05-08",
        "行政许可法（2019年修正）第四十二条第二款、第八十二条",
    ),
    ("license-renewal", "2026-06-30", "2026-05-29", "行政许可法（2019年修正）第五十条"),
    ("penalty-decision", "2026-03-02", "2026-06-01", "行政处罚法（2021年修订）第六十条"),
    (
        "penalty-delivery",
        "2026-03-02",
        "2026-03-11",
        "行政处罚法（2021年修订）第六十一条、第八十五条",
    ),
    ("seizure", "2026-03-02", "2026-04-01", "行政强制法第二十五条第一款"),
    ("court-enforcement", "2026-03-02", "2026-06-02", "行政强制法第五十三条"),
    ("compensation-decision", "2026-03-02", "2026-05-06", "国家赔偿法（2012年修正）第十三条第一款"),
    ("受转送机关处理意见", "2026-03-02", "2026-05-06", "行政复议法（2023年修订）第六十条"),
    ("inspection-review", "2026-03-02", "2026-04-01", "政府督查工作条例第十七条"),
    ("budget-disclosure", "2026-03-02", "2026-03-23", "预算法（2018年修正）第十四条第一款"),
    (
        "procurement-contract",
        "2026-03-02",
        "2026-03-04",
        "政府采购法实施条例（国务院令第658号）第五十条",
    ),
    ("procurement-complaint", "2026-03-02", "2026-04-14", "政府采购法（2014年修正）第五十六条"),
];

#[test]
fn a_statutory_term_follows_the_version_in_force_on_the_day_of_the_event() {
    let office = TestOffice::new();
    for (rule, from, due, basis) in DATES {
        let json = office.json(&["due", "--rule", rule, "--from", from]);
        let cited = [&json["law"], &json["article"]].map(|it| it.as_str().unwrap()).concat();
        assert_eq!(json["due"], *due, "{rule} from {from}");
        assert!(cited.ends_with(basis), "{rule} from {from}: {cited}");
        assert!(matches!(json["evidence"].as_str(), Some("text" | "confirmed")), "{rule}: {json}");
    }
}

#[test]
fn a_press_conference_was_due_within_a_day_before_the_document_of_november_2016() {
    let office = TestOffice::new();
    let json =
        office.json(&["due", "--rule", "incident-press-conference", "--from", "2016-09-05T10:00"]);
    assert_eq!(json["due_at"], "2016-09-06T10:00:00");
    assert!(json["law"].as_str().unwrap().contains("国办发〔2016〕61号"), "{json}");
    let json = office.json(&["due", "--rule", "incident-response", "--from", "2016-09-05T10:00"]);
    assert!(json["law"].as_str().unwrap().contains("国办发〔2016〕61号"), "{json}");
}

#[test]
fn days_are_counted_by_the_law_in_force_on_the_day_of_the_event() {
    let office = TestOffice::new();
    let said = |arguments: &[&str]| {
        let all = [&["--lang", "zh", "due"], arguments, &["--explain"]].concat();
        office.run(&all).expect_code(0).out
    };
    for (from, article) in [
        ("2017-09-29", "民法通则第一百五十四条"),
        ("2017-10-09", "民法总则第二百零一条"),
        ("2019-04-22", "民法总则第二百零一条"),
        ("2020-12-31", "民法总则第二百零一条"),
        ("2021-01-04", "民法典第二百零一条"),
    ] {
        let said = said(&["20wd", "--from", from]);
        assert!(said.contains(&format!("（{article}）")), "{from}: {said}");
    }
    let months = said(&["3mo", "--from", "2019-04-22"]);
    assert!(months.contains("民法总则第二百零二条") && months.contains("民法总则第二百零三条"));
    for (from, article) in [
        ("2023-12-20", "行政复议法第四十条、民事诉讼法（2021年修正）第八十五条"),
        ("2024-01-05", "行政复议法第八十八条、民事诉讼法（2023年修正）第八十五条"),
    ] {
        let said = said(&["--rule", "review-decision", "--from", from]);
        assert!(said.contains(article) && !said.contains("民法典"), "{from}: {said}");
    }
    let json = office.json(&["due", "20wd", "--from", "2019-04-22"]);
    assert_eq!(json["counting_law"]["law"], "民法总则");
}

#[test]
fn no_basis_names_a_document_that_sets_no_term() {
    for rule in shipped().unwrap().iter() {
        for version in &rule.versions {
            let basis = version.basis().unwrap_or_default();
            for vague in ["地方热线", "及地方", "地方文件", "年度政务公开", "例："]
            {
                assert!(!basis.contains(vague), "{}: {basis}", rule.name);
            }
            let is_local = version.basis().is_none();
            assert!(!is_local || version.evidence == Evidence::Unverified, "{}", rule.name);
        }
    }
}

#[test]
fn what_is_doubtful_is_said_to_whoever_relies_on_it() {
    let office = TestOffice::yuzhong();
    let day = "2022-12-01";
    let due =
        office.run(&["--lang", "zh", "due", "--rule", "hotline", "--from", day]).expect_code(0);
    assert!(due.out.contains("没有查到国家规定"), "{}", due.out);
    let fee = ["--lang", "zh", "due", "--rule", "信息处理费缴纳", "--from", day];
    assert!(office.run(&fee).out.contains("据二手资料，未见条文"));
    let rules = office.run(&["--lang", "zh", "rules", "hotline"]).expect_code(0).out;
    assert!(rules.contains("没有查到国家规定"), "{rules}");
    let add = ["--as-of", day, "--lang", "zh", "add", "--rule", "hotline", "--on", day, "--title"];
    let add = [&add[..], &["热线", "--unit", "区教委", "--ref", "h-1"]].concat();
    let added = office.run(&add).expect_code(0);
    assert!(
        added.err.contains("12345热线办理") && added.err.contains("没有查到国家规定"),
        "{}",
        added.err
    );
    let explained = office.run(&["--lang", "zh", "explain", "h-1"]).expect_code(0).out;
    assert!(explained.contains("没有查到国家规定"), "{explained}");
    // What was read in the law is said without a word more.
    let sound = office.run(&[
        "--as-of",
        day,
        "add",
        "--rule",
        "disclosure",
        "--on",
        day,
        "--title",
        "甲",
        "--unit",
        "区教委",
    ]);
    assert!(!sound.err.contains("rests on"), "{}", sound.err);
}

/// 行政复议法（2023）第三十条: not refused within five days is accepted on the day the five days end.
#[test]
fn what_the_law_starts_at_decision_or_expiry_starts_at_the_earlier_of_both() {
    let office = TestOffice::yuzhong();
    let run = |day: &str, arguments: &[&str]| {
        // 20: the other duties of the district are years late
        let run = office.run(&[&["--as-of", day], arguments].concat());
        assert!(matches!(run.code, 0 | 20), "{}", run.err);
        run
    };
    for reference in ["r-1", "r-2"] {
        run(
            "2026-03-02",
            &[
                "add",
                "--rule",
                "行政复议审查受理",
                "--on",
                "2026-03-02",
                "--title",
                "复议申请",
                "--unit",
                "区教委",
                "--ref",
                reference,
            ],
        );
    }
    // Accepted on the third day: the 60 days run from it.
    run("2026-03-05", &["close", "r-1", "--evidence", "受理通知书", "--done", "2026-03-05"]);
    // Nothing decided by 2026-03-09: accepted on that day, found by the next pass.
    run("2026-03-09", &["remind"]);
    assert_eq!(office.run(&["show", "r-2→review-decision"]).code, 14);
    run("2026-03-10", &["remind"]);
    let due =
        |reference: &str| office.json(&["--as-of", "2026-03-10", "show", reference])[0].clone();
    assert_eq!(due("r-1→review-decision")["trigger"], "2026-03-05");
    assert_eq!(due("r-2→review-decision")["trigger"], "2026-03-09");
    assert_eq!(due("r-2→行政复议发送副本")["due"], "2026-03-18");
    // Decided late: what runs keeps its clock.
    run("2026-03-12", &["close", "r-2", "--evidence", "受理通知书", "--done", "2026-03-12"]);
    run("2026-03-13", &["remind"]);
    assert_eq!(due("r-2→review-decision")["trigger"], "2026-03-09");
}

#[test]
fn every_rule_says_its_basis_in_both_languages() {
    let says = |rule: &Rule, lang| rule.versions.iter().all(|it| !it.say_basis(lang).is_empty());
    let rules = shipped().unwrap();
    assert!(rules.iter().all(|rule| says(rule, Lang::Zh) && says(rule, Lang::En)));
    assert!(rules.iter().count() >= 95, "the catalogue of a district");
}
