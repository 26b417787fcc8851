//! Outgoing mail: composes messages (pure) and hands their bytes to a relay or a Maildir.
//!
//! Must not know: the ledger, ladders, when a mail is due. Callers: workflows; `wiring` builds the mailers.

pub mod compose;
pub mod maildir;
pub mod one_line;
pub mod redirect;
pub mod smtp;
pub mod templates;

use async_trait::async_trait;

use crate::domain::address::Address;
use crate::domain::delivery::Outcome;

/// One message as a mailer gets it: one sender, one recipient, bytes that never change.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingMessage<'a> {
    /// The Message-ID with its angle brackets, as it stands in the header.
    pub message_id: &'a str,
    /// Where bounces go.
    pub sender: &'a Address,
    /// The one recipient.
    pub recipient: &'a Address,
    /// Header and body, lines ending in CR LF, not yet dot-stuffed.
    pub bytes: &'a [u8],
}

/// Hands messages to a relay or a Maildir. Never tries again once the final dot may have been seen.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands `message` over; awaits `recorder` immediately before the final dot, the last point where nothing is delivered.
    ///
    /// May be dropped at any await: the next call opens a new connection.
    async fn deliver(&self, message: &OutgoingMessage<'_>, recorder: &dyn DotRecorder) -> Outcome;
}

/// Records that the final dot of DATA is about to be sent.
#[async_trait]
pub trait DotRecorder: Send + Sync {
    /// Records durably that the next byte may deliver the message.
    ///
    /// # Errors
    ///
    /// [`DotNotRecorded`] when this failed or the lease is lost: the dot must not be sent.
    async fn record_imminent_dot(&self) -> Result<(), DotNotRecorded>;
}

/// The imminent dot could not be recorded; the recorder logs the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the imminent dot could not be recorded")]
pub struct DotNotRecorded;
