//! The identity of the ledger: made once, when the file is created.
//!
//! Must not know: what is made of it. Callers: `database`, `instance`.

use sqlx::SqlitePool;

use super::rows::RowReader;
use crate::domain::ledger_identity::{LedgerIdentity, LedgerSecret};
use crate::storage::{StorageError, uids};

const IDENTITY: &str = "SELECT only_row AS id, uid, secret FROM ledger";

const SET_IDENTITY: &str = "\
INSERT INTO ledger (only_row, uid, secret) VALUES (1, $1, $2) ON CONFLICT (only_row) DO NOTHING";

pub(super) const STATEMENTS: &[&str] = &[IDENTITY, SET_IDENTITY];

/// Gives a new ledger its identity; a known one keeps its own, whichever process comes first.
pub(super) async fn ensure(writer: &SqlitePool) -> Result<(), StorageError> {
    if sqlx::query(IDENTITY).fetch_optional(writer).await?.is_none() {
        let identity = uids::ledger_identity()?;
        let query = sqlx::query(SET_IDENTITY).bind(identity.uid.to_string());
        query.bind(identity.secret.bytes().as_slice()).execute(writer).await?;
    }
    Ok(())
}

pub(super) async fn read(reader: &SqlitePool) -> Result<LedgerIdentity, StorageError> {
    let row = sqlx::query(IDENTITY).fetch_one(reader).await?;
    let row = RowReader::keyed(&row, "ledger")?;
    let secret: Vec<u8> = row.get("secret")?;
    let secret = secret.try_into().map_err(|_| row.corrupt("secret", String::new()))?;
    Ok(LedgerIdentity { uid: row.uid("uid")?, secret: LedgerSecret::from_bytes(secret) })
}
