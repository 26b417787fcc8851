//! One mail that says that mail works, sent past the outbox: nothing waits behind it and nothing is recorded.
//!
//! Must not know: SMTP, who asked for it. Callers: `cli`.

use async_trait::async_trait;

use super::seal_messages::ComposeSettings;
use crate::domain::address::Address;
use crate::domain::delivery::Outcome;
use crate::domain::ledger_identity::LedgerIdentity;
use crate::domain::moment::Moment;
use crate::mail::compose::{self, ComposeFault, MessageHeader, OperatorContent, Recipient};
use crate::mail::one_line::OneLine;
use crate::mail::{DotNotRecorded, DotRecorder, Mailer, OutgoingMessage};

/// Nobody asks afterwards whether the dot was sent.
struct NoRecord;

#[async_trait]
impl DotRecorder for NoRecord {
    async fn record_imminent_dot(&self) -> Result<(), DotNotRecorded> {
        Ok(())
    }
}

/// Sends one mail to `to`; returns what came of it.
///
/// # Errors
///
/// A template of the office fails.
pub async fn send_test(
    settings: &ComposeSettings,
    ledger: &LedgerIdentity,
    mailer: &dyn Mailer,
    to: &Address,
    now: Moment,
) -> Result<Outcome, ComposeFault> {
    let office = &settings.office;
    let key = format!("test/{}/{to}", now.seconds());
    let message_id = compose::message_id(ledger, &[key], office.address.domain());
    let content = OperatorContent {
        header: MessageHeader {
            office: office.clone(),
            recipient: Recipient {
                address: to.clone(),
                name: OneLine::clean("督办系统管理员"),
                unit: office.name.clone(),
            },
            sent: now,
            message_id: message_id.clone(),
            ledger: ledger.uid,
            references: Vec::new(),
        },
        headline: OneLine::clean("试发邮件"),
        figures: vec![(OneLine::clean("试发"), OneLine::clean("收到本邮件即表示邮件可以送达"))],
        findings: Vec::new(),
    };
    let composed = compose::compose_for_operator(&content, &settings.templates)?;
    let message = OutgoingMessage {
        message_id: &message_id,
        sender: &office.address,
        recipient: to,
        bytes: &composed.bytes,
    };
    Ok(mailer.deliver(&message, &NoRecord).await)
}
