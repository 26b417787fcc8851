//! What users of other programs of this kind have complained of, each as its smallest case with its right answer.

mod corrections;
mod first_occurrence;
mod forgotten;
mod mailbox;
mod organs;
mod people;
mod plausible;
mod series;
mod told_wrong;
mod urgent;

use mail_parser::MessageParser;

use crate::support::office::TestOffice;

const UNITS: &str = "\
单位,别名,上级单位,单位组,联系人,邮箱,职级
府办,,,,府甲,fu1@x.example,承办人
府办,,,,府乙,fu2@x.example,负责人
财政局,市财政局,,局组,财甲,cai1@x.example,承办人
财政局,,,,财乙,cai2@x.example,负责人
财政局,,,,财丙,cai3@x.example,分管领导
教委,,,局组,教甲,jiao1@x.example,承办人
教委,,,,教乙,jiao2@x.example,负责人
";

/// The office of 府办 with two bureaus.
fn office() -> TestOffice {
    let mut office = TestOffice::new();
    office.set("OFFICE__UNIT", "府办");
    let units = office.write("units.csv", UNITS);
    office.run(&["import", "units", &units]).expect_code(0);
    office
}

/// A list of these rows: 事项, 时限, 起算日, 牵头单位, 责任单位, 编号.
fn rows(office: &TestOffice, rows: &[&str]) -> String {
    let text = format!("事项,时限,起算日,牵头单位,责任单位,编号\n{}\n", rows.join("\n"));
    office.write("list.csv", text)
}

fn import(office: &TestOffice, now: &str, list: &[&str]) {
    let file = rows(office, list);
    office.run(&["--as-of", now, "import", "obligations", &file]).expect_code(0);
}

/// The recipients of the mails that a pass at that moment sends, in order.
fn remind(office: &TestOffice, now: &str) -> Vec<String> {
    let before = office.mails().len();
    office.run(&["--as-of", now, "remind"]);
    let mails = office.mails();
    let mut sent: Vec<(String, String)> = mails
        .iter()
        .map(|mail| {
            let mail = MessageParser::default().parse(mail).unwrap();
            let to = mail.to().unwrap().first().unwrap().address().unwrap().to_owned();
            (mail.date().unwrap().to_rfc3339(), to)
        })
        .collect();
    sent.sort();
    sent.split_off(before).into_iter().map(|(_, to)| to).collect()
}
