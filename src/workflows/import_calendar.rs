//! Takes notices into the ledger and works every open obligation out again on the calendar they make.
//!
//! Must not know: the format of a notice's file, how notices are merged.

use super::Law;
use super::context::Context;
use super::recalculate::{Recalculated, recalculate};
use crate::domain::journal::Action;
use crate::storage::StorageError;
use crate::storage::calendars::StoredNotice;
use crate::storage::register_state::WriteResult;

/// Keeps `notices`, which with the rest make the calendar of `law`, and works open obligations out on it.
///
/// `paper` names what was imported; it becomes the reason of every date that moves. Should the process end between the
/// two steps, the next pass works out what is left. `None` when `newest` is not the newest notice of the ledger any more: then
/// `law` lacks another one, and nothing was written.
///
/// # Errors
///
/// [`StorageError`].
pub async fn import_calendar(
    context: Context<'_>,
    law: &Law,
    (newest, notices): (i64, &[StoredNotice]),
    paper: &str,
) -> Result<Option<Recalculated>, StorageError> {
    let version = law.calendar.version();
    let mut entry = context.entry(Action::ImportCalendar, "calendar".to_owned());
    entry.before = Some(context.law.calendar.version().to_owned());
    entry.after = Some(version.to_owned());
    entry.reason = Some(paper.to_owned());
    match context.store.keep_notices(newest, notices, version, entry).await? {
        WriteResult::Written => {}
        WriteResult::Overtaken => return Ok(None),
    }
    let context = Context { law, ..context };
    context.keep_calendars().await?;
    recalculate(context, Some(paper)).await.map(Some)
}
