//! The reference of a row.
//!
//! Must not know: the ledger. Callers: this folder.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use crate::domain::listed::ListedObligation;

/// The reference of a row. A row without one gets a reference made of its words, so that the same row always gets the same.
pub(super) fn reference(listed: &ListedObligation) -> String {
    if let Some(reference) = &listed.reference {
        return reference.clone();
    }
    let mut hash = Sha256::new();
    for part in [&listed.title, &listed.written, &listed.source] {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    let short: Vec<u8> = hash.finalize().into_iter().take(5).collect();
    format!("auto-{}", BASE32_NOPAD.encode(&short).to_ascii_lowercase())
}
