//! Sample mails with which templates are checked before use: every field filled, every field empty, every role.
//!
//! Must not know: the ledger; nothing made here is sent.

use crate::domain::ladder::Tone;
use crate::domain::ledger_identity::{LedgerIdentity, LedgerSecret};
use crate::domain::moment::Moment;
use crate::domain::obligation::AssignmentState;
use crate::domain::uid::Uid;
use crate::domain::unit::Role;
use crate::mail::compose::content::{
    CalendarEvent, ChangeNotice, Finding, ItemDates, LeftOut, MessageContent, MessageHeader,
    MessageItem, Office, OperatorContent, OtherDuty, Recipient,
};
use crate::mail::compose::message_id::message_id;
use crate::mail::one_line::OneLine;

/// One mail with every field filled, one with as few as possible, one whose clock is suspended; from the office to itself.
pub(super) fn messages(office: &Office, sent: Moment) -> [MessageContent; 3] {
    let full = [(Role::Responsible, Tone::Overdue, -3), (Role::Lead, Tone::Warn, 2)];
    let mut items: Vec<_> =
        full.into_iter().map(|(role, tone, left)| full_item(role, tone, left, sent)).collect();
    items.push(MessageItem {
        internal: true,
        progress: line("已完成1/4次，下一次不迟于2022-12-09"),
        ..bare_item(sent)
    });
    items.push(bare_item(sent));
    [
        MessageContent {
            header: header(office, sent),
            items,
            why: line("贵单位是该事项的责任单位。"),
            with_calendar: true,
            others: vec![OtherDuty {
                title: line("其他事项"),
                dates: dates(sent),
                state: AssignmentState::Reported,
            }],
            others_more: 1,
            left_out: LeftOut { open: 30, late: 10, moved: 1 },
        },
        MessageContent {
            header: bare_header(office, sent),
            items: vec![bare_item(sent)],
            why: OneLine::default(),
            with_calendar: false,
            others: Vec::new(),
            others_more: 0,
            left_out: LeftOut::default(),
        },
        MessageContent {
            header: bare_header(office, sent),
            items: vec![suspended_item(sent)],
            why: OneLine::default(),
            with_calendar: true,
            others: Vec::new(),
            others_more: 0,
            left_out: LeftOut::default(),
        },
    ]
}

/// As [`messages`], for the operator.
pub(super) fn operator_messages(office: &Office, sent: Moment) -> [OperatorContent; 2] {
    let finding = Finding {
        title: line("联系人邮箱无法投递"),
        detail: line("区教委承办人"),
        action: line("duban mail list"),
    };
    [
        OperatorContent {
            header: header(office, sent),
            headline: line("有1项需要处理"),
            figures: vec![(line("待发邮件"), line("0"))],
            findings: vec![finding],
        },
        OperatorContent {
            header: bare_header(office, sent),
            headline: line("运行正常"),
            figures: Vec::new(),
            findings: Vec::new(),
        },
    ]
}

fn full_item(role: Role, tone: Tone, working_days_left: i64, sent: Moment) -> MessageItem {
    MessageItem {
        title: line("全面清理行政规范性文件"),
        reference: line("002-12"),
        owed_by: vec![line("区教委"), line("区民政局")],
        lead: vec![line("区司法局")],
        responsible: vec![line("区政府各部门")],
        written: line("每年至少1次"),
        source: line("任务分工 三、（八）3"),
        basis: line("样例规则（样例条例第一条）"),
        role,
        tone,
        rung: line("第一次催办"),
        also_told: vec![line("区司法局承办人")],
        instructions: line("样例"),
        dates: Some(ItemDates { working_days_left, provisional: true, ..dates(sent) }),
        change: Some(ChangeNotice {
            before: Some(sent.today()),
            act_by_before: Some(sent.today()),
            paper: line("样例通知"),
            is_only_news: false,
            is_correction: true,
            said: line("样例"),
        }),
        ..bare_item(sent)
    }
}

fn bare_item(sent: Moment) -> MessageItem {
    MessageItem {
        event: CalendarEvent { uid: "sample".to_owned(), sequence: 0 },
        title: line("样例"),
        reference: OneLine::default(),
        owed_by: Vec::new(),
        lead: Vec::new(),
        responsible: Vec::new(),
        dates: Some(dates(sent)),
        change: None,
        correction: None,
        internal: false,
        progress: OneLine::default(),
        written: OneLine::default(),
        source: OneLine::default(),
        basis: OneLine::default(),
        role: Role::Supervisor,
        tone: Tone::Notice,
        rung: OneLine::default(),
        also_told: Vec::new(),
        state: AssignmentState::Open,
        instructions: OneLine::default(),
        is_new: true,
    }
}

fn suspended_item(sent: Moment) -> MessageItem {
    let paper = line("中止");
    let change = ChangeNotice {
        before: None,
        act_by_before: None,
        paper,
        is_only_news: true,
        is_correction: false,
        said: OneLine::default(),
    };
    MessageItem { dates: None, change: Some(change), ..bare_item(sent) }
}

fn dates(sent: Moment) -> ItemDates {
    let today = sent.today();
    ItemDates { due: today, due_at: None, act_by: today, working_days_left: 0, provisional: false }
}

/// No ledger has this identity.
const LEDGER: LedgerIdentity =
    LedgerIdentity { uid: Uid::NIL, secret: LedgerSecret::from_bytes([0; 32]) };

fn header(office: &Office, sent: Moment) -> MessageHeader {
    let earlier = message_id(&LEDGER, &["earlier sample"], office.address.domain());
    MessageHeader {
        recipient: Recipient {
            address: office.address.clone(),
            name: line("样例单位承办人"),
            unit: line("样例单位"),
        },
        references: vec![earlier],
        ..bare_header(office, sent)
    }
}

fn bare_header(office: &Office, sent: Moment) -> MessageHeader {
    MessageHeader {
        office: office.clone(),
        recipient: Recipient {
            address: office.address.clone(),
            name: OneLine::default(),
            unit: OneLine::default(),
        },
        sent,
        message_id: message_id(&LEDGER, &["sample"], office.address.domain()),
        ledger: LEDGER.uid,
        references: Vec::new(),
    }
}

fn line(text: &str) -> OneLine {
    OneLine::clean(text)
}
