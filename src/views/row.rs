//! One shape for a list: the same struct gives its JSON, its CSV and its table.
//!
//! Must not know: any single list, the terminal. Callers: views, cli.

use std::io::{self, Write};

use serde::Serialize;

use super::csv::write_csv;
use super::table::{Heading, Shape, table};
use crate::words::Lang;

/// A row of a list. Its serialization is the JSON.
pub trait Row: Serialize + Sized {
    /// The keys of the JSON that are columns of the CSV, in this order.
    const KEYS: &'static [&'static str];

    /// The columns of the table, from left to right.
    fn columns() -> Vec<Column<Self>>;
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column<R> {
    zh: &'static str,
    en: &'static str,
    shape: Shape,
    rank: u8,
    cell: fn(&R, Lang) -> String,
}

impl<R> Column<R> {
    /// Prose, which may wrap.
    pub fn text(zh: &'static str, en: &'static str, cell: fn(&R, Lang) -> String) -> Self {
        Self { zh, en, shape: Shape::Text, rank: 0, cell }
    }

    /// A name, a date, a state: never broken.
    pub fn whole(zh: &'static str, en: &'static str, cell: fn(&R, Lang) -> String) -> Self {
        Self { zh, en, shape: Shape::Whole, rank: 0, cell }
    }

    /// A number, aligned to the right.
    pub fn number(zh: &'static str, en: &'static str, cell: fn(&R, Lang) -> String) -> Self {
        Self { zh, en, shape: Shape::Number, rank: 0, cell }
    }

    pub fn header(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }

    pub fn cell(&self, row: &R, lang: Lang) -> String {
        (self.cell)(row, lang)
    }

    /// The column is dropped on a narrow terminal, before those of a lower rank.
    #[must_use]
    pub fn droppable(self, rank: u8) -> Self {
        Self { rank, ..self }
    }
}

/// The headings of the table.
pub fn headings<R: Row>(lang: Lang) -> Vec<Heading> {
    let heading = |it: Column<R>| Heading {
        header: lang.pick(it.zh, it.en).to_owned(),
        shape: it.shape,
        rank: it.rank,
    };
    R::columns().into_iter().map(heading).collect()
}

/// The cells of one row of the table.
pub fn cells<R: Row>(columns: &[Column<R>], row: &R, lang: Lang) -> Vec<String> {
    columns.iter().map(|column| column.cell(row, lang)).collect()
}

/// The rows as a table; `width` as for [`table`].
pub fn rows_as_table<R: Row>(rows: &[R], lang: Lang, width: Option<usize>) -> String {
    let columns = R::columns();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| cells(&columns, row, lang)).collect();
    table(&headings::<R>(lang), &rows, width)
}

/// The rows as CSV.
///
/// # Errors
///
/// What `out` returns.
pub fn rows_as_csv<R: Row>(rows: &[R], out: &mut dyn Write) -> io::Result<()> {
    write_csv(out, R::KEYS, rows)
}

/// Facts about one thing, a line each; those without content are left out.
pub fn facts_as_table(facts: &[(&str, String)], lang: Lang, width: Option<usize>) -> String {
    let heading = |zh: &str, en: &str, shape| Heading {
        header: lang.pick(zh, en).to_owned(),
        shape,
        rank: 0,
    };
    let headings =
        [heading("项目", "Field", Shape::Whole), heading("内容", "Content", Shape::Text)];
    let filled = facts.iter().filter(|(_, content)| !content.is_empty());
    let cells: Vec<Vec<String>> =
        filled.map(|(name, content)| vec![(*name).to_owned(), content.clone()]).collect();
    table(&headings, &cells, width)
}
