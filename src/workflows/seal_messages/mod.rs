//! Seals planned reminders into messages: one for each contact, its bytes frozen before the first attempt.
//!
//! Must not know: MIME, SQL, how a message travels. Callers: `remind`.

mod composer;
mod settings;

use jiff::SignedDuration;

use super::bulletin::{QuotaLine, lines};
use super::context::Context;
use crate::domain::delivery::{HeldReason, USUAL_DAYS};
use crate::domain::directory::Directory;
use crate::domain::obligation::{Obligation, ObligationId};
use crate::domain::term::Term;
use crate::domain::unit::{ContactId, UnitId};
use crate::mail::compose::ComposeFault;
use crate::mail::templates::Templates;
use crate::storage::StorageError;
use crate::storage::outbox::{SealResult, SealedMessage};
use crate::storage::reminders::PlannedMessages;
use composer::Composer;
pub use settings::ComposeSettings;

/// Messages, and what is wrong with the office's templates.
#[derive(Debug, Default)]
pub struct Sealed {
    pub messages: Vec<SealedMessage>,
    /// Contacts whose message could not be composed with the office's templates. The built-in template was used; where that
    /// failed too, the reminders stay planned.
    pub faults: Vec<(ContactId, ComposeFault)>,
}

/// Seals every message that is planned for today in one transaction, so that a pass that is cut off leaves no part of a
/// surge to the next pass, which would count only the rest. A message whose obligation changes at the same time is left
/// out; the next pass plans it again.
///
/// # Errors
///
/// [`StorageError`]; nothing is sealed then.
pub async fn seal_messages(
    context: Context<'_>,
    settings: &ComposeSettings,
) -> Result<Sealed, StorageError> {
    let composed = compose_messages(context, settings).await?;
    let results = context.store.seal(&composed.messages).await?;
    let mut sealed = Sealed { messages: Vec::new(), faults: composed.faults };
    for (message, result) in composed.messages.into_iter().zip(results) {
        match result {
            SealResult::Sealed(_) => sealed.messages.push(message),
            SealResult::Overtaken => tracing::info!(
                message_id = message.message_id,
                "A planned message was overtaken by a change; the next pass plans it again."
            ),
            SealResult::Known(_) => {}
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
) -> Result<Sealed, StorageError> {
    let planned = context.store.planned_messages(context.now.today()).await?;
    if planned.messages.is_empty() {
        return Ok(Sealed::default());
    }
    let directory = directory(context, &planned).await?;
    let progress = progress(context, &planned).await?;
    let held = surge(context, settings, planned.messages.len()).await?;
    let ledger = context.store.ledger_identity().await?;
    let composer = Composer {
        context,
        settings,
        planned: &planned,
        directory: &directory,
        ledger,
        progress,
        held,
    };
    let shipped = Templates::shipped();
    let mut composed = Sealed::default();
    for planned in &planned.messages {
        let Some(contact) = directory.contact(planned.contact) else { continue };
        // A broken template of the office must not suppress a reminder: the built-in one is used, and the fault reported.
        let message = composer.message(planned, contact, &settings.templates).or_else(|fault| {
            composed.faults.push((planned.contact, fault));
            composer.message(planned, contact, &shipped)
        });
        match message {
            Ok(message) => composed.messages.push(message),
            Err(fault) => composed.faults.push((planned.contact, fault)),
        }
    }
    Ok(composed)
}

/// Everybody and every unit that the messages name.
async fn directory(
    context: Context<'_>,
    planned: &PlannedMessages,
) -> Result<Directory, StorageError> {
    let mut units: Vec<UnitId> = planned.obligations.values().flat_map(Obligation::units).collect();
    units.sort_unstable();
    units.dedup();
    let reminders = planned.messages.iter().flat_map(|message| &message.reminders);
    let told = planned.messages.iter().map(|message| message.contact);
    let mut contacts: Vec<ContactId> =
        reminders.flat_map(|it| it.also_told.iter().copied()).chain(told).collect();
    contacts.sort_unstable();
    contacts.dedup();
    context.store.directory_of(&units, &contacts).await
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

/// [`HeldReason::SurgeLimit`] when a pass would send far more mails than usual.
async fn surge(
    context: Context<'_>,
    settings: &ComposeSettings,
    would_send: usize,
) -> Result<Option<HeldReason>, StorageError> {
    if would_send <= settings.surge_limit.floor {
        return Ok(None);
    }
    let since = context.now.plus(SignedDuration::from_hours(24 * -USUAL_DAYS));
    let busiest = context.store.busiest_day(since).await?;
    Ok(settings.surge_limit.holds(would_send, busiest).then_some(HeldReason::SurgeLimit))
}
