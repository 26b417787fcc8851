//! Seals words into the bytes of a mail: headers, MIME parts, line ends.
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
/// Longest ASCII subject that needs no folding.
const UNFOLDED: usize = 60;
/// Columns of a line with an encoded word (RFC 2047 §2).
const LINE: usize = 76;

/// The words of one mail.
pub(super) struct Words {
    /// Its subject.
    pub(super) subject: OneLine,
    /// The text part, complete by itself.
    pub(super) text: String,
    /// The HTML part.
    pub(super) html: String,
}

/// A file that goes with a mail.
pub(super) struct Attachment {
    /// Its media type.
    pub(super) kind: &'static str,
    /// The name under which it is saved.
    pub(super) name: &'static str,
    /// What it holds.
    pub(super) body: String,
}

/// Puts header, marks (`X-Duban-*` headers) and words together.
pub(super) fn seal(
    header: &MessageHeader,
    marks: Vec<(&'static str, String)>,
    words: Words,
    attachment: Option<Attachment>,
) -> Result<Vec<u8>, ComposeFault> {
    let date = header.sent.local().strftime("%a, %d %b %Y %H:%M:%S +0800").to_string();
    let subject = words.subject.shortened(LONGEST_SUBJECT);
    let mut message = Message::builder()
        .date(SystemTime::from(header.sent.instant()))
        .from(mailbox(&header.office.address)?)
        .to(mailbox(&header.recipient.address)?)
        .reply_to(mailbox(&header.office.reply_to)?)
        .raw_header(encoded("Subject", subject))
        .message_id(Some(header.message_id.clone()))
        .multipart(parts(&header.message_id, words, attachment))?;
    let headers = message.headers_mut();
    // Only the raw form can carry +0800; the builder's own is always UTC.
    headers.insert_raw(plain("Date", date));
    // The builder keeps name and address on one line, however long.
    headers.insert_raw(addressed("From", &header.office.name, &header.office.address));
    headers.insert_raw(addressed("To", &header.recipient.name, &header.recipient.address));
    headers.insert_raw(addressed("Reply-To", &header.office.name, &header.office.reply_to));
    for (name, value) in thread(&header.references).into_iter().chain(standing(header)).chain(marks)
    {
        headers.insert_raw(plain(name, value));
    }
    Ok(message.formatted())
}

/// The headers that tie a mail to earlier ones, none for the first.
fn thread(references: &[String]) -> Vec<(&'static str, String)> {
    let Some((root, later)) = references.split_first() else { return Vec::new() };
    let newest = later.len().saturating_sub(MOST_REFERENCES.saturating_sub(1));
    let kept: Vec<&str> =
        std::iter::once(root).chain(later.iter().skip(newest)).map(String::as_str).collect();
    let last = later.last().unwrap_or(root);
    vec![("In-Reply-To", last.clone()), ("References", kept.join(" "))]
}

/// The headers every mail of ours carries.
///
/// Answering machines stay silent (RFC 3834 and its Exchange form; `All` would also silence bounces, which are
/// wanted), and clients may sort by list (RFC 2919).
fn standing(header: &MessageHeader) -> [(&'static str, String); 3] {
    [
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "OOF, AutoReply".to_owned()),
        ("List-Id", format!("<duban.{}>", header.office.address.domain())),
    ]
}

/// Plain text first, HTML last: the last is the best (RFC 2046 §5.1.4). Base64 throughout, so that no gateway
/// breaks the lines again. A file goes beside the two, never between them.
fn parts(message_id: &str, words: Words, attachment: Option<Attachment>) -> MultiPart {
    let part = |kind, body: String| {
        let builder = SinglePart::builder().header(kind);
        builder.header(ContentTransferEncoding::Base64).body(body)
    };
    let readable = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(boundary(message_id))
        .singlepart(part(ContentType::TEXT_PLAIN, words.text))
        .singlepart(part(ContentType::TEXT_HTML, words.html));
    match attachment {
        None => readable,
        Some(attachment) => MultiPart::builder()
            .kind(MultiPartKind::Mixed)
            .boundary(boundary(&format!("{message_id} mixed")))
            .multipart(readable)
            .singlepart(attached(attachment)),
    }
}

/// The name twice: by RFC 2231, and as an encoded word in `Content-Type`, which RFC 2047 forbids there and QQ Mail and
/// Outlook read; without it they show `tcmime.bin` or "untitled attachment".
fn attached(attachment: Attachment) -> SinglePart {
    let Attachment { kind, name, body } = attachment;
    let word = encoded_words(" name=\"", name);
    let coded = percent_encoded(name);
    SinglePart::builder()
        .header(NamedKind(format!("{kind};\r\n name=\"{word}\"")))
        .header(NamedFile(format!("attachment;\r\n filename*=utf-8''{coded}")))
        .header(ContentTransferEncoding::Base64)
        .body(body)
}

/// `Content-Type` with a name, folded and encoded.
#[derive(Clone)]
struct NamedKind(String);

/// `Content-Disposition` with a name, folded and encoded.
#[derive(Clone)]
struct NamedFile(String);

impl Header for NamedKind {
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

impl Header for NamedFile {
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

/// A header of text: short ASCII as it is, everything else in encoded words.
fn encoded(name: &'static str, value: String) -> HeaderValue {
    if value.is_ascii() && value.len() <= UNFOLDED {
        return plain(name, value);
    }
    let folded = encoded_words(name, &value);
    pre_encoded(name, value, folded)
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
    let beside_name = LINE.saturating_sub(name.len().saturating_add(": ".len()));
    let (first, rest) = value.split_at(value.floor_char_boundary(bytes_within(beside_name)));
    let rest = in_chunks(rest, bytes_within(LINE.saturating_sub(1)));
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
