//! The identity of a ledger, and the codes made with its secret.
//!
//! Must not know: where it is stored, what stands in a message.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::domain::uid::Uid;

/// What tells this ledger from every other; a copy or a backup has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerIdentity {
    pub uid: Uid,
    pub secret: LedgerSecret,
}

/// A random key. Its text is never shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LedgerSecret([u8; 32]);

impl LedgerSecret {
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the HMAC-SHA256 of `parts`: nobody without the secret can compute it, and no other parts give the same.
    ///
    /// Each part is hashed with its length before it, so that no two lists of parts read the same.
    pub fn authentication_code<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> [u8; 32] {
        let mut block = [0; 64]; // a shorter key is padded with zeros (RFC 2104 §2)
        block.iter_mut().zip(self.0).for_each(|(padded, byte)| *padded = byte);
        let mut hmac = Hmac::<Sha256>::new(&block.into());
        for part in parts {
            hmac.update(part.len().to_string().as_bytes());
            hmac.update(b":");
            hmac.update(part.as_bytes());
        }
        hmac.finalize().into_bytes().into()
    }

    /// The key itself, to be stored and for nothing else.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for LedgerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LedgerSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_follows_from_the_secret_and_the_parts() {
        let (secret, other) = (LedgerSecret([1; 32]), LedgerSecret([2; 32]));
        let code = secret.authentication_code(["a", "b"]);
        assert_eq!(code, secret.authentication_code(["a", "b"]));
        assert_ne!(code, secret.authentication_code(["ab"]));
        assert_ne!(code, other.authentication_code(["a", "b"]));
    }

    #[test]
    fn the_secret_has_no_text() {
        assert_eq!(format!("{:?}", LedgerSecret([1; 32])), "LedgerSecret(hidden)");
    }
}
