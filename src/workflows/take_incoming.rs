//! Records what an incoming mail (bounce or reply) says about the message it refers to. Nothing is ever answered.
//!
//! Must not know: MIME, SQL, where the mail came from. Callers: `cli`.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::context::Context;
use crate::domain::delivery::FailureClass;
use crate::domain::incoming::{Action, Content, Incoming, Report};
use crate::mail::one_line::OneLine;
use crate::storage::StorageError;
use crate::storage::incoming::{Effect, Receipt, Sent};

/// What was done with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// As it went on record.
    pub receipt: Receipt,
    /// Who the message it is about was for.
    pub recipient: Option<String>,
    /// True when the same bytes were taken before; then nothing has changed.
    pub known: bool,
}

impl Taken {
    /// True when a person must look at what came in.
    pub fn needs_a_person(&self) -> bool {
        !self.known
            && match &self.receipt.effect {
                Effect::Bounced { .. } | Effect::Returned => true,
                Effect::Answered { proposed } => !proposed.is_empty(),
                Effect::Delayed | Effect::Delivered | Effect::Automatic | Effect::Stray => false,
            }
    }
}

/// Takes a mail in; `bytes` are what it was read from, and make it known when it comes again.
///
/// # Errors
///
/// [`StorageError`]; nothing has changed then.
pub async fn take_incoming(
    context: Context<'_>,
    incoming: &Incoming,
    bytes: &[u8],
) -> Result<Taken, StorageError> {
    let sent = about(context, incoming).await?;
    let (effect, detail) = match &sent {
        Some(sent) => meaning(context, incoming, sent).await?,
        None => (Effect::Stray, String::new()),
    };
    let message = sent.as_ref().filter(|_| effect != Effect::Stray).map(|sent| sent.key);
    let detail = if message.is_some() { detail } else { from(incoming) };
    let digest = HEXLOWER.encode(&Sha256::digest(bytes));
    let receipt = Receipt { digest, message, detail, effect };
    let known = !context.store.take(&receipt, context.now).await?;
    Ok(Taken { receipt, recipient: sent.map(|sent| sent.recipient.to_string()), known })
}

/// The message a mail is about: the one it names; if it names none, the one its sender got under the same subject. A mail that
/// names others only belongs to another ledger or to nobody.
async fn about(context: Context<'_>, incoming: &Incoming) -> Result<Option<Sent>, StorageError> {
    if let Some(sent) = context.store.sent_as(&incoming.refers_to).await? {
        return Ok(Some(sent));
    }
    match (&incoming.from, &incoming.content) {
        (Some(from), Content::Written { .. })
            if incoming.refers_to.is_empty() && !incoming.subject.is_empty() =>
        {
            context.store.sent_to(from, &incoming.subject).await
        }
        _ => Ok(None),
    }
}

async fn meaning(
    context: Context<'_>,
    incoming: &Incoming,
    sent: &Sent,
) -> Result<(Effect, String), StorageError> {
    Ok(match &incoming.content {
        Content::Report(reports) => reported(incoming, reports, sent),
        Content::Returned { excerpt } => (Effect::Returned, said(incoming, excerpt)),
        Content::Automatic => (Effect::Automatic, from(incoming)),
        Content::Written { excerpt } => {
            let proposed = context.store.unsigned_shares(sent.key).await?;
            (Effect::Answered { proposed }, said(incoming, excerpt))
        }
    })
}

/// What is reported of our recipient. A report about somebody else is none about our message, whatever it refers to. One that
/// came with a return path was written by a person or a program of theirs: it is believed by nobody but a person.
fn reported(incoming: &Incoming, reports: &[Report], sent: &Sent) -> (Effect, String) {
    let ours = reports.iter().filter(|report| report.recipient.as_ref() == Some(&sent.recipient));
    let Some(report) = ours.max_by_key(|report| report.action == Action::Failed) else {
        return (Effect::Stray, String::new());
    };
    if !incoming.return_path_is_empty {
        return match report.action {
            Action::Failed => (Effect::Returned, said(incoming, &report.diagnostic)),
            Action::Delayed | Action::Delivered => (Effect::Automatic, from(incoming)),
        };
    }
    let class = report.class();
    let effect = match report.action {
        Action::Failed => Effect::Bounced {
            recipient: sent.recipient.clone(),
            class,
            suppress: class == FailureClass::UnknownMailbox,
        },
        Action::Delayed => Effect::Delayed,
        Action::Delivered => Effect::Delivered,
    };
    let diagnostic = OneLine::clean(&report.diagnostic).shortened(200);
    (effect, format!("{} {diagnostic}", sent.recipient).trim_end().to_owned())
}

/// `wang@unit.example: 收到`.
fn said(incoming: &Incoming, excerpt: &str) -> String {
    format!("{}: {}", from(incoming), OneLine::clean(excerpt).shortened(200))
}

fn from(incoming: &Incoming) -> String {
    incoming.from.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string)
}
