//! Identifiers that no two ledgers share (UUID, RFC 9562).
//!
//! Must not know: where random bytes come from, what an identifier names.

use std::fmt;

use uuid::{Builder, Uuid};

use crate::domain::moment::Moment;

/// An identifier of 128 bits; its text is 32 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid(Uuid);

impl Uid {
    /// Returns a UUID version 7: identifiers of later moments sort later. A moment before 1970 counts as 1970.
    pub fn at(moment: Moment, random: [u8; 10]) -> Self {
        let milliseconds = u64::try_from(moment.instant().as_millisecond()).unwrap_or_default();
        Self(Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
    }

    /// Returns a UUID version 4.
    pub fn random(random: [u8; 16]) -> Self {
        Self(Builder::from_random_bytes(random).into_uuid())
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
}
