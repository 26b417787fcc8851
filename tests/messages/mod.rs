//! Composed mails, read back by Python's mail library: a second reader that shares no code with ours.

mod craft;

use std::io::Write as _;
use std::process::{Command, Stdio};

use duban::domain::address::Address;
use duban::domain::ledger_identity::{LedgerIdentity, LedgerSecret};
use duban::domain::moment::Moment;
use duban::domain::uid::Uid;
use duban::mail::compose::{
    Finding, MessageHeader, Office, OperatorContent, Recipient, compose_for_operator, message_id,
};
use duban::mail::templates::Templates;
use jiff::civil::date;
use serde_json::{Value, json};

/// What Python finds in a mail.
fn read_by_python(bytes: &[u8]) -> Value {
    let mut python = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/messages/read_mail.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is missing: tests/all.sh installs it");
    python.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

const LEDGER: LedgerIdentity =
    LedgerIdentity { uid: Uid::NIL, secret: LedgerSecret::from_bytes([1; 32]) };

fn letter(name: &str, headline: &str) -> OperatorContent {
    let address = |text: &str| Address::parse(text).unwrap();
    OperatorContent {
        header: MessageHeader {
            office: Office {
                name: "渝中区政府办公室".into(),
                address: address("duban@yuzhong.example"),
                reply_to: address("quzhengfuban-chengban@yuzhong.example"),
                contact: "政务公开科".into(),
            },
            recipient: Recipient {
                address: address("quzhengfuban-fuze@yuzhong.example"),
                name: name.into(),
                unit: "区政府办公室".into(),
            },
            sent: Moment::from_local(date(2022, 12, 28).at(9, 0, 0, 0)).unwrap(),
            message_id: message_id(&LEDGER, &["heartbeat/2022-12-28"], "yuzhong.example"),
            ledger: LEDGER.uid,
            references: vec![message_id(&LEDGER, &["heartbeat/2022-12-27"], "yuzhong.example")],
        },
        headline: headline.into(),
        figures: vec![("待发邮件".into(), "0".into())],
        findings: vec![Finding {
            title: "联系人邮箱不存在".into(),
            detail: "区教委承办人".into(),
            action: "duban import units units.csv".into(),
        }],
    }
}

#[test]
fn python_reads_what_was_written() {
    let letter = letter("区政府办公室负责人", "有1项需要处理");
    let found =
        read_by_python(&compose_for_operator(&letter, &Templates::shipped()).unwrap().bytes);
    assert_eq!(found["defects"], json!([]));
    assert_eq!(found["subject"], "【督办系统】有1项需要处理");
    assert_eq!(found["from"], json!([["渝中区政府办公室", "duban@yuzhong.example"]]));
    assert_eq!(found["to"], json!([["区政府办公室负责人", "quzhengfuban-fuze@yuzhong.example"]]));
    assert_eq!(
        found["reply_to"],
        json!([["渝中区政府办公室", "quzhengfuban-chengban@yuzhong.example"]])
    );
    assert_eq!(found["date"], "2022-12-28T09:00:00+08:00");
    assert_eq!(found["message_id"], letter.header.message_id);
    assert_eq!(found["auto_submitted"], "auto-generated");
    assert_eq!(found["kinds"], json!(["multipart/alternative", "text/plain", "text/html"]));
    for part in ["text", "html"] {
        let body = found[part].as_str().unwrap();
        assert!(body.contains("联系人邮箱不存在") && body.contains("待发邮件"), "{body}");
    }
}

#[test]
fn python_reads_long_chinese_and_hostile_text_without_a_defect() {
    let long: String = "督办提醒，".chars().cycle().take(280).collect();
    for text in [
        long.as_str(),
        "甲\r\nBcc: x@evil.example",
        "=?utf-8?b?5Yqe57uT?=",
        "a, \"b\" <c@d.example>",
    ] {
        let letter = letter(text, text);
        let mail = compose_for_operator(&letter, &Templates::shipped()).unwrap();
        let found = read_by_python(&mail.bytes);
        assert_eq!(found["defects"], json!([]), "{text}");
        assert_eq!(found["subject"], mail.subject, "{text}");
        assert_eq!(found["to"][0][1], "quzhengfuban-fuze@yuzhong.example", "{text}");
        assert_eq!(found["to"].as_array().unwrap().len(), 1, "{text}");
    }
}
