//! The identity of the ledger: made once, when the file is created.
//!
//! Must not know: what is made of it. Callers: the files of this folder.

use data_encoding::HEXLOWER;
use sqlx::sqlite::SqliteRow;
use sqlx::{SqliteConnection, SqlitePool};

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

/// The key of the list of suppressed mailboxes for an address: whoever has the ledger without its secret cannot try out
/// which address it was.
pub(super) fn address_key(secret: &LedgerSecret, address: &str) -> String {
    let address = address.to_ascii_lowercase();
    HEXLOWER.encode(&secret.authentication_code(["mailbox", address.as_str()]))
}

/// The secret of the ledger, inside a transaction.
pub(super) async fn secret(
    connection: &mut SqliteConnection,
) -> Result<LedgerSecret, StorageError> {
    Ok(identity(&sqlx::query(IDENTITY).fetch_one(connection).await?)?.secret)
}

pub(super) async fn read(reader: &SqlitePool) -> Result<LedgerIdentity, StorageError> {
    identity(&sqlx::query(IDENTITY).fetch_one(reader).await?)
}

fn identity(row: &SqliteRow) -> Result<LedgerIdentity, StorageError> {
    let row = RowReader::keyed(row, "ledger")?;
    let secret: Vec<u8> = row.get("secret")?;
    let secret = secret.try_into().map_err(|_| row.corrupt("secret", String::new()))?;
    Ok(LedgerIdentity { uid: row.uid("uid")?, secret: LedgerSecret::from_bytes(secret) })
}
