//! The dates of a mail as a calendar file (RFC 5545).
//!
//! It has no METHOD and no attendee: it is a file to open, not an invitation to answer. Must not know: MIME, templates.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::mail::compose::content::{ItemDates, MessageContent, MessageItem};
use crate::mail::compose::mime::in_chunks;

/// Octets of a line without its end (RFC 5545 §3.1).
const LINE: usize = 75;

/// The calendar of all items that have a date, each obligation once; `None` when none has one.
pub(super) fn calendar(content: &MessageContent) -> Option<String> {
    let mut seen = BTreeSet::new();
    let told = content.items.iter().filter(|item| item.correction.is_none());
    let dated = told.filter_map(|item| item.dates.map(|dates| (item, dates)));
    let events: String = dated
        .filter(|(item, _)| seen.insert(item.event.uid.as_str()))
        .map(|(item, dates)| event(item, dates, content.header.sent.instant()))
        .collect();
    let head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//duban//duban//ZH"].map(folded);
    (!events.is_empty()).then(|| head.concat() + &events + &folded("END:VCALENDAR"))
}

/// An all-day event from the act-by date through the due date. The file of a later mail moves the same event.
fn event(item: &MessageItem, dates: ItemDates, sent: Timestamp) -> String {
    let after = dates.due.tomorrow().unwrap_or(Date::MAX);
    [
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", item.event.uid),
        format!("DTSTAMP:{}", sent.strftime("%Y%m%dT%H%M%SZ")),
        format!("SEQUENCE:{}", item.event.sequence),
        format!("SUMMARY:{}", escaped(&format!("到期：{}", item.title.as_str()))),
        format!("DESCRIPTION:{}", escaped(&description(item, dates))),
        format!("DTSTART;VALUE=DATE:{}", dates.act_by.min(dates.due).strftime("%Y%m%d")),
        format!("DTEND;VALUE=DATE:{}", after.strftime("%Y%m%d")),
        "TRANSP:TRANSPARENT".to_owned(),
        "END:VEVENT".to_owned(),
    ]
    .map(|line| folded(&line))
    .concat()
}

fn description(item: &MessageItem, dates: ItemDates) -> String {
    let due = format!("到期日期 {}", dates.due);
    let provisional = if dates.provisional { "（暂定）" } else { "" };
    let facts = [("来源条款", &item.source), ("事项编号", &item.reference)];
    let facts = facts.into_iter().filter(|(_, fact)| !fact.is_empty());
    let facts = facts.map(|(name, fact)| format!("\n{name} {}", fact.as_str()));
    std::iter::once(due + provisional).chain(facts).collect()
}

/// A TEXT value (RFC 5545 §3.3.11).
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// One content line, broken between characters where it is too long.
fn folded(line: impl AsRef<str>) -> String {
    let pieces = in_chunks(line.as_ref(), LINE - 1);
    pieces.collect::<Vec<_>>().join("\r\n ") + "\r\n"
}
