//! Contacts who are away: entered by file or by command, followed by the planner.

use crate::support::office::TestOffice;

const UNITS: &str = "单位,联系人,邮箱,职级,外出
区政府办公室,办公室承办人,office@x.example,承办人,
区财政局,张三,zhang@x.example,承办人,2022-12-20..2022-12-26→li@x.example
区财政局,李四,li@x.example,承办人,
区财政局,局长,head@x.example,负责人,
";

const OBLIGATIONS: &str = "事项,时限,责任单位,编号\n公开清单,2022年底前,区财政局,A1\n";

fn office() -> TestOffice {
    let office = TestOffice::new();
    let units = office.write("units.csv", UNITS);
    let obligations = office.write("obligations.csv", OBLIGATIONS);
    office.run(&["--as-of", "2022-11-20", "import", "units", &units]).expect_code(0);
    office.run(&["--as-of", "2022-11-20", "import", "obligations", &obligations]).expect_code(0);
    office
}

/// Who is mailed on a day, as `plan` has it.
fn mailed(office: &TestOffice, day: &str) -> Vec<String> {
    let mails = office.json(&["--as-of", day, "plan", "--from", day, "--to", day]);
    let names = mails.as_array().unwrap().iter();
    names.map(|mail| mail["contact"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_delegate_from_the_file_hears_in_place_of_who_is_away() {
    let office = office();
    assert_eq!(mailed(&office, "2022-12-16"), ["张三", "李四"]);
    // Both handlers are told; one of them by the other, once.
    assert_eq!(mailed(&office, "2022-12-23"), ["李四", "局长"]);
}

#[test]
fn without_a_delegate_the_deputy_rank_hears() {
    let office = office();
    for contact in ["张三", "li@x.example"] {
        let span = ["--from", "2022-12-15", "--to", "2022-12-19"];
        office.run(&[&["units", "away", contact], &span[..]].concat()).expect_code(0);
    }
    assert_eq!(mailed(&office, "2022-12-16"), ["局长"]);
    office.run(&["units", "away", "张三", "--back"]).expect_code(0);
    assert_eq!(mailed(&office, "2022-12-16"), ["张三"]);
}

#[test]
fn the_list_of_units_shows_who_is_away_and_reads_back() {
    let office = office();
    let shown = office.run(&["--lang", "zh", "units", "区财政局"]).expect_code(0).out;
    assert!(shown.contains(
        "承办人 张三 <zhang@x.example>（2022-12-20至2022-12-26外出，由li@x.example代收）"
    ));
    let away = &office.json(&["units", "区财政局"])[0]["contacts"][0]["away"][0];
    assert_eq!((&away["from"], &away["delegate"]), (&"2022-12-20".into(), &"li@x.example".into()));
    let csv = office.run(&["--format", "csv", "units"]).expect_code(0).out;
    let again = office.write("again.csv", csv);
    let run = office.run(&["import", "units", &again]).expect_code(0);
    assert!(run.err.contains("nothing new"), "{}", run.err);
}

#[test]
fn who_cannot_stand_in_is_refused_with_who_can() {
    let office = office();
    let away = |rest: &[&str]| {
        let span = ["units", "away", "张三", "--from", "2022-12-01", "--to"];
        office.run(&[&span[..], rest].concat()).expect_code(14).err
    };
    assert_eq!(
        away(&["2022-12-09", "--delegate", "office@x.example"]),
        "error: 外出: office@x.example is not another contact of 区财政局; name one of head@x.example, li@x.example, or nobody\n"
    );
    assert!(
        away(&["2022-11-09"])
            .starts_with("error: the last day away, 2022-11-09, is before the first, 2022-12-01\n")
    );
    let unknown = office.run(&["units", "away", "张三丰", "--back"]).expect_code(14).err;
    assert!(unknown.contains("no contact is called `张三丰`"), "{unknown}");
}

#[test]
fn an_absence_is_a_line_of_the_journal() {
    let office = office();
    office.run(&["units", "away", "张三", "--back"]).expect_code(0);
    let lines = office.json(&["journal"]);
    let line = lines.as_array().unwrap().iter().find(|line| line["verb"] == "away").unwrap();
    assert_eq!(line["before"], "2022-12-20..2022-12-26→li@x.example");
    assert_eq!(line["after"], "back");
}
