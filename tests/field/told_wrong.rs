//! Who was told something that is wrong hears the correction, once; nobody else does.

use mail_parser::MessageParser;

use super::{import, office, remind};
use crate::support::office::TestOffice;

/// Subject and text of the last mail to this address.
fn last_mail(office: &TestOffice, to: &str) -> (String, String) {
    let mails = office.mails().into_iter().filter_map(|bytes| {
        let mail = MessageParser::default().parse(&bytes)?;
        let is_theirs = mail.to()?.first()?.address()? == to;
        let at = mail.date()?.to_timestamp();
        let texts = (mail.subject()?.to_owned(), mail.body_text(0)?.into_owned());
        is_theirs.then_some((at, texts))
    });
    mails.max_by_key(|(at, _)| *at).unwrap().1
}

fn says(office: &TestOffice, to: &str, said: &[&str]) {
    let (subject, text) = last_mail(office, to);
    let whole = format!("{subject}\n{text}").replace("\n                  ", "");
    for words in said {
        assert!(whole.contains(words), "{words}: {whole}");
    }
}

#[test]
fn whoever_was_reminded_of_a_withdrawn_duty_hears_it_once() {
    let office = office();
    import(&office, "2026-03-02", &["甲,2026-03-13,,府办,财政局,a"]);
    let told = remind(&office, "2026-03-06T09:30");
    assert!(!told.is_empty());
    let withdraw = ["--as-of", "2026-03-06T10:00", "withdraw", "a", "--reason", "任务取消"];
    office.run(&withdraw).expect_code(0);
    assert!(remind(&office, "2026-03-06T10:30").is_empty(), "one mail a day");
    assert_eq!(remind(&office, "2026-03-09T09:30"), told);
    let said = ["【撤销】甲", "已撤销，贵单位不再办理", "2026年3月6日的邮件提醒办理", "任务取消"];
    says(&office, "cai1@x.example", &said);
    assert!(remind(&office, "2026-03-10T09:30").is_empty());
    // The withdrawal was a mistake.
    office.run(&["--as-of", "2026-03-10T10:00", "undo", "a"]).expect_code(0);
    remind(&office, "2026-03-11T09:30");
    says(&office, "cai1@x.example", &["仍由贵单位办理"]);
}

#[test]
fn nobody_hears_of_a_mistake_that_nobody_was_told_of() {
    let office = office();
    import(&office, "2026-03-02", &["甲,2026-04-13,,府办,财政局,a"]);
    let run = |now: &str, command: &[&str]| {
        office.run(&[&["--as-of", now], command].concat()).expect_code(0);
    };
    run("2026-03-02", &["withdraw", "a"]);
    run("2026-03-02", &["undo", "a"]);
    let add = ["add", "--rule", "disclosure-request", "--on", "2026-03-02", "--title", "申请"];
    run("2026-03-02", &[&add[..], &["--unit", "财政局", "--ref", "q"]].concat());
    assert_eq!(remind(&office, "2026-03-23T09:30"), ["cai1@x.example"]);
    run("2026-03-23T10:00", &["clock", "extend", "q", "--by", "20wd", "--reason", "误录"]);
    run("2026-03-23T10:01", &["undo", "q", "--reason", "误录"]);
    assert!(remind(&office, "2026-03-24T09:30").is_empty(), "the date that was told is right");
}

#[test]
fn a_wrong_trigger_that_made_a_notice_of_lateness_is_corrected_for_all_who_got_one() {
    let office = office();
    let add = ["add", "--rule", "disclosure-request", "--on", "2026-02-02", "--title", "申请"];
    let add = [&["--as-of", "2026-02-02"], &add[..], &["--unit", "财政局", "--ref", "q"]].concat();
    office.run(&add).expect_code(0);
    let mut late = Vec::new();
    for day in ["2026-03-04", "2026-03-11", "2026-03-12"] {
        late.extend(remind(&office, &format!("{day}T09:30")));
    }
    late.sort_unstable();
    late.dedup();
    assert!(late.contains(&"cai2@x.example".to_owned()), "{late:?}");
    let start = ["clock", "start", "q", "--on", "2026-03-02", "--reason", "登记簿日期看错"];
    office.run(&[&["--as-of", "2026-03-12T10:00"], &start[..]].concat()).expect_code(0);
    assert_eq!(remind(&office, "2026-03-13T09:30"), late);
    let said = ["【更正】申请", "改为3月30日到期", "称已逾期，系登记有误，作废", "登记簿日期看错"];
    says(&office, "cai2@x.example", &said);
    assert!(remind(&office, "2026-03-16T09:30").is_empty());
}

#[test]
fn whoever_heard_that_it_was_late_hears_that_it_was_done_in_time() {
    let office = office();
    import(&office, "2026-03-02", &["甲,2026-03-13,,府办,财政局,a"]);
    for day in ["06", "12", "13"] {
        remind(&office, &format!("2026-03-{day}T09:30"));
    }
    let late = remind(&office, "2026-03-16T09:30");
    assert!(!late.is_empty());
    let report = ["report", "a", "--evidence", "x", "--done", "2026-03-12"];
    office.run(&[&["--as-of", "2026-03-16T10:00"], &report[..]].concat()).expect_code(0);
    assert_eq!(remind(&office, "2026-03-17T09:30"), late);
    says(&office, "cai1@x.example", &["【更正】甲", "贵单位已于2026年3月12日办结，未逾期"]);
    assert!(remind(&office, "2026-03-18T09:30").is_empty());
}

#[test]
fn a_share_of_the_wrong_unit_is_moved_and_the_wrong_entry_stays_on_record() {
    let office = office();
    import(&office, "2026-03-02", &["甲,2026-03-13,,府办,财政局,a"]);
    let mut told = remind(&office, "2026-03-06T09:30");
    let undo = ["undo", "a", "--unit", "财政局", "--as", "教委", "--reason", "文件看错行"];
    office.run(&[&["--as-of", "2026-03-09T08:00"], &undo[..]].concat()).expect_code(0);
    told.extend(["jiao1@x.example", "jiao2@x.example"].map(str::to_owned));
    assert_eq!(remind(&office, "2026-03-09T09:30"), told);
    let said = ["【更正】甲", "由教委承办，不由贵单位承办", "文件看错行"];
    says(&office, "cai1@x.example", &said);
    let (subject, _) = last_mail(&office, "jiao1@x.example");
    assert!(subject.contains("甲"), "{subject}");
    let shown = office.run(&["--lang", "zh", "show", "a"]).expect_code(0).out;
    assert!(shown.contains("责任单位误登为财政局，应为教委"), "{shown}");
    let explained = office.run(&["--lang", "zh", "explain", "a"]).expect_code(0).out;
    assert!(explained.contains("责任单位误登为财政局，应为教委"), "{explained}");
    assert_eq!(office.json(&["show", "a"])[0]["responsible"], serde_json::json!(["教委"]));
    assert!(remind(&office, "2026-03-10T09:30").is_empty());
    office.run(&["undo", "a", "--unit", "财政局", "--as", "教委"]).expect_code(14);
    office.run(&["undo", "a", "--unit", "教委", "--as", "教委"]).expect_code(14);
}

#[test]
fn whoever_was_chased_because_of_a_mistaken_reopening_hears_it() {
    let office = office();
    import(&office, "2026-03-02", &["甲,2026-03-13,,府办,财政局,a"]);
    let run = |now: &str, command: &[&str]| {
        office.run(&[&["--as-of", now], command].concat()).expect_code(0);
    };
    run("2026-03-03", &["close", "a", "--evidence", "x"]);
    run("2026-03-05", &["reopen", "a", "--reason", "误点"]);
    let told = remind(&office, "2026-03-06T09:30");
    run("2026-03-06T10:00", &["undo", "a", "--reason", "误点"]);
    assert_eq!(office.json(&["show", "a"])[0]["state"], "closed");
    assert_eq!(remind(&office, "2026-03-09T09:30"), told);
    says(&office, "cai1@x.example", &["【更正】甲", "已办结，此前催办有误"]);
}
