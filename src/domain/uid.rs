//! Identifiers that no two ledgers share (UUID, RFC 9562).
//!
//! Must not know: where random bytes come from, what an identifier names.

use std::fmt;

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::domain::moment::Moment;

/// An identifier of 128 bits; its text is 32 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid(Uuid);

impl Uid {
    /// Stands for what is not in the ledger yet.
    pub const NIL: Self = Self(Uuid::nil());

    /// Returns a UUID version 7: identifiers of later moments sort later. A moment before 1970 counts as 1970.
    pub fn at(moment: Moment, random: [u8; 10]) -> Self {
        let milliseconds = u64::try_from(moment.instant().as_millisecond()).unwrap_or_default();
        Self(Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
    }

    /// Returns a UUID version 4.
    pub fn random(random: [u8; 16]) -> Self {
        Self(Builder::from_random_bytes(random).into_uuid())
    }

    /// Returns the uid (version 8) of what follows from this thing under `name`, always the same: a restored ledger that
    /// makes the next occurrence of a series again gives it the uid it had.
    #[must_use]
    pub fn derived(self, name: &str) -> Self {
        let hash = Sha256::new().chain_update(self.0.as_bytes()).chain_update(name).finalize();
        let time = self.0.as_bytes().iter().take(6);
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(time.chain(hash.iter())).for_each(|(to, from)| *to = *from);
        Self(Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Reads the stored text; `None` when it is no UUID.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_of_later_moments_sort_later_and_read_back_from_their_text() {
        let at = |text: &str| Moment::at(text.parse().unwrap());
        let earlier = Uid::at(at("2022-12-28T01:00:00Z"), [0xff; 10]);
        let later = Uid::at(at("2022-12-28T01:00:01Z"), [0; 10]);
        assert_eq!(earlier.to_string(), "0185563e46807fffbfffffffffffffff");
        assert!(earlier < later && earlier.to_string() < later.to_string());
        assert_eq!(Uid::parse(&later.to_string()), Some(later));
    }

    #[test]
    fn what_follows_from_one_thing_has_one_uid_for_each_name() {
        let series = Uid::random([7; 16]);
        assert_eq!(series.derived("2023"), series.derived("2023"));
        assert_ne!(series.derived("2023"), series.derived("2024"));
        assert_ne!(series.derived("2023"), Uid::random([8; 16]).derived("2023"));
    }
}
