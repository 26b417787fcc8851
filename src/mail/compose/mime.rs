//! Turns header and text into the bytes of a mail: headers, MIME parts, line ends.
//!
//! Same input, same bytes: date, Message-ID and boundary all come from the header. Must not know: templates, nor what
//! an obligation is.

use std::error::Error;
use std::time::SystemTime;

use data_encoding::{BASE64, HEXLOWER};
use lettre::Message;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};
use sha2::{Digest, Sha256};

use crate::domain::address::Address;
use crate::mail::compose::content::MessageHeader;
use crate::mail::compose::fault::ComposeFault;
use crate::mail::one_line::OneLine;

/// Longest subject, in characters; a longer one is cut, so that no header grows without bound.
const LONGEST_SUBJECT: usize = 300;
/// Longest display name, in characters.
const LONGEST_NAME: usize = 64;
/// Message-IDs kept in `References`: the root of the thread and the newest.
const MOST_REFERENCES: usize = 10;
/// Columns of a line with an encoded word (RFC 2047 §2).
const LINE: usize = 76;

/// The subject and bodies of a mail.
pub(super) struct MessageText {
    pub(super) subject: OneLine,
    /// The text part, complete by itself.
    pub(super) text: String,
    pub(super) html: String,
}

/// A file that goes with a mail.
pub(super) struct Attachment {
    pub(super) media_type: &'static str,
    /// The name under which it is saved.
    pub(super) name: &'static str,
    pub(super) body: String,
}

/// Builds the bytes of a mail; `own_headers` are the `X-Duban-*` headers.
pub(super) fn build(
    header: &MessageHeader,
    own_headers: Vec<(&'static str, String)>,
    text: MessageText,
    attachment: Option<Attachment>,
) -> Result<Vec<u8>, ComposeFault> {
    let date = header.sent.local().strftime("%a, %d %b %Y %H:%M:%S +0800").to_string();
    let subject = text.subject.shortened(LONGEST_SUBJECT);
    let mut message = Message::builder()
        .date(SystemTime::from(header.sent.instant()))
        .from(mailbox(&header.office.address)?)
        .to(mailbox(&header.recipient.address)?)
        .reply_to(mailbox(&header.office.reply_to)?)
        .subject(subject)
        .message_id(Some(header.message_id.clone()))
        .multipart(parts(&header.message_id, text, attachment))?;
    let headers = message.headers_mut();
    // lettre writes every date in UTC; ours is +0800.
    headers.insert_raw(plain("Date", date));
    // lettre writes name and address on one line, however long.
    headers.insert_raw(addressed("From", &header.office.name, &header.office.address));
    headers.insert_raw(addressed("To", &header.recipient.name, &header.recipient.address));
    headers.insert_raw(addressed("Reply-To", &header.office.name, &header.office.reply_to));
    let thread = thread_headers(&header.references);
    for (name, value) in thread.into_iter().chain(fixed_headers(header)).chain(own_headers) {
        headers.insert_raw(plain(name, value));
    }
    Ok(message.formatted())
}

/// The headers that connect a mail to the earlier ones of its thread; none for the first.
fn thread_headers(references: &[String]) -> Vec<(&'static str, String)> {
    let Some((root, later)) = references.split_first() else { return Vec::new() };
    let newest = later.len().saturating_sub(MOST_REFERENCES - 1);
    let kept: Vec<&str> =
        std::iter::once(root).chain(later.iter().skip(newest)).map(String::as_str).collect();
    let last = later.last().unwrap_or(root);
    vec![("In-Reply-To", last.clone()), ("References", kept.join(" "))]
}

/// The headers that every mail has.
///
/// Answering machines stay silent (RFC 3834 and its Exchange form; `All` would also silence bounces, which are
/// wanted), and clients may sort by list (RFC 2919): each ledger is one.
fn fixed_headers(header: &MessageHeader) -> [(&'static str, String); 3] {
    [
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "OOF, AutoReply".to_owned()),
        ("List-Id", format!("<{}.duban.{}>", header.ledger, header.office.address.domain())),
    ]
}

/// Plain text first, HTML last: the last is the best (RFC 2046 §5.1.4). Base64 throughout, so that no gateway
/// breaks the lines again. A file goes beside the two, never between them.
fn parts(message_id: &str, text: MessageText, attachment: Option<Attachment>) -> MultiPart {
    let part = |kind, body: String| {
        let builder = SinglePart::builder().header(kind);
        builder.header(ContentTransferEncoding::Base64).body(body)
    };
    let readable = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(boundary(message_id))
        .singlepart(part(ContentType::TEXT_PLAIN, text.text))
        .singlepart(part(ContentType::TEXT_HTML, text.html));
    match attachment {
        None => readable,
        Some(attachment) => MultiPart::builder()
            .kind(MultiPartKind::Mixed)
            .boundary(boundary(&format!("{message_id} mixed")))
            .multipart(readable)
            .singlepart(attached(attachment)),
    }
}

/// The name twice: as RFC 2231 has it, and as an encoded word in `Content-Type`, which RFC 2047 forbids there and QQ Mail
/// and Outlook read; without it they show `tcmime.bin` or "untitled attachment". lettre writes no name into `Content-Type`,
/// and writes `filename*0*` for a name of one piece, which fewer clients read.
fn attached(attachment: Attachment) -> SinglePart {
    let Attachment { media_type, name, body } = attachment;
    let word = encoded_words(" name=\"", name);
    let file_name = percent_encoded(name);
    SinglePart::builder()
        .header(NamedContentType(format!("{media_type};\r\n name=\"{word}\"")))
        .header(NamedDisposition(format!("attachment;\r\n filename*=utf-8''{file_name}")))
        .header(ContentTransferEncoding::Base64)
        .body(body)
}

/// `Content-Type` with a name, folded and encoded.
#[derive(Clone)]
struct NamedContentType(String);

impl Header for NamedContentType {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Type")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// `Content-Disposition` with a name, folded and encoded.
#[derive(Clone)]
struct NamedDisposition(String);

impl Header for NamedDisposition {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Disposition")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// A parameter's value as RFC 2231 §4 writes it.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// 40 hex digits that follow from the Message-ID; base64 bodies cannot hold the two hyphens before it.
fn boundary(message_id: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(message_id)).chars().take(40).collect()
}

/// A mailbox as the builder checks it; its header is written by [`addressed`].
fn mailbox(address: &Address) -> Result<Mailbox, ComposeFault> {
    let parsed = address.as_str().parse();
    let email = parsed.map_err(|_| ComposeFault::Address { address: address.clone() })?;
    Ok(Mailbox::new(None, email))
}

fn pre_encoded(name: &'static str, shown: String, folded: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), shown, folded)
}

fn plain(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// A header of one mailbox: the display name in encoded words, the address on a line of its own.
fn addressed(name: &'static str, display: &OneLine, address: &Address) -> HeaderValue {
    if display.is_empty() {
        return plain(name, address.to_string());
    }
    let display = display.shortened(LONGEST_NAME);
    let folded = format!("{}\r\n <{address}>", encoded_words(name, &display));
    let shown = format!("{display} <{address}>");
    pre_encoded(name, shown, folded)
}

/// `value` in encoded words, one to a line, each a whole number of characters (RFC 2047 §5).
fn encoded_words(name: &str, value: &str) -> String {
    let beside_name = LINE.saturating_sub(name.len() + ": ".len());
    let (first, rest) = value.split_at(value.floor_char_boundary(bytes_within(beside_name)));
    let rest = in_chunks(rest, bytes_within(LINE - 1));
    let words = std::iter::once(first).chain(rest);
    let words = words.map(|part| format!("=?utf-8?b?{}?=", BASE64.encode(part.as_bytes())));
    words.collect::<Vec<_>>().join("\r\n ")
}

/// How many bytes fit into an encoded word that takes `columns`: 12 for the frame, then 4 for every 3 bytes.
fn bytes_within(columns: usize) -> usize {
    columns.saturating_sub(12) / 4 * 3
}

/// `text` in order, in pieces of at most `most` bytes that end between characters; `most` is at least 4.
pub(super) fn in_chunks(text: &str, most: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (chunk, after) = rest.split_at_checked(rest.floor_char_boundary(most))?;
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}
