//! A mail as the library that knows MIME reads it. What makes the library stop is no mail.
//!
//! Must not know: what a mail is read for. Callers: the readers of this folder.

use mail_parser::{Message, MessageParser};

/// Reads a mail with all its parts; `None` when it is none.
pub(super) fn parsed_mail(bytes: &[u8]) -> Option<Message<'_>> {
    std::panic::catch_unwind(|| MessageParser::default().parse(bytes)).ok().flatten()
}

/// Reads the headers of a mail alone.
pub(super) fn parsed_headers(bytes: &[u8]) -> Option<Message<'_>> {
    std::panic::catch_unwind(|| MessageParser::default().parse_headers(bytes)).ok().flatten()
}
