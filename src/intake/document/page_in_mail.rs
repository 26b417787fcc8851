//! A page that a browser or Word saved as a mail (mht): its first HTML part is the document.
//!
//! Must not know: what the text says.

use mail_parser::PartType;

use super::fault::DocumentFault;
use super::html;
use super::model::Document;
use crate::intake::parsed_mail::parsed_mail;

/// Reads the page.
///
/// # Errors
///
/// [`DocumentFault::Damaged`] for a mail without a page, and what the page itself may end with.
pub(super) fn read(bytes: &[u8]) -> Result<Document, DocumentFault> {
    const DAMAGED: DocumentFault = DocumentFault::Damaged { part: "mht" };
    let mail = parsed_mail(bytes).ok_or(DAMAGED)?;
    let page = mail.parts.iter().find_map(|part| match &part.body {
        PartType::Html(page) => Some(page),
        PartType::Text(_)
        | PartType::Binary(_)
        | PartType::InlineBinary(_)
        | PartType::Message(_)
        | PartType::Multipart(_) => None,
    });
    html::read(page.ok_or(DAMAGED)?)
}
