//! Composing: turns the content of a mail into the bytes that every attempt will send.
//!
//! Pure: same content and templates, same bytes. Must not know: the ledger, how a mail travels, the clock.

mod calendar;
mod content;
mod mime;
mod sample;
#[cfg(test)]
mod tests;
mod view;

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use crate::domain::address::Address;
use crate::domain::ladder::Tone;
use crate::domain::moment::Moment;
use crate::mail::compose::calendar::calendar;
use crate::mail::compose::mime::{Attachment, Words, seal};
use crate::mail::compose::view::{MessageView, OperatorView};
use crate::mail::one_line::OneLine;
use crate::mail::templates::{TemplateFault, Templates};

pub use content::{
    CalendarEvent, ChangeNotice, Finding, ItemDates, MessageContent, MessageHeader, MessageItem,
    Office, OperatorContent, Recipient,
};

/// Name of the attached calendar.
const CALENDAR_NAME: &str = "督办事项.ics";

/// Keys named in a header; the Message-ID stands for all of them.
const MOST_KEYS_SHOWN: usize = 10;

/// A mail ready to be frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposedMessage {
    /// The subject, decoded.
    pub subject: String,
    /// The whole mail with CRLF line ends, without the dots SMTP adds.
    pub bytes: Vec<u8>,
}

/// Why a mail cannot be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeFault {
    /// A reminder mail without a reminder.
    #[error("a mail needs at least one item")]
    NoItems,
    /// A template of the office is broken.
    #[error(transparent)]
    Template(#[from] TemplateFault),
    /// An address that cannot stand in a header.
    #[error("`{}` cannot stand in a mail header", .address.as_str())]
    Address {
        /// The address.
        address: Address,
    },
    /// The headers do not make a mail.
    #[error("the headers do not make a mail")]
    Headers(#[from] lettre::error::Error),
}

/// Composes a reminder mail.
///
/// # Errors
///
/// [`ComposeFault::NoItems`] for a mail without items, [`ComposeFault::Template`] when an office's template fails
/// on it; the two others only for addresses no relay takes.
pub fn compose(
    content: &MessageContent,
    templates: &Templates,
) -> Result<ComposedMessage, ComposeFault> {
    let tone = content.items.iter().map(|item| item.tone).max().ok_or(ComposeFault::NoItems)?;
    let words = words("reminder", &MessageView::of(content), templates)?;
    let subject = words.subject.as_str().to_owned();
    let dates = if content.with_calendar { calendar(content) } else { None };
    let attachment = dates.map(|body| Attachment {
        kind: "text/calendar; charset=utf-8",
        name: CALENDAR_NAME,
        body,
    });
    let marks = reminder_marks(content, tone);
    Ok(ComposedMessage { subject, bytes: seal(&content.header, marks, words, attachment)? })
}

/// Composes a mail to the operator.
///
/// # Errors
///
/// As [`compose`], without [`ComposeFault::NoItems`].
pub fn compose_for_operator(
    content: &OperatorContent,
    templates: &Templates,
) -> Result<ComposedMessage, ComposeFault> {
    let words = words("operator", &OperatorView::of(content), templates)?;
    let subject = words.subject.as_str().to_owned();
    let marks = vec![("X-Duban-Kind", "operator".to_owned())];
    Ok(ComposedMessage { subject, bytes: seal(&content.header, marks, words, None)? })
}

/// Composes sample mails of each kind, with every field filled and with none, from `office` to itself: a template that
/// would fail at night fails now. Nothing is sent.
///
/// # Errors
///
/// What [`compose`] or [`compose_for_operator`] says of the first that fails.
pub fn check(templates: &Templates, office: &Office, sent: Moment) -> Result<(), ComposeFault> {
    for content in sample::messages(office, sent) {
        compose(&content, templates)?;
    }
    for content in sample::operator_messages(office, sent) {
        compose_for_operator(&content, templates)?;
    }
    Ok(())
}

/// The Message-ID of the mail that carries these reminders, angle brackets included; the order of the keys is free.
///
/// It holds neither time nor host name, so a retry, a second seal and a restored backup all give the same one.
///
/// ```
/// use duban::mail::compose::message_id;
/// let id = message_id(&["b", "a"], "yuzhong.example");
/// assert_eq!(id, message_id(&["a", "b"], "yuzhong.example"));
/// assert!(id.starts_with('<') && id.ends_with("@yuzhong.example>"));
/// ```
pub fn message_id(keys: &[impl AsRef<str>], domain: &str) -> String {
    let mut keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    keys.sort_unstable();
    let mut hash = Sha256::new();
    for key in keys {
        // Each key with its length before it: no two sets of keys read the same.
        hash.update(key.len().to_string());
        hash.update(":");
        hash.update(key);
    }
    let short: Vec<u8> = hash.finalize().into_iter().take(20).collect();
    format!("<{}@{domain}>", BASE32_NOPAD.encode(&short).to_ascii_lowercase())
}

fn words(
    folder: &str,
    view: &impl serde::Serialize,
    templates: &Templates,
) -> Result<Words, TemplateFault> {
    Ok(Words {
        subject: OneLine::clean(&templates.render(&format!("{folder}/subject.txt"), view)?),
        text: templates.render(&format!("{folder}/body.txt"), view)?,
        html: templates.render(&format!("{folder}/body.html"), view)?,
    })
}

fn reminder_marks(content: &MessageContent, tone: Tone) -> Vec<(&'static str, String)> {
    let keys = content.items.iter().take(MOST_KEYS_SHOWN).map(|item| item.key.as_str());
    vec![
        ("X-Duban-Kind", "reminder".to_owned()),
        ("X-Duban-Tone", tone.word().to_owned()),
        ("X-Duban-Items", content.items.len().to_string()),
        ("X-Duban-Reminders", keys.collect::<Vec<_>>().join(" ")),
    ]
}
