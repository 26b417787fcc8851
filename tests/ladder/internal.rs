//! Internal targets (内部目标): dates of the office's own where a document says 及时; ours, and never late.

use crate::support::office::TestOffice;

const UNITS: &str = "单位,联系人,邮箱,职级
区政府办公室,办公室承办人,office@x.example,承办人
区司法局,司法局承办人,law@x.example,承办人
区财政局,财政局承办人,money@x.example,承办人
";

fn office(obligations: &str) -> TestOffice {
    let mut office = TestOffice::new();
    office.set("OFFICE__UNIT", "区政府办公室");
    let units = office.write("units.csv", UNITS);
    office.run(&["import", "units", &units]).expect_code(0);
    office.write("obligations.csv", obligations);
    office
}

fn import(office: &TestOffice, as_of: &str) -> crate::support::office::Run {
    let file = office.path("obligations.csv").display().to_string();
    office.run(&["--as-of", as_of, "import", "obligations", &file])
}

const TIMELY: &str = "事项,时限,内部目标,牵头单位,责任单位,编号
公开预决算,及时,10wd,区司法局,区财政局,T1
";

#[test]
fn a_target_is_marked_as_ours_wherever_it_is_shown() {
    let office = office(TIMELY);
    import(&office, "2022-12-01").expect_code(0);
    let shown =
        office.run(&["--lang", "zh", "--as-of", "2022-12-05", "upcoming"]).expect_code(0).out;
    assert!(shown.contains("2022-12-15 周四（内部目标）"), "{shown}");
    let shown =
        office.run(&["--lang", "zh", "--as-of", "2022-12-05", "show", "T1"]).expect_code(0).out;
    assert!(shown.contains("本单位自定的内部目标，文件未规定期限"), "{shown}");
    let shown = office.run(&["--lang", "zh", "explain", "T1"]).expect_code(0).out;
    assert!(shown.contains("本单位自定，文件未规定期限"), "{shown}");
    assert_eq!(office.json(&["--as-of", "2022-12-05", "show", "T1"])[0]["internal_target"], true);
}

#[test]
fn a_target_met_after_its_day_is_not_called_late_when_it_is_shown() {
    let office = office(TIMELY);
    import(&office, "2022-12-01").expect_code(0);
    let report = ["report", "T1", "--evidence", "文号", "--done", "2022-12-20"];
    office.run(&[&["--as-of", "2022-12-21"], &report[..]].concat()).expect_code(0);
    let share = &office.json(&["--as-of", "2022-12-21", "show", "T1"])[0]["shares"][0];
    assert_eq!((&share["done_on"], &share["late"]), (&"2022-12-20".into(), &false.into()));
}

#[test]
fn a_target_that_turns_out_to_be_a_deadline_climbs_the_ladder_of_deadlines() {
    let office = office(TIMELY);
    import(&office, "2022-12-01").expect_code(0);
    office.run(&["--as-of", "2022-12-13", "remind"]).expect_code(0);
    office.write("obligations.csv", TIMELY.replace("及时,10wd", "2022年底前,"));
    import(&office, "2022-12-14").expect_code(0);
    for day in ["2022-12-16", "2022-12-30", "2023-01-03"] {
        office.run(&["--as-of", day, "remind"]).expect_code(0);
    }
    let raw = office.mails();
    let mails = raw.iter().map(|mail| mail_parser::MessageParser::default().parse(mail).unwrap());
    let subjects: Vec<String> = mails.map(|mail| mail.subject().unwrap().to_owned()).collect();
    assert!(subjects.iter().any(|subject| subject.contains("逾期")), "{subjects:?}");
}

#[test]
fn loading_the_same_row_again_does_not_move_the_target() {
    let office = office(TIMELY);
    import(&office, "2022-12-01").expect_code(0);
    let again = import(&office, "2022-12-20").expect_code(0);
    assert!(again.err.contains("nothing new"), "{}", again.err);
}

#[test]
fn a_target_that_is_passed_is_never_called_late() {
    let office = office(TIMELY);
    import(&office, "2022-12-01").expect_code(0);
    let shown = &office.json(&["--as-of", "2023-02-01", "show", "T1"])[0];
    assert_eq!((&shown["light"], &shown["days_left"]), (&"yellow".into(), &(-30).into()));
    let late = office.json(&["--as-of", "2023-02-01", "upcoming", "--overdue"]);
    assert_eq!(late.as_array().unwrap().len(), 0);
    let span = ["bulletin", "--from", "2022-01-01", "--to", "2022-12-31"];
    let bulletin = office.json(&[&["--as-of", "2023-02-01"], &span[..]].concat());
    assert_eq!(bulletin["total"]["due"], 0);
}

#[test]
fn its_mails_speak_of_a_target_and_reach_the_lead_but_not_the_supervisor() {
    let office = office(TIMELY);
    import(&office, "2022-12-01").expect_code(0);
    for day in ["2022-12-13", "2022-12-15", "2022-12-22", "2023-01-06"] {
        office.run(&["--as-of", day, "remind"]).expect_code(0);
    }
    let raw = office.mails();
    let mails = raw.iter().map(|mail| mail_parser::MessageParser::default().parse(mail).unwrap());
    let mut seen = 0;
    for mail in mails {
        let (subject, text) = (mail.subject().unwrap().to_owned(), mail.body_text(0).unwrap());
        assert!(subject.contains("内部目标"), "{subject}");
        assert!(text.contains("本单位自定，非文件规定期限"), "{text}");
        let items = text.split("下一步").next().unwrap();
        for word in ["到期", "逾期"] {
            assert!(!subject.contains(word) && !items.contains(word), "{subject}\n{items}");
        }
        let to = mail.to().unwrap().first().unwrap().address.as_ref().unwrap();
        assert_ne!(to, "office@x.example");
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn a_date_of_the_document_and_a_target_without_a_day_are_refused() {
    let office = office(
        "事项,时限,内部目标,责任单位,编号
甲,2022年底前,10wd,区财政局,T1
乙,及时,不少于30日,区财政局,T2
丙,及时,下周三前后,区财政局,T3
",
    );
    let err = import(&office, "2022-12-01").expect_code(14).err;
    assert!(
        err.contains(
            "obligations.csv:2: 内部目标: the document sets the date itself (by 31 December 2022)"
        ),
        "{err}"
    );
    assert!(
        err.contains("obligations.csv:3: 内部目标: not less than 30 days ends on no day"),
        "{err}"
    );
    assert!(err.contains("obligations.csv:4: 内部目标: `下周三前后`"), "{err}");
}

#[test]
fn the_configuration_sets_targets_by_the_word_of_the_document() {
    let mut office = office(
        "事项,时限,责任单位,编号
甲,及时公开,区财政局,T1
乙,定期,区财政局,T2
丙,持续推进,区财政局,T3
",
    );
    office.set("DATA__INTERNAL_TARGETS", "及时=10wd; 定期=每季度");
    import(&office, "2022-12-01").expect_code(0);
    let all = office.json(&["--as-of", "2022-12-01", "upcoming", "--all"]);
    let due = |reference: &str| {
        let all = all.as_array().unwrap();
        all.iter().find(|row| row["ref"] == reference).unwrap()["due"].clone()
    };
    assert_eq!(
        [due("T1"), due("T2"), due("T3")],
        ["2022-12-15".into(), "2022-12-31".into(), serde_json::Value::Null]
    );
    office.set("DATA__INTERNAL_TARGETS", "及时=soon");
    let err = office.run(&["check-config"]).expect_code(10).err;
    assert!(err.contains("`及时=soon` is not a target that ends on a day"), "{err}");
}

#[test]
fn a_target_is_added_on_the_command_line() {
    let office = office("事项,时限,责任单位\n");
    let add =
        ["add", "--title", "甲", "--when", "及时", "--internal", "10wd", "--unit", "区财政局"];
    let added = office.json(&[&["--as-of", "2022-12-01"], &add[..]].concat());
    assert_eq!(
        (&added[0]["due"], &added[0]["internal_target"]),
        (&"2022-12-15".into(), &true.into())
    );
}
