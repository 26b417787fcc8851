//! Sends every mail to one address: an office that tries the program out sees what would go to whom.
//!
//! Must not know: how a mail travels. The sealed bytes stay as they are, To: with them; two headers before them name the
//! true recipient and the address that got the mail. Callers: `wiring`.

use std::sync::Arc;

use async_trait::async_trait;

use super::{DotRecorder, Mailer, OutgoingMessage};
use crate::domain::address::Address;
use crate::domain::delivery::Outcome;

/// Hands every message to another mailer, for one recipient.
pub struct RedirectingMailer {
    mailer: Arc<dyn Mailer>,
    to: Address,
}

impl RedirectingMailer {
    pub fn new(mailer: Arc<dyn Mailer>, to: Address) -> Self {
        Self { mailer, to }
    }
}

#[async_trait]
impl Mailer for RedirectingMailer {
    async fn deliver(&self, message: &OutgoingMessage<'_>, recorder: &dyn DotRecorder) -> Outcome {
        let headers = format!(
            "X-Duban-Recipient: {}\r\nX-Duban-Redirected-To: {}\r\n",
            message.recipient, self.to
        );
        let bytes = [headers.as_bytes(), message.bytes].concat();
        let redirected = OutgoingMessage { recipient: &self.to, bytes: &bytes, ..*message };
        self.mailer.deliver(&redirected, recorder).await
    }
}
