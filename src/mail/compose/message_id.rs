//! The Message-ID of a mail, made of what the mail is about with the ledger's secret.
//!
//! Must not know: how the keys are made, MIME.

use data_encoding::BASE32_NOPAD;

use crate::domain::ledger_identity::LedgerIdentity;

/// The Message-ID of the mail with these keys, in angle brackets; the order of the keys does not matter.
///
/// It contains neither time nor host name, so a retry, a second sealing and a restored backup give the same one. Another
/// ledger gives another one, and nobody without the secret can guess it.
///
/// ```
/// use duban::domain::{ledger_identity::*, uid::Uid};
/// use duban::mail::compose::message_id;
/// let ledger = LedgerIdentity { uid: Uid::random([1; 16]), secret: LedgerSecret::from_bytes([1; 32]) };
/// let id = message_id(&ledger, &["b", "a"], "yuzhong.example");
/// assert_eq!(id, message_id(&ledger, &["a", "b"], "yuzhong.example"));
/// assert!(id.starts_with('<') && id.ends_with("@yuzhong.example>"));
/// let other = LedgerIdentity { secret: LedgerSecret::from_bytes([2; 32]), ..ledger };
/// assert_ne!(id, message_id(&other, &["a", "b"], "yuzhong.example"));
/// ```
pub fn message_id(ledger: &LedgerIdentity, keys: &[impl AsRef<str>], domain: &str) -> String {
    let mut keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    keys.sort_unstable();
    let code = ledger.secret.authentication_code(keys);
    let short: Vec<u8> = code.into_iter().take(20).collect();
    format!("<{}@{domain}>", BASE32_NOPAD.encode(&short).to_ascii_lowercase())
}
