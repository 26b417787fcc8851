//! Composing: turns the content of a mail into the bytes that every attempt will send.
//!
//! Pure: same content and templates, same bytes. Must not know: the ledger, how a mail travels, the clock.
//! Callers: workflows, wiring.

mod calendar;
mod content;
mod fault;
mod links;
mod message_id;
mod mime;
mod operator_view;
pub mod phrases;
mod sample;
mod summary;
#[cfg(test)]
mod tests;
mod time_left;
mod view;

use crate::domain::ladder::Tone;
use crate::domain::moment::Moment;
use crate::mail::compose::calendar::calendar;
use crate::mail::compose::mime::{Attachment, MessageText, build};
use crate::mail::compose::operator_view::OperatorView;
use crate::mail::compose::view::MessageView;
use crate::mail::one_line::OneLine;
use crate::mail::templates::{TemplateFault, Templates};

pub use content::{
    CalendarEvent, ChangeNotice, CorrectionNotice, Finding, ItemDates, LeftOut, MessageContent,
    MessageHeader, MessageItem, Office, OperatorContent, OtherDuty, Recipient,
};
pub use fault::ComposeFault;
pub use message_id::message_id;

/// Name of the attached calendar.
const CALENDAR_NAME: &str = "督办事项.ics";

/// A finished mail; its bytes never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposedMessage {
    /// The subject, decoded.
    pub subject: String,
    /// The whole mail with CRLF line ends, without the dots SMTP adds.
    pub bytes: Vec<u8>,
}

/// Composes a reminder mail.
///
/// # Errors
///
/// [`ComposeFault::NoItems`] for a mail without items, [`ComposeFault::Template`] when a template of the office fails;
/// the two others only for addresses that no relay accepts.
pub fn compose(
    content: &MessageContent,
    templates: &Templates,
) -> Result<ComposedMessage, ComposeFault> {
    let tone = content.items.iter().map(|item| item.tone).max().ok_or(ComposeFault::NoItems)?;
    let text = text("reminder", &MessageView::of(content), templates)?;
    let subject = text.subject.as_str().to_owned();
    let dates = if content.with_calendar { calendar(content) } else { None };
    let attachment = dates.map(|body| Attachment {
        media_type: "text/calendar; charset=utf-8",
        name: CALENDAR_NAME,
        body,
    });
    let own_headers = reminder_headers(content, tone);
    Ok(ComposedMessage { subject, bytes: build(&content.header, own_headers, text, attachment)? })
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
    let text = text("operator", &OperatorView::of(content), templates)?;
    let subject = text.subject.as_str().to_owned();
    let own_headers = vec![("X-Duban-Kind", "operator".to_owned())];
    Ok(ComposedMessage { subject, bytes: build(&content.header, own_headers, text, None)? })
}

/// Composes sample mails of each kind without sending them, so that a broken template is found before a real mail is due.
///
/// # Errors
///
/// The fault of the first sample that fails.
pub fn check(templates: &Templates, office: &Office, sent: Moment) -> Result<(), ComposeFault> {
    for content in sample::messages(office, sent) {
        compose(&content, templates)?;
    }
    for content in sample::operator_messages(office, sent) {
        compose_for_operator(&content, templates)?;
    }
    Ok(())
}

fn text(
    folder: &str,
    view: &impl serde::Serialize,
    templates: &Templates,
) -> Result<MessageText, TemplateFault> {
    Ok(MessageText {
        subject: OneLine::clean(&templates.render(&format!("{folder}/subject.txt"), view)?),
        text: templates.render(&format!("{folder}/body.txt"), view)?,
        html: templates.render(&format!("{folder}/body.html"), view)?,
    })
}

fn reminder_headers(content: &MessageContent, tone: Tone) -> Vec<(&'static str, String)> {
    vec![
        ("X-Duban-Kind", "reminder".to_owned()),
        ("X-Duban-Tone", tone.word().to_owned()),
        ("X-Duban-Items", content.items.len().to_string()),
    ]
}
