//! Seals planned reminders into messages: one for each mailbox, its bytes frozen before the first attempt.
//!
//! Must not know: MIME, SQL, how a message travels. Callers: `remind`.

mod composer;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, ToSpan as _};

use super::bulletin::{QuotaLine, lines};
use super::context::Context;
use crate::domain::address::Address;
use crate::domain::delivery::{HeldReason, USUAL_DAYS};
use crate::domain::directory::Directory;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::domain::reminder::MailHours;
use crate::domain::term::Term;
use crate::domain::unit::{ContactId, UnitId};
use crate::mail::compose::ComposeFault;
use crate::mail::templates::Templates;
use crate::storage::StorageError;
use crate::storage::outbox::{SealResult, SealedMessage};
use crate::storage::reminders::{OpenShares, PlannedMessages, PlannedReminder};
use composer::Composer;
pub use settings::ComposeSettings;

/// Messages composed and sealed at once; bounds memory and the time the ledger is locked.
const BATCH: usize = 500;
/// Months within which another duty of the unit is worth a line.
const OTHERS_WITHIN: i32 = 3;
/// Duties of a unit that are loaded; the mail already names some of them.
const OTHERS_LOADED: u32 = 40;

/// The messages that were composed, sealed or not, and what is wrong with the office's templates.
#[derive(Debug, Default)]
pub struct WrittenMails {
    pub messages: Vec<WrittenMail>,
    /// Contacts whose message could not be composed with the office's templates. The built-in template was used; where that
    /// failed too, the reminders stay planned.
    pub faults: Vec<(ContactId, ComposeFault)>,
    /// Reminders that had no room in the messages; they stay planned.
    pub left_out: usize,
}

/// A message without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenMail {
    /// The Message-ID with its angle brackets.
    pub message_id: String,
    pub recipient: Address,
    pub subject: String,
    pub held: Option<HeldReason>,
}

/// Messages of one batch with their bytes.
#[derive(Default)]
struct Composed {
    messages: Vec<SealedMessage>,
    faults: Vec<(ContactId, ComposeFault)>,
}

/// Seals every message that is planned for today, batch by batch; each batch is all or nothing. A pass that is cut off leaves
/// the rest to the next one, which counts all messages of the day when it looks for a surge. A message whose obligation
/// changes at the same time is left out; the next pass plans it again.
///
/// # Errors
///
/// [`StorageError`]; the batches sealed before stay sealed.
pub async fn seal_messages(
    context: Context<'_>,
    settings: &ComposeSettings,
    hours: MailHours,
) -> Result<WrittenMails, StorageError> {
    let hours_are_open = hours.are_open(context.now, &context.law.calendar);
    let contacts = context.store.contacts_to_tell(context.now.today(), hours_are_open).await?;
    let held = surge_hold(context, settings, contacts.len()).await?;
    let mut sealed = WrittenMails::default();
    for contacts in contacts.chunks(BATCH) {
        let composed = compose(context, settings, (hours_are_open, contacts), held).await?;
        sealed.faults.extend(composed.faults);
        let results = context.store.seal(&composed.messages).await?;
        for (message, result) in composed.messages.into_iter().zip(results) {
            match result {
                SealResult::Sealed(_) => {
                    sealed.left_out += message.left_out().len();
                    sealed.messages.push(WrittenMail::of(message));
                }
                SealResult::Overtaken => tracing::info!(
                    message_id = message.message_id,
                    "A planned message was overtaken by a change; the next pass plans it again."
                ),
                SealResult::Known(_) => {}
            }
        }
    }
    Ok(sealed)
}

/// Composes every message that is planned for today; nothing is sealed.
///
/// # Errors
///
/// [`StorageError`].
pub async fn compose_messages(
    context: Context<'_>,
    settings: &ComposeSettings,
    hours: MailHours,
) -> Result<WrittenMails, StorageError> {
    let hours_are_open = hours.are_open(context.now, &context.law.calendar);
    let contacts = context.store.contacts_to_tell(context.now.today(), hours_are_open).await?;
    let held = surge_hold(context, settings, contacts.len()).await?;
    let mut written = WrittenMails::default();
    for contacts in contacts.chunks(BATCH) {
        let composed = compose(context, settings, (hours_are_open, contacts), held).await?;
        written.left_out += composed.messages.iter().map(|it| it.left_out().len()).sum::<usize>();
        written.messages.extend(composed.messages.into_iter().map(WrittenMail::of));
        written.faults.extend(composed.faults);
    }
    Ok(written)
}

impl WrittenMail {
    fn of(message: SealedMessage) -> Self {
        let SealedMessage { message_id, recipient, subject, held, .. } = message;
        Self { message_id, recipient, subject, held }
    }
}

/// Composes the messages of these contacts.
async fn compose(
    context: Context<'_>,
    settings: &ComposeSettings,
    (hours_are_open, contacts): (bool, &[ContactId]),
    held: Option<HeldReason>,
) -> Result<Composed, StorageError> {
    let today = context.now.today();
    let planned = context.store.planned_messages(today, hours_are_open, contacts).await?;
    let directory = directory(context, &planned).await?;
    let progress = progress(context, &planned).await?;
    let open = open_shares(context, &planned, &directory).await?;
    let ledger = context.store.ledger_identity().await?;
    let composer = Composer {
        context,
        settings,
        planned: &planned,
        directory: &directory,
        ledger,
        progress,
        open,
        held,
    };
    let shipped = Templates::shipped();
    let mut composed = Composed::default();
    for message in &planned.messages {
        let Some(contact) = directory.contact(message.contact) else { continue };
        if contact.damaged {
            composed.faults.push((message.contact, ComposeFault::DamagedAddress));
            continue;
        }
        // A broken template of the office must not suppress a reminder: the built-in one is used, and the fault reported.
        let sealed = composer.message(message, contact, &settings.templates).or_else(|fault| {
            composed.faults.push((message.contact, fault));
            composer.message(message, contact, &shipped)
        });
        match sealed {
            Ok(sealed) => composed.messages.push(sealed),
            Err(fault) => composed.faults.push((message.contact, fault)),
        }
    }
    Ok(composed)
}

/// The contacts and units that the messages name.
async fn directory(
    context: Context<'_>,
    planned: &PlannedMessages,
) -> Result<Directory, StorageError> {
    let mut units: Vec<UnitId> = planned.obligations.values().flat_map(Obligation::units).collect();
    units.sort_unstable();
    units.dedup();
    let reminders = planned.messages.iter().flat_map(|message| &message.reminders);
    let told = planned.messages.iter().map(|message| message.contact);
    let named = |it: &PlannedReminder| {
        let named: Vec<ContactId> = it.also_told.iter().copied().chain([it.contact]).collect();
        named
    };
    let mut contacts: Vec<ContactId> = reminders.flat_map(named).chain(told).collect();
    contacts.sort_unstable();
    contacts.dedup();
    context.store.directory_of(&units, &contacts).await
}

/// What the units of the recipients owe, due by the end of the next months.
async fn open_shares(
    context: Context<'_>,
    planned: &PlannedMessages,
    directory: &Directory,
) -> Result<BTreeMap<UnitId, OpenShares>, StorageError> {
    let reminders = planned.messages.iter().flat_map(|it| &it.reminders);
    let contacts = reminders.filter_map(|it| directory.contact(it.contact));
    let units: BTreeSet<UnitId> = contacts.map(|contact| contact.unit).collect();
    let units: Vec<UnitId> = units.into_iter().collect();
    let through = context.now.today().saturating_add(OTHERS_WITHIN.months());
    context.store.open_shares(&units, through, OTHERS_LOADED).await
}

/// The progress of the quotas among what is planned.
async fn progress(
    context: Context<'_>,
    planned: &PlannedMessages,
) -> Result<Vec<QuotaLine>, StorageError> {
    let is_quota = |it: &&Obligation| matches!(it.inputs.term, Term::Times(_));
    let quotas: Vec<&Obligation> = planned.obligations.values().filter(is_quota).collect();
    if quotas.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ObligationId> = quotas.iter().map(|quota| quota.id).collect();
    let events = context.store.counted_events(&ids).await?;
    Ok(quotas.into_iter().flat_map(|quota| lines(context, quota, &events)).collect())
}

/// [`HeldReason::SurgeLimit`] when this day would send far more mails than usual: those written today before count too.
async fn surge_hold(
    context: Context<'_>,
    settings: &ComposeSettings,
    to_write: usize,
) -> Result<Option<HeldReason>, StorageError> {
    if to_write == 0 {
        return Ok(None);
    }
    let would_send = to_write + context.store.messages_written_on(context.now.today()).await?;
    if would_send <= settings.surge_limit.floor {
        return Ok(None);
    }
    let since = context.now.plus(SignedDuration::from_hours(24 * -USUAL_DAYS));
    let busiest = context.store.busiest_day(since).await?;
    Ok(settings.surge_limit.holds(would_send, busiest).then_some(HeldReason::SurgeLimit))
}
