//! Mails that came in: `bounce`.
//!
//! Must not know: what such a mail does to the ledger, the command line.

use serde::Serialize;

use super::row::{Column, Row};
use crate::storage::incoming::Effect;
use crate::words::Lang;
use crate::workflows::take_incoming::Taken;

/// A mail that came in.
#[derive(Serialize)]
pub struct IncomingView {
    file: String,
    kind: &'static str,
    /// It was read before.
    known: bool,
    message: Option<i64>,
    recipient: Option<String>,
    detail: String,
    proposed: Vec<String>,
    #[serde(skip)]
    effect: Effect,
}

impl Row for IncomingView {
    const KEYS: &'static [&'static str] =
        &["file", "kind", "known", "message", "recipient", "detail", "proposed"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::<Self>::text("来源", "From", |it, _| it.file.clone()).droppable(1),
            Column::whole("类别", "Kind", Self::kind),
            Column::number("邮件", "Mail", |it, _| {
                it.message.map(|id| id.to_string()).unwrap_or_default()
            }),
            Column::text("内容", "Content", |it, _| it.detail.clone()),
            Column::text("待确认签收", "To be acknowledged", |it, lang| {
                lang.list(&it.proposed)
            }),
        ]
    }
}

impl IncomingView {
    pub fn of(file: &str, taken: Taken) -> Self {
        let Taken { receipt, known, recipient } = taken;
        let proposed = match &receipt.effect {
            Effect::Answered { proposed } => {
                proposed.iter().map(|share| format!("{} {}", share.reference, share.unit)).collect()
            }
            Effect::Bounced { .. }
            | Effect::Delayed
            | Effect::Delivered
            | Effect::Returned
            | Effect::Automatic
            | Effect::Stray => Vec::new(),
        };
        Self {
            file: file.to_owned(),
            kind: receipt.effect.word(),
            known,
            message: receipt.message.map(|message| message.0),
            recipient: recipient.filter(|_| receipt.message.is_some()),
            detail: receipt.detail,
            proposed,
            effect: receipt.effect,
        }
    }

    fn kind(&self, lang: Lang) -> String {
        if self.known {
            return lang.pick("已收过", "read before").to_owned();
        }
        kind_of_mail(self.effect.word(), lang).to_owned()
    }
}

/// What a mail was, by its word in data.
pub fn kind_of_mail(word: &str, lang: Lang) -> &'static str {
    match word {
        "bounce" => lang.pick("退信", "bounce"),
        "delay" => lang.pick("延迟", "delay"),
        "delivery" => lang.pick("送达", "delivery report"),
        "returned" => lang.pick("退回，请人工查看", "returned, needs a person"),
        "automatic" => lang.pick("自动回复", "automatic answer"),
        "answer" => lang.pick("答复", "answer"),
        _ => lang.pick("无关", "unrelated"),
    }
}
