//! The shapes in which data leaves the program: the JSON that is promised, CSV, and tables in two languages.
//!
//! Must not know: the command line, the terminal, where data comes from. Callers: cli, later the API and web pages. The JSON of a
//! command changes here and nowhere else.

pub mod argument;
pub mod bulletin;
pub mod bulletin_document;
pub mod calendar;
pub mod changes;
pub mod csv;
pub mod dates;
pub mod entries;
pub mod explanation;
pub mod explanation_document;
pub mod extraction;
pub mod extraction_account;
mod extraction_reference;
pub mod holiday_notice;
mod html;
pub mod import;
pub mod import_record;
pub mod incoming;
pub mod journal;
mod journal_words;
pub mod letters;
pub mod messages;
mod methods;
pub mod names;
pub mod obligation;
pub mod person;
pub mod plan;
pub mod retention;
pub mod review;
pub mod row;
pub mod rules;
pub mod sentence;
pub mod show;
pub mod status;
pub mod table;
pub mod template;
mod told;
pub mod unattended;
pub mod units;
mod words;
pub mod wrap;

pub use row::{Column, Row, cells, facts_as_table, headings, rows_as_csv, rows_as_table};
