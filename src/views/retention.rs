//! What is kept for a limited time: `ledger retain`.
//!
//! Must not know: how it is deleted, the command line.

use serde::Serialize;

use super::row::{Column, Row};
use crate::domain::retention::{RetentionCounts, RetentionPolicy};
use crate::storage::retention::LedgerSize;
use crate::words;
use crate::words::Lang;

/// What is due, or was done, and the size of the ledger before and after.
#[derive(Clone, Debug, Serialize)]
pub struct RetentionView {
    pub classes: Vec<RetentionClassView>,
    bytes_before: u64,
    bytes_after: u64,
}

/// One class of data.
#[derive(Clone, Debug, Serialize)]
pub struct RetentionClassView {
    class: &'static str,
    /// `None`: for ever.
    days: Option<u32>,
    count: u64,
    #[serde(skip)]
    name: (&'static str, &'static str),
}

impl RetentionView {
    pub fn of(
        policy: &RetentionPolicy,
        counts: &RetentionCounts,
        before: LedgerSize,
        after: LedgerSize,
    ) -> Self {
        let class =
            |class, zh, en, days, count| RetentionClassView { class, days, count, name: (zh, en) };
        let classes = vec![
            class(
                "packed_mails",
                "邮件原文（压缩）",
                "Mails, packed",
                policy.unpacked_mails,
                counts.packed,
            ),
            class("mails", "邮件原文（删除）", "Mails, deleted", policy.mails, counts.mails),
            class(
                "incoming",
                "来信摘要（删除）",
                "Answers and reports, deleted",
                policy.incoming,
                counts.incoming,
            ),
            class(
                "retired_contacts",
                "已停用联系人的姓名和邮箱（删除）",
                "Name and address of retired contacts, deleted",
                policy.retired_contacts,
                counts.contacts,
            ),
        ];
        Self { classes, bytes_before: before.bytes, bytes_after: after.bytes }
    }
}

impl RetentionClassView {
    fn period(&self, lang: Lang) -> String {
        match self.days {
            Some(days) => words!(lang, zh = "{days}日后", en = "after {days} days"),
            None => lang.pick("永久保存", "kept for ever").to_owned(),
        }
    }
}

impl Row for RetentionClassView {
    const KEYS: &'static [&'static str] = &["class", "days", "count"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::text("内容", "Data", |it, lang| lang.pick(it.name.0, it.name.1).to_owned()),
            Column::whole("期限", "Period", Self::period),
            Column::number("数量", "Count", |it, _| it.count.to_string()),
        ]
    }
}

/// A size as people read it: `12.3 MB`.
pub fn megabytes(bytes: u64, lang: Lang) -> String {
    let tenths = bytes / 100_000;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    words!(lang, zh = "{whole}.{tenth}兆字节", en = "{whole}.{tenth} MB")
}
