//! Groups: expanded when a duty is registered, asked about when they name nobody, compared when they change.

use sqlx::SqlitePool;

use crate::support::office::TestOffice;

const UNITS: &str = "单位,单位组,联系人,邮箱,职级
区政府各部门,,,,
区司法局,区政府各部门,司法局承办人,law@x.example,承办人
区财政局,区政府各部门,财政局承办人,money@x.example,承办人
区交通局,,交通局承办人,road@x.example,承办人
";

fn office() -> TestOffice {
    let office = TestOffice::new();
    import(&office, "units", UNITS).expect_code(0);
    office
}

fn import(office: &TestOffice, kind: &str, text: &str) -> crate::support::office::Run {
    let file = office.write(&format!("{kind}.csv"), text);
    office.run(&["--as-of", "2022-06-20", "import", kind, &file])
}

const ALL: &str = "事项,时限,责任单位,编号\n清理文件,2022年底前,区政府各部门,G1\n";

fn owing(office: &TestOffice) -> Vec<String> {
    let shown = office.json(&["--as-of", "2022-06-20", "show", "G1"]);
    let units = shown[0]["responsible"].as_array().unwrap();
    units.iter().map(|unit| unit.as_str().unwrap().to_owned()).collect()
}

#[test]
fn who_is_meant_by_some_of_a_group_is_asked_with_the_members_to_choose_from() {
    let office = office();
    let vague = "事项,时限,牵头单位,责任单位,编号
甲,2022年底前,区交通局等,区政府有关部门,1
乙,2022年底前,,区政府有关部门=区交通局,2
";
    let err = import(&office, "obligations", vague).expect_code(14).err;
    assert_eq!(
        err,
        "error: <office>/obligations.csv:2: 牵头单位: `区交通局等` does not name its units; write 区交通局等=区交通局+单位乙
error: <office>/obligations.csv:2: 责任单位: `区政府有关部门` does not name its units; write 区政府有关部门=区司法局+区财政局, from 区司法局、区财政局
error: <office>/obligations.csv:3: 责任单位: `区交通局` does not belong to 区政府有关部门; choose from 区司法局、区财政局
hint: nothing was imported; correct the rows and run the same command again
"
    );
}

#[tokio::test]
async fn groups_that_contain_each_other_are_refused_and_no_duty_is_owed_by_nobody() {
    let office = office();
    let ring = "单位,单位组\n甲组,乙组\n乙组,甲组\n";
    let err = import(&office, "units", ring).expect_code(14).err;
    assert!(err.contains("units.csv:3: 单位组: 甲组、乙组 would contain each other"), "{err}");
    // A ledger that was given one before has it still.
    import(&office, "units", "单位,单位组\n甲组,乙组\n").expect_code(0);
    let ledger = format!("sqlite://{}", office.path("duban.db").display());
    let ring = "INSERT INTO group_member (group_id, member_id) SELECT member_id, group_id FROM group_member
                WHERE group_id = (SELECT id FROM unit WHERE name = '乙组')";
    sqlx::query(ring).execute(&SqlitePool::connect(&ledger).await.unwrap()).await.unwrap();
    let row = "事项,时限,责任单位,编号\n清理,2022年底前,甲组,G1\n";
    let err = import(&office, "obligations", row).expect_code(14).err;
    assert!(err.contains("责任单位: 甲组 hold no unit"), "{err}");
    office.run(&["units", "leave", "甲组", "乙组"]).expect_code(0);
    import(&office, "obligations", row).expect_code(0);
    assert_eq!(owing(&office), ["甲组"]);
}

#[test]
fn the_answer_stands_in_the_same_cell_and_on_the_command_line() {
    let office = office();
    let chosen = "事项,时限,责任单位,编号\n甲,2022年底前,区政府有关部门=区财政局,G1\n";
    import(&office, "obligations", chosen).expect_code(0);
    assert_eq!(owing(&office), ["区财政局"]);
    let add = ["--as-of", "2022-06-20", "add", "--title", "乙", "--when", "2022年底前", "--unit"];
    let vague = office.run(&[&add[..], &["区政府有关部门"]].concat()).expect_code(14);
    assert!(vague.err.contains("write 区政府有关部门=区司法局+区财政局"), "{}", vague.err);
    let added = office.json(&[&add[..], &["区政府有关部门=区司法局"]].concat());
    assert_eq!(added[0]["responsible"], serde_json::json!(["区司法局"]));
}

#[test]
fn a_duty_keeps_the_units_it_was_registered_with_until_a_person_applies_the_change() {
    let office = office();
    import(&office, "obligations", ALL).expect_code(0);
    import(&office, "units", "单位,单位组\n区交通局,区政府各部门\n").expect_code(0);
    import(&office, "obligations", &ALL.replace("清理文件", "全面清理文件")).expect_code(0);
    assert_eq!(owing(&office), ["区司法局", "区财政局"]);

    let run = office.run(&["regroup"]).expect_code(20);
    assert!(run.out.contains("区交通局"), "{}", run.out);
    assert_eq!(owing(&office), ["区司法局", "区财政局"]);

    let applied =
        office.json(&["--as-of", "2022-06-21", "regroup", "G1", "--apply", "--note", "机构改革"]);
    assert_eq!(applied[0]["joined"], serde_json::json!(["区交通局"]));
    assert_eq!(owing(&office), ["区交通局", "区司法局", "区财政局"]);
    let lines = office.json(&["journal"]);
    let line = lines.as_array().unwrap().iter().find(|line| line["verb"] == "regroup").unwrap();
    assert_eq!((&line["after"], &line["reason"]), (&"in: 区交通局".into(), &"机构改革".into()));
    office.run(&["regroup"]).expect_code(0);
}

#[test]
fn who_left_a_group_is_struck_out_and_what_was_reported_stays() {
    let office = office();
    import(&office, "obligations", ALL).expect_code(0);
    office.run(&["units", "leave", "区政府各部门", "区财政局"]).expect_code(0);
    let left = &office.run(&["--format", "csv", "regroup"]).expect_code(20).out;
    assert!(left.contains("G1,清理文件,,区财政局,false"), "{left}");
    office.run(&["regroup", "--apply"]).expect_code(0);
    assert_eq!(owing(&office), ["区司法局"]);

    office
        .run(&["--as-of", "2022-06-22", "report", "G1", "--evidence", "u", "--done", "2022-06-21"])
        .expect_code(0);
    office.run(&["units", "leave", "区政府各部门", "区司法局"]).expect_code(0);
    office.run(&["regroup", "--apply"]).expect_code(0);
    assert_eq!(owing(&office), ["区司法局"]);
}

#[test]
fn a_unit_that_left_a_group_and_joins_it_again_owes_its_share_again() {
    let office = office();
    import(&office, "obligations", ALL).expect_code(0);
    office.run(&["units", "leave", "区政府各部门", "区财政局"]).expect_code(0);
    office.run(&["regroup", "--apply"]).expect_code(0);
    import(&office, "units", "单位,单位组\n区财政局,区政府各部门\n").expect_code(0);
    let joined = office.run(&["--format", "csv", "regroup"]).expect_code(20).out;
    assert!(joined.contains("G1,清理文件,区财政局,,false"), "{joined}");
    office.run(&["regroup", "--apply"]).expect_code(0);
    assert_eq!(owing(&office), ["区司法局", "区财政局"]);
    office.run(&["regroup"]).expect_code(0);
}

#[test]
fn a_unit_struck_out_by_a_person_does_not_come_back_with_its_group() {
    let office = office();
    import(&office, "obligations", ALL).expect_code(0);
    office.run(&["withdraw", "G1", "--unit", "区财政局", "--note", "不涉及"]).expect_code(0);
    office.run(&["regroup"]).expect_code(0);
}

#[test]
fn leaving_a_group_one_is_not_in_is_refused() {
    let office = office();
    let err = office.run(&["units", "leave", "区政府各部门", "区交通局"]).expect_code(14).err;
    assert!(err.contains("区交通局 is not a member of 区政府各部门"), "{err}");
}
