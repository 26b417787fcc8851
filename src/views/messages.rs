//! Mails: `mail list`, `mail show`, `remind`.
//!
//! Must not know: how mail is delivered, the command line.

use serde::Serialize;

use super::dates::{minute, second};
use super::row::{Column, Row};
use super::words::{optional_word, word};
use crate::domain::delivery::{FailureClass, HeldReason, MessageState, Stage};
use crate::domain::moment::Moment;
use crate::storage::messages::{AttemptRecord, Ending, QueuedMessage};
use crate::words::Lang;
use crate::workflows::seal_messages::WrittenMail;

/// A message without its content.
#[derive(Debug, Serialize)]
pub struct MessageView {
    id: i64,
    message_id: String,
    recipient: String,
    subject: String,
    day: String,
    #[serde(serialize_with = "word")]
    state: MessageState,
    #[serde(serialize_with = "optional_word")]
    held_reason: Option<HeldReason>,
    sealed_at: String,
    next_attempt_at: Option<String>,
    expires_at: String,
    accepted_at: Option<String>,
    attempts: u32,
    unknowns: u32,
    #[serde(flatten)]
    last: EndingView,
    #[serde(skip)]
    next_attempt: Option<Moment>,
}

/// How an attempt ended.
#[derive(Debug, Serialize)]
struct EndingView {
    #[serde(serialize_with = "optional_word")]
    stage: Option<Stage>,
    #[serde(serialize_with = "optional_word")]
    class: Option<FailureClass>,
    code: Option<u16>,
    reply: Option<String>,
}

/// One attempt to deliver a message.
#[derive(Debug, Serialize)]
pub struct AttemptView {
    attempt: u32,
    claimed_at: String,
    dot_at: Option<String>,
    ended_at: Option<String>,
    #[serde(flatten)]
    ending: EndingView,
}

/// A message with its attempts.
#[derive(Debug, Serialize)]
pub struct MessageDetailView {
    #[serde(flatten)]
    pub message: MessageView,
    #[serde(rename = "tries")]
    pub attempts: Vec<AttemptView>,
}

/// A mail that a pass has written.
#[derive(Debug, Serialize)]
pub struct WrittenMailView {
    message_id: String,
    recipient: String,
    subject: String,
    held: bool,
}

impl Row for MessageView {
    const KEYS: &'static [&'static str] = &[
        "id",
        "message_id",
        "recipient",
        "subject",
        "day",
        "state",
        "held_reason",
        "sealed_at",
        "next_attempt_at",
        "expires_at",
        "accepted_at",
        "attempts",
        "unknowns",
        "stage",
        "class",
        "code",
        "reply",
    ];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::number("序号", "No.", |it, _| it.id.to_string()),
            Column::whole("状态", "State", |it, lang| it.state.say(lang).to_owned()),
            Column::whole("收件人", "Recipient", |it, _| it.recipient.clone()),
            Column::text("主题", "Subject", |it, _| it.subject.clone()),
            Column::<Self>::number("次数", "Attempts", |it, _| it.attempts.to_string())
                .droppable(3),
            Column::<Self>::whole("下次", "Next attempt", |it, _| {
                it.next_attempt.map(minute).unwrap_or_default()
            })
            .droppable(2),
            Column::<Self>::text("最近结果", "Last result", Self::last_result).droppable(1),
        ]
    }
}

impl MessageView {
    pub fn of(message: &QueuedMessage) -> Self {
        let next_attempt = message.state.is_waiting().then_some(message.next_attempt);
        Self {
            id: message.key.0,
            message_id: message.message_id.clone(),
            recipient: message.recipient.to_string(),
            subject: message.subject.clone(),
            day: message.day.to_string(),
            state: message.state,
            held_reason: message.held,
            sealed_at: second(message.sealed),
            next_attempt_at: next_attempt.map(second),
            expires_at: second(message.expires),
            accepted_at: message.accepted.map(second),
            attempts: message.attempts,
            unknowns: message.unknowns,
            last: EndingView::of(&message.last),
            next_attempt,
        }
    }

    /// Why it is held, or what the relay last said.
    fn last_result(&self, lang: Lang) -> String {
        let held = self.held_reason.map(|reason| reason.say(lang).to_owned());
        let parts: Vec<String> = held.into_iter().chain(self.last.parts(lang)).collect();
        parts.join(" ")
    }

    /// Every field, for the table of one message.
    pub fn facts(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let named = |zh, en, content: String| (lang.pick(zh, en), content);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            named("序号", "No.", self.id.to_string()),
            named("状态", "State", self.state.say(lang).to_owned()),
            named("收件人", "Recipient", self.recipient.clone()),
            named("主题", "Subject", self.subject.clone()),
            named("所属工作日", "Working day", self.day.clone()),
            named("生成时间", "Written at", self.sealed_at.clone()),
            named("下次投递", "Next attempt", text(&self.next_attempt_at)),
            named("有效至", "Expires at", self.expires_at.clone()),
            named("服务器接收时间", "Accepted at", text(&self.accepted_at)),
            named("投递次数", "Attempts", self.attempts.to_string()),
            named("结果不明", "Unknown outcomes", self.unknowns.to_string()),
            named("最近结果", "Last result", self.last_result(lang)),
            ("Message-ID", self.message_id.clone()),
        ]
    }
}

impl EndingView {
    fn of(ending: &Ending) -> Self {
        let Ending { stage, class, code, reply } = ending;
        Self { stage: *stage, class: *class, code: *code, reply: reply.clone() }
    }

    fn parts(&self, lang: Lang) -> impl Iterator<Item = String> {
        let class = self.class.map(|class| class.say(lang).to_owned());
        let code = self.code.map(|code| code.to_string());
        [class, code, self.reply.clone()].into_iter().flatten()
    }
}

impl Row for AttemptView {
    const KEYS: &'static [&'static str] =
        &["attempt", "claimed_at", "dot_at", "ended_at", "stage", "class", "code", "reply"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::number("次", "Attempt", |it, _| it.attempt.to_string()),
            Column::whole("开始", "Begun", |it, _| it.claimed_at.clone()),
            Column::<Self>::whole("内容发出", "Content sent", |it, _| {
                it.dot_at.clone().unwrap_or_default()
            })
            .droppable(2),
            Column::<Self>::whole("结束", "Ended", |it, _| {
                it.ended_at.clone().unwrap_or_default()
            })
            .droppable(1),
            Column::<Self>::whole("阶段", "Stage", |it, lang| {
                it.ending.stage.map(|stage| stage.say(lang).to_owned()).unwrap_or_default()
            })
            .droppable(3),
            Column::text("结果", "Result", |it, lang| {
                it.ending.parts(lang).collect::<Vec<_>>().join(" ")
            }),
        ]
    }
}

impl AttemptView {
    pub fn of(attempt: &AttemptRecord) -> Self {
        Self {
            attempt: attempt.number,
            claimed_at: second(attempt.claimed),
            dot_at: attempt.dot.map(second),
            ended_at: attempt.ended.map(second),
            ending: EndingView::of(&attempt.ending),
        }
    }
}

impl Row for WrittenMailView {
    const KEYS: &'static [&'static str] = &["message_id", "recipient", "subject", "held"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("收件人", "Recipient", |it, _| it.recipient.clone()),
            Column::text("主题", "Subject", |it, _| it.subject.clone()),
        ]
    }
}

impl WrittenMailView {
    pub fn of(message: &WrittenMail) -> Self {
        Self {
            message_id: message.message_id.clone(),
            recipient: message.recipient.to_string(),
            subject: message.subject.clone(),
            held: message.held.is_some(),
        }
    }
}
