//! The reference of a row without 编号.
//!
//! Must not know: the ledger. Callers: this folder.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

/// How such references begin.
pub(super) const MADE: &str = "auto-";

/// The reference of a row without 编号, made of its words, so that the same row always gets the same.
pub(super) fn made_of_words(title: &str, written: &str, source: &str) -> String {
    let mut hash = Sha256::new();
    for part in [title, written, source] {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    let short: Vec<u8> = hash.finalize().into_iter().take(5).collect();
    format!("{MADE}{}", BASE32_NOPAD.encode(&short).to_ascii_lowercase())
}
