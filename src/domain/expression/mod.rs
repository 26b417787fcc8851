//! Reads what Chinese documents write about time into terms; it also reads canonical term texts.
//!
//! One grammar serves tables, the command line and running text. Must not know: files, tables, units; on which day a term
//! ends. Callers: `intake`, `config` and the commands that take a date or a term.
//!
//! - `normalized_text` replaces full-width, traditional and spaced text and remembers where each character stood;
//! - `date_span`, `period`, `recurring` and `label` are the grammar: each parses one kind of phrase;
//! - `resolve` turns a phrase into a term, with the document's year;
//! - `read` takes a text that is one expression; `search` finds expressions in running text and leaves out the dates that
//!   are no deadlines (`match_context`).

mod ambiguity;
mod date_span;
mod event;
mod fault;
mod label;
mod match_context;
mod normalized_text;
mod numeral;
mod parsed_term;
mod period;
mod phrase;
mod read;
mod recurring;
mod resolve;
mod search;
mod short_form;
mod tokens;

pub use ambiguity::Ambiguity;
pub use fault::{Expected, ExpressionFault};
pub use normalized_text::in_simplified_script;
pub use parsed_term::{ParseContext, ParsedTerm};
pub use read::{read, read_date, read_event, read_lead};
pub use search::{SearchResult, TermMatch, search, search_all};

#[cfg(test)]
mod search_tests;
#[cfg(test)]
mod tests;
