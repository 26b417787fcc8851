//! Mails as mail systems and people send them, and as nobody should.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Incoming {
    read_incoming(text.replace('\n', "\r\n").as_bytes()).unwrap()
}

/// The library that knows MIME stops at a mail inside a mail whose boundary has moved into its headers.
#[test]
fn a_mail_that_stops_the_library_is_no_mail_and_ends_nothing() {
    let mail = "From: MAILER-DAEMON@unit.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"

--b

gone
--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; a@unit.example

--b
Content-Type: message/rfc822
cipient: rfc822; a@unit.example
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@office.example>

x
--b--
";
    let mail = mail.replace('\n', "\r\n");
    // a build without assertions may read it, none may panic
    let _read = read_incoming(mail.as_bytes());
    let _text = super::super::mail_text::mail_text(mail.as_bytes());
}

/// What Postfix says of a mail it could not deliver, with the headers of that mail.
fn report(fields: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: duban@yuzhong.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"

--b
Content-Type: text/plain

This is the mail system. I'm sorry to have to inform you.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Postfix-Sender: rfc822; duban@yuzhong.example

{fields}
--b
Content-Type: text/rfc822-headers

From: duban@yuzhong.example
Message-ID: <ours@yuzhong.example>
Subject: x
--b--
"
    )
}

const FAILED: &str = "Final-Recipient: rfc822; wang@unit.example
Original-Recipient: rfc822;wangfang@unit.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <wang@unit.example>:
    Recipient address rejected: User unknown";

#[test]
fn a_report_names_recipient_status_and_the_mail_it_is_about() {
    let mail = read(&report(FAILED));
    assert_eq!(mail.refers_to, ["<ours@yuzhong.example>"]);
    let Content::Report(reports) = mail.content else { panic!("{:?}", mail.content) };
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!(report.recipient.as_ref().unwrap().as_str(), "wangfang@unit.example");
    assert_eq!((report.action, report.status), (Action::Failed, Some((5, 1, 1))));
    assert!(report.diagnostic.ends_with(": Recipient address rejected: User unknown"));
}

#[test]
fn a_report_that_brings_the_whole_mail_back_is_about_that_mail() {
    let whole = report(FAILED).replace("text/rfc822-headers", "message/rfc822");
    assert_eq!(read(&whole).refers_to, ["<ours@yuzhong.example>"]);
}

#[test]
fn a_delay_and_a_delivery_are_no_failures() {
    for (word, action) in [("delayed", Action::Delayed), ("Relayed", Action::Delivered)] {
        let mail = read(&report(&FAILED.replace("failed", word)));
        let Content::Report(reports) = mail.content else { panic!("{:?}", mail.content) };
        assert_eq!(reports[0].action, action);
    }
}

#[test]
fn a_report_without_a_known_action_reports_nothing() {
    let mail = read(&report(&FAILED.replace("failed", "pondered")));
    assert!(!matches!(mail.content, Content::Report(_)), "{:?}", mail.content);
}

#[test]
fn a_returned_mail_without_a_report_is_known_by_sender_and_subject() {
    let mail = read(
        "From: PostMaster@qq.com
To: duban@yuzhong.example
Subject: =?utf-8?b?57O757uf6YCA5L+h?=
Content-Type: text/plain; charset=utf-8

抱歉，您的邮件被退回来了。
原邮件信息：
Message-ID: <ours@yuzhong.example>
",
    );
    assert_eq!(mail.refers_to, ["<ours@yuzhong.example>"]);
    assert!(matches!(mail.content, Content::Returned { .. }), "{:?}", mail.content);
}

#[test]
fn what_a_machine_wrote_is_no_answer() {
    let heads = [
        "Auto-Submitted: auto-replied",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "Return-Path: <>",
        "Subject: 自动回复：收到",
        "Subject: Out of Office: x",
        "Subject: 回复：自动回复：【提示】职工休假制度公开",
        "Subject: [外部] 外出",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
    ];
    for head in heads {
        let body = if head.contains("boundary") {
            "--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action; displayed\n--b--\n"
        } else {
            "收到"
        };
        let mail = format!(
            "From: wang@unit.example\nIn-Reply-To: <ours@yuzhong.example>\n{head}\n\n{body}\n"
        );
        assert_eq!(read(&mail).content, Content::Automatic, "{head}");
    }
}

#[test]
fn words_of_our_own_subject_make_no_machine_of_a_person() {
    for subject in [
        "回复：【提示】外出务工人员统计 还剩3个工作日",
        "Re: 【催办】职工休假制度公开",
        "Re:外出务工人员统计",
        "自动回复系统建设情况",
    ] {
        let mail = format!(
            "From: wang@unit.example\nIn-Reply-To: <ours@yuzhong.example>\nSubject: {subject}\n\n收到，正在办理。\n"
        );
        assert!(matches!(read(&mail).content, Content::Written { .. }), "{subject}");
    }
}

#[test]
fn a_persons_answer_that_a_list_or_a_gateway_marked_stays_one() {
    for mark in ["List-Id: <bureau.x.example>", "Precedence: bulk"] {
        let answer = "In-Reply-To: <ours@yuzhong.example>\n";
        let mail = |head: &str, text: &str| {
            read(&format!("From: wang@unit.example\nSubject: x\n{mark}\n{head}\n{text}\n")).content
        };
        assert!(matches!(mail(answer, "收到，正在办理。"), Content::Written { .. }), "{mark}");
        assert_eq!(mail("", "本周简报"), Content::Automatic, "no answer: {mark}");
        assert_eq!(mail(answer, "> 收到"), Content::Automatic, "nothing of its own: {mark}");
    }
}

#[test]
fn a_report_in_html_names_our_mail_and_the_address() {
    let ours = format!("<{}@yuzhong.example>", "a2".repeat(16));
    let html = ours.replace('<', "&lt;").replace('>', "&gt;");
    let mail = read(&format!(
        "From: PostMaster@qq.com
Subject: =?utf-8?b?57O757uf6YCA5L+h?=
Content-Type: text/html; charset=utf-8

<html><body><table><tr><td>收件人</td><td>wang@qq.com</td></tr><tr><td>邮件编号</td><td>{html}</td></tr>
<tr><td>主题</td><td>【提示】政务公开</td></tr></table></body></html>
"
    ));
    assert_eq!(mail.refers_to, [ours]);
    let Content::Returned { text, addresses, .. } = mail.content else { panic!() };
    assert!(text.contains("【提示】政务公开"));
    assert!(addresses.contains(&Address::parse("wang@qq.com").unwrap()));
}

#[test]
fn an_answer_is_known_with_its_first_words_and_without_the_quotation() {
    let mail = read(
        "From: =?utf-8?b?546L6Iqz?= <wang@unit.example>
To: duban@yuzhong.example
Subject: =?utf-8?b?5Zue5aSN77ya44CQ5o+Q6YaS44CR5LqL6aG5?=
In-Reply-To: <ours@yuzhong.example>
References: <root@yuzhong.example> <ours@yuzhong.example>
Content-Type: text/plain; charset=utf-8

收到，我们月底前办结。

------------------ 原始邮件 ------------------
发件人: duban
",
    );
    assert_eq!(mail.from.unwrap().as_str(), "wang@unit.example");
    assert_eq!(mail.subject, "【提醒】事项");
    assert_eq!(mail.refers_to, ["<ours@yuzhong.example>", "<root@yuzhong.example>"]);
    assert_eq!(mail.content, Content::Written { excerpt: "收到，我们月底前办结。".to_owned() });
}

#[test]
fn an_answer_in_gbk_is_read() {
    let mut bytes = b"From: wang@unit.example\r\nContent-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".to_vec();
    bytes.extend(encoding_rs::GB18030.encode("已签收").0.iter());
    let mail = read_incoming(&bytes).unwrap();
    assert_eq!(mail.content, Content::Written { excerpt: "已签收".to_owned() });
}

#[test]
fn prefixes_of_answers_in_any_language_are_no_part_of_the_subject() {
    for prefix in ["Re: ", "RE：", "回复：", "答复: ", "Re: 回复： ", "转发：Fw: "] {
        assert_eq!(without_prefixes(&format!("{prefix}【提醒】事项")), "【提醒】事项", "{prefix}");
    }
    assert_eq!(without_prefixes("关于回复：一事"), "关于回复：一事");
}

#[test]
fn what_is_no_mail_is_said_to_be_none() {
    assert_eq!(read_incoming(b""), Err(MailFault::Empty));
    assert_eq!(read_incoming(b" \r\n\r\n"), Err(MailFault::Empty));
    assert_eq!(read_incoming(b"\x7fELF\x02\x01\x01\0\0\0"), Err(MailFault::NoHeaders));
    assert_eq!(read_incoming("只有正文".as_bytes()), Err(MailFault::NoHeaders));
}

#[test]
fn mails_within_mails_without_end_are_refused() {
    for kind in ["message/rfc822", "multipart/digest; boundary=b"] {
        let nested = format!("Content-Type: {kind}\r\n\r\n--b\r\n").repeat(20_000);
        let mail = format!("From: a@b.example\r\n{nested}");
        assert_eq!(read_incoming(mail.as_bytes()), Err(MailFault::TooManyParts));
    }
    let deep = "Content-Type: message/rfc822\r\n\r\n".repeat(MOST_PARTS - 1);
    assert!(read_incoming(format!("From: a@b.example\r\n{deep}").as_bytes()).is_ok());
}

#[test]
fn a_long_mail_is_read_from_its_beginning() {
    let attachment = "QUJD".repeat(LARGEST_MAIL);
    let mail = format!("From: a@b.example\r\nSubject: x\r\n\r\n收到\r\n\r\n{attachment}");
    assert!(matches!(read_incoming(mail.as_bytes()).unwrap().content, Content::Written { .. }));
}

proptest! {
    #[test]
    fn no_bytes_at_all_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        drop(read_incoming(&bytes));
    }

    #[test]
    fn no_damage_to_a_report_breaks_the_reader(
        at in 0_usize..900, bytes in prop::collection::vec(any::<u8>(), 0..8), cut in 0_usize..1000,
    ) {
        let mut mail = report(FAILED).replace('\n', "\r\n").into_bytes();
        let at = at.min(mail.len());
        mail.splice(at..(at + bytes.len()).min(mail.len()), bytes);
        mail.truncate(mail.len().saturating_sub(cut));
        drop(read_incoming(&mail));
    }
}
