//! Registers one duty: most often an event that starts the clock of a rule.
//!
//! Must not know: the command line, how a date is computed.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest as _, Sha256};

use super::context::Context;
use super::import_obligations::{ImportObligationsError, import_obligations, is_registered};
use crate::domain::deadline::Anchor;
use crate::domain::listed::ListedObligation;

/// Why a duty was not registered; the ledger is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The reference stands for another duty, or for this one with other units or words, which `add` never changes.
    #[error("{reference} is another duty")]
    Taken {
        /// The reference.
        reference: String,
    },
    /// It cannot be taken in.
    #[error(transparent)]
    Import(#[from] ImportObligationsError),
}

/// Registers `duty`; returns its reference, and false when it was registered before. Without a reference it gets one made
/// of its words and its trigger: as many events, so many clocks; the same event again is the same duty.
///
/// # Errors
///
/// [`AddError`].
pub async fn add(
    context: Context<'_>,
    mut duty: ListedObligation,
) -> Result<(String, bool), AddError> {
    let reference = duty.reference.clone().unwrap_or_else(|| made_reference(&duty));
    duty.reference = Some(reference.clone());
    match is_registered(context, &duty).await? {
        Some(true) => Ok((reference, false)),
        Some(false) => Err(AddError::Taken { reference }),
        None => {
            import_obligations(context, &[duty]).await?;
            Ok((reference, true))
        }
    }
}

fn made_reference(duty: &ListedObligation) -> String {
    let trigger = match duty.trigger {
        None => String::new(),
        Some(Anchor::Day(day)) => day.to_string(),
        Some(Anchor::Instant(moment)) => moment.local().to_string(),
    };
    let rule = duty.rule.clone().unwrap_or_default();
    let units = duty.responsible.join("、");
    let mut hash = Sha256::new();
    for part in [&duty.title, &duty.written, &rule, &trigger, &units, &duty.source] {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    let short: Vec<u8> = hash.finalize().into_iter().take(5).collect();
    format!("add-{}", BASE32_NOPAD.encode(&short).to_ascii_lowercase())
}
