//! Which obligation a person or another obligation means: 编号, or `LIST/编号`, with the period of a series behind a slash.
//!
//! Must not know: what is done with it. 编号 alone names an obligation while one list has it. Callers: workflows.

use super::{Context, NotFound, Refused};
use crate::domain::obligation::{Obligation, ObligationId, possible_references};
use crate::storage::StorageError;

/// Returns the obligation that `asked` names: 编号, `LIST/编号`, either with `/period`, or the key; the newest occurrence
/// where no period is named.
///
/// # Errors
///
/// [`NotFound::Obligation`], [`NotFound::SeveralObligations`] when several lists have this 编号, [`Refused::Storage`].
pub async fn find(context: Context<'_>, asked: &str) -> Result<Obligation, Refused> {
    let references = possible_references(asked);
    let mut called = context.store.obligations_by_reference(&references).await?;
    if called.iter().any(|it| it.inputs.reference == asked) {
        called.retain(|it| it.inputs.reference == asked);
    } else {
        called.retain(|it| it.inputs.is_called(asked));
    }
    let Some(first) = called.first() else { return by_key(context, asked).await };
    let is_same = |it: &Obligation| it.inputs.list == first.inputs.list;
    if called.iter().all(is_same) {
        return Ok(called.swap_remove(0));
    }
    let mut candidates: Vec<String> =
        called.iter().map(|it| format!("{}/{asked}", it.inputs.list)).collect();
    candidates.sort();
    candidates.dedup();
    Err(NotFound::SeveralObligations { asked: asked.to_owned(), candidates }.into())
}

async fn by_key(context: Context<'_>, asked: &str) -> Result<Obligation, Refused> {
    let by_key = match asked.parse().map(ObligationId) {
        Ok(id) => context.store.obligation(id).await?,
        Err(_) => None,
    };
    Ok(by_key.ok_or_else(|| NotFound::Obligation { asked: asked.to_owned() })?)
}

/// Returns the newest obligation of a reference in a list.
///
/// # Errors
///
/// [`StorageError`].
pub(super) async fn newest_in_list(
    context: Context<'_>,
    list: &str,
    reference: &str,
) -> Result<Option<Obligation>, StorageError> {
    let called = context.store.obligations_by_reference(&[reference.to_owned()]).await?;
    Ok(called.into_iter().find(|it| *it.inputs.list == *list))
}

/// The newest of `known`, sorted newest first, that an obligation of `list` means by `name`: that of its own list, else that of
/// the only list which has it.
pub(super) fn meant<'a>(
    known: impl Iterator<Item = &'a Obligation> + Clone,
    list: &str,
    name: &str,
) -> Option<&'a Obligation> {
    let mut called = known.filter(|it| it.inputs.is_called(name));
    if let Some(own) = called.clone().find(|it| *it.inputs.list == *list) {
        return Some(own);
    }
    let first = called.next()?;
    called.all(|it| it.inputs.list == first.inputs.list).then_some(first)
}
