//! The command line as an operator meets it: the real binary, a real ledger, good input and bad.

use crate::support::office::{TestOffice, example};

#[test]
fn importing_the_same_files_again_changes_nothing() {
    let office = TestOffice::yuzhong();
    let before = office.json(&["upcoming", "--all"]);
    let lines = office.json(&["journal"]).as_array().unwrap().len();
    for kind in ["units", "obligations"] {
        let again = office.run(&[
            "--as-of",
            "2022-06-21",
            "import",
            kind,
            &example(&format!("yuzhong-2022/{kind}.csv")),
        ]);
        assert!(again.expect_code(0).err.contains("nothing new"));
    }
    assert_eq!(office.json(&["upcoming", "--all"]), before);
    assert_eq!(office.json(&["journal"]).as_array().unwrap().len(), lines);
}

#[test]
fn a_bad_row_is_named_and_nothing_is_loaded() {
    let office = TestOffice::yuzhong();
    let before = office.json(&["upcoming", "--all"]);
    let file = office.write(
        "bad.csv",
        "事项,时限,起算日,牵头单位,责任单位,规则,来源,备注,编号\n\
         好的一行,2023年6月底前,,区司法局,,,,,x-1\n\
         坏单位,2023年6月底前,,区司法局,区人事局,,,,x-2\n\
         无人负责,2023年6月底前,,,,,,,x-3\n\
         同号,2023年6月底前,,区司法局,,,,,x-1\n",
    );
    let run = office.run(&["import", "obligations", &file]).expect_code(14);
    insta::assert_snapshot!(run.err);
    assert_eq!(office.json(&["upcoming", "--all"]), before);
}

#[test]
fn a_unit_that_is_not_known_is_answered_with_the_most_similar_name() {
    let office = TestOffice::yuzhong();
    let run = office.run(&["upcoming", "--unit", "区人力社保厅"]).expect_code(14);
    insta::assert_snapshot!(run.err);
}

#[test]
fn what_is_due_is_asked_by_period_unit_and_lateness() {
    let office = TestOffice::yuzhong();
    let references = |arguments: &[&str]| -> Vec<String> {
        let rows = office.json(arguments);
        rows.as_array().unwrap().iter().map(|row| row["ref"].as_str().unwrap().to_owned()).collect()
    };
    let mut within_a_day = references(&["--as-of", "2022-12-28", "upcoming", "--within", "1wd"]);
    within_a_day.dedup();
    assert_eq!(within_a_day, ["002-08"], "what is late is always among them");
    let soon =
        references(&["--as-of", "2022-12-28", "upcoming", "--within", "30d", "--unit", "区人社局"]);
    assert!(soon.contains(&"002-13".to_owned()), "{soon:?}");
    let late = references(&["--as-of", "2022-12-31T23:59", "upcoming", "--overdue"]);
    assert_eq!(late, ["002-08"], "nothing is late on its last day");
    let late = references(&["--as-of", "2023-01-01T00:01", "upcoming", "--overdue"]);
    assert!(
        late.contains(&"002-16".to_owned()),
        "late begins the day after the due date: {late:?}"
    );
}

#[test]
fn the_json_of_an_obligation_is_a_promise() {
    let office = TestOffice::yuzhong();
    insta::assert_json_snapshot!(office.json(&["--as-of", "2022-12-28", "show", "002-16"]));
}

#[test]
fn the_upcoming_table_aligns_under_chinese() {
    let office = TestOffice::yuzhong();
    let run = office
        .run(&["--lang", "zh", "--as-of", "2022-12-28", "upcoming", "--within", "10wd"])
        .expect_code(0);
    insta::assert_snapshot!(run.out);
}

#[test]
fn a_ledger_that_is_no_database_is_refused_with_exit_11() {
    let office = TestOffice::new();
    office.write(
        "duban.db",
        "this is no database, and it is longer than a header of SQLite would be: ".repeat(4),
    );
    let run = office.run(&["upcoming"]).expect_code(11);
    assert!(run.err.contains("hint:"), "{}", run.err);
}

#[test]
fn a_wrong_command_line_is_exit_2_and_a_wrong_configuration_exit_10() {
    let mut office = TestOffice::new();
    office.run(&["upcomming"]).expect_code(2);
    office.run(&["--as-of", "yesterday", "upcoming"]).expect_code(2);
    office.set("MAIL__TRANSPORT", "pigeon");
    let run = office.run(&["upcoming"]).expect_code(10);
    insta::assert_snapshot!(run.err);
}

#[test]
fn help_tells_the_columns_and_the_forms_not_only_the_first_sentence() {
    let office = TestOffice::new();
    for (command, said) in [
        (&["import", "obligations", "--help"][..], "事项,时限,起算日"),
        (&["import", "calendar", "--help"], "holiday-cn"),
        (&["due", "--help"], "20个工作日内, 不少于30日"),
        (&["explain", "--help"], "Uses the calendar and the conventions"),
        (&["clock", "extend", "--help"], "The rule says by how much"),
    ] {
        let run = office.run(command).expect_code(0);
        assert!(run.out.contains(said), "{command:?}: {}", run.out);
    }
}

#[test]
fn man_pages_and_completions_come_from_the_command_line_itself() {
    let office = TestOffice::new();
    let folder = office.path("man").display().to_string();
    office.run(&["generate", "man", &folder]).expect_code(0);
    let page = |name: &str| std::fs::read_to_string(office.path("man").join(name)).unwrap();
    assert!(page("man1/duban-clock-extend.1").contains("duban clock extend"));
    assert!(page("zh_CN/man1/duban-upcoming.1").contains("按到期日列出事项"));
    for entry in std::fs::read_dir(office.path("man/zh_CN/man1")).unwrap() {
        let page = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let headings = page.lines().filter(|line| line.starts_with(".SH "));
        for heading in headings {
            assert!(!heading[4..].contains(|it: char| it.is_ascii()), "{heading}");
        }
        assert!(!page.contains("Possible values") && !page.contains("Print"), "{page}");
    }
    let script = office.run(&["generate", "completions", "bash"]).expect_code(0).out;
    assert!(script.contains("upcoming") && script.contains("--overdue"));
}
