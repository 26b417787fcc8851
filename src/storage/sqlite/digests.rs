//! Digests of what must not change unseen between the day it is stored and the moment it leaves: bytes and envelope of a
//! sealed message, address of a contact.
//!
//! Must not know: what follows when one differs. Callers: the files of this folder.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::storage::StorageError;

/// Of the bytes of a message.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Of Message-ID, sender, recipient and subject, each with its length, so that no two envelopes read alike.
pub(super) fn of_envelope(parts: [&[u8]; 4]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_string());
        hash.update(b":");
        hash.update(part);
    }
    HEXLOWER.encode(&hash.finalize())
}

/// Of the address of a contact; short, since it guards against damage and not against people.
pub(super) fn of_address(address: &[u8]) -> String {
    let digest = Sha256::digest(address);
    HEXLOWER.encode(digest.get(..8).unwrap_or_default())
}

/// True when a row with the columns of a message is what was sealed. Texts are read as bytes: damage may leave no text.
/// Missing bytes are none that were sealed.
pub(super) fn is_as_sealed(row: &SqliteRow) -> Result<bool, StorageError> {
    let column = |name: &str| row.try_get::<Vec<u8>, _>(name);
    let [id, sender, recipient, subject] =
        [column("message_id")?, column("sender")?, column("recipient")?, column("subject")?];
    let envelope = of_envelope([&id, &sender, &recipient, &subject]);
    let bytes: Option<Vec<u8>> = row.try_get("bytes")?;
    Ok(column("bytes_sha256")? == of_bytes(&bytes.unwrap_or_default()).as_bytes()
        && column("envelope_sha256")? == envelope.as_bytes())
}
