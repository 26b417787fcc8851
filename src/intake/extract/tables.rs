//! Duties from tables: columns by their headers, merged and empty cells filled from above.
//!
//! Must not know: the file the table came in.

use super::super::document::{Cell, TextSpan, VerticalMerge};
use super::cells::{TableLayout, is_self_contained, layout_of};
use super::duties::{DutyCollector, DutyContext};
use super::numbering::number_of;
use super::parties::Parties;
use super::roles::{Role, widened};

/// The last text of each column, which an empty cell below it may repeat.
#[derive(Default)]
struct CarriedCells {
    cells: Vec<TextSpan>,
    /// What the current row leaves empty is meant to be empty.
    row_is_self_contained: bool,
}

/// Reads the duties of a table.
pub(super) fn read(rows: &[Vec<Cell>], collector: &mut DutyCollector<'_>) {
    let Some(layout) = layout_of(rows) else {
        return read_cells_without_header(rows, collector);
    };
    for row in rows.iter().take(layout.first_row.saturating_sub(1)) {
        read_cells_without_header(std::slice::from_ref(row), collector);
    }
    let mut carried = CarriedCells::default();
    for row in rows.iter().skip(layout.first_row) {
        if !repeats_header(row, layout.header) {
            read_row(row, &layout, &mut carried, collector);
        }
    }
}

/// Reads cells without a header like paragraphs.
fn read_cells_without_header(rows: &[Vec<Cell>], collector: &mut DutyCollector<'_>) {
    for cell in rows.iter().flatten() {
        collector.collect(&cell.span, &DutyContext::default());
    }
}

/// True for a header that is printed again at a page break.
fn repeats_header(row: &[Cell], header: &[Cell]) -> bool {
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
    carried.row_is_self_contained = is_self_contained(row, &roles);
    let mut context = DutyContext::default();
    let (mut lead, mut responsible) = (String::new(), String::new());
    let mut time = None;
    for (column, (cell, role)) in row.iter().zip(&roles).enumerate() {
        let has_merged = layout.merged_columns.get(column).copied().unwrap_or_default();
        let span = carried.filled(column, cell, *role, has_merged);
        match role {
            Role::Task | Role::Section => context.clause.push_str(&clause_number(&span.text)),
            Role::Lead => add_line(&mut lead, &span.text),
            Role::Responsible => add_line(&mut responsible, &span.text),
            Role::Time => time = Some(span),
            Role::Measure | Role::Other => {}
        }
    }
    context.parties = Some(Parties::of_cells(&lead, &responsible, collector.known_names()));
    let measures = row.iter().zip(&roles).filter(|(_, role)| **role == Role::Measure);
    let measures: Vec<&TextSpan> = measures.map(|(cell, _)| &cell.span).collect();
    if let Some(time) = time.filter(|time| !time.text.is_empty()) {
        let title = measures.last().map_or("", |measure| measure.text.as_str());
        context.is_timed = collector.collect_time_cell(&time, title, &context);
    }
    for (cell, role) in row.iter().zip(&roles) {
        if matches!(role, Role::Task | Role::Section | Role::Measure) {
            collector.collect(&cell.span, &context);
        }
    }
}

impl CarriedCells {
    /// The text of a cell, or of the cell above it if that holds here too: always for a merged cell; for an empty one if the
    /// file cannot mark merged cells, or marks none in this column. Measures and times are repeated only when merged, units
    /// only in a row that is not self-contained.
    fn filled(&mut self, column: usize, cell: &Cell, role: Role, has_merged: bool) -> TextSpan {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, TextSpan::default());
        }
        let Some(held) = self.cells.get_mut(column) else { return TextSpan::default() };
        let holds = match cell.merge {
            VerticalMerge::Merged => true,
            VerticalMerge::Unknown if role.is_unit() => !self.row_is_self_contained,
            VerticalMerge::Unknown => !matches!(role, Role::Measure | Role::Time),
            VerticalMerge::Separate => match role {
                Role::Task | Role::Section => true,
                Role::Lead | Role::Responsible => !has_merged,
                Role::Measure | Role::Time | Role::Other => false,
            },
        };
        if !(cell.span.text.is_empty() && holds) {
            held.clone_from(&cell.span);
        }
        held.clone()
    }
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
