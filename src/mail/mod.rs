//! Mails out: composing (pure) and handing bytes to a relay or a Maildir.
//!
//! Must not know: the ledger, ladders, when a mail is due.

pub mod compose;
pub mod maildir;
pub mod one_line;
pub mod smtp;
pub mod templates;

use async_trait::async_trait;

use crate::domain::address::Address;
use crate::domain::delivery::Outcome;

/// One message as it is handed over: one sender, one recipient, bytes that never change.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// The Message-ID with its angle brackets, as it stands in the header.
    pub message_id: &'a str,
    /// Where bounces go.
    pub sender: &'a Address,
    /// The one recipient.
    pub recipient: &'a Address,
    /// Header and body, lines ending in CR LF, not yet dot-stuffed.
    pub raw: &'a [u8],
}

/// Hands parcels over and says what became of them. Never tries twice by itself once the dot may have been seen.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands `parcel` over; awaits `mark` at the last point where nothing is delivered for certain.
    ///
    /// May be dropped at any await: the next call starts clean.
    async fn deliver(&self, parcel: &Parcel<'_>, mark: &dyn DotMark) -> Outcome;
}

/// Where the imminent dot is recorded.
#[async_trait]
pub trait DotMark: Send + Sync {
    /// Records durably that the next byte may deliver the message.
    ///
    /// # Errors
    ///
    /// [`MarkRefused`] when it could not be recorded or the lease is lost: the dot must not be sent.
    async fn about_to_dot(&self) -> Result<(), MarkRefused>;
}

/// The imminent dot could not be recorded. The reason stays with whoever keeps the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the imminent dot could not be recorded")]
pub struct MarkRefused;
