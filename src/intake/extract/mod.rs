//! Proposes the dated duties of a task-assignment document (任务分工): what, by when, by whom, and what a person must
//! still decide.
//!
//! Must not know: the kind of file the document came in, the ledger. Callers: cli.

mod account;
mod closing;
mod columns;
mod duties;
mod extraction;
mod facts;
mod form;
mod heads;
mod indexed_span;
mod name_list;
mod names;
mod numbering;
pub(in crate::intake) mod office_table;
mod parties;
mod prose;
mod script;
mod tables;
mod time_cell;
mod time_words;
mod values;
mod words;

use std::collections::HashSet;

pub use self::account::{Account, LeftOut, LeftOutReason, Passage};
pub use self::extraction::{
    Confidence, DocumentFacts, ExtractedDuty, Extraction, Question, UndatedWord,
};
pub(in crate::intake) use self::time_cell::{LimitPart, TimeCell, read_cell};
pub use self::values::TermValues;

use self::duties::{Collected, DutyCollector};
use self::names::KnownNames;
use self::words::FIRST_LEADS;
use super::document::{Block, Document};
use crate::domain::expression::in_simplified_script;

/// Reads the duties of `document`. `known` are all names and aliases of the ledger's units; `year` overrides the
/// document's own.
pub fn extract(document: &Document, known: &[String], year: Option<i16>) -> Extraction {
    if document.text.chars().all(|c| in_simplified_script(c) == c) {
        return extract_simplified(document, known, year);
    }
    let simplified = document.with_characters(in_simplified_script);
    let mut extraction = extract_simplified(&simplified, known, year);
    script::restore(&mut extraction, document, &simplified, known);
    extraction
}

/// The same for a document in simplified script, in which all words are known.
fn extract_simplified(document: &Document, known: &[String], year: Option<i16>) -> Extraction {
    let mut facts = facts::facts_of(document);
    facts.year = year.or(facts.year);
    let known_names = KnownNames::of(document, known);
    let first_unit_leads = FIRST_LEADS.iter().any(|words| document.text.contains(words));
    let mut collector = DutyCollector::new(&facts, &known_names, first_unit_leads);
    collector.set_genre(facts::genre_of(document, &facts, year));
    let mut headings = prose::Headings::default();
    for (index, block) in document.blocks.iter().enumerate() {
        match block {
            Block::Paragraph(span) => {
                let next = document.blocks.get(index + 1..).unwrap_or_default();
                prose::read(span, next, &mut headings, &mut collector);
            }
            Block::Table(rows) => tables::read(rows, &mut collector),
        }
    }
    let Collected { mut duties, undated, rows, left_out } = collector.finish();
    duties.sort_by_key(|duty| duty.start);
    // a merged cell is read once for each row
    let mut marked = HashSet::new();
    let undated: Vec<_> = undated.into_iter().filter(|word| marked.insert(word.start)).collect();
    let unknown_units = known_names
        .unknown(duties.iter().flat_map(|duty| duty.lead.iter().chain(&duty.responsible)));
    let account = closing::close(document, (rows, left_out), &duties, &undated);
    Extraction { facts, duties, undated, unknown_units, account }
}

#[cfg(test)]
mod tests;
