//! Proposes the dated duties of a task-assignment document (任务分工): what, by when, by whom, and what a person must
//! still settle.
//!
//! Must not know: the kind of file the document came in, the ledger, how a question is worded.

mod duties;
mod facts;
mod names;
mod numbering;
mod parties;
mod prose;
mod roles;
mod tables;
mod values;

use std::collections::HashSet;

use jiff::civil::Date;

use crate::domain::expression::{Ambiguity, ExpressionFault};
use crate::domain::term::Term;

use self::duties::DutyCollector;
use self::names::KnownNames;
pub use self::values::TermValues;
use super::document::{Block, Document};

/// What a document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extraction {
    /// The document itself.
    pub facts: DocumentFacts,
    /// Its dated duties, in the order of the text.
    pub duties: Vec<ExtractedDuty>,
    /// Words such as 及时: nothing is ever due by them.
    pub undated: Vec<UndatedWord>,
    /// Names of units in duties that the ledger does not know; empty when it knows none at all.
    pub unknown_units: Vec<String>,
}

/// What identifies a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentFacts {
    /// Its title on one line.
    pub title: Option<String>,
    /// Its number, such as 渝中府办〔2022〕24号.
    pub number: Option<String>,
    /// The year its days without a year belong to.
    pub year: Option<i16>,
    /// The day it was signed or printed.
    pub issued: Option<Date>,
}

/// A duty with a time limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtractedDuty {
    /// Where its expression begins, in characters of the document's text.
    pub start: usize,
    /// The expression as written.
    pub written: String,
    /// What it says, or why that cannot be told.
    pub term: Result<Term, ExpressionFault>,
    /// The event a period runs from, in words.
    pub trigger_words: Option<String>,
    /// 牵头单位.
    pub lead: Vec<String>,
    /// 责任单位.
    pub responsible: Vec<String>,
    /// Where it stands: 三、（十）2.
    pub clause: String,
    /// The sentence.
    pub text: String,
    /// How sure the reading is.
    pub confidence: Confidence,
    /// What a person must settle.
    pub questions: Vec<Question>,
}

/// A word about time that sets no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndatedWord {
    /// Where it begins, in characters of the document's text.
    pub start: usize,
    /// The word.
    pub written: String,
}

/// How sure a reading is, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// No unit was found, or the date could not be told.
    Low,
    /// A person must settle something.
    Medium,
    /// Nothing is open.
    High,
}

/// What a person must settle about a duty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// The expression has more than one sense.
    Sense(Ambiguity),
    /// A day without a year, in a document without one.
    WhichYear,
    /// A day no calendar has.
    NoSuchDay,
    /// 报市政府审定后印发: is the day that of the draft or of the approval?
    WhichStep,
    /// 有关部门: which of the group?
    WhichOf(String),
    /// A list that ends in 等: who else?
    WhoElse,
    /// No unit was found.
    WhichUnits,
    /// The units stand in another row or sentence.
    UnitsFromElsewhere,
    /// The day lies before the document's own.
    AlreadyPast,
}

/// Reads the duties of `document`. `known` are all names and aliases of the ledger's units; `year` overrides the
/// document's own.
pub fn extract(document: &Document, known: &[String], year: Option<i16>) -> Extraction {
    let mut facts = facts::facts_of(document);
    facts.year = year.or(facts.year);
    let known_names = KnownNames::of(document, known);
    let mut collector = DutyCollector::new(&facts, &known_names, first_named_leads(&document.text));
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
    let (mut duties, undated) = collector.finish();
    duties.sort_by_key(|duty| duty.start);
    // a merged cell is read once for each row
    let mut marked = HashSet::new();
    let undated = undated.into_iter().filter(|word| marked.insert(word.start)).collect();
    let unknown_units = known_names
        .unknown(duties.iter().flat_map(|duty| duty.lead.iter().chain(&duty.responsible)));
    Extraction { facts, duties, undated, unknown_units }
}

/// 列第一位者为牵头单位，下同.
fn first_named_leads(text: &str) -> bool {
    [
        "第一位的为牵头",
        "第一位者为牵头",
        "首位的为牵头",
        "第一位为牵头",
        "第一个单位为牵头",
        "排在首位的为牵头",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// `names` without repetitions, in order.
fn once_each(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

#[cfg(test)]
mod tests;
