//! Records what an incoming mail (bounce or reply) says about the message it refers to. Nothing is ever answered.
//!
//! Must not know: MIME, SQL, where the mail came from. Callers: `cli`.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::context::Context;
use crate::domain::address::Address;
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
                Effect::Bounced { .. } | Effect::Returned | Effect::Answered { .. } => true,
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
        Some(About { sent, is_named }) => meaning(context, incoming, sent, *is_named).await?,
        None => about_nothing_known(incoming),
    };
    let sent = sent.map(|about| about.sent).filter(|_| effect != Effect::Stray);
    let message = sent.as_ref().map(|sent| sent.key);
    let digest = HEXLOWER.encode(&Sha256::digest(bytes));
    let receipt = Receipt { digest, message, detail, effect };
    let known = !context.store.take(&receipt, context.now).await?;
    Ok(Taken { receipt, recipient: sent.map(|sent| sent.recipient.to_string()), known })
}

/// The message a mail is about.
struct About {
    sent: Sent,
    /// The mail names its Message-ID, which nobody can guess.
    is_named: bool,
}

/// The message a mail names; if it names none, the one its sender got under the same subject, or for a returned mail the newest
/// one to an address in it. A mail that names others only belongs to another ledger or to nobody.
async fn about(context: Context<'_>, incoming: &Incoming) -> Result<Option<About>, StorageError> {
    if let Some(sent) = context.store.sent_as(&incoming.refers_to).await? {
        return Ok(Some(About { sent, is_named: true }));
    }
    if !incoming.refers_to.is_empty() {
        return Ok(None);
    }
    let sent = match &incoming.content {
        Content::Written { .. } => match &incoming.from {
            Some(from) if !incoming.subject.is_empty() => {
                context.store.sent_to(from, &incoming.subject).await?
            }
            _ => None,
        },
        Content::Returned { text, addresses, .. } => lately(context, addresses, text).await?,
        Content::Report(reports) => {
            let recipients: Vec<Address> =
                reports.iter().filter_map(|report| report.recipient.clone()).collect();
            lately(context, &recipients, "").await?
        }
        Content::Automatic => None,
    };
    Ok(sent.map(|sent| About { sent, is_named: false }))
}

/// The newest message to one of these mailboxes whose subject stands in the text, else the newest.
async fn lately(
    context: Context<'_>,
    mailboxes: &[Address],
    text: &str,
) -> Result<Option<Sent>, StorageError> {
    let own = &context.store.sent_lately(mailboxes).await?;
    let with_subject = own.iter().find(|(_, subject)| text.contains(subject.as_str()));
    Ok(with_subject.or(own.first()).map(|(sent, _)| sent.clone()))
}

/// What came back and names no message at all is read by a person; anything else that is about no message of ours is nothing.
fn about_nothing_known(incoming: &Incoming) -> (Effect, String) {
    let came_back = match &incoming.content {
        Content::Returned { excerpt, .. } => Some(excerpt.as_str()),
        Content::Report(reports) => reports
            .iter()
            .find(|report| report.action == Action::Failed)
            .map(|report| report.diagnostic.as_str()),
        Content::Automatic | Content::Written { .. } => None,
    };
    match came_back {
        Some(words) if incoming.refers_to.is_empty() => (Effect::Returned, said(incoming, words)),
        _ => (Effect::Stray, from(incoming)),
    }
}

async fn meaning(
    context: Context<'_>,
    incoming: &Incoming,
    sent: &Sent,
    is_named: bool,
) -> Result<(Effect, String), StorageError> {
    Ok(match &incoming.content {
        Content::Report(reports) => reported(incoming, reports, sent, is_named),
        Content::Returned { excerpt, .. } => (Effect::Returned, said(incoming, excerpt)),
        Content::Automatic => (Effect::Automatic, from(incoming)),
        Content::Written { excerpt } => {
            let proposed = context.store.unsigned_shares(sent.key).await?;
            (Effect::Answered { proposed }, said(incoming, excerpt))
        }
    })
}

/// What is reported of our recipient, or where there is nothing about him of the address he forwards to: who names our
/// Message-ID has the mail. The failure of a forwarding suppresses nobody. A report that came with a return path was written by
/// a person or a program of theirs, and one that names no Message-ID by anybody: only a person believes it.
fn reported(
    incoming: &Incoming,
    reports: &[Report],
    sent: &Sent,
    is_named: bool,
) -> (Effect, String) {
    let is_ours = |report: &&Report| {
        report.recipient.as_ref().is_some_and(|it| it.is_same_mailbox(&sent.recipient))
    };
    let worst = |reports: Vec<&Report>| {
        reports.into_iter().max_by_key(|it| it.action == Action::Failed).cloned()
    };
    let own = worst(reports.iter().filter(is_ours).collect());
    let is_own = own.is_some();
    let Some(report) = own.or_else(|| worst(reports.iter().collect())) else {
        return (Effect::Stray, from(incoming));
    };
    if !incoming.return_path_is_empty || !is_named {
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
            suppress: is_own && class == FailureClass::UnknownMailbox,
        },
        Action::Delayed => Effect::Delayed,
        Action::Delivered => Effect::Delivered,
    };
    let diagnostic = OneLine::clean(&report.diagnostic).shortened(200);
    let forwarded = report.recipient.filter(|_| !is_own);
    let forwarded = forwarded.map(|to| format!(" → {to}")).unwrap_or_default();
    (effect, format!("{}{forwarded} {diagnostic}", sent.recipient).trim_end().to_owned())
}

/// `wang@unit.example: 收到`.
fn said(incoming: &Incoming, excerpt: &str) -> String {
    format!("{}: {}", from(incoming), OneLine::clean(excerpt).shortened(200))
}

fn from(incoming: &Incoming) -> String {
    incoming.from.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string)
}
