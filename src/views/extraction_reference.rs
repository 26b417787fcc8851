//! References (编号) of extracted duties, made of what a duty says, so that another version of the document keeps them.
//!
//! Must not know: how duties are found. The number of a clause is no part of a reference unless nothing else tells two duties
//! apart: a clause that is inserted moves the numbers of all later ones.

use std::collections::{HashMap, HashSet};

use crate::intake::extract::ExtractedDuty;

/// A reference is typed on the command line and stands in tables: so many characters of a title, or of what is added to it.
const LONGEST_PART: usize = 10;

/// One reference for each of `duties`, whose titles are `titles`; all are different.
///
/// A reference begins with the head of the title. Where several begin alike, each is followed by the words of its time limit,
/// then by its first responsible unit, then by its clause, and at last by a number in the order of the document.
pub(super) fn references(duties: &[ExtractedDuty], titles: &[String]) -> Vec<String> {
    let mut references: Vec<String> = titles.iter().map(|title| part(title)).collect();
    let distinctions: [fn(&ExtractedDuty) -> &str; 3] = [
        |duty| &duty.written,
        |duty| duty.responsible.first().map_or("", String::as_str),
        |duty| &duty.clause,
    ];
    for distinction in distinctions {
        let repeated = repeated(&references);
        for (reference, duty) in references.iter_mut().zip(duties) {
            let part = part(distinction(duty));
            if repeated.contains(reference) && !part.is_empty() {
                *reference = format!("{reference}-{part}");
            }
        }
    }
    numbered(references)
}

/// The first letters and digits of `text`.
fn part(text: &str) -> String {
    text.chars().filter(|it| it.is_alphanumeric()).take(LONGEST_PART).collect()
}

fn repeated(references: &[String]) -> HashSet<String> {
    let mut seen = HashSet::new();
    references.iter().filter(|reference| !seen.insert(*reference)).cloned().collect()
}

/// Adds a number to the second reference of those that are equal, and to each after it.
fn numbered(references: Vec<String>) -> Vec<String> {
    let taken: HashSet<String> = references.iter().cloned().collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let number = |reference: String| loop {
        let count = counts.entry(reference.clone()).or_default();
        *count += 1;
        if *count == 1 {
            return reference;
        }
        let numbered = format!("{reference}-{count}");
        if !taken.contains(&numbered) {
            return numbered;
        }
    };
    references.into_iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::intake::document::Document;
    use crate::intake::extract::extract;
    use crate::views::extraction::DutyRow;

    fn rows(text: &str) -> Vec<DutyRow> {
        let document = Document::read("a.txt", text.as_bytes()).unwrap();
        DutyRow::all(&extract(&document, &[], Some(2022)), "a.txt")
    }

    /// The reference of each duty by its title.
    fn references_by_title(text: &str) -> BTreeMap<String, String> {
        let rows = rows(text).into_iter();
        rows.map(|row| (row.title().to_owned(), row.reference().to_owned())).collect()
    }

    const CLAUSES: [&str; 3] =
        ["区教委要在9月底前全部入库。", "区司法局每季度末通报。", "区民政局于11月底前完成整改。"];

    fn numbered_clauses(clauses: &[&str]) -> String {
        let numbers = ["（一）", "（二）", "（三）", "（四）"];
        let lines: Vec<String> = clauses
            .iter()
            .zip(numbers)
            .map(|(clause, number)| format!("{number}{clause}\n"))
            .collect();
        lines.concat()
    }

    #[test]
    fn another_version_with_one_more_clause_in_front_keeps_the_references() {
        let first = references_by_title(&numbered_clauses(&CLAUSES));
        assert_eq!(first.len(), 3, "{first:?}");
        let more = [&["区财政局10月底前公布预算。"], &CLAUSES[..]].concat();
        let second = references_by_title(&numbered_clauses(&more));
        assert_eq!(second.len(), 4, "{second:?}");
        for (title, reference) in &first {
            assert_eq!(second.get(title), Some(reference), "{title}");
        }
    }

    #[test]
    fn duties_that_begin_alike_are_told_apart_by_words_and_the_same_duty_twice_by_a_number() {
        let text = numbered_clauses(&[
            "区教委要认真落实主体责任9月底前全部入库。",
            "区教委要认真落实主体责任11月底前全部公开。",
        ]);
        let references: Vec<String> =
            rows(&text).iter().map(|row| row.reference().to_owned()).collect();
        assert_eq!(references, ["区教委要认真落实主体-9月底前", "区教委要认真落实主体-11月底前"]);
        let equal = ["甲".to_owned(), "甲-2".to_owned(), "甲".to_owned(), "甲".to_owned()];
        assert_eq!(numbered(equal.to_vec()), ["甲", "甲-2", "甲-3", "甲-4"]);
    }

    #[test]
    fn a_reference_has_no_character_that_a_command_would_read_otherwise() {
        for row in rows("（一）区教委（牵头）/区财政局 9月底前全部入库。\n") {
            assert!(row.reference().chars().all(|it| it.is_alphanumeric() || it == '-'));
        }
    }
}
