//! Mails of the real binary: their threads, their calendar files, and one of them whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::read_by_python;
use crate::support::ids::without_ids;
use crate::support::office::TestOffice;

/// Days on which the ladder of a duty due on 30 December 2022 has something to say.
const DAYS: [&str; 4] = ["2022-12-23", "2022-12-27", "2022-12-30", "2023-01-04"];

const UNITS: &str = "\
unit,aliases,parent,groups,contact,email,rank
督查室,,,,室,room@o.example,handler
区教委,,,,区教委承办人,a@jw.example,handler
区教委,,,,区教委负责人,b@jw.example,head
";

const OBLIGATIONS: &str = "\
title,when,trigger,lead,responsible,rule,source,note,ref
公开义务教育招生信息,2022-12-30,,,区教委,,渝中府办〔2022〕24号 三、（二）1,,R-1
清理行政规范性文件；注意,2023-01-20,,,区教委,,渝中府办〔2022〕24号 三、（八）3,,R-2
";

/// A small office with two duties of one unit.
fn office() -> TestOffice {
    let mut office = TestOffice::new();
    office.set("OFFICE__UNIT", "督查室");
    office.set("OFFICE__SIGNATURE", "督查室");
    for (kind, text) in [("units", UNITS), ("obligations", OBLIGATIONS)] {
        let file = office.write(&format!("{kind}.csv"), text);
        office.run(&["--as-of", "2022-12-01", "import", kind, &file]).expect_code(0);
    }
    office
}

/// Every mail as Python reads it, oldest first.
fn mails(office: &TestOffice) -> Vec<Value> {
    let mut mails: Vec<Value> = office.mails().iter().map(|mail| read_by_python(mail)).collect();
    mails.sort_by_key(|mail| mail["date"].as_str().unwrap().to_owned());
    mails
}

/// The reference of the first item.
fn matter(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let mut references = text.lines().filter_map(|line| line.trim().strip_prefix("事项编号  "));
    references.next().unwrap().to_owned()
}

#[test]
fn a_mail_follows_the_earlier_ones_to_the_same_person_about_the_same_matter() {
    let office = office();
    for day in DAYS {
        office.run(&["--as-of", day, "remind"]).expect_code(0);
    }
    let mut threads: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut followed = 0;
    for mail in mails(&office) {
        assert_eq!(mail["defects"], json!([]));
        let recipient = mail["to"][0][1].as_str().unwrap().to_owned();
        let thread = threads.entry((recipient, matter(&mail))).or_default();
        assert_eq!(mail["references"], json!(thread), "{}", mail["subject"]);
        assert_eq!(mail["in_reply_to"], json!(thread.last()), "{}", mail["subject"]);
        followed += usize::from(!thread.is_empty());
        thread.push(mail["message_id"].as_str().unwrap().to_owned());
    }
    assert!(followed >= 2, "{threads:?}");
}

#[test]
fn python_opens_the_calendar_file_under_its_chinese_name() {
    let mut office = office();
    office.set("MAIL__CALENDAR", "attached");
    office.run(&["--as-of", "2022-12-27", "remind"]).expect_code(0);
    let mail = mails(&office).remove(0);
    assert_eq!(mail["defects"], json!([]));
    assert_eq!(
        mail["kinds"],
        json!([
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar"
        ])
    );
    let file = &mail["attachments"][0];
    assert_eq!(file["filename"], "督办事项.ics", "by RFC 2231");
    assert_eq!(file["name"], "督办事项.ics", "by the encoded word");
    let text = file["content"].as_str().unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    insta::assert_snapshot!(without_ids(&text.replace("\r\n ", "").replace("\r\n", "\n")));
}

#[test]
fn a_date_that_moves_moves_the_same_entry_of_the_calendar() {
    let mut office = office();
    office.set("MAIL__CALENDAR", "attached");
    office.run(&["--as-of", "2022-12-27", "remind"]).expect_code(0);
    let extend =
        ["--as-of", "2022-12-28", "extend", "R-1", "--by", "5wd", "--reason", "区政府批准"];
    office.run(&extend).expect_code(0);
    for day in ["2022-12-29", "2022-12-30", "2023-01-04", "2023-01-06"] {
        office.run(&["--as-of", day, "remind"]).expect_code(0);
    }
    let events = mails(&office).iter().flat_map(entries).collect::<Vec<_>>();
    let uid = &events[0].0;
    let of_first = |event: &&(String, u32, String)| event.0 == *uid;
    let (first, last) =
        (events.iter().find(of_first).unwrap(), events.iter().rev().find(of_first).unwrap());
    assert_eq!((first.1, first.2.as_str()), (0, "20221231"));
    assert!(last.1 > first.1 && last.2 > first.2, "{events:?}");
}

/// UID, SEQUENCE and DTEND of each entry in a mail's calendar.
fn entries(mail: &Value) -> Vec<(String, u32, String)> {
    let text = mail["attachments"][0]["content"].as_str().unwrap().replace("\r\n ", "");
    let value = |event: &str, name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.to_owned()
    };
    let events = text.split("BEGIN:VEVENT").skip(1);
    events
        .map(|event| {
            let sequence = value(event, "SEQUENCE:").parse().unwrap();
            (value(event, "UID:"), sequence, value(event, "DTEND;VALUE=DATE:"))
        })
        .collect()
}

/// A mail with its headers as they are and its bodies as they read.
fn whole(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap().replace("\r\n", "\n");
    let mut shown = String::new();
    for block in text.split("\n\n") {
        let body: String = block.lines().take_while(|line| !line.starts_with("--")).collect();
        match data_encoding::BASE64.decode(body.as_bytes()) {
            Ok(decoded) if !body.is_empty() => {
                let decoded = String::from_utf8(decoded).unwrap().replace("\r\n", "\n");
                let rest: Vec<_> =
                    block.lines().skip_while(|line| !line.starts_with("--")).collect();
                write!(shown, "{decoded}\n{}\n\n", rest.join("\n")).unwrap();
            }
            _ => write!(shown, "{block}\n\n").unwrap(),
        }
    }
    shown
}

#[test]
fn a_whole_mail() {
    let mut office = office();
    office.set("MAIL__CALENDAR", "attached");
    office.run(&["--as-of", "2022-12-27", "remind"]).expect_code(0);
    office.run(&["--as-of", "2022-12-30", "remind"]).expect_code(0);
    let mails = office.mails();
    let newest = mails.iter().find(|mail| {
        let text = String::from_utf8_lossy(mail);
        text.contains("a@jw.example") && text.contains("Date: Fri, 30 Dec 2022")
    });
    // The links of the letter carry the Message-ID in percent-encoding.
    let shown = whole(newest.unwrap()).replace("%3C", "%3C ").replace("%40", " @");
    insta::assert_snapshot!(without_ids(&shown));
}
