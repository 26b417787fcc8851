//! What people found in the seed documents, and how close a reading comes to it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use duban::intake::document::Document;
use duban::intake::extract::{ExtractedDuty, Extraction, TermValues, extract};

/// A duty that people found.
#[derive(Debug)]
pub(super) struct GoldDuty {
    pub(super) id: String,
    pub(super) document: String,
    pub(super) expression: String,
    kind: String,
    due: String,
    amount: String,
    unit: String,
    bound: String,
    recurrence: String,
    count: String,
    pub(super) lead: Vec<String>,
    pub(super) responsible: Vec<String>,
    /// Computable from the document, and from the event for periods.
    pub(super) is_computable: bool,
}

/// How a document was read.
#[derive(Debug, Default)]
pub(super) struct Score {
    /// Computable duties, and those found with the right kind and value, by kind.
    pub(super) by_kind: BTreeMap<String, (usize, usize)>,
    /// Ids of computable duties that were missed.
    pub(super) missed: Vec<String>,
    /// Expressions of duties that nobody else found.
    pub(super) wrong: Vec<String>,
    /// Ids found, each with the duty as read.
    pub(super) found: Vec<(String, ExtractedDuty)>,
}

pub(super) fn seed_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/seeds")
}

/// The seed documents, by file name.
pub(super) fn seed_names() -> Vec<String> {
    let names = std::fs::read_dir(seed_folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.contains(".txt")).collect();
    names.sort();
    names
}

pub(super) fn seed_bytes(name: &str) -> Vec<u8> {
    std::fs::read(seed_folder().join(name)).unwrap()
}

pub(super) fn read_seed(name: &str) -> (Document, Extraction) {
    read(name, &seed_bytes(name))
}

pub(super) fn read(name: &str, bytes: &[u8]) -> (Document, Extraction) {
    let document = Document::read(name, bytes).unwrap();
    let extraction = extract(&document, &[], None);
    (document, extraction)
}

/// All gold duties.
pub(super) fn gold() -> Vec<GoldDuty> {
    let mut reader = csv::Reader::from_path(seed_folder().join("seed-duties.csv")).unwrap();
    let headers = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cell = |name: &str| {
            let place = headers.iter().position(|header| header == name).unwrap();
            row[place].to_owned()
        };
        let list = |name: &str| {
            cell(name).split(';').filter(|name| !name.is_empty()).map(str::to_owned).collect()
        };
        let note = cell("note");
        let soft = [
            "[gate]",
            "[at-event]",
            "[during]",
            "[office-hours]",
            "[year-label]",
            "[implicit-yearly]",
            "[statute]",
        ];
        GoldDuty {
            id: cell("id"),
            document: cell("doc"),
            expression: cell("expr"),
            kind: cell("kind"),
            due: cell("due"),
            amount: cell("amount"),
            unit: cell("unit"),
            bound: cell("bound"),
            recurrence: cell("recurrence"),
            count: cell("count_per_year"),
            lead: list("lead_units"),
            responsible: list("responsible_units"),
            is_computable: !soft.iter().any(|tag| note.contains(tag)),
        }
    });
    rows.collect()
}

impl GoldDuty {
    fn agrees_with(&self, duty: &ExtractedDuty) -> bool {
        let Ok(term) = &duty.term else { return false };
        let values = TermValues::of(term);
        let text = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
        values.kind == self.kind
            && values.due.map(|due| due.to_string()).unwrap_or_default() == self.due
            && text(values.amount) == self.amount
            && values.unit.unwrap_or_default() == self.unit
            && values.bound.unwrap_or_default() == self.bound
            && values.recurrence.unwrap_or_default() == self.recurrence
            && text(values.count_per_year) == self.count
    }
}

/// Compares a reading with the gold duties of a document. A duty stands where its expression stands: each place of the
/// document is given to one gold duty, in the order of the table.
pub(super) fn score(gold: &[&GoldDuty], document: &Document, extraction: &Extraction) -> Score {
    let mut score = Score::default();
    let mut taken = vec![false; extraction.duties.len()];
    for duty in gold {
        let places = places_of(&document.text, &duty.expression);
        let overlaps = |read: &ExtractedDuty| {
            let end = read.start + read.written.chars().count();
            places.iter().any(|(from, until)| read.start < *until && *from < end)
        };
        let found = extraction.duties.iter().enumerate().find(|(index, read)| {
            !taken[*index] && overlaps(read) && (duty.agrees_with(read) || !duty.is_computable)
        });
        if let Some((index, read)) = found {
            taken[index] = true;
            score.found.push((duty.id.clone(), read.clone()));
        }
        if duty.is_computable {
            let (all, hits) = score.by_kind.entry(duty.kind.clone()).or_default();
            *all += 1;
            if found.is_some() {
                *hits += 1;
            } else {
                score.missed.push(duty.id.clone());
            }
        }
    }
    let wrong = extraction.duties.iter().zip(taken).filter(|(_, taken)| !taken);
    score.wrong = wrong.map(|(duty, _)| format!("{} @{}", duty.written, duty.start)).collect();
    score
}

/// Where `expression` stands in `text`, in characters.
fn places_of(text: &str, expression: &str) -> Vec<(usize, usize)> {
    let length = expression.chars().count();
    let starts = text.match_indices(expression).map(|(place, _)| text[..place].chars().count());
    starts.map(|start| (start, start + length)).collect()
}
