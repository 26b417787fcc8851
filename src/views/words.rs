//! Enum values in JSON and CSV: the word that data has for them, in every language the same.
//!
//! Must not know: what people call them (`say` of each type).

use serde::Serializer;

use crate::domain::bulletin::Color;
use crate::domain::delivery::{FailureClass, HeldReason, MessageState, Stage};
use crate::domain::ladder::Tone;
use crate::domain::obligation::{AssignmentState, Light};
use crate::domain::rule::Evidence;
use crate::domain::unit::{Rank, Role};

/// An enum that has a word in data.
pub(super) trait Word {
    fn word(&self) -> &'static str;
}

macro_rules! has_word {
    ($($name:ident)+) => {
        $(impl Word for $name {
            fn word(&self) -> &'static str {
                $name::word(*self)
            }
        })+
    };
}

has_word!(AssignmentState Color Evidence FailureClass HeldReason Light MessageState Rank Role Stage Tone);

/// For `#[serde(serialize_with = "word")]`.
pub(super) fn word<T: Word, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(value.word())
}

/// As [`word`], `null` for `None`.
#[expect(clippy::ref_option, reason = "the signature that serde calls")]
pub(super) fn optional_word<T: Word, S: Serializer>(
    value: &Option<T>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.serialize_some(value.word()),
        None => to.serialize_none(),
    }
}
