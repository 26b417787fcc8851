//! A date that moves: told once to those who know the old one, in the mail of the day.

use mail_parser::MessageParser;
use serde_json::json;

use crate::import_calendar::office_before_amendment;
use crate::support::office::TestOffice;

const UNITS: &str =
    "单位,别名,上级单位,单位组,联系人,邮箱,职级\n区司法局,,,,王某,wang@sfj.example,承办人\n";

/// Subject and text of every mail sent so far.
fn mails(office: &TestOffice) -> Vec<(String, String)> {
    let read = |bytes: Vec<u8>| {
        let mail = MessageParser::default().parse(&bytes).unwrap();
        (mail.subject().unwrap().to_owned(), mail.body_text(0).unwrap().into_owned())
    };
    office.mails().into_iter().map(read).collect()
}

/// What a pass on that day sends, and nothing else.
fn pass(office: &TestOffice, day: &str) -> Vec<(String, String)> {
    let before = mails(office);
    office.run(&["--as-of", day, "remind"]).expect_code(0);
    mails(office).into_iter().filter(|mail| !before.contains(mail)).collect()
}

/// An application received on 2026-03-02 and due on 2026-03-30, under the rules of this file.
fn office_with_an_application() -> TestOffice {
    let office = TestOffice::new();
    let units = office.write("units.csv", UNITS);
    let day = ["--as-of", "2026-03-02"];
    office.run(&[&day[..], &["import", "units", &units]].concat()).expect_code(0);
    let add = ["add", "--rule", "disclosure-request", "--on", "2026-03-02", "--title", "答复张某"];
    let rest = ["--unit", "区司法局", "--ref", "q-1"];
    office.run(&[&day[..], &add, &rest].concat()).expect_code(0);
    office
}

#[test]
fn an_amendment_is_told_once_with_both_dates_and_the_paper() {
    let (office, new) = office_before_amendment(2020, "2020-01-17", "20wd");
    office.run(&["--as-of", "2020-01-27", "import", "calendar", &new]).expect_code(0);
    assert!(pass(&office, "2020-02-01").is_empty(), "the holiday was prolonged: nobody works");
    let told = pass(&office, "2020-02-03");
    assert_eq!(told.len(), 1);
    let (subject, text) = &told[0];
    assert!(subject.contains("【日期变更】") && subject.contains("改为2月21日到期"), "{subject}");
    for said in ["2月21日（星期五）到期", "原到期日  2月19日（星期三）", "国办发明电〔2020〕1号"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(pass(&office, "2020-02-03T15:00").is_empty());
    assert!(pass(&office, "2020-02-04").is_empty());
}

#[test]
fn the_notice_of_a_new_date_shares_the_one_mail_of_the_day() {
    let (office, new) = office_before_amendment(2020, "2020-01-17", "20wd");
    let duty = "事项,时限,责任单位,编号\n年报,2020-02-03,区司法局,f-2\n";
    let duty = office.write("more.csv", duty);
    office.run(&["--as-of", "2020-01-27", "import", "obligations", &duty]).expect_code(0);
    office.run(&["--as-of", "2020-01-27", "import", "calendar", &new]).expect_code(0);
    let told = pass(&office, "2020-02-03");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].1.contains("原到期日  2月19日（星期三）") && told[0].1.contains("年报"));
}

#[test]
fn a_date_that_only_becomes_certain_is_listed_and_told_to_nobody() {
    let office = TestOffice::new();
    let units = office.write("units.csv", UNITS);
    let duty = "事项,时限,起算日,责任单位,编号\n答复,20wd,2026-11-30,区司法局,f-1\n";
    let duty = office.write("duties.csv", duty);
    for arguments in [["units", &units], ["obligations", &duty]] {
        office.run(&["--as-of", "2026-11-30", "import", arguments[0], arguments[1]]).expect_code(0);
    }
    let told = pass(&office, "2026-12-21");
    assert_eq!(told.len(), 1, "the rung that is due");
    let notice = crate::import_calendar::some_notice_of_2027(&["01-01"]);
    let file = office.write("cn-2027.json", notice.to_string());
    let moved = office.json(&["--as-of", "2026-12-21", "import", "calendar", &file]);
    assert_eq!(
        (&moved[0]["due_before"], &moved[0]["due"], &moved[0]["provisional"]),
        (&json!("2026-12-28"), &json!("2026-12-28"), &json!(false))
    );
    assert!(pass(&office, "2026-12-22").is_empty(), "what was told stays told");
}

#[test]
fn an_extension_is_told_with_its_reason() {
    let office = office_with_an_application();
    let order =
        ["extend", "q-1", "--by", "20wd", "--ground", "延长答复", "--reason", "经负责人批准"];
    office.run(&[&["--as-of", "2026-03-16"][..], &order].concat()).expect_code(0);
    let told = pass(&office, "2026-03-16");
    assert_eq!(told.len(), 1);
    assert!(told[0].1.contains("延期20个工作日：延长答复，经负责人批准"), "{}", told[0].1);
    assert!(told[0].1.contains("原到期日  3月30日（星期一）"), "{}", told[0].1);
}

#[test]
fn a_stopped_clock_is_told_and_so_is_its_going_on() {
    let office = office_with_an_application();
    let order = ["suspend", "q-1", "--ground", "征求第三方意见"];
    office.run(&[&["--as-of", "2026-03-09"][..], &order].concat()).expect_code(0);
    assert_eq!(office.json(&["show", "q-1"])[0]["suspended_since"], "2026-03-09");
    let shown = office.run(&["--lang", "zh", "show", "q-1"]).expect_code(0).out;
    assert!(shown.contains("自2026-03-09 周一起中止"), "{shown}");
    let told = pass(&office, "2026-03-09");
    assert_eq!(told.len(), 1);
    assert!(told[0].0.contains("【日期变更】") && told[0].0.contains("已中止"), "{}", told[0].0);
    assert!(told[0].1.contains("原到期日  3月30日（星期一）"), "{}", told[0].1);
    office.run(&["--as-of", "2026-03-25", "resume", "q-1"]).expect_code(0);
    let told = pass(&office, "2026-03-25");
    assert!(told[0].0.contains("改为4月16日到期"), "{}", told[0].0);
}

#[test]
fn a_corrected_list_is_told_to_those_who_know_the_old_date_and_to_nobody_before() {
    let office = office_with_an_application();
    let list = |trigger: &str, day: &str| {
        let list = format!("事项,时限,起算日,责任单位,编号\n清单,20wd,{trigger},区司法局,l-1\n");
        let list = office.write("list.csv", list);
        office.run(&["--as-of", day, "import", "obligations", &list]).expect_code(0);
    };
    list("2026-03-03", "2026-03-03");
    list("2026-03-02", "2026-03-03");
    assert!(pass(&office, "2026-03-03").is_empty(), "nobody knew the slip of the pen");
    assert_eq!(pass(&office, "2026-03-24").len(), 1, "a week before");
    list("2026-03-09", "2026-03-24");
    let told = pass(&office, "2026-03-25");
    assert_eq!(told.len(), 1);
    for said in ["4月7日（星期二）到期", "原到期日  3月30日（星期一）", "变更依据  任务清单修订"]
    {
        assert!(told[0].1.contains(said), "{said}: {}", told[0].1);
    }
}

/// The rule 办件 of the office's own, with so many working days.
fn rules(days: u8) -> String {
    format!(
        "[[rule]]\nname = \"办件\"\ncode = \"errand\"\ntrigger = \"受理\"\n\n[[rule.version]]\n\
         from = \"2020-01-01\"\nterm = \"{days}wd\"\nlaw = \"本机关规定\"\narticle = \"第一条\"\n\
         evidence = \"text\"\n"
    )
}

fn office_with_an_errand() -> TestOffice {
    let mut office = office_with_an_application();
    let file = office.write("rules.toml", rules(20));
    office.set("DATA__RULES", &file);
    let add = ["add", "--rule", "errand", "--on", "2026-03-02", "--title", "办件", "--ref", "e-1"];
    let add = [&["--as-of", "2026-03-02"][..], &add, &["--unit", "区司法局"]].concat();
    office.run(&add).expect_code(0);
    office
}

#[test]
fn a_rule_whose_text_changed_moves_what_follows_it_and_names_itself() {
    let office = office_with_an_errand();
    assert_eq!(office.json(&["show", "e-1"])[0]["due"], "2026-03-30");
    office.write("rules.toml", rules(30));
    let rehearsed = office.run(&["--as-of", "2026-03-03", "remind", "--dry-run"]).expect_code(0);
    assert!(
        rehearsed.err.contains("e-1: due 2026-03-30 Mon before, 2026-04-14 Tue now"),
        "{}",
        rehearsed.err
    );
    assert_eq!(office.json(&["show", "e-1"])[0]["due"], "2026-03-30", "nothing was changed");
    let run = office.run(&["--as-of", "2026-03-03", "remind"]).expect_code(0);
    assert!(
        run.err.contains("e-1: due 2026-03-30 Mon before, 2026-04-14 Tue now (规则“办件”"),
        "{}",
        run.err
    );
    assert!(!run.err.contains("q-1"), "{}", run.err);
    let told = mails(&office);
    assert_eq!(told.len(), 1);
    assert!(told[0].1.contains("变更依据  规则“办件”：本机关规定第一条"), "{}", told[0].1);
    let shown = &office.json(&["show", "e-1"])[0];
    assert_eq!((&shown["due"], &shown["when"]), (&json!("2026-04-14"), &json!("30个工作日")));
    assert!(office.json(&["journal"]).to_string().contains("规则“办件”"));
    assert!(pass(&office, "2026-03-04").is_empty());
}

#[test]
fn a_new_version_of_a_rule_leaves_what_began_before_it() {
    let office = office_with_an_errand();
    let version = rules(30).split_once("\n\n").unwrap().1.replace("2020-01-01", "2026-03-03");
    let old = rules(20).replace("term =", "through = \"2026-03-02\"\nterm =");
    office.write("rules.toml", format!("{old}\n{version}"));
    assert!(pass(&office, "2026-03-04").is_empty());
    assert_eq!(office.json(&["show", "e-1"])[0]["due"], "2026-03-30");
}

#[test]
fn a_rule_that_is_gone_leaves_the_date_and_opens_an_item() {
    let mut office = office_with_an_errand();
    let other =
        office.write("other.toml", rules(20).replace("办件", "他件").replace("errand", "other"));
    office.set("DATA__RULES", &other);
    let run = office.run(&["--as-of", "2026-03-04", "remind"]).expect_code(20);
    assert!(run.err.contains("the rule `errand` it follows is not in force"), "{}", run.err);
    assert_eq!(office.json(&["show", "e-1"])[0]["due"], "2026-03-30");
}
