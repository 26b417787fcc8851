//! A quota inside a quota (每年不少于4次，其中…不少于2次), through the files and commands of an operator.

use crate::support::office::TestOffice;

const UNITS: &str = "单位,联系人,邮箱,职级
区政府办公室,办公室承办人,office@x.example,承办人
区司法局,司法局承办人,law@x.example,承办人
区财政局,财政局承办人,money@x.example,承办人
";

const QUOTAS: &str = "事项,时限,属于,牵头单位,责任单位,编号
带头解读,每年不少于1次,Q1,区司法局,区财政局;区司法局,Q2
政策解读,每年不少于2次,,区司法局,区财政局;区司法局,Q1
";

fn office() -> TestOffice {
    let mut office = TestOffice::new();
    office.set("OFFICE__UNIT", "区政府办公室");
    let units = office.write("units.csv", UNITS);
    let quotas = office.write("quotas.csv", QUOTAS);
    office.run(&["--as-of", "2022-01-10", "import", "units", &units]).expect_code(0);
    office.run(&["--as-of", "2022-01-10", "import", "obligations", &quotas]).expect_code(0);
    office
}

fn count(office: &TestOffice, id: &str, on: &str, unit: &str) -> serde_json::Value {
    let what = format!("{unit}{on}");
    office.json(&["--as-of", on, "count", id, "--on", on, "--what", &what, "--unit", unit])
}

fn state(office: &TestOffice, id: &str, unit: &str) -> String {
    let shown = office.json(&["--as-of", "2022-12-01", "show", id]);
    let shares = shown[0]["shares"].as_array().unwrap();
    let share = shares.iter().find(|share| share["unit"] == unit).unwrap();
    share["state"].as_str().unwrap().to_owned()
}

#[test]
fn an_event_of_the_part_counts_for_the_whole_of_the_same_unit() {
    let office = office();
    count(&office, "Q1", "2022-03-01", "区财政局");
    assert_eq!(state(&office, "Q1", "区财政局"), "open");
    assert_eq!(count(&office, "Q2", "2022-06-01", "区财政局")["done"], 1);
    // The part is met, and with its event the whole.
    assert_eq!(state(&office, "Q2", "区财政局"), "reported");
    assert_eq!(state(&office, "Q1", "区财政局"), "reported");
    assert_eq!(state(&office, "Q1", "区司法局"), "open");
}

#[test]
fn the_next_years_belong_together_as_well() {
    let office = office();
    office.run(&["--as-of", "2023-01-09T09:30", "remind"]);
    count(&office, "Q2/2023", "2023-03-01", "区财政局");
    let shown = office.json(&["--as-of", "2023-03-02", "show", "Q1/2023"]);
    let quota = shown[0]["quota"].as_array().unwrap();
    let line = quota.iter().find(|line| line["unit"] == "区财政局").unwrap();
    assert_eq!((&line["done"], &line["required"]), (&1.into(), &2.into()));
}

#[test]
fn how_far_each_unit_is_and_the_latest_day_for_the_next_one_are_shown() {
    let office = office();
    count(&office, "Q1", "2022-03-01", "区财政局");
    let shown =
        office.run(&["--lang", "zh", "--as-of", "2022-12-01", "show", "Q1"]).expect_code(0).out;
    assert!(shown.contains("区财政局：1/2，下一次最迟2022-12-30"), "{shown}");
    assert!(shown.contains("区司法局：0/2，下一次最迟2022-12-23"), "{shown}");
    let part = office.run(&["--lang", "zh", "show", "Q2"]).expect_code(0).out;
    assert!(part.contains("属于") && part.contains("Q1"), "{part}");
}

#[test]
fn what_is_no_part_of_a_quota_is_refused() {
    let office = office();
    for (when, whole) in [
        ("每年不少于3次", "Q1"),
        ("每季度不少于1次", "Q1"),
        ("每年1次", "Q9"),
        ("2022年底前", "Q1"),
    ] {
        let add = ["add", "--title", "x", "--when", when, "--part-of", whole, "--unit", "区财政局"];
        let err = office.run(&add).expect_code(14).err;
        assert!(
            err.contains(&format!("属于: `{whole}` is not a quota of the same period")),
            "{when}: {err}"
        );
    }
}

#[test]
fn when_the_rest_of_the_year_is_too_short_the_unit_the_lead_and_the_operator_hear() {
    let office = office();
    count(&office, "Q1", "2022-11-01", "区财政局");
    count(&office, "Q2", "2022-11-03", "区财政局");
    // 区司法局 has held neither: one by 23 December leaves a working week for the other.
    office.run(&["--as-of", "2022-12-23T09:30", "remind"]);
    assert_eq!(items(&office), Vec::<String>::new());
    office.run(&["--as-of", "2022-12-26T09:30", "remind"]);
    assert_eq!(items(&office), ["Q1/2022 区司法局"]);
    let alarms: Vec<String> = office
        .mails()
        .iter()
        .map(|mail| {
            mail_parser::MessageParser::default()
                .parse(mail)
                .unwrap()
                .body_text(0)
                .unwrap()
                .into_owned()
        })
        .filter(|text| text.contains("剩余时间不足以完成规定次数"))
        .collect();
    assert_eq!(alarms.len(), 1);
    assert!(
        alarms[0].contains("已完成0/2次，剩余时间已不足，下一次本应不迟于2022年12月23日"),
        "{}",
        alarms[0]
    );
    office
        .run(&[
            "--as-of",
            "2022-12-27",
            "close",
            "Q1/2022",
            "--unit",
            "区司法局",
            "--note",
            "考核已处理",
        ])
        .expect_code(0);
    assert_eq!(items(&office), Vec::<String>::new());
}

/// What waits for a person because of a quota.
fn items(office: &TestOffice) -> Vec<String> {
    let status = office.run(&["--format", "json", "status"]).out;
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let items = status["items"].as_array().unwrap().iter();
    let quota = items.filter(|item| item["kind"] == "quota");
    quota.map(|item| item["detail"].as_str().unwrap().to_owned()).collect()
}
