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
        internal: false,
        progress: OneLine::default(),
        written: "2022年底前".into(),
        source: "渝中府办〔2022〕24号 任务分工 三、（十）2".into(),
        basis: OneLine::default(),
        role: Role::Responsible,
        tone: Tone::Warn,
        rung: "到期前3个工作日".into(),
        also_told: lines(&["区教委负责人"]),
        state: AssignmentState::Open,
        note: "生育、教育、养老、医疗、就业创业、社会救助、投资、纳税、疫情防控等方面。".into(),
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
        rung: "逾期后第3个工作日".into(),
        note: OneLine::default(),
        ..question_bank()
    }
}

fn amended() -> ChangeNotice {
    ChangeNotice {
        before: Some(date(2022, 12, 30)),
        act_by_before: Some(date(2022, 12, 30)),
        paper: "国办发明电〔2022〕16号".into(),
        is_only_news: true,
    }
}

#[test]
fn a_date_that_moved_is_told_with_the_old_one_and_the_paper() {
    let moved =
        MessageItem {
            change: Some(amended()), rung: "日期变更通知".into(), ..question_bank()
        };
    let bytes = composed(&content(vec![moved])).bytes;
    let mail = MessageParser::default().parse(&bytes).unwrap();
    let text = mail.body_text(0).unwrap();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| {
            ["时限状态", "到期日期", "原到期日", "变更依据"].iter().any(|it| line.contains(it))
        })
        .map(str::trim)
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    时限状态  【日期变更】还剩2个工作日
    到期日期  2022年12月31日（星期六）
    原到期日  2022年12月30日（星期五）
    变更依据  国办发明电〔2022〕16号
    "#);
}

fn content(items: Vec<MessageItem>) -> MessageContent {
    MessageContent {
        header: header(),
        items,
        why: "区教委是上述事项的责任单位，贵方登记为承办人。".into(),
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
    insta::assert_snapshot!(raw_headers(&composed(&content).bytes), @r#"
    Date: Wed, 28 Dec 2022 09:00:00 +0800
    From: =?utf-8?b?5rid5Lit5Yy65pS/5bqc5Yqe5YWs5a6k?=
     <duban@yuzhong.example>
    To: =?utf-8?b?5Yy65pWZ5aeU5om/5Yqe5Lq6?=
     <qujiaowei-chengban@yuzhong.example>
    Reply-To: =?utf-8?b?5rid5Lit5Yy65pS/5bqc5Yqe5YWs5a6k?=
     <quzhengfuban-chengban@yuzhong.example>
    Subject: =?utf-8?b?44CQ552j5Yqe44CR5Li75Yqo5Zue5aSN6Zeu562U5bqT5pyq6IO9?=
     =?utf-8?b?5Yy56YWN55qE5pS/562W5ZKo6K+i562JMumhuSDlhbbkuK0x6aG55bey6YC+?=
     =?utf-8?b?5pyf?=
    Message-ID: <ceazeujy5b64itwtxrq22lzyj7raqjb4@yuzhong.example>
    MIME-Version: 1.0
    In-Reply-To: <o6m24opsjnif66ubcmdz4elpc3qnarrt@yuzhong.example>
    References: <7pmquos6vd7fkevobw4eglwufnhhd5ah@yuzhong.example>
     <o6m24opsjnif66ubcmdz4elpc3qnarrt@yuzhong.example>
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: OOF, AutoReply
    List-Id: <00000000000000000000000000000000.duban.yuzhong.example>
    X-Duban-Kind: reminder
    X-Duban-Tone: overdue
    X-Duban-Items: 2
    Content-Type: multipart/alternative;
     boundary="5773e43cabf67649442d23e38836791dbaa87b0a"
    "#);
}

#[test]
fn the_text_of_a_reminder_with_a_late_item() {
    let content = content(vec![late_answer(), question_bank()]);
    insta::assert_snapshot!(text_part(&composed(&content).bytes), @r#"
    区教委承办人：

        截至2022年12月28日（星期三），下列2项督办事项请贵单位办理，其中1项已逾期。

    ----------------------------------------------------------------------------
    1. 主动回复问答库未能匹配的政策咨询

        时限状态  【督办】已逾期3个工作日
        到期日期  2022年12月23日（星期五）（暂定，以放假安排通知为准）
        文件原文  5个工作日内
        来源条款  渝中府办〔2022〕24号 任务分工 三、（十）2
        办理依据  政策咨询答复（渝中府办〔2022〕24号 任务分工 三、（十）3）
        牵头单位  区政府办公室、区政务服务办
        责任单位  区发展改革委、区教委、区民政局、区财政局、区人力社保局、街道办
                  事处
        尚未办结  区教委
        贵方职责  责任单位
        当前状态  待办
        督办环节  逾期后第3个工作日
        同时通知  区教委负责人
        事项编号  002-14

    ----------------------------------------------------------------------------
    2. 政策咨询事项全部纳入“政策咨询问答库”

        时限状态  【催办】还剩2个工作日
        到期日期  2022年12月31日（星期六）
        应办日期  2022年12月30日（星期五），到期日是休息日，请提前办结
        文件原文  2022年底前
        来源条款  渝中府办〔2022〕24号 任务分工 三、（十）2
        牵头单位  区政府办公室、区政务服务办
        责任单位  区发展改革委、区教委、区民政局、区财政局、区人力社保局、街道办
                  事处
        尚未办结  区教委
        贵方职责  责任单位
        当前状态  待办
        督办环节  到期前3个工作日
        同时通知  区教委负责人
        事项编号  002-13
        备注说明  生育、教育、养老、医疗、就业创业、社会救助、投资、纳税、疫情防
                  控等方面。

    ----------------------------------------------------------------------------
    下一步：

      - 办结后请直接回复本邮件，写明办结日期和公开网址（或者文号）；确需延期的，
        请在到期前回复说明理由。
      - 已逾期的，请立即办理，并回复说明原因和预计办结日期。
      - 回复地址：quzhengfuban-chengban@yuzhong.example
      - 联系方式：区政府办公室政务公开科

    为什么收到本邮件：区教委是上述事项的责任单位，贵方登记为承办人。
    本邮件由渝中区政府办公室督办系统自动发送；事项办结登记后不再提醒。

    渝中区政府办公室
    2022年12月28日（星期三）
    "#);
}

#[test]
fn the_html_of_a_reminder() {
    let content = content(vec![question_bank()]);
    let bytes = composed(&content).bytes;
    insta::assert_snapshot!(read(&bytes).body_html(0).unwrap().replace("\r\n", "\n"), @r#"
    <!DOCTYPE html>
    <html lang="zh-CN">
    <head><meta charset="utf-8"><title>渝中区政府办公室督办提醒</title></head>
    <body style="margin:0;padding:16px;background:#f4f4f4;color:#222;font-family:'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif;font-size:15px;line-height:1.6">
    <div style="max-width:680px;margin:0 auto;padding:20px 24px;background:#fff;border-top:4px solid #1f5fa8">
    <p style="margin:0 0 8px">区教委承办人：</p>
    <p style="margin:0 0 16px;text-indent:2em">截至2022年12月28日（星期三），下列1项督办事项请贵单位办理。</p>
    <div style="margin:0 0 16px;padding:12px 16px;border:1px solid #ddd;border-left:4px solid #1f5fa8">
    <p style="margin:0 0 8px;font-weight:bold">1. 政策咨询事项全部纳入“政策咨询问答库”</p>
    <p style="margin:0 0 8px;color:#1f5fa8">【催办】还剩2个工作日</p>
    <table role="presentation" cellpadding="3" style="border-collapse:collapse;font-size:14px">
    <tr valign="top"><td style="color:#666;white-space:nowrap">到期日期</td><td>2022年12月31日（星期六）</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">应办日期</td><td>2022年12月30日（星期五），到期日是休息日，请提前办结</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">文件原文</td><td>2022年底前</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">来源条款</td><td>渝中府办〔2022〕24号 任务分工 三、（十）2</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">牵头单位</td><td>区政府办公室、区政务服务办</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">责任单位</td><td>区发展改革委、区教委、区民政局、区财政局、区人力社保局、街道办事处</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">尚未办结</td><td>区教委</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">贵方职责</td><td>责任单位</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">当前状态</td><td>待办</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">督办环节</td><td>到期前3个工作日</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">同时通知</td><td>区教委负责人</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">事项编号</td><td>002-13</td></tr>
    <tr valign="top"><td style="color:#666;white-space:nowrap">备注说明</td><td>生育、教育、养老、医疗、就业创业、社会救助、投资、纳税、疫情防控等方面。</td></tr>

    </table>
    </div>
    <p style="margin:0 0 4px;font-weight:bold">下一步</p>
    <ul style="margin:0 0 16px;padding-left:1.4em">
    <li>办结后请直接回复本邮件，写明办结日期和公开网址（或者文号）；确需延期的，请在到期前回复说明理由。</li>
    <li>回复地址：quzhengfuban-chengban@yuzhong.example</li>
    <li>联系方式：区政府办公室政务公开科</li>
    </ul>
    <p style="margin:0;color:#666;font-size:13px">为什么收到本邮件：区教委是上述事项的责任单位，贵方登记为承办人。<br>本邮件由渝中区政府办公室督办系统自动发送；事项办结登记后不再提醒。</p>
    <p style="margin:16px 0 0;text-align:right">渝中区政府办公室<br>2022年12月28日（星期三）</p>
    </div>
    </body>
    </html>
    "#);
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
    insta::assert_snapshot!(text_part(&mail.bytes), @r#"
    区教委承办人：

        2022年12月28日（星期三），有1项需要处理。

    1. 联系人邮箱不存在，提醒未送达
        情况  区教委承办人，事项002-13；中继答复550 5.1.1，邮箱不存在。此后不再
              向该地址投递，直到地址更新。
        处理  更正地址后重新导入：duban import units units.csv

    ----------------------------------------------------------------------------
        待发邮件：2
        上次成功投递：2022-12-28 08:30

    本邮件由渝中区政府办公室督办系统自动发送给系统管理员。收不到每日运行报告时，
    请检查服务是否运行：duban status
    "#);
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
    let subjects: Vec<_> = [
        vec![question_bank()],
        vec![today],
        vec![moved],
        vec![stopped],
        vec![late_answer()],
        vec![question_bank(), question_bank(), question_bank()],
        vec![late_answer(), question_bank()],
        vec![late_answer(), late_answer()],
    ]
    .into_iter()
    .map(|items| composed(&content(items)).subject)
    .collect();
    insta::assert_snapshot!(subjects.join("\n"), @r#"
    【督办】政策咨询事项全部纳入“政策咨询问答库” 还剩2个工作日（12月31日到期）
    【督办】政策咨询事项全部纳入“政策咨询问答库” 今日到期（12月28日到期）
    【督办】政策咨询事项全部纳入“政策咨询问答库” 日期变更（12月31日到期）
    【督办】政策咨询事项全部纳入“政策咨询问答库” 日期变更（已中止）
    【督办】主动回复问答库未能匹配的政策咨询 已逾期3个工作日（12月23日到期，暂定）
    【督办】政策咨询事项全部纳入“政策咨询问答库”等3项 即将到期（最近12月30日）
    【督办】主动回复问答库未能匹配的政策咨询等2项 其中1项已逾期
    【督办】主动回复问答库未能匹配的政策咨询等2项 均已逾期
    "#);
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
