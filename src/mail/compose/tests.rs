//! Whole mails as people and relays see them, read back by an independent parser.

use jiff::civil::date;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

use super::*;
use crate::domain::address::Address;
use crate::domain::ledger_identity::{LedgerIdentity, LedgerSecret};
use crate::domain::obligation::AssignmentState;
use crate::domain::uid::Uid;
use crate::domain::unit::Role;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn lines(texts: &[&str]) -> Vec<OneLine> {
    texts.iter().map(|text| OneLine::clean(text)).collect()
}

const LEDGER: LedgerIdentity =
    LedgerIdentity { uid: Uid::NIL, secret: LedgerSecret::from_bytes([1; 32]) };

fn header() -> MessageHeader {
    MessageHeader {
        office: Office {
            name: "渝中区政府办公室".into(),
            address: address("duban@yuzhong.example"),
            reply_to: address("quzhengfuban-chengban@yuzhong.example"),
            contact: "区政府办公室政务公开科".into(),
        },
        recipient: Recipient {
            address: address("qujiaowei-chengban@yuzhong.example"),
            name: "区教委承办人".into(),
            unit: "区教委".into(),
        },
        sent: Moment::from_local(date(2022, 12, 28).at(9, 0, 0, 0)).unwrap(),
        message_id: message_id(&LEDGER, &["002-13", "002-12"], "yuzhong.example"),
        ledger: LEDGER.uid,
        references: Vec::new(),
    }
}

fn question_bank() -> MessageItem {
    MessageItem {
        event: CalendarEvent { uid: "obligation-13@yuzhong.example".to_owned(), sequence: 0 },
        title: "政策咨询事项全部纳入“政策咨询问答库”".into(),
        reference: "002-13".into(),
        owed_by: lines(&["区教委"]),
        lead: lines(&["区政府办公室", "区政务服务办"]),
        responsible: lines(&[
            "区发展改革委",
            "区教委",
            "区民政局",
            "区财政局",
            "区人力社保局",
            "街道办事处",
        ]),
        dates: Some(ItemDates {
            due: date(2022, 12, 31),
            due_at: None,
            act_by: date(2022, 12, 30),
            working_days_left: 2,
            provisional: false,
        }),
        change: None,
        correction: None,
        internal: false,
        progress: OneLine::default(),
        written: "2022年底前".into(),
        source: "渝中府办〔2022〕24号 任务分工 三、（十）2".into(),
        basis: OneLine::default(),
        role: Role::Responsible,
        tone: Tone::Warn,
        rung: OneLine::default(),
        also_told: lines(&["区教委负责人"]),
        state: AssignmentState::Open,
        instructions: "生育、教育、养老、医疗、就业创业、社会救助、投资、纳税、疫情防控等方面。"
            .into(),
        is_new: false,
    }
}

fn late_answer() -> MessageItem {
    MessageItem {
        event: CalendarEvent { uid: "obligation-14@yuzhong.example".to_owned(), sequence: 0 },
        title: "主动回复问答库未能匹配的政策咨询".into(),
        reference: "002-14".into(),
        dates: Some(ItemDates {
            due: date(2022, 12, 23),
            due_at: None,
            act_by: date(2022, 12, 23),
            working_days_left: -3,
            provisional: true,
        }),
        written: "5个工作日内".into(),
        basis: "政策咨询答复（渝中府办〔2022〕24号 任务分工 三、（十）3）".into(),
        tone: Tone::Overdue,
        rung: "第2次督办".into(),
        instructions: OneLine::default(),
        ..question_bank()
    }
}

fn amended() -> ChangeNotice {
    ChangeNotice {
        before: Some(date(2022, 12, 30)),
        act_by_before: Some(date(2022, 12, 30)),
        paper: "国办发明电〔2022〕16号".into(),
        is_only_news: true,
        is_correction: false,
        said: OneLine::default(),
    }
}

#[test]
fn a_date_that_moved_is_told_with_the_old_one_and_the_paper() {
    let moved =
        MessageItem { change: Some(amended()), rung: OneLine::default(), ..question_bank() };
    let bytes = composed(&content(vec![moved])).bytes;
    let mail = MessageParser::default().parse(&bytes).unwrap();
    let text = mail.body_text(0).unwrap();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| ["日期变更", "原到期日", "变更依据"].iter().any(|it| line.contains(it)))
        .map(str::trim)
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

fn content(items: Vec<MessageItem>) -> MessageContent {
    MessageContent {
        header: header(),
        items,
        others: vec![OtherDuty {
            title: "清理行政规范性文件".into(),
            dates: ItemDates {
                due: date(2023, 1, 20),
                due_at: None,
                act_by: date(2023, 1, 20),
                working_days_left: 16,
                provisional: false,
            },
            state: AssignmentState::Reported,
        }],
        others_more: 3,
        left_out: LeftOut::default(),
        why: "您登记为区教委的承办人，区教委是所列事项的责任单位。".into(),
        with_calendar: false,
    }
}

fn composed(content: &MessageContent) -> ComposedMessage {
    compose(content, &Templates::shipped()).unwrap()
}

fn read(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

fn raw_headers(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.split_once("\r\n\r\n").unwrap().0.replace("\r\n", "\n")
}

fn text_part(bytes: &[u8]) -> String {
    read(bytes).body_text(0).unwrap().replace("\r\n", "\n")
}

#[test]
fn the_headers_of_a_reminder() {
    let mut content = content(vec![late_answer(), question_bank()]);
    content.header.references = vec![
        message_id(&LEDGER, &["root"], "yuzhong.example"),
        message_id(&LEDGER, &["002-13"], "yuzhong.example"),
    ];
    insta::assert_snapshot!(raw_headers(&composed(&content).bytes));
}

#[test]
fn the_text_of_a_reminder_with_a_late_item() {
    let content = content(vec![late_answer(), question_bank()]);
    insta::assert_snapshot!(text_part(&composed(&content).bytes));
}

#[test]
fn the_html_of_a_reminder() {
    let content = content(vec![question_bank()]);
    let bytes = composed(&content).bytes;
    insta::assert_snapshot!(read(&bytes).body_html(0).unwrap().replace("\r\n", "\n"));
}

#[test]
fn the_mail_to_the_operator() {
    let content = OperatorContent {
        header: header(),
        headline: "有1项需要处理".into(),
        figures: vec![("待发邮件".into(), "2".into()), ("上次成功投递".into(), "2022-12-28 08:30".into())],
        findings: vec![Finding {
            title: "联系人邮箱不存在，提醒未送达".into(),
            detail: "区教委承办人，事项002-13；中继答复550 5.1.1，邮箱不存在。此后不再向该地址投递，直到地址更新。".into(),
            action: "更正地址后重新导入：duban import units units.csv".into(),
        }],
    };
    let mail = compose_for_operator(&content, &Templates::shipped()).unwrap();
    assert_eq!(mail.subject, "【督办系统】有1项需要处理");
    insta::assert_snapshot!(text_part(&mail.bytes));
}

#[test]
fn subjects_say_how_urgent_the_bundle_is() {
    let soon = ItemDates {
        working_days_left: 0,
        due: date(2022, 12, 28),
        due_at: None,
        act_by: date(2022, 12, 28),
        provisional: false,
    };
    let today = MessageItem { dates: Some(soon), ..question_bank() };
    let moved = MessageItem { change: Some(amended()), ..question_bank() };
    let stopped = MessageItem { dates: None, ..moved.clone() };
    let new = MessageItem { tone: Tone::Notice, is_new: true, ..question_bank() };
    let signed = MessageItem { state: AssignmentState::Acknowledged, ..new.clone() };
    let subjects: Vec<_> = [
        vec![question_bank()],
        vec![today],
        vec![moved],
        vec![stopped],
        vec![late_answer()],
        vec![question_bank(), question_bank(), question_bank()],
        vec![late_answer(), question_bank()],
        vec![late_answer(), late_answer()],
        vec![new.clone()],
        vec![new.clone(), new],
        vec![signed],
    ]
    .into_iter()
    .map(|items| composed(&content(items)).subject)
    .collect();
    insta::assert_snapshot!(subjects.join("\n"));
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    let content = content(vec![late_answer(), question_bank()]);
    assert_eq!(composed(&content), composed(&content));
}

#[test]
fn every_line_fits_the_wire() {
    let mut content = content(vec![late_answer(); 60]);
    content.items[0].title = OneLine::clean(&"督".repeat(2000));
    content.header.office.name = OneLine::clean(&"office ".repeat(40));
    content.header.references =
        (0..40).map(|n| message_id(&LEDGER, &[n.to_string()], "yuzhong.example")).collect();
    let bytes = composed(&content).bytes;
    assert!(!bytes.windows(2).any(|pair| pair[1] == b'\n' && pair[0] != b'\r'), "a bare line feed");
    assert!(bytes.is_ascii());
    let text = String::from_utf8(bytes.clone()).unwrap();
    let longest = text.split("\r\n").map(str::len).max().unwrap();
    assert!(longest <= 78, "a line of {longest} bytes");
    let read = read(&bytes);
    assert_eq!(read.references().as_text_list().unwrap().len(), 10, "the root and the nine newest");
}

#[test]
fn a_subject_of_three_hundred_characters_comes_back_whole() {
    let title: String = "督办事项，".chars().cycle().take(300).collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("reminder")).unwrap();
    std::fs::write(folder.path().join("reminder/subject.txt"), "{{ items[0].title }}").unwrap();
    let templates = Templates::with_folder(folder.path()).unwrap();
    let mut content = content(vec![question_bank()]);
    content.items[0].title = OneLine::clean(&title);
    let mail = compose(&content, &templates).unwrap();
    assert_eq!(read(&mail.bytes).subject(), Some(title.as_str()));
    assert_eq!(mail.subject, title);
}

#[test]
fn a_hostile_title_adds_no_header_no_markup_and_no_second_recipient() {
    let hostile =
        "清理\r\nBcc: x@evil.example\r\n\r\n<script>alert(1)</script>\u{202e}=?utf-8?q?=0ABcc?=";
    let mut content = content(vec![question_bank()]);
    content.items[0].title = hostile.into();
    content.header.recipient.name = hostile.into();
    content.header.office.name = hostile.into();
    let bytes = composed(&content).bytes;
    let read = read(&bytes);
    assert!(read.bcc().is_none());
    assert_eq!(read.to().unwrap().iter().count(), 1);
    assert_eq!(
        read.to().unwrap().first().unwrap().address(),
        Some("qujiaowei-chengban@yuzhong.example")
    );
    let html = read.body_html(0).unwrap();
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
    assert!(!html.contains('\u{202e}'));
    assert_eq!(raw_headers(&bytes).lines().filter(|line| line.starts_with("Bcc")).count(), 0);
}

#[test]
fn both_parts_are_utf8_in_base64_and_load_nothing() {
    let bytes = composed(&content(vec![question_bank()])).bytes;
    let read = read(&bytes);
    assert_eq!(read.parts.len(), 3, "the frame, the text, the HTML");
    assert!(matches!(read.parts[1].body, PartType::Text(_)));
    assert!(matches!(read.parts[2].body, PartType::Html(_)));
    for part in &read.parts[1..] {
        assert_eq!(part.content_transfer_encoding(), Some("base64"));
        assert_eq!(part.content_type().unwrap().attribute("charset"), Some("utf-8"));
    }
    let html = read.body_html(0).unwrap();
    for loader in ["src=", "url(", "http:", "https:", "<link", "@import"] {
        assert!(!html.contains(loader), "{loader}");
    }
}

#[test]
fn a_mail_of_a_hundred_items_stays_under_a_hundred_kilobytes() {
    let bytes = composed(&content(vec![late_answer(); 100])).bytes;
    assert!(bytes.len() < 100_000, "{} bytes", bytes.len());
    let text = text_part(&bytes);
    assert!(text.contains("其余90项：") && text.contains("100. "), "{text}");
}

#[test]
fn a_mail_without_items_is_refused() {
    let fault = compose(&content(Vec::new()), &Templates::shipped()).unwrap_err();
    assert!(matches!(fault, ComposeFault::NoItems));
}

#[test]
fn the_shipped_templates_pass_the_check() {
    check(&Templates::shipped(), &header().office, header().sent).unwrap();
}

#[test]
fn message_ids_differ_where_the_sets_of_keys_differ() {
    let id = |keys: &[&str]| message_id(&LEDGER, keys, "yuzhong.example");
    assert_ne!(id(&["a", "b"]), id(&["ab"]));
    assert_ne!(id(&["a"]), id(&["a", "a"]));
    assert_ne!(id(&["a:1", "b"]), id(&["a", "1:b"]));
}
