//! Tables of a document as plain rows for an import: merged cells filled, heads on one line, headings between rows left out.
//!
//! Must not know: which fields an import has, duties.

use super::super::document::{Block, Cell, Document, VerticalMerge};
use super::columns::{layout_of, roles_below};
use super::facts;
use super::heads::Role;
use super::name_list::{NameList, split};
use super::time_words::time_words;

/// A table under its heads.
#[derive(Debug)]
pub(in crate::intake) struct OfficeTable {
    /// The row of the heads, from 1.
    pub(in crate::intake) line: usize,
    pub(in crate::intake) head: Vec<String>,
    /// Each row with its number.
    pub(in crate::intake) rows: Vec<(usize, Vec<String>)>,
}

/// What a column of an office's table holds, as far as an import asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::intake) enum OfficeField {
    Title,
    Limit,
    Lead,
    Responsible,
    DoneOn,
    Status,
    /// A chapter, a person or something else that is kept as a remark.
    Remark,
    /// A number, or something that changes with every version of the table.
    Passing,
}

/// The title of the document, and the year that it names.
pub(in crate::intake) fn title_and_year(document: &Document) -> (Option<String>, Option<i16>) {
    let title = facts::facts_of(document).title.or_else(|| line_above(document));
    let year = title.as_deref().and_then(facts::only_year_in);
    (title, year)
}

/// The paragraph right above the first table.
fn line_above(document: &Document) -> Option<String> {
    let is_table = |block: &Block| matches!(block, Block::Table(_));
    let table = document.blocks.iter().position(is_table)?;
    match document.blocks.get(table.checked_sub(1)?)? {
        Block::Paragraph(line) if !line.text.contains('。') => Some(line.text.trim().to_owned()),
        Block::Paragraph(_) | Block::Table(_) => None,
    }
}

/// The year that a title names.
pub(in crate::intake) fn year_in_title(title: &str) -> Option<i16> {
    facts::only_year_in(title)
}

/// Every table with at least two columns and a row below its heads.
pub(in crate::intake) fn office_tables(document: &Document) -> Vec<OfficeTable> {
    let tables = document.blocks.iter().filter_map(|block| match block {
        Block::Table(rows) => office_table(rows),
        Block::Paragraph(_) => None,
    });
    tables.collect()
}

/// What the columns under `head` hold, by their heads and by the cells of `sample`.
pub(in crate::intake) fn office_fields(
    head: &[String],
    sample: &[Vec<String>],
) -> Vec<OfficeField> {
    let roles = roles_below(head, sample);
    let field = |role: &Role| match role {
        Role::Measure => OfficeField::Title,
        Role::Limit => OfficeField::Limit,
        Role::Lead => OfficeField::Lead,
        Role::Responsible => OfficeField::Responsible,
        Role::ActualDay => OfficeField::DoneOn,
        Role::Status => OfficeField::Status,
        Role::Name | Role::Task | Role::Section | Role::Person | Role::Period | Role::Other => {
            OfficeField::Remark
        }
        Role::Start | Role::OtherDay | Role::Number => OfficeField::Passing,
    };
    roles.iter().map(field).collect()
}

fn office_table(rows: &[Vec<Cell>]) -> Option<OfficeTable> {
    let text = |cell: &Cell| cell.span.text.trim().to_owned();
    let layout = layout_of(rows).filter(|layout| !layout.head.is_empty());
    let (head, first_row): (Vec<String>, usize) = if let Some(layout) = &layout {
        (layout.heads(), layout.first_row)
    } else {
        let is_filled = |row: &Vec<Cell>| {
            row.iter().filter(|cell| !cell.span.text.trim().is_empty()).nth(1).is_some()
        };
        let index = rows.iter().position(is_filled)?;
        (rows.get(index)?.iter().map(text).collect(), index + 1)
    };
    let mut held: Vec<String> = Vec::new();
    let mut filled = Vec::new();
    for (number, row) in (1..).zip(rows).skip(first_row) {
        held.resize(held.len().max(row.len()), String::new());
        let own: Vec<String> = row.iter().map(text).collect();
        for ((cell, own), held) in row.iter().zip(&own).zip(&mut held) {
            if cell.merge != VerticalMerge::Merged || !own.is_empty() {
                held.clone_from(own);
            }
        }
        let is_empty = own.iter().all(String::is_empty);
        // 一、重点任务 over all columns
        let is_heading = row.len() > 2
            && own.iter().filter(|text| !text.is_empty()).nth(1).is_none()
            && row.iter().all(|cell| cell.merge != VerticalMerge::Merged);
        let repeats_head = own.iter().zip(&head).all(|(own, head)| own == head);
        if !is_empty && !is_heading && !repeats_head {
            filled.push((number, held.iter().take(row.len()).cloned().collect()));
        }
    }
    (!filled.is_empty()).then_some(OfficeTable { line: first_row, head, rows: filled })
}

/// The names of units in a cell of the office's own table, whatever stands between them. A list that ends in 等 keeps it, so
/// that a person is asked.
pub(in crate::intake) fn units_in(cell: &str) -> Vec<String> {
    let NameList { mut names, is_open } = split(cell);
    if let Some(last) = names.last_mut().filter(|_| is_open) {
        last.push('等');
    }
    names
}

/// True for words that hold something like a time limit.
pub(in crate::intake) fn holds_a_limit(words: &str) -> bool {
    time_words(words).iter().any(|word| word.is_limit)
}
