//! Links that open an answer with everything filled in that we know (RFC 6068).
//!
//! Must not know: templates, what an answer does.

use data_encoding::HEXUPPER;
use serde::Serialize;

use crate::domain::obligation::AssignmentState;
use crate::mail::compose::content::{MessageHeader, MessageItem};

/// Longest title in a link, in characters.
const LONGEST_TITLE: usize = 30;

/// A button of an item.
#[derive(Serialize)]
pub(super) struct Link {
    /// 报告办结.
    label: &'static str,
    href: String,
}

/// The answers that a responsible unit can give to one item.
pub(super) fn links(header: &MessageHeader, item: &MessageItem, is_late: bool) -> Vec<Link> {
    let done = ("报告办结", "办结", "办结日期：\r\n公开网址或者文号：\r\n");
    let taken_on = ("签收", "收到", "");
    let longer = ("申请延期", "申请延期", "延至日期：\r\n理由：\r\n");
    let reason = ("说明原因和预计日期", "情况说明", "未完成原因：\r\n预计办结日期：\r\n");
    let mut answers = match item.state {
        AssignmentState::Open if item.is_new => vec![taken_on, done],
        AssignmentState::Open => vec![done, taken_on],
        AssignmentState::Acknowledged
        | AssignmentState::Reported
        | AssignmentState::Closed
        | AssignmentState::Withdrawn => vec![done],
    };
    answers.push(if is_late { reason } else { longer });
    let link = |(label, word, form)| Link { label, href: mailto(header, item, word, form) };
    answers.into_iter().map(link).collect()
}

/// The Message-ID goes into the text: few mail programs take it over as a reference.
fn mailto(header: &MessageHeader, item: &MessageItem, word: &str, form: &str) -> String {
    let reference = item.reference.as_str();
    let title = item.title.shortened(LONGEST_TITLE);
    let subject = format!("{word} {reference} {title}");
    let id = &header.message_id;
    let body = format!("{word}\r\n编号：{reference}\r\n{form}\r\n请保留本行：{id}\r\n");
    let to = encoded(header.office.reply_to.as_str()).replace("%40", "@");
    format!("mailto:{to}?subject={}&body={}", encoded(&subject), encoded(&body))
}

/// Everything but the unreserved characters (RFC 3986 §2.3) is percent-encoded.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&HEXUPPER.encode(&[byte]));
        }
    }
    encoded
}
