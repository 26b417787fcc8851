//! Splits lists of unit names, with the names that the ledger and the document use.
//!
//! Must not know: who leads and who is responsible.

use std::collections::{BTreeMap, HashSet};

use super::super::document::{Block, Document};
use super::columns::cells_of_role;
use super::heads::Role;
use super::name_list::{LONGEST_JOINED, NameList, once_each, split};

/// Names of units, for splitting lists in which nothing stands between the names.
pub(super) struct KnownNames {
    /// Names in the ledger.
    known: HashSet<String>,
    /// Names in the unit columns of the document.
    seen: HashSet<String>,
}

impl KnownNames {
    /// Adds the names in the unit columns of `document` to the `known` names of the ledger.
    pub(super) fn of(document: &Document, known: &[String]) -> Self {
        let mut known_names = Self { known: known.iter().cloned().collect(), seen: HashSet::new() };
        for block in &document.blocks {
            let Block::Table(rows) = block else { continue };
            let cells = cells_of_role(rows, Role::is_unit);
            let names: Vec<_> = cells.iter().flat_map(|text| split(text).names).collect();
            known_names.seen.extend(names);
        }
        known_names
    }

    /// The names in `text`. Names with nothing between them (区政府办公室区司法局) are split if all of them are known.
    pub(super) fn names_in(&self, text: &str) -> NameList {
        let NameList { names, is_open } = split(text);
        let split_names =
            names.into_iter().flat_map(|name| self.separated(&name).unwrap_or_else(|| vec![name]));
        NameList { names: once_each(split_names), is_open }
    }

    /// The names the ledger does not know, sorted.
    pub(super) fn unknown<'a>(&self, names: impl Iterator<Item = &'a String>) -> Vec<String> {
        if self.known.is_empty() {
            return Vec::new();
        }
        let mut unknown: Vec<_> =
            names.filter(|name| !self.known.contains(*name)).cloned().collect();
        unknown.sort();
        unknown.dedup();
        unknown
    }

    /// Two or more names that make up `joined` from end to end.
    fn separated(&self, joined: &str) -> Option<Vec<String>> {
        if self.known.contains(joined) || joined.chars().nth(LONGEST_JOINED).is_some() {
            return None;
        }
        let places: Vec<usize> = joined.char_indices().map(|(place, _)| place).collect();
        // For each position where a name can begin: where that name ends, if the rest of the text can be split too. Positions
        // are visited from the last to the first, so the rest is already known. The longest name is preferred.
        let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
        for from in places.iter().rev() {
            let later = places.iter().rev().take_while(|place| *place > from);
            let end = std::iter::once(joined.len()).chain(later.copied()).find(|end| {
                let rest_is_split = *end == joined.len() || ends.contains_key(end);
                let is_all = *from == 0 && *end == joined.len();
                rest_is_split
                    && !is_all
                    && joined.get(*from..*end).is_some_and(|it| self.contains(it))
            });
            ends.extend(end.map(|end| (*from, end)));
        }
        let mut parts = Vec::new();
        let mut from = 0;
        while from < joined.len() {
            let end = *ends.get(&from)?;
            parts.push(joined.get(from..end)?.to_owned());
            from = end;
        }
        Some(parts)
    }

    /// Names of one or two characters are never accepted: they also occur as parts of longer names.
    pub(super) fn contains(&self, name: &str) -> bool {
        name.chars().nth(2).is_some() && (self.known.contains(name) || self.seen.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_anything_between_them_are_split_when_both_are_known() {
        let known = ["区政府办公室".to_owned(), "区司法局".to_owned()];
        let known_names = KnownNames::of(&Document::default(), &known);
        assert_eq!(known_names.names_in("区政府办公室区司法局").names, known);
        assert_eq!(known_names.names_in("区政府办公室区教委").names, ["区政府办公室区教委"]);
    }
}
