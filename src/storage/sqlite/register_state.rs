//! Whether what an import was compared with has changed, read from the journal.
//!
//! Must not know: what is imported. Callers: the files of this folder, inside their transactions.

use sqlx::{Row as _, SqliteConnection};

use super::rows::json_texts;
use crate::domain::journal::Action;
use crate::storage::StorageError;
use crate::storage::register_state::RegisterState;

const REGISTER_STATE: &str = "\
SELECT (SELECT coalesce(max(seq), 0) FROM journal) AS journal,
       (SELECT coalesce(max(id), 0) FROM obligation) AS last_obligation,
       (SELECT coalesce(max(id), 0) FROM import) AS last_import";

const REGISTER_CHANGES: &str = "SELECT seq FROM journal WHERE seq > $1 AND action IN (SELECT value FROM json_each($2)) LIMIT 1";

pub(super) const STATEMENTS: &[&str] = &[REGISTER_STATE, REGISTER_CHANGES];

pub(super) async fn read(connection: &mut SqliteConnection) -> Result<RegisterState, StorageError> {
    let row = sqlx::query(REGISTER_STATE).fetch_one(connection).await?;
    Ok(RegisterState {
        journal: row.try_get("journal")?,
        last_obligation: row.try_get("last_obligation")?,
        last_import: row.try_get("last_import")?,
    })
}

/// True when what an import was compared with has changed since then. Mail changes nothing of it.
pub(super) async fn is_overtaken(
    transaction: &mut SqliteConnection,
    since: &RegisterState,
) -> Result<bool, StorageError> {
    let now = read(&mut *transaction).await?;
    if now.last_obligation != since.last_obligation
        || now.last_import != since.last_import
        || now.journal < since.journal
    {
        return Ok(true);
    }
    let actions = Action::ALL.into_iter().filter(|action| action.changes_the_register());
    let words: Vec<&str> = actions.map(Action::word).collect();
    let query = sqlx::query(REGISTER_CHANGES).bind(since.journal).bind(json_texts(&words));
    Ok(query.fetch_optional(transaction).await?.is_some())
}
