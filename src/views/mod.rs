//! The shapes in which data leaves the program: the JSON that is promised, CSV, and tables in two languages.
//!
//! Must not know: the command line, the terminal, where data comes from. Callers: cli, later the API and web pages. The JSON of a
//! command changes here and nowhere else.

pub mod csv;
pub mod row;
pub mod table;
mod wrap;

pub use row::{Column, Row, facts_as_table, rows_as_csv, rows_as_table};
