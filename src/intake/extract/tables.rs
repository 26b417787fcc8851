//! Duties from tables: columns by their headers, merged and empty cells filled from above.
//!
//! Must not know: the file the table came in.

use super::super::document::{Cell, TextSpan, VerticalMerge};
use super::duties::{DutyCollector, DutyContext};
use super::numbering::number_of;
use super::parties::Parties;
use super::roles::{Role, roles_of, widened};

/// Rows at the head of a table in which a header is looked for.
const HEAD: usize = 8;

/// A table under its header.
struct TableLayout<'a> {
    roles: Vec<Role>,
    header: &'a [Cell],
    first_row: usize,
    /// For each column, whether the file marks merged cells in it.
    marked: Vec<bool>,
}

/// What the rows above leave to a row, by column.
#[derive(Default)]
struct CarriedCells {
    cells: Vec<TextSpan>,
    /// The row being read is whole by itself.
    row_is_whole: bool,
}

/// Reads the duties of a table.
pub(super) fn read(rows: &[Vec<Cell>], collector: &mut DutyCollector<'_>) {
    let Some(layout) = layout_of(rows) else {
        return read_loose_cells(rows, collector);
    };
    for row in rows.iter().take(layout.first_row.saturating_sub(1)) {
        read_loose_cells(std::slice::from_ref(row), collector);
    }
    let mut carried = CarriedCells::default();
    for row in rows.iter().skip(layout.first_row) {
        if !is_header_again(row, layout.header) {
            read_row(row, &layout, &mut carried, collector);
        }
    }
}

/// The texts of the cells in columns of some role, header and empty ones left out.
pub(super) fn cells_of_role(rows: &[Vec<Cell>], wanted: fn(Role) -> bool) -> Vec<&str> {
    let Some(layout) = layout_of(rows) else { return Vec::new() };
    let below = rows.iter().skip(layout.first_row);
    below
        .flat_map(|row| {
            let roles = widened(layout.roles.clone(), row.len());
            row.iter()
                .zip(roles)
                .filter(|(_, role)| wanted(*role))
                .map(|(cell, _)| cell.span.text.as_str())
        })
        .filter(|text| !text.is_empty())
        .collect()
}

fn layout_of(rows: &[Vec<Cell>]) -> Option<TableLayout<'_>> {
    rows.iter().take(HEAD).enumerate().find_map(|(index, header)| {
        let texts: Vec<_> = header.iter().map(|cell| cell.span.text.as_str()).collect();
        let width = rows.get(index + 1).map_or(header.len(), Vec::len).max(header.len());
        let roles = widened(roles_of(&texts)?, width);
        Some(TableLayout { roles, header, first_row: index + 1, marked: marked_columns(rows) })
    })
}

/// Without a header a cell is as good as a paragraph.
fn read_loose_cells(rows: &[Vec<Cell>], collector: &mut DutyCollector<'_>) {
    for cell in rows.iter().flatten() {
        collector.collect(&cell.span, &DutyContext::default());
    }
}

/// A header printed again at a page break.
fn is_header_again(row: &[Cell], header: &[Cell]) -> bool {
    let mut texts = header.iter().map(|cell| &cell.span.text).filter(|text| !text.is_empty());
    let found = row.iter().map(|cell| &cell.span.text).filter(|text| !text.is_empty());
    found.zip(&mut texts).all(|(found, header)| found == header) && texts.next().is_none()
}

fn read_row(
    row: &[Cell],
    layout: &TableLayout<'_>,
    carried: &mut CarriedCells,
    collector: &mut DutyCollector<'_>,
) {
    let roles = widened(layout.roles.clone(), row.len());
    carried.row_is_whole = is_whole(row, &roles);
    let mut place = DutyContext::default();
    let (mut lead, mut responsible) = (String::new(), String::new());
    let mut time = None;
    for (column, (cell, role)) in row.iter().zip(&roles).enumerate() {
        let is_marked = layout.marked.get(column).copied().unwrap_or_default();
        let span = carried.fill(column, cell, *role, is_marked);
        match role {
            Role::Task | Role::Section => place.clause.push_str(&clause_number(&span.text)),
            Role::Lead => add_line(&mut lead, &span.text),
            Role::Responsible => add_line(&mut responsible, &span.text),
            Role::Time => time = Some(span),
            Role::Measure | Role::Other => {}
        }
    }
    place.parties = Some(Parties::of_cells(&lead, &responsible, collector.known_names()));
    let measures = row.iter().zip(&roles).filter(|(_, role)| **role == Role::Measure);
    let measures: Vec<&TextSpan> = measures.map(|(cell, _)| &cell.span).collect();
    if let Some(time) = time.filter(|time| !time.text.is_empty()) {
        let title = measures.last().map_or("", |measure| measure.text.as_str());
        place.is_timed = collector.collect_time_cell(&time, title, &place);
    }
    for (cell, role) in row.iter().zip(&roles) {
        if matches!(role, Role::Task | Role::Section | Role::Measure) {
            collector.collect(&cell.span, &place);
        }
    }
}

/// True for a row with a number of its own that names a unit: what it leaves empty is meant to be empty.
fn is_whole(row: &[Cell], roles: &[Role]) -> bool {
    let mut cells = row.iter().map(|cell| cell.span.text.as_str()).zip(roles);
    let is_numbered = cells.clone().any(|(text, role)| {
        *role == Role::Other && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
    });
    is_numbered && cells.any(|(text, role)| role.is_unit() && !text.is_empty())
}

impl CarriedCells {
    /// A cell, or what holds from above: merged cells always; empty ones where the file cannot mark
    /// merging, or marks none in that column. Measures and times are never filled unless merged, nor are units in a
    /// row that is whole by itself.
    fn fill(&mut self, column: usize, cell: &Cell, role: Role, is_marked: bool) -> TextSpan {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, TextSpan::default());
        }
        let Some(held) = self.cells.get_mut(column) else { return TextSpan::default() };
        let holds = match cell.merge {
            VerticalMerge::Merged => true,
            VerticalMerge::Unknown if role.is_unit() => !self.row_is_whole,
            VerticalMerge::Unknown => !matches!(role, Role::Measure | Role::Time),
            VerticalMerge::Separate => match role {
                Role::Task | Role::Section => true,
                Role::Lead | Role::Responsible => !is_marked,
                Role::Measure | Role::Time | Role::Other => false,
            },
        };
        if !(cell.span.text.is_empty() && holds) {
            held.clone_from(&cell.span);
        }
        held.clone()
    }
}

fn marked_columns(rows: &[Vec<Cell>]) -> Vec<bool> {
    let mut marked = vec![false; rows.iter().map(Vec::len).max().unwrap_or_default()];
    for row in rows {
        for (mark, cell) in marked.iter_mut().zip(row) {
            *mark |= cell.merge == VerticalMerge::Merged;
        }
    }
    marked
}

/// 三、 of 三、提高政策公开质量; nothing when the cell has no number.
fn clause_number(text: &str) -> String {
    number_of(text).map(|(_, number, _)| number).unwrap_or_default()
}

fn add_line(list: &mut String, line: &str) {
    if !list.is_empty() {
        list.push('；');
    }
    list.push_str(line);
}
