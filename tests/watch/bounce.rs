//! What comes back: reports on delivery, answering machines, people.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::office::{Run, TestOffice};

const DAY: &str = "2022-12-28";
/// Has one share of one duty that day.
const RECIPIENT: &str = "quwangxinban-chengban@yuzhong.example";

/// The Yuzhong district with the mails of the day sent.
fn office() -> TestOffice {
    let office = TestOffice::yuzhong();
    office.run(&["--as-of", DAY, "remind"]).expect_code(0);
    office
}

/// Hands a mail in as a relay's pipe does.
fn hand_in(office: &TestOffice, mail: impl AsRef<[u8]>, arguments: &[&str]) -> Run {
    let mut all = vec!["--as-of", DAY, "--format", "json", "bounce"];
    all.extend(arguments);
    let mut child = office
        .command(&all)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(mail.as_ref()).unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn taken(run: &Run) -> Value {
    let views: Value = serde_json::from_str(&run.out).unwrap();
    views[0].clone()
}

fn message_to(office: &TestOffice, recipient: &str) -> Value {
    let messages = office.json(&["outbox", "list", "--state", "all"]);
    let mut messages = messages.as_array().unwrap().iter();
    messages.find(|message| message["recipient"] == recipient).unwrap().clone()
}

fn status(office: &TestOffice) -> Value {
    let run = office.run(&["--as-of", DAY, "--format", "json", "status", "--deep"]);
    serde_json::from_str(&run.out).unwrap()
}

fn items(office: &TestOffice) -> Vec<String> {
    let status = status(office);
    assert_eq!(status["violations"], json!([]));
    let items = status["items"].as_array().unwrap().iter();
    items.map(|item| item["key"].as_str().unwrap().to_owned()).collect()
}

/// A report (RFC 3464) on the message to [`RECIPIENT`].
fn report(office: &TestOffice, action: &str, status: &str, diagnostic: &str) -> String {
    report_on(&message_to(office, RECIPIENT)["message_id"], RECIPIENT, (action, status, diagnostic))
}

fn report_on(
    message_id: &Value,
    recipient: &str,
    (action, status, diagnostic): (&str, &str, &str),
) -> String {
    let message_id = message_id.as_str().unwrap();
    format!(
        "Return-Path: <>
From: MAILER-DAEMON@mx.example
To: duban@yuzhong.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}
--b
Content-Type: message/rfc822

Message-ID: {message_id}
From: duban@yuzhong.example
Subject: x

x
--b--
"
    )
}

/// What somebody writes in answer to the message to [`RECIPIENT`].
fn answer(office: &TestOffice, headers: &str, text: &str) -> String {
    let message = message_to(office, RECIPIENT);
    let message_id = message["message_id"].as_str().unwrap();
    format!(
        "From: {RECIPIENT}
To: duban@yuzhong.example
In-Reply-To: {message_id}
{headers}Content-Type: text/plain; charset=utf-8

{text}
"
    )
}

/// Case 56: a report of 5.1.1 that arrives twice makes one suppression and one call, and the next role is told.
#[test]
fn a_mailbox_that_does_not_exist_is_suppressed_once_and_the_next_role_is_told() {
    let office = office();
    let before = office.mails().len();
    let mail = report(&office, "failed", "5.1.1", "550 5.1.1 user unknown");
    let first = hand_in(&office, &mail, &[]);
    assert_eq!((first.code, &taken(&first)["kind"]), (20, &json!("bounce")), "{}", first.err);
    let again = hand_in(&office, &mail, &[]);
    assert_eq!((again.code, &taken(&again)["known"]), (0, &json!(true)));
    // the same report by another way
    hand_in(&office, format!("Received: by mx2.example\n{mail}"), &[]);
    assert_eq!(items(&office), [format!("mailbox:{RECIPIENT}")]);
    office.run(&["--as-of", "2022-12-29", "remind"]);
    let told: Vec<Vec<u8>> = office.mails();
    assert!(told.len() > before, "somebody else hears of it");
    let to_the_dead = told.iter().filter(|mail| String::from_utf8_lossy(mail).contains(RECIPIENT));
    assert_eq!(to_the_dead.count(), 1, "nothing more goes there");
}

#[test]
fn a_repaired_mailbox_gets_mail_again_once_its_item_is_done() {
    let office = office();
    hand_in(&office, report(&office, "failed", "5.1.1", "550 5.1.1 user unknown"), &[]);
    let item = format!("mailbox:{RECIPIENT}");
    office.run(&["--as-of", DAY, "items", "done", &item]).expect_code(0);
    assert_eq!(items(&office), Vec::<String>::new());
    office.run(&["--as-of", "2023-01-05", "remind"]);
    let messages = office.json(&["outbox", "list", "--state", "all"]);
    let to_it = messages.as_array().unwrap().iter().filter(|it| it["recipient"] == RECIPIENT);
    assert!(to_it.count() > 1);
    let err = office.run(&["items", "done", &item, "nonsense"]).expect_code(14).err;
    assert!(err.contains("nonsense") && err.contains("duban items"), "{err}");
}

#[test]
fn a_full_or_limited_mailbox_is_not_suppressed_but_the_message_has_reached_nobody() {
    for (status, diagnostic) in
        [("5.2.2", "552 5.2.2 over quota"), ("5.0.0", "550 Mailbox unavailable or access denied")]
    {
        let office = office();
        let run = hand_in(&office, report(&office, "failed", status, diagnostic), &[]);
        assert_eq!(run.code, 20);
        let key = message_to(&office, RECIPIENT)["id"].clone();
        assert_eq!(items(&office), [format!("undelivered:{key}")]);
    }
}

#[test]
fn a_delay_and_a_delivery_are_noted_and_call_nobody() {
    let office = office();
    for (action, kind) in [("delayed", "delay"), ("delivered", "delivery")] {
        let run = hand_in(&office, report(&office, action, "4.4.1", "450 later"), &[]);
        assert_eq!((run.code, &taken(&run)["kind"]), (0, &json!(kind)));
    }
    assert_eq!(items(&office), Vec::<String>::new());
}

/// Case 58: a report about an unknown message changes nothing.
#[test]
fn a_report_about_an_unknown_message_is_counted_and_changes_nothing() {
    let office = office();
    let failed = ("failed", "5.1.1", "550 5.1.1 user unknown");
    let mail = report_on(&json!("<unknown@yuzhong.example>"), RECIPIENT, failed);
    let run = hand_in(&office, mail, &[]);
    assert_eq!((run.code, &taken(&run)["kind"]), (0, &json!("stray")));
    assert_eq!(items(&office), Vec::<String>::new());
    assert_eq!(status(&office)["incoming"]["stray"], 1);
}

/// The recipient forwards his mail: the report names the other mailbox, and our Message-ID.
#[test]
fn a_mail_that_a_forwarding_lost_has_reached_nobody_and_suppresses_nobody() {
    let office = office();
    let failed = ("failed", "5.1.1", "550 5.1.1 user unknown");
    let ours = message_to(&office, RECIPIENT);
    let run = hand_in(&office, report_on(&ours["message_id"], "private@qq.example", failed), &[]);
    assert_eq!((run.code, &taken(&run)["kind"]), (20, &json!("bounce")), "{}", run.err);
    assert!(taken(&run)["detail"].as_str().unwrap().contains("private@qq.example"));
    assert_eq!(items(&office), [format!("undelivered:{}", ours["id"])], "no mailbox is suppressed");
}

#[test]
fn a_report_that_spells_the_address_otherwise_is_about_the_same_mailbox() {
    let office = office();
    let failed = ("failed", "5.1.1", "550 5.1.1 user unknown");
    let ours = message_to(&office, RECIPIENT)["message_id"].clone();
    hand_in(&office, report_on(&ours, &RECIPIENT.to_uppercase(), failed), &[]);
    assert_eq!(items(&office), [format!("mailbox:{RECIPIENT}")]);
}

#[test]
fn a_returned_mail_without_a_message_id_finds_its_mail_or_waits_for_a_person() {
    let office = office();
    let returned = |to: &str| {
        format!(
            "From: PostMaster@qq.com\nSubject: 系统退信\nContent-Type: text/html; charset=utf-8\n\n\
             <p>抱歉，邮件被退回。</p><p>收件人：{to}</p>\n"
        )
    };
    let run = hand_in(&office, returned(&RECIPIENT.to_uppercase()), &[]);
    let message = message_to(&office, RECIPIENT);
    assert_eq!((run.code, &taken(&run)["message"]), (20, &message["id"]));
    let run = hand_in(&office, returned("private@qq.example"), &[]);
    assert_eq!((run.code, &taken(&run)["kind"]), (20, &json!("returned")));
    let items = items(&office);
    assert!(items.iter().any(|item| item.starts_with("mail:")), "{items:?}");
    let key = items.iter().find(|item| item.starts_with("mail:")).unwrap();
    office.run(&["--as-of", DAY, "items", "done", key]).expect_code(0);
}

/// The buttons of a letter open a new mail: no reference, a subject of its own, our Message-ID in the text.
#[test]
fn an_answer_written_with_a_button_of_the_letter_finds_its_mail() {
    let office = office();
    let id = message_to(&office, RECIPIENT)["message_id"].clone();
    let mail = format!(
        "From: {RECIPIENT}\nSubject: 收到 002-13 事项\nContent-Type: text/plain; charset=utf-8\n\n\
         收到\n编号：002-13\n\n请保留本行：{}\n",
        id.as_str().unwrap()
    );
    let run = hand_in(&office, mail, &[]);
    assert_eq!((run.code, &taken(&run)["kind"]), (20, &json!("answer")), "{}", run.err);
}

#[test]
fn an_answer_that_leaves_nothing_to_sign_for_is_still_read_by_a_person() {
    let office = office();
    let first = hand_in(&office, answer(&office, "", "收到"), &[]);
    let proposed = taken(&first)["proposed"][0].as_str().unwrap().to_owned();
    let (reference, unit) = proposed.split_once(' ').unwrap();
    office.run(&["--as-of", DAY, "ack", reference, "--unit", unit]).expect_code(0);
    let again = hand_in(&office, answer(&office, "", "已办结，请销号"), &[]);
    assert_eq!((again.code, &taken(&again)["kind"]), (20, &json!("answer")));
    let status = status(&office);
    assert!(status["items"][0]["detail"].as_str().unwrap().contains("已办结"), "{status}");
}

/// Whoever writes a report by hand, with the Message-ID of a mail at hand, has a return path.
#[test]
fn a_report_with_a_return_path_or_without_a_note_of_one_calls_a_person_and_suppresses_nobody() {
    for path in ["Return-Path: <clerk@unit.example>\nReturn-Path: <>\n", ""] {
        let office = office();
        let mail = report(&office, "failed", "5.1.1", "550 5.1.1 user unknown");
        let run = hand_in(&office, mail.replace("Return-Path: <>\n", path), &[]);
        assert_eq!((run.code, &taken(&run)["kind"]), (20, &json!("returned")), "{}", run.err);
        let message = message_to(&office, RECIPIENT);
        assert_eq!(items(&office), [format!("returned:{}", message["id"])]);
        let delivered = report(&office, "delivered", "2.0.0", "250 ok");
        let run = hand_in(&office, delivered.replace("Return-Path: <>\n", path), &[]);
        assert_eq!((run.code, &taken(&run)["kind"]), (0, &json!("automatic")));
    }
}

/// Case 57: an answering machine is no answer, and is not answered.
#[test]
fn an_answering_machine_acknowledges_nothing_and_is_not_answered() {
    let office = office();
    let before = office.mails().len();
    for headers in ["Auto-Submitted: auto-replied\n", "Subject: 自动回复：外出\n"] {
        let run = hand_in(&office, answer(&office, headers, "我在休假"), &[]);
        assert_eq!((run.code, &taken(&run)["kind"]), (0, &json!("automatic")));
    }
    assert_eq!(items(&office), Vec::<String>::new());
    office.run(&["--as-of", DAY, "remind"]).expect_code(0);
    assert_eq!(office.mails().len(), before);
}

#[test]
fn a_persons_answer_proposes_an_acknowledgement_that_ack_confirms() {
    let office = office();
    let run = hand_in(&office, answer(&office, "", "收到，月底前办结"), &[]);
    assert_eq!(run.code, 20, "{}", run.err);
    let view = taken(&run);
    let proposed = view["proposed"][0].as_str().unwrap().to_owned();
    let (reference, unit) = proposed.split_once(' ').unwrap();
    let is_acknowledged = |office: &TestOffice| {
        let lines = office.json(&["journal"]);
        let after = format!("{unit}: acknowledged");
        lines.as_array().unwrap().iter().any(|line| line["after"] == after.as_str())
    };
    assert!(!is_acknowledged(&office), "an answer alone acknowledges nothing");
    let [item] = items(&office).try_into().unwrap();
    assert!(item.starts_with("answer:"), "{item}");
    let detail = status(&office)["items"][0]["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("收到，月底前办结") && detail.contains(reference), "{detail}");
    office.run(&["--as-of", DAY, "ack", reference, "--unit", unit]).expect_code(0);
    assert!(is_acknowledged(&office));
    assert_eq!(items(&office), Vec::<String>::new());
    office.run(&["journal", "--verify"]).expect_code(0);
}

#[test]
fn an_answer_without_references_is_known_by_sender_and_subject() {
    let office = office();
    let subject = message_to(&office, RECIPIENT)["subject"].as_str().unwrap().to_owned();
    let mail = |from: &str| format!("From: {from}\nSubject: 回复：{subject}\n\n收到\n");
    assert_eq!(taken(&hand_in(&office, mail(RECIPIENT), &[]))["kind"], "answer");
    assert_eq!(taken(&hand_in(&office, mail("stranger@other.example"), &[]))["kind"], "stray");
    let of_another_ledger = format!("In-Reply-To: <other@yuzhong.example>\n{}", mail(RECIPIENT));
    assert_eq!(taken(&hand_in(&office, of_another_ledger, &[]))["kind"], "stray");
}

#[test]
fn a_mail_returned_in_an_unknown_form_opens_an_item() {
    let office = office();
    let message = message_to(&office, RECIPIENT);
    let mail = format!(
        "From: PostMaster@qq.com\nSubject: 系统退信\n\n抱歉，邮件被退回。\nMessage-ID: {}\n",
        message["message_id"].as_str().unwrap()
    );
    assert_eq!(hand_in(&office, mail, &[]).code, 20);
    assert_eq!(items(&office), [format!("returned:{}", message["id"])]);
}

#[test]
fn bytes_that_are_not_a_mail_are_reported_and_a_pipe_does_not_retry_them() {
    let office = office();
    for bytes in [b"".as_slice(), b"\0\xff\xfe", "没有头部".as_bytes()] {
        let run = hand_in(&office, bytes, &[]);
        assert_eq!(run.code, 14);
        assert!(run.err.contains("standard input is not a mail"), "{}", run.err);
        assert_eq!(hand_in(&office, bytes, &["--pipe"]).code, 0);
    }
    let huge = [b"From: a@b.example\n\n".as_slice(), &vec![b'x'; 20_000_000]].concat();
    assert_eq!(hand_in(&office, huge, &["--pipe"]).code, 0, "a large mail is read to its end");
}

#[test]
fn a_pipe_is_told_to_try_again_when_the_ledger_cannot_be_used() {
    let office = TestOffice::new();
    office.write("duban.db", "this is no database, and long enough to be looked at as one");
    let run = hand_in(&office, "From: a@b.example\n\nx\n", &["--pipe"]);
    assert_eq!(run.code, 75, "{}", run.err);
    assert_eq!(hand_in(&office, "From: a@b.example\n\nx\n", &[]).code, 11);
    let mut broken = TestOffice::new();
    broken.set("MAIL__TRANSPORT", "pigeon");
    assert_eq!(hand_in(&broken, "From: a@b.example\n\nx\n", &["--pipe"]).code, 75);
}

#[test]
fn a_maildir_is_read_once() {
    let office = office();
    let new = office.path("inbox/new");
    std::fs::create_dir_all(&new).unwrap();
    std::fs::write(new.join("1"), answer(&office, "", "收到")).unwrap();
    std::fs::write(new.join("2"), b"\xff").unwrap();
    let inbox = office.path("inbox").display().to_string();
    let run = office.run(&["--as-of", DAY, "bounce", "--maildir", &inbox]).expect_code(20);
    assert!(
        run.out.contains("answer") && run.err.contains("new/2 is not a mail"),
        "{}{}",
        run.out,
        run.err
    );
    assert_eq!(std::fs::read_dir(&new).unwrap().count(), 0);
    let seen = office.path("inbox/cur/1:2,S");
    assert!(seen.exists());
    let again = office.run(&["--as-of", DAY, "bounce", "--maildir", &inbox]).expect_code(0);
    assert_eq!(again.out, "");
    let err = office.run(&["bounce", "--maildir", "nowhere"]).expect_code(14).err;
    assert!(err.contains("nowhere/new"), "{err}");
}
