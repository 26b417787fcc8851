//! Reads a mail of our own back, as its recipient sees it.
//!
//! Must not know: the ledger, what the mail is about.

use super::parsed_mail::parsed_mail;

/// A mail as its recipient sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    /// The HTML part.
    pub html: String,
}

/// Reads a mail; `None` when it is none.
pub fn read_letter(bytes: &[u8]) -> Option<Letter> {
    let mail = parsed_mail(bytes)?;
    let to = mail.to()?.first()?;
    let name = to.name().unwrap_or_default();
    let address = to.address().unwrap_or_default();
    Some(Letter {
        to: format!("{name} {address}").trim().to_owned(),
        subject: mail.subject()?.to_owned(),
        html: mail.body_html(0)?.into_owned(),
    })
}
