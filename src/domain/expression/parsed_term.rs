//! What the parsers give: a term, the event it runs from, and what is ambiguous about it.
//!
//! Must not know: the grammar.

use super::ambiguity::Ambiguity;
use crate::domain::term::Term;

/// What is known about a document before its terms are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParseContext {
    /// The document's year, which a day without a year takes.
    pub year: Option<i16>,
}

/// What an expression says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedTerm {
    pub term: Term,
    /// The event from which a period runs, as written (形成或者变更); `None` when none was named.
    pub trigger_words: Option<String>,
    /// What a person should decide; the term holds the usual sense.
    pub ambiguity: Option<Ambiguity>,
}
