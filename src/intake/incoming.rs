//! Reads an incoming mail: who sent it, which of our mails it refers to, what kind of mail it is.
//!
//! Any bytes give a mail or a fault, never a panic. Must not know: the ledger, what follows from a mail.

use std::borrow::Cow;

use mail_parser::decoders::html::html_to_text;
use mail_parser::{HeaderValue, Message, MessagePart, MimeHeaders as _, PartType};

use super::parsed_mail::{parsed_headers, parsed_mail};
use crate::domain::address::Address;
use crate::domain::incoming::{Action, Content, Incoming, Report};
use crate::words;
use crate::words::{Lang, Say};

/// How many bytes of a mail are read: a report and the first words of a reply stand at its beginning.
pub const LARGEST_MAIL: usize = 1024 * 1024;
/// The most parts of a mail; more are an attack, since each part may contain another mail.
const MOST_PARTS: usize = 200;
/// The most Message-IDs that are read; a reply names the mail it answers last.
const MOST_REFERENCES: usize = 50;
/// The most recipients of one report; our mails have one.
const MOST_REPORTS: usize = 50;
/// How many characters of a written reply are kept.
const EXCERPT: usize = 80;

/// Why bytes are not a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum MailFault {
    Empty,
    /// None of the headers of which a mail has at least one.
    NoHeaders,
    TooManyParts,
}

impl Say for MailFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Empty => lang.pick("内容为空", "it is empty").to_owned(),
            Self::NoHeaders => lang.pick("没有邮件头", "it has no mail headers").to_owned(),
            Self::TooManyParts => words!(
                lang,
                zh = "超过{MOST_PARTS}个部分",
                en = "it has more than {MOST_PARTS} parts"
            ),
        }
    }
}

/// Words in the subject of a returned mail, in lower case.
const RETURNED: &[&str] = &[
    "退信",
    "退回",
    "无法投递",
    "投递失败",
    "发送失败",
    "undeliver",
    "returned mail",
    "delivery fail",
    "delivery status",
    "failure notice",
    "mail delivery",
];

/// How the subject of an automatic reply begins, in lower case; no letter follows.
const AUTOMATIC: &[&str] = &[
    "自动回复",
    "自动答复",
    "外出",
    "休假",
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "out of office",
    "out of the office",
];

/// Values of `Precedence` that only automatic mail has (RFC 3834 §3.1.8).
const PRECEDENCES: &[&str] = &["auto_reply"];
/// Headers that only automatic mail has.
const MACHINE_HEADERS: &[&str] = &["X-Autoreply", "X-Autorespond", "X-Auto-Reply"];
/// Values of `Precedence` that automatic mail has, and a person's mail that went through a list or a gateway.
const LIST_PRECEDENCES: &[&str] = &["bulk", "junk", "list"];
/// Characters of the left part of a Message-ID of ours.
const OUR_ID: usize = 32;
/// The most characters of a returned mail that are searched for the mail it is about.
const MOST_TEXT: usize = 20_000;

/// What mail programs put before a subject when they reply or forward.
const SUBJECT_PREFIXES: &[&str] = &["re", "fw", "fwd", "aw", "回复", "答复", "转发", "回覆"];
/// How the line begins behind which an earlier mail is quoted.
const QUOTATION_STARTS: &[&str] = &[">", "-----", "_____", "发件人", "From:", "On ", "在 20"];
/// Names before the `@` from which mail systems send.
const MAIL_SYSTEMS: &[&str] = &["mailer-daemon", "postmaster", "mdaemon", "mailsupport"];
/// A mail has at least one of these headers.
const MAIL_HEADERS: &[&str] =
    &["From", "To", "Subject", "Date", "Message-ID", "Return-Path", "Received"];

/// Reads a mail; bytes after [`LARGEST_MAIL`] need not be given.
///
/// # Errors
///
/// A [`MailFault`] when the bytes are not a mail.
pub fn read_incoming(bytes: &[u8]) -> Result<Incoming, MailFault> {
    let bytes = bytes.get(..LARGEST_MAIL).unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(MailFault::Empty);
    }
    if occurrences(bytes, b"content-type") > MOST_PARTS {
        return Err(MailFault::TooManyParts);
    }
    let mail = parsed_mail(bytes).ok_or(MailFault::NoHeaders)?;
    if !MAIL_HEADERS.iter().any(|name| mail.header(*name).is_some()) {
        return Err(MailFault::NoHeaders);
    }
    let refers_to = references(&mail);
    Ok(Incoming {
        from: sender(&mail),
        return_path_is_empty: has_empty_return_path(&mail),
        subject: without_prefixes(mail.subject().unwrap_or_default()).to_owned(),
        content: content(&mail, !refers_to.is_empty()),
        refers_to,
    })
}

/// A subject without [`SUBJECT_PREFIXES`].
fn without_prefixes(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((word, after)) = rest.split_once([':', '：']) {
        if !SUBJECT_PREFIXES.iter().any(|prefix| word.trim().eq_ignore_ascii_case(prefix)) {
            break;
        }
        rest = after.trim();
    }
    rest
}

/// How often `word` occurs in `bytes`, in upper or lower case.
fn occurrences(bytes: &[u8], word: &[u8]) -> usize {
    bytes.windows(word.len()).filter(|window| window.eq_ignore_ascii_case(word)).count()
}

fn sender(mail: &Message<'_>) -> Option<Address> {
    let address = mail.from()?.first()?.address.as_deref()?;
    Address::parse(address).ok()
}

/// Message-IDs that the mail answers, then those of returned mails: nearest first, each once.
fn references(mail: &Message<'_>) -> Vec<String> {
    let mut found = Vec::new();
    add_references(mail, &mut found);
    for part in &mail.parts {
        match &part.body {
            PartType::Message(returned) => add_returned(returned, &mut found),
            PartType::Text(text) if is(part, "text", "rfc822-headers") => {
                if let Some(returned) = parsed_headers(text.as_bytes()) {
                    add_returned(&returned, &mut found);
                }
            }
            PartType::Text(text) => add_written(text, &mut found),
            PartType::Html(text) => add_written(&html_to_text(text), &mut found),
            PartType::Binary(_) | PartType::InlineBinary(_) | PartType::Multipart(_) => {}
        }
    }
    found.truncate(MOST_REFERENCES);
    found
}

fn add_references(mail: &Message<'_>, found: &mut Vec<String>) {
    for value in [mail.in_reply_to(), mail.references()] {
        let ids: Vec<&str> = match value {
            HeaderValue::Text(id) => vec![id.as_ref()],
            HeaderValue::TextList(ids) => ids.iter().rev().map(Cow::as_ref).collect(),
            HeaderValue::Address(_)
            | HeaderValue::DateTime(_)
            | HeaderValue::ContentType(_)
            | HeaderValue::Received(_)
            | HeaderValue::Empty => Vec::new(),
        };
        for id in ids {
            add(id, found);
        }
    }
}

/// Adds the Message-ID of a returned mail.
fn add_returned(returned: &Message<'_>, found: &mut Vec<String>) {
    if let Some(id) = returned.message_id() {
        add(id, found);
    }
}

/// Adds Message-IDs from the text: some mail systems copy the headers of a returned mail into it.
fn add_written(text: &str, found: &mut Vec<String>) {
    let lines = text.lines().take(2000).filter_map(|line| {
        let (name, value) = line.trim_start_matches(['>', ' ']).split_once(':')?;
        name.eq_ignore_ascii_case("message-id").then_some(value)
    });
    for id in lines {
        add(id, found);
    }
    for (word, name) in words_with_at(text) {
        let is_ours = name.len() == OUR_ID
            && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
        if is_ours {
            add(word, found);
        }
    }
}

/// Every word of a text that has an `@` in it, and its left part.
fn words_with_at(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.@".contains(c);
    let words = text.split(move |c| !is_part(c));
    words.filter_map(|word| {
        let word = word.trim_matches('.');
        word.split_once('@').map(|(name, _)| (word, name))
    })
}

fn add(id: &str, found: &mut Vec<String>) {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let id = format!("<{id}>");
    if id.contains('@') && found.len() < MOST_REFERENCES && !found.contains(&id) {
        found.push(id);
    }
}

fn content(mail: &Message<'_>, is_answer: bool) -> Content {
    let reports = reports(mail);
    if !reports.is_empty() {
        return Content::Report(reports);
    }
    let subject = mail.subject().unwrap_or_default().to_lowercase();
    if is_receipt(mail) {
        return Content::Automatic;
    }
    let excerpt = excerpt(mail);
    if comes_from_a_mail_system(mail) && contains_any(&subject, RETURNED) {
        let text = text_and_returned_subjects(mail);
        let addresses = addresses(&text);
        return Content::Returned { excerpt, text, addresses };
    }
    // A person's answer that a list or a gateway has marked stays a person's answer.
    let is_persons = is_answer && !excerpt.is_empty();
    if is_automatic(mail)
        || begins_automatically(&subject)
        || went_through_a_list(mail) && !is_persons
    {
        return Content::Automatic;
    }
    Content::Written { excerpt }
}

/// True when the sender's program wrote the beginning of the subject: 自动回复：…. What comes after it is often our own subject,
/// and a duty may be about 外出 or 休假.
fn begins_automatically(subject: &str) -> bool {
    let subject = without_prefixes(subject);
    let subject = match subject.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, rest)) => without_prefixes(rest),
        None => subject,
    };
    let after = AUTOMATIC.iter().find_map(|word| subject.strip_prefix(word));
    after.is_some_and(|after| !after.starts_with(char::is_alphanumeric))
}

/// The text of all parts, and the subjects of the mails they bring back.
fn text_and_returned_subjects(mail: &Message<'_>) -> String {
    let mut text = String::new();
    for part in &mail.parts {
        match &part.body {
            PartType::Text(written) => text.push_str(written),
            PartType::Html(written) => text.push_str(&html_to_text(written)),
            PartType::Message(returned) => text.push_str(returned.subject().unwrap_or_default()),
            PartType::Binary(_) | PartType::InlineBinary(_) | PartType::Multipart(_) => {}
        }
        text.push('\n');
    }
    text.chars().take(MOST_TEXT).collect()
}

fn addresses(text: &str) -> Vec<Address> {
    let mut addresses: Vec<Address> = Vec::new();
    let found = words_with_at(text).filter_map(|(word, _)| Address::parse(word).ok());
    for address in found.take(MOST_REFERENCES) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

fn reports(mail: &Message<'_>) -> Vec<Report> {
    let statuses = mail.parts.iter().filter(|part| {
        is(part, "message", "delivery-status") || is(part, "message", "global-delivery-status")
    });
    statuses
        .flat_map(|part| text_of(part).map(|text| report_of(&text)).unwrap_or_default())
        .take(MOST_REPORTS)
        .collect()
}

/// The groups of fields for single recipients; the first group is about the whole mail, and one without a known action is
/// left out.
fn report_of(status: &str) -> Vec<Report> {
    let status = status.replace("\r\n", "\n");
    let groups = status.split("\n\n").map(str::trim).filter(|group| !group.is_empty());
    groups.filter_map(|group| recipient_of(&fields(group))).take(MOST_REPORTS).collect()
}

fn recipient_of(fields: &[(String, String)]) -> Option<Report> {
    let field = |name: &str| {
        let found = fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let action = Action::from_word(field("Action")?)?;
    let named = field("Original-Recipient").or_else(|| field("Final-Recipient"));
    let status = field("Status").and_then(|text| {
        let mut numbers = text.split_whitespace().next()?.split('.').map(|part| part.parse().ok());
        Some((numbers.next()??, numbers.next()??, numbers.next()??))
    });
    Some(Report {
        recipient: named.and_then(address_of),
        action,
        status,
        diagnostic: field("Diagnostic-Code").unwrap_or_default().chars().take(500).collect(),
    })
}

/// `rfc822; name@domain`, with or without angle brackets.
fn address_of(value: &str) -> Option<Address> {
    let address = value.split_once(';').map_or(value, |(_, address)| address);
    Address::parse(address.trim().trim_start_matches('<').trim_end_matches('>')).ok()
}

/// Fields with their folded lines joined.
fn fields(group: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in group.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    fields
}

fn is_receipt(mail: &Message<'_>) -> bool {
    mail.parts.iter().any(|part| is(part, "message", "disposition-notification"))
}

fn comes_from_a_mail_system(mail: &Message<'_>) -> bool {
    let from = mail.from().and_then(|from| from.first()?.address.as_deref());
    let name = from.and_then(|from| from.split('@').next()).unwrap_or_default();
    MAIL_SYSTEMS.iter().any(|system| name.eq_ignore_ascii_case(system))
        || has_empty_return_path(mail)
}

/// Only the first one counts: the mail system that delivers writes it above whatever the sender wrote.
fn has_empty_return_path(mail: &Message<'_>) -> bool {
    let mut paths = mail.headers_raw().filter(|(name, _)| name.eq_ignore_ascii_case("Return-Path"));
    paths.next().is_some_and(|(_, path)| path.trim() == "<>")
}

fn is_automatic(mail: &Message<'_>) -> bool {
    let raw = |name: &'static str| mail.header_raw(name).map(|value| value.trim().to_lowercase());
    raw("Auto-Submitted").is_some_and(|value| !value.starts_with("no"))
        || raw("Precedence").is_some_and(|value| PRECEDENCES.contains(&value.as_str()))
        || MACHINE_HEADERS.iter().any(|name| mail.header_raw(*name).is_some())
        || has_empty_return_path(mail)
        || comes_from_a_mail_system(mail)
}

fn went_through_a_list(mail: &Message<'_>) -> bool {
    let precedence = mail.header_raw("Precedence").map(|value| value.trim().to_lowercase());
    precedence.is_some_and(|value| LIST_PRECEDENCES.contains(&value.as_str()))
        || mail.header_raw("List-Id").is_some()
}

fn contains_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// The first words somebody wrote, without what is quoted.
fn excerpt(mail: &Message<'_>) -> String {
    let text = mail.body_text(0).unwrap_or_default();
    let own = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let own = own.take_while(|line| !begins_a_quotation(line));
    let words = own.take(5).collect::<Vec<_>>().join(" ");
    words.chars().take(EXCERPT).collect()
}

fn begins_a_quotation(line: &str) -> bool {
    QUOTATION_STARTS.iter().any(|sign| line.starts_with(sign))
}

fn is(part: &MessagePart<'_>, kind: &str, subkind: &str) -> bool {
    part.content_type().is_some_and(|content| {
        content.ctype().eq_ignore_ascii_case(kind)
            && content.subtype().is_some_and(|own| own.eq_ignore_ascii_case(subkind))
    })
}

fn text_of<'a>(part: &'a MessagePart<'_>) -> Option<Cow<'a, str>> {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => Some(Cow::Borrowed(text.as_ref())),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            Some(String::from_utf8_lossy(bytes))
        }
        PartType::Message(message) => Some(String::from_utf8_lossy(message.raw_message())),
        PartType::Multipart(_) => None,
    }
}

#[cfg(test)]
#[path = "incoming_tests.rs"]
mod tests;
