//! The Message-ID of a mail, derived from its reminders.
//!
//! Must not know: how the keys are made, MIME.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

/// The Message-ID of the mail with these reminders, in angle brackets; the order of the keys does not matter.
///
/// It contains neither time nor host name, so a retry, a second sealing and a restored backup give the same one.
///
/// ```
/// use duban::mail::compose::message_id;
/// let id = message_id(&["b", "a"], "yuzhong.example");
/// assert_eq!(id, message_id(&["a", "b"], "yuzhong.example"));
/// assert!(id.starts_with('<') && id.ends_with("@yuzhong.example>"));
/// ```
pub fn message_id(keys: &[impl AsRef<str>], domain: &str) -> String {
    let mut keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    keys.sort_unstable();
    let mut hash = Sha256::new();
    for key in keys {
        // Each key with its length before it: no two sets of keys read the same.
        hash.update(key.len().to_string());
        hash.update(":");
        hash.update(key);
    }
    let short: Vec<u8> = hash.finalize().into_iter().take(20).collect();
    format!("<{}@{domain}>", BASE32_NOPAD.encode(&short).to_ascii_lowercase())
}
