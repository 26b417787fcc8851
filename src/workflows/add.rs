//! Registers one obligation, most often an event that starts the clock of a rule.
//!
//! Must not know: the command line, how a date is computed. Callers: `cli`.

use std::sync::Arc;

use data_encoding::BASE32_NOPAD;
use sha2::{Digest as _, Sha256};

use super::context::Context;
use super::import_obligations::{
    Answers, DateDoubt, Field, Import, ImportObligationsError, ListComparison, ListedTable,
};
use super::names::directory_for;
use super::references::newest_in_list;
use crate::domain::deadline::Anchor;
use crate::domain::directory::Directory;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{BY_HAND, Obligation, ObligationState};
use crate::storage::StorageError;
use crate::words;
use crate::words::{Lang, Say};

/// Why an obligation was not registered; the ledger is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum AddError {
    /// The reference exists with different data. `add` never changes an obligation.
    Taken {
        reference: String,
    },
    /// The same obligation was withdrawn.
    Withdrawn {
        reference: String,
    },
    /// A person must confirm its dates first.
    Doubtful {
        reference: String,
        doubt: DateDoubt,
    },
    Import(#[from] ImportObligationsError),
}

impl Say for AddError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Taken { reference } => words!(
                lang,
                zh = "编号{reference}已存在，内容不同",
                en = "{reference} already exists with different data"
            ),
            Self::Withdrawn { reference } => words!(
                lang,
                zh = "{reference}已在台账中，但已撤销",
                en = "{reference} is in the ledger already, and withdrawn"
            ),
            Self::Doubtful { reference, doubt } => {
                words!(
                    lang,
                    zh = "{reference}{what}",
                    en = "{reference} {what}",
                    what = doubt.say(lang)
                )
            }
            Self::Import(error) => error.say(lang),
        }
    }
}

/// Registers an obligation; returns its reference, and false when it was registered before. Without a reference it gets one
/// made of its words and its trigger: every event has a clock of its own, and the same event again is the same obligation.
///
/// # Errors
///
/// [`AddError`].
pub async fn add(
    context: Context<'_>,
    mut obligation: ListedObligation,
    answers: Answers,
) -> Result<(String, bool), AddError> {
    let reference = obligation.reference.clone().unwrap_or_else(|| made_reference(&obligation));
    obligation.reference = Some(reference.clone());
    let since = context.store.register_state().await.map_err(ImportObligationsError::from)?;
    let directory = directory(context, &obligation, &reference).await;
    let directory = directory.map_err(ImportObligationsError::from)?;
    let (list, rows): (Arc<str>, _) = (BY_HAND.into(), [obligation]);
    let table =
        ListedTable { list: &list, is_named: true, is_whole: false, file: "", rows: &&rows[..] };
    let tables = [table];
    let import = Import::compare_among(context, (since, directory), &tables, answers)
        .await
        .map_err(ImportObligationsError::from)?;
    let differs = |list: &ListComparison| {
        let changed = list.changed.first.iter().flat_map(|row| &row.fields);
        !list.suspicious.is_empty() || changed.clone().any(|change| change.field != Field::Due)
    };
    if import.comparison.lists.iter().any(differs) {
        return Err(AddError::Taken { reference });
    }
    let has_fault = !import.comparison.faults.is_empty();
    let doubtful = import.comparison.lists.iter().flat_map(|list| &list.doubtful.first);
    if let Some((_, doubt)) = doubtful.clone().next().filter(|_| !has_fault) {
        return Err(AddError::Doubtful { reference, doubt: *doubt });
    }
    if has_fault || import.comparison.lists.iter().any(|list| !list.added.is_empty()) {
        import.write().await?;
        return Ok((reference, true));
    }
    match newest_in_list(context, &list, &reference).await.map_err(ImportObligationsError::from)? {
        Some(known) if known.state == ObligationState::Withdrawn => {
            Err(AddError::Withdrawn { reference })
        }
        Some(_) | None => Ok((reference, false)),
    }
}

/// The units of the obligation, and of those that have its reference already.
async fn directory(
    context: Context<'_>,
    obligation: &ListedObligation,
    reference: &str,
) -> Result<Directory, StorageError> {
    let known = context.store.obligations_by_reference(&[reference.to_owned()]).await?;
    let named = obligation.lead.iter().chain(&obligation.responsible);
    let named: Vec<&str> = named.map(String::as_str).collect();
    directory_for(context.store, known.iter().flat_map(Obligation::units), &named).await
}

fn made_reference(obligation: &ListedObligation) -> String {
    let trigger = match obligation.trigger {
        None => String::new(),
        Some(Anchor::Day(day)) => day.to_string(),
        Some(Anchor::Instant(moment)) => moment.local().to_string(),
    };
    let rule = obligation.rule.clone().unwrap_or_default();
    let units = obligation.responsible.join("、");
    let mut hash = Sha256::new();
    for part in
        [&obligation.title, &obligation.written, &rule, &trigger, &units, &obligation.source]
    {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    let short: Vec<u8> = hash.finalize().into_iter().take(5).collect();
    format!("add-{}", BASE32_NOPAD.encode(&short).to_ascii_lowercase())
}
