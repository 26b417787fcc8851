//! Units change: they are renamed, merged, abolished.

use mail_parser::MessageParser;

use super::{import, office, remind};
use crate::support::office::TestOffice;

/// References of what a unit owes.
fn owed(office: &TestOffice, unit: &str) -> Vec<String> {
    let due = office.json(&["--as-of", "2026-03-05", "upcoming", "--unit", unit]);
    let rows = due.as_array().unwrap().iter();
    rows.map(|it| it["ref"].as_str().unwrap().to_owned()).collect()
}

/// What the mails of the office say.
fn texts(office: &TestOffice) -> Vec<String> {
    let text = |mail: &Vec<u8>| {
        let mail = MessageParser::default().parse(mail).unwrap();
        format!("{} {}", mail.subject().unwrap(), mail.body_text(0).unwrap())
    };
    office.mails().iter().map(text).collect()
}

#[test]
fn a_renamed_unit_is_found_by_both_names_and_mails_say_the_new_one() {
    let office = office();
    import(
        &office,
        "2026-03-02",
        &["交材料,2026-03-13,,府办,财政局,a-1", "已办,2026-03-13,,,财政局,a-2"],
    );
    let close = ["close", "a-2", "--evidence", "函"];
    office.run(&[&["--as-of", "2026-03-03"], &close[..]].concat()).expect_code(0);
    let rename = ["--as-of", "2026-03-04", "units", "rename", "财政局", "财政金融局"];
    office.run(&[&rename[..], &["--reason", "机构改革"]].concat()).expect_code(0);
    assert_eq!(owed(&office, "财政局"), ["a-1"]);
    assert_eq!(owed(&office, "财政金融局"), ["a-1"]);
    assert_eq!(remind(&office, "2026-03-06T09:30"), ["cai1@x.example", "cai2@x.example"]);
    for mail in texts(&office) {
        assert!(mail.contains("财政金融局") && !mail.contains("财政局"), "{mail}");
    }
    let unit =
        |id: &str| office.json(&["show", id])[0]["shares"][0]["unit"].as_str().unwrap().to_owned();
    assert_eq!((unit("a-1").as_str(), unit("a-2").as_str()), ("财政金融局", "财政局"));
    let empty = office.run(&["units", "rename", "财政局", " "]).expect_code(14);
    assert!(empty.err.contains("the name is empty"), "{}", empty.err);
    let taken = office.run(&["units", "rename", "财政局", "教委"]).expect_code(14);
    assert!(taken.err.contains("`教委` already stands for 教委"), "{}", taken.err);
    office.run(&["--as-of", "2026-03-10", "units", "rename", "财政局", "财政局"]).expect_code(0);
    assert_eq!(owed(&office, "财政金融局"), ["a-1"]);
}

#[test]
fn a_merger_shows_what_it_moves_and_asks() {
    let office = office();
    let list = [
        "交材料,2026-03-13,,府办,财政局,a-1",
        "共同,2026-03-13,,,财政局、教委,a-2",
        "教育,2026-03-13,,,教委,a-3",
        "带头,2026-03-13,,财政局,教委,a-4",
    ];
    import(&office, "2026-03-02", &list);
    let merge = ["--as-of", "2026-03-04", "units", "merge", "财政局", "--into", "教委"];
    let asked = office.run(&merge).expect_code(20);
    assert!(asked.err.contains("1 open obligations that go over: a-1\n"), "{}", asked.err);
    assert!(asked.err.contains("1 open obligations of both units, owed once now: a-2\n"));
    assert_eq!(owed(&office, "财政局"), ["a-1", "a-2", "a-4"]);
    office.run(&[&merge[..], &["--yes"]].concat()).expect_code(0);
    assert_eq!(owed(&office, "教委"), ["a-1", "a-2", "a-3", "a-4"]);
    assert_eq!(owed(&office, "市财政局"), owed(&office, "教委"));
    let units = office.json(&["units"]);
    let names: Vec<&str> =
        units.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["府办", "教委", "局组"]);
    let sent = remind(&office, "2026-03-06T09:30");
    assert_eq!(sent, ["cai1@x.example", "cai2@x.example", "jiao1@x.example", "jiao2@x.example"]);
    assert!(texts(&office).iter().all(|mail| !mail.contains("财政局")));
}

#[test]
fn a_merger_reopens_what_the_other_unit_had_finished_alone() {
    let office = office();
    import(&office, "2026-03-02", &["共同,2026-03-13,,,财政局、教委,a-2"]);
    let report = ["report", "a-2", "--unit", "教委", "--evidence", "函"];
    office.run(&[&["--as-of", "2026-03-03"], &report[..]].concat()).expect_code(0);
    let merge = ["--as-of", "2026-03-04", "units", "merge", "财政局", "--into", "教委", "--yes"];
    office.run(&merge).expect_code(0);
    let shares = office.json(&["show", "a-2"])[0]["shares"].clone();
    let states: Vec<&str> =
        shares.as_array().unwrap().iter().map(|it| it["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["withdrawn", "open"]);
}

#[test]
fn a_series_goes_on_with_the_unit_that_takes_over() {
    let office = office();
    import(&office, "2026-03-02", &["月报,每月25日前,,,财政局,m-1"]);
    let merge = ["--as-of", "2026-03-04", "units", "merge", "财政局", "--into", "教委", "--yes"];
    office.run(&merge).expect_code(0);
    for day in ["2026-03-20T09:30", "2026-04-20T09:30"] {
        remind(&office, day);
    }
    let due = office.json(&["--as-of", "2026-04-20", "upcoming", "--unit", "教委"]);
    assert_eq!(due.as_array().unwrap().len(), 2, "{due}");
}

#[test]
fn a_unit_that_owes_something_is_not_retired() {
    let office = office();
    import(&office, "2026-03-02", &["月报,每月25日前,,,财政局,m-1"]);
    let refused = office.run(&["units", "retire", "财政局"]).expect_code(14);
    assert!(refused.err.contains("财政局 still owes or leads m-1"), "{}", refused.err);
    office.run(&["units", "retire", "教委", "--reason", "撤销"]).expect_code(0);
    let gone = office.run(&["units", "教委"]).expect_code(14);
    assert!(gone.err.contains("no unit, group or alias is called `教委`"), "{}", gone.err);
    let back =
        office.write("back.csv", "单位,联系人,邮箱,职级\n教委,教甲,jiao1@x.example,承办人\n");
    office.run(&["import", "units", &back]).expect_code(0);
    let contacts = office.json(&["units", "教委"])[0]["contacts"].as_array().unwrap().len();
    assert_eq!(contacts, 1);
}

#[test]
fn a_full_list_retires_what_it_leaves_out_after_showing_it() {
    let office = office();
    import(&office, "2026-03-02", &["交材料,2026-03-13,,,财政局,a-1"]);
    let full = "\
单位,单位组,联系人,邮箱,职级
府办,,府甲,fu1@x.example,承办人
财政局,局组,财乙,cai2@x.example,负责人
财政局,,财戊,cai5@x.example,承办人
";
    let full = office.write("full.csv", full);
    let import_full = ["import", "units", &full, "--complete"];
    let asked = office.run(&import_full).expect_code(20);
    assert!(asked.err.contains("财政局/财甲 cai1@x.example"), "{}", asked.err);
    assert!(asked.err.contains("1 units missing from the table, to be retired: 教委\n"));
    assert_eq!(office.json(&["units"]).as_array().unwrap().len(), 4);
    office.run(&[&import_full[..], &["--yes"]].concat()).expect_code(0);
    let units = office.json(&["units"]);
    let contacts: Vec<&str> = units
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|it| it["contacts"].as_array().unwrap())
        .map(|it| it["email"].as_str().unwrap())
        .collect();
    assert_eq!(contacts, ["fu1@x.example", "cai2@x.example", "cai5@x.example"]);
}

#[test]
fn a_full_list_without_a_unit_that_owes_something_writes_nothing() {
    let office = office();
    import(&office, "2026-03-02", &["交材料,2026-03-13,,,财政局,a-1"]);
    let before = office.json(&["units"]);
    let without =
        "单位,联系人,邮箱,职级\n府办,府甲,fu1@x.example,承办人\n府办,府新,new@x.example,承办人\n";
    let without = office.write("without.csv", without);
    for more in [&["--yes"][..], &["--dry-run"], &[]] {
        let import = [&["import", "units", &without, "--complete"], more].concat();
        let refused = office.run(&import).expect_code(14);
        assert!(refused.err.contains("财政局 still owes or leads a-1"), "{}", refused.err);
    }
    assert_eq!(office.json(&["units"]), before);
    // the last contact of a unit that owes something is replaced by the same list
    let replaced =
        "单位,联系人,邮箱,职级\n府办,府甲,fu1@x.example,承办人\n财政局,财新,new@x.example,承办人\n";
    let replaced = office.write("replaced.csv", replaced);
    office.run(&["import", "units", &replaced, "--complete", "--yes"]).expect_code(0);
    let bureau = office.json(&["units", "财政局"]);
    assert_eq!(bureau[0]["contacts"].as_array().unwrap().len(), 1, "{bureau}");
}
