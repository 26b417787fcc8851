//! People change: they leave, are promoted, move to another unit, are away several times.

use super::{import, office, remind};
use crate::support::office::TestOffice;

fn contacts(office: &TestOffice, unit: &str) -> Vec<String> {
    let units = office.json(&["units", unit]);
    let contacts = units[0]["contacts"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    contacts.iter().map(|it| format!("{} {}", text(&it["rank"]), text(&it["email"]))).collect()
}

fn with_a_duty() -> TestOffice {
    let office = office();
    import(&office, "2026-03-02", &["交材料,2026-03-13,,府办,财政局,a-1"]);
    office
}

#[test]
fn who_leaves_gets_no_more_mail_and_the_successor_hears_what_comes_next() {
    let office = with_a_duty();
    assert_eq!(remind(&office, "2026-03-06T09:30"), ["cai1@x.example", "cai2@x.example"]);
    let replace = ["contacts", "replace", "财甲", "cai4@x.example", "--name", "财丁"];
    let run = office.run(&[&["--as-of", "2026-03-09"], &replace[..]].concat()).expect_code(0);
    assert_eq!(run.err, "财甲, handler of 财政局: now 财丁 <cai4@x.example>, handler of 财政局\n");
    assert_eq!(
        contacts(&office, "财政局"),
        ["head cai2@x.example", "leader cai3@x.example", "handler cai4@x.example"]
    );
    assert!(remind(&office, "2026-03-13T09:30").contains(&"cai4@x.example".to_owned()));
    let again = office.run(&["contacts", "replace", "财甲", "x@x.example"]).expect_code(14);
    assert!(again.err.contains("no contact is called `财甲`"), "{}", again.err);
}

#[test]
fn mail_that_waits_for_who_leaves_goes_to_the_successor() {
    let mut office = with_a_duty();
    office.set("MAIL__SMTP__HOST", "127.0.0.1");
    office.set("MAIL__TRANSPORT", "smtp");
    office.set("MAIL__SMTP__PORT", "9");
    office.set("MAIL__SMTP__TLS", "none");
    office.run(&["--as-of", "2026-03-06T09:30", "remind"]);
    let replace = ["contacts", "replace", "cai1@x.example", "cai4@x.example"];
    office.run(&[&["--as-of", "2026-03-06T10:00"], &replace[..]].concat()).expect_code(0);
    for key in ["MAIL__TRANSPORT", "MAIL__SMTP__HOST", "MAIL__SMTP__PORT", "MAIL__SMTP__TLS"] {
        office.unset(key);
    }
    let sent = remind(&office, "2026-03-06T14:00");
    assert_eq!(sent, ["cai2@x.example", "cai4@x.example"]);
}

#[test]
fn the_last_contact_of_a_unit_that_owes_something_is_replaced_and_not_retired() {
    let office = with_a_duty();
    for contact in ["财甲", "CAI2@x.example"] {
        office.run(&["contacts", "retire", contact, "--reason", "调离"]).expect_code(0);
    }
    let last = office.run(&["contacts", "retire", "财政局/财丙"]).expect_code(14);
    assert!(last.err.contains("a-1"), "{}", last.err);
    assert_eq!(contacts(&office, "财政局"), ["leader cai3@x.example"]);
    let journal = office.json(&["journal"]);
    let lines = journal.as_array().unwrap();
    let line = lines.iter().find(|it| it["verb"] == "retire-contact").unwrap();
    assert_eq!(
        (&line["before"], &line["reason"]),
        (&"财甲, handler of 财政局".into(), &"调离".into())
    );
}

#[test]
fn a_promotion_leaves_one_contact_and_a_rehearsal_changes_nothing() {
    let office = with_a_duty();
    let promote = ["contacts", "promote", "财甲", "负责人"];
    office.run(&[&promote[..], &["--dry-run"]].concat()).expect_code(0);
    assert_eq!(contacts(&office, "财政局").len(), 3);
    assert!(contacts(&office, "财政局").contains(&"handler cai1@x.example".to_owned()));
    office.run(&promote).expect_code(0);
    assert_eq!(
        contacts(&office, "财政局"),
        ["head cai2@x.example", "leader cai3@x.example", "head cai1@x.example"]
    );
}

#[test]
fn a_post_that_stays_as_it_is_is_said_to_stay() {
    let office = with_a_duty();
    let same = [
        &["replace", "财甲", "财甲"][..],
        &["move", "财甲", "财政局"],
        &["promote", "财甲", "承办人"],
    ];
    for command in same {
        let said = office.run(&[&["contacts"], command].concat()).expect_code(0).err;
        assert!(said.contains("nothing to change"), "{said}");
    }
    let journal = office.json(&["journal"]).to_string();
    assert!(!journal.contains("-contact"), "{journal}");
}

#[test]
fn who_moves_to_another_unit_hears_of_that_unit_alone() {
    let office = with_a_duty();
    let file = "事项,时限,责任单位,编号\n报表,2026-03-13,教委,b-1\n";
    let list = office.write("list2.csv", file);
    office.run(&["--as-of", "2026-03-02", "import", "obligations", &list]).expect_code(0);
    office.run(&["--as-of", "2026-03-03", "contacts", "move", "财甲", "教委"]).expect_code(0);
    assert_eq!(
        remind(&office, "2026-03-06T09:30"),
        ["cai1@x.example", "cai2@x.example", "jiao1@x.example", "jiao2@x.example"]
    );
    let taken = office.run(&["contacts", "move", "财乙", "教委", "--name", "教乙"]).expect_code(14);
    assert!(taken.err.contains("教委 has another 教乙 already"), "{}", taken.err);
}

#[test]
fn a_person_may_be_away_several_times_and_in_all_posts() {
    let office = office();
    let both = "单位,联系人,邮箱,职级\n财政局,财甲,CAI1@x.example,负责人\n教委,财甲,cai1@x.example,承办人\n";
    let both = office.write("both.csv", both);
    office.run(&["import", "units", &both]).expect_code(0);
    let away = |from, to| office.run(&["contacts", "away", "财甲", "--from", from, "--to", to]);
    away("2026-03-10", "2026-03-20").expect_code(0);
    away("2026-04-01", "2026-04-05").expect_code(0);
    away("2026-03-12", "2026-03-13").expect_code(0);
    let back = ["--back", "--from", "2026-03-19", "--to", "2026-03-31"];
    office.run(&[&["contacts", "away", "cai1@x.example"], &back[..]].concat()).expect_code(0);
    for unit in ["财政局", "教委"] {
        let units = office.json(&["units", unit]);
        let contacts = units[0]["contacts"].as_array().unwrap();
        for contact in contacts.iter().filter(|it| it["name"] == "财甲") {
            let spans: Vec<String> = contact["away"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| {
                    format!("{}..{}", it["from"].as_str().unwrap(), it["through"].as_str().unwrap())
                })
                .collect();
            let all = [
                "2026-03-10..2026-03-11",
                "2026-03-12..2026-03-13",
                "2026-03-14..2026-03-18",
                "2026-04-01..2026-04-05",
            ];
            assert_eq!(spans, all);
        }
    }
    let csv = office.run(&["--format", "csv", "units"]).expect_code(0).out;
    let again = office.write("again.csv", csv);
    let run = office.run(&["import", "units", &again]).expect_code(0);
    assert!(run.err.contains("nothing new"), "{}", run.err);
}
