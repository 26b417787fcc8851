//! Checks of single values: each returns the checked value, or records a fault of its field.
//!
//! Must not know: any key.

use super::document::Document;
use super::fault::{Expected, FaultKind};
use super::reader::Field;

impl Document {
    /// Checks a value that could be read.
    pub(super) fn check<T, U>(
        &self,
        field: &Field<T>,
        check: impl FnOnce(&T) -> Result<U, FaultKind>,
    ) -> Option<U> {
        let checked = check(field.value.as_ref()?);
        checked.map_err(|kind| self.fault(field.entry, kind)).ok()
    }

    /// A text, without white space around it.
    pub(super) fn text(&self, field: &Field<String>) -> Option<String> {
        self.check(field, |text| Ok(text.trim().to_owned()))
    }

    /// A text that is not empty.
    pub(super) fn full_text(&self, field: &Field<String>) -> Option<String> {
        self.check(field, |text| match text.trim() {
            "" => Err(FaultKind::Empty),
            text => Ok(text.to_owned()),
        })
    }

    /// A text that `parse` understands.
    pub(super) fn parse<U>(
        &self,
        field: &Field<String>,
        expected: Expected,
        parse: impl FnOnce(&str) -> Option<U>,
    ) -> Option<U> {
        self.check(field, |text| {
            let text = text.trim();
            parse(text).ok_or_else(|| FaultKind::Unfit { expected, found: text.to_owned() })
        })
    }

    /// A number within its range, both ends allowed.
    pub(super) fn number<N: Into<i64> + TryFrom<i64>>(
        &self,
        field: &Field<i64>,
        least: N,
        greatest: N,
    ) -> Option<N> {
        let (least, greatest) = (least.into(), greatest.into());
        self.check(field, |value| {
            let within = (least..=greatest).contains(value);
            let fault = FaultKind::OutOfRange { value: *value, least, greatest };
            N::try_from(*value).ok().filter(|_| within).ok_or(fault)
        })
    }

    /// One of `words`, each with what it stands for.
    pub(super) fn word<U: Copy>(
        &self,
        field: &Field<String>,
        words: &[(&'static str, U)],
    ) -> Option<U> {
        self.check(field, |text| {
            let found = words.iter().find(|(word, _)| *word == text.trim());
            found.map(|(_, value)| *value).ok_or_else(|| FaultKind::NotOneOf {
                value: text.trim().to_owned(),
                allowed: words.iter().map(|(word, _)| *word).collect(),
            })
        })
    }
}
