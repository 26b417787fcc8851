//! A mail that would be too long: what it has no room for is counted in it, is not taken as told, and goes first the next day.

use mail_parser::MessageParser;

use crate::support::office::TestOffice;

const FIRST_DAY: &str = "2022-12-28T09:30";
const SECOND_DAY: &str = "2022-12-29T09:30";

/// An office with one unit, which owes nothing yet.
fn office() -> TestOffice {
    let mut office = TestOffice::new();
    office.set("OFFICE__UNIT", "甲局");
    let units = "单位,上级单位,联系人,邮箱,职级\n甲局,,甲,a@x.example,承办人\n乙局,,乙,b@x.example,承办人\n";
    let units = office.write("units.csv", units);
    office.run(&["--as-of", "2022-12-01", "import", "units", &units]).expect_code(0);
    office
}

/// Gives 乙局 so many duties, called by this name and a number of three digits.
fn add(office: &TestOffice, as_of: &str, name: &str, (count, due): (usize, &str)) {
    let row = |n| format!("{name}{n:03},{due},乙局,{name}{n:03}\n");
    let rows: String = (0..count).map(row).collect();
    let file = office.write("duties.csv", format!("事项,时限,责任单位,编号\n{rows}"));
    office.run(&["--as-of", as_of, "import", "obligations", &file]).expect_code(0);
}

/// The text of the mails to 乙局, newest last; each day's mails must have been read before the next day's are written.
fn texts(office: &TestOffice) -> Vec<String> {
    let text = |mail: Vec<u8>| {
        assert!(mail.len() <= 1_000_000, "a mail has {} bytes", mail.len());
        let mail = MessageParser::default().parse(&mail).unwrap();
        let to = mail.to().unwrap().first().unwrap().address().unwrap();
        (to == "b@x.example").then(|| mail.body_text(0).unwrap().replace(['\r', '\n', ' '], ""))
    };
    office.mails().into_iter().filter_map(text).collect()
}

fn told(text: &str, name: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{name}{n:03}")).filter(|title| text.contains(title)).collect()
}

fn kinds(office: &TestOffice, as_of: &str, code: i32) -> Vec<String> {
    let status = office.run(&["--as-of", as_of, "--format", "json", "status"]).expect_code(code);
    let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    let findings = status["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["kind"].as_str().unwrap().to_owned()).collect()
}

/// An operator item says so too: `status` ends with 20 until the next mail has told it.
#[test]
fn what_a_mail_has_no_room_for_is_counted_in_it_and_goes_first_the_next_day() {
    let office = office();
    add(&office, "2022-12-01", "旧事", (230, "2022-12-30"));
    let pass = office.run(&["--as-of", FIRST_DAY, "remind"]).expect_code(20);
    assert!(pass.err.contains("30 reminders had no room"), "{}", pass.err);
    let first = texts(&office);
    assert_eq!(first.len(), 1);
    assert!(
        first[0].contains(
            "本邮件只列出200项，另有30项因篇幅未列（待办30项）。未列的不视为已经提醒，将在下一封邮件中优先列出。"
        ),
        "{}",
        first[0]
    );
    let told_first = told(&first[0], "旧事", 230);
    assert!(kinds(&office, FIRST_DAY, 20).contains(&"left-out".to_owned()));

    office.run(&["--as-of", "2022-12-28T10:00", "remind"]);
    assert_eq!(texts(&office).len(), 1, "the day has had its mail");

    // what is due earlier does not go before what waits since yesterday
    add(&office, "2022-12-28T18:00", "新事", (250, "2022-12-29"));
    office.run(&["--as-of", SECOND_DAY, "remind"]).expect_code(20);
    let second = texts(&office).into_iter().find(|text| *text != first[0]).unwrap();
    let told_second = told(&second, "旧事", 230);
    let missing = (0..230).map(|n| format!("旧事{n:03}"));
    let missing: Vec<String> = missing.filter(|it| !told_first.contains(it)).collect();
    assert_eq!(missing.len(), 30);
    for title in &missing {
        assert!(told_second.contains(title), "{title} waited and is not told");
    }
    assert!(!told(&second, "新事", 250).is_empty(), "then comes what is due first");
}

#[test]
fn what_is_late_and_what_has_a_new_date_are_counted_apart() {
    let office = office();
    add(&office, "2022-12-01", "过期", (150, "2022-12-20"));
    add(&office, "2022-12-01", "将到", (80, "2022-12-30"));
    office.run(&["--as-of", FIRST_DAY, "remind"]).expect_code(20);
    let text = texts(&office).remove(0);
    assert!(text.contains("另有30项因篇幅未列（已逾期30项）"), "{text}");
    assert_eq!(told(&text, "将到", 80).len(), 80, "what can still be met goes first");
}

#[test]
fn a_mail_of_a_million_bytes_is_shortened_and_one_of_two_hundred_items_is_not() {
    let long = "长".repeat(2_000);
    let office = office();
    add(&office, "2022-12-01", &long, (150, "2022-12-30"));
    office.run(&["--as-of", FIRST_DAY, "remind"]).expect_code(20);
    assert!(texts(&office)[0].contains("项因篇幅未列"));

    let office = self::office();
    add(&office, "2022-12-01", "事", (200, "2022-12-30"));
    office.run(&["--as-of", FIRST_DAY, "remind"]).expect_code(0);
    assert!(!texts(&office)[0].contains("因篇幅未列"));
    assert!(!kinds(&office, FIRST_DAY, 0).contains(&"left-out".to_owned()));
}
