//! Duties from tables: columns by their headers, merged and empty cells filled from above.
//!
//! Must not know: the file the table came in.

use super::super::document::{Cell, TextSpan, VerticalMerge};
use super::account::LeftOutReason;
use super::columns::{TableLayout, layout_of, unit_roles_to_fill, widened};
use super::duties::{DutyCollector, DutyContext};
use super::form::{Form, add_line, form_of};
use super::heads::Role;
use super::numbering::number_of;
use super::parties::Parties;

/// The last text of each column, which an empty cell below it may repeat.
#[derive(Default)]
struct CarriedCells {
    cells: Vec<TextSpan>,
    /// The unit columns whose empty cells in the current row may repeat those above.
    may_fill: Vec<Role>,
}

/// Reads the duties of a table.
pub(super) fn read(rows: &[Vec<Cell>], collector: &mut DutyCollector<'_>) {
    if let Some(form) = form_of(rows) {
        return read_form(&form, collector);
    }
    let Some(layout) = layout_of(rows) else {
        return rows.iter().for_each(|row| read_row_of_other_table(row, collector));
    };
    for row in rows.iter().take(layout.first_row.saturating_sub(1)) {
        read_cells_without_header(row, collector);
    }
    let mut carried = CarriedCells::default();
    for row in rows.iter().skip(layout.first_row) {
        if layout.head.is_empty() || !repeats_header(row, layout.head) {
            read_row_below(row, &layout, &mut carried, collector);
        }
    }
}

/// Reads a row below the head and accounts for it.
fn read_row_below(
    row: &[Cell],
    layout: &TableLayout<'_>,
    carried: &mut CarriedCells,
    collector: &mut DutyCollector<'_>,
) {
    let filled = || row.iter().zip(&layout.roles).filter(|(cell, _)| !cell.span.text.is_empty());
    let Some((first, role)) = filled().next() else { return };
    let stands_alone =
        filled().nth(1).is_none() && row.iter().all(|cell| cell.merge != VerticalMerge::Merged);
    let before = collector.findings();
    // 一、重点任务（10月底前完成） in the column of numbers is a heading over all columns
    if stands_alone && !role.is_task() && !role.is_unit() && *role != Role::Limit {
        return read_cells_without_header(row, collector);
    }
    read_row(row, layout, carried, collector);
    let has_finding = collector.findings() > before;
    if has_finding || !stands_alone {
        let title = filled().find(|(_, role)| **role == Role::Measure);
        let label = title.map_or(first, |(cell, _)| cell);
        let reason = if layout.roles.contains(&Role::Limit) {
            LeftOutReason::RowWithoutLimit
        } else {
            LeftOutReason::NoLimitColumn
        };
        collector.count_row(&label.span, has_finding, reason);
    }
}

/// Reads a row of a table that has neither a column of limits nor one of units.
fn read_row_of_other_table(row: &[Cell], collector: &mut DutyCollector<'_>) {
    let Some(first) = row.iter().find(|cell| !cell.span.text.is_empty()) else { return };
    let before = collector.findings();
    read_cells_without_header(row, collector);
    let has_finding = collector.findings() > before;
    collector.count_row(&first.span, has_finding, LeftOutReason::NoLimitColumn);
}

fn read_form(form: &Form, collector: &mut DutyCollector<'_>) {
    let parties = Parties::of_cells(&form.lead, &form.responsible, collector.known_names());
    let context = DutyContext { parties: Some(parties), ..DutyContext::default() };
    let before = collector.findings();
    for limit in &form.limits {
        collector.collect_time_cell(limit, &form.title.text, &context);
    }
    let has_finding = collector.findings() > before;
    collector.count_row(&form.title, has_finding, LeftOutReason::RowWithoutLimit);
}

/// Reads cells without a header like paragraphs.
fn read_cells_without_header(row: &[Cell], collector: &mut DutyCollector<'_>) {
    for cell in row {
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
    carried.may_fill = unit_roles_to_fill(row, &roles);
    let mut context = DutyContext::default();
    let (mut lead, mut responsible) = (String::new(), String::new());
    let mut limit = None;
    for (column, (cell, role)) in row.iter().zip(&roles).enumerate() {
        let (span, is_guess) = carried.filled(column, cell, *role);
        context.units_are_guessed |= is_guess;
        match role {
            Role::Task | Role::Section => context.clause.push_str(&clause_number(&span.text)),
            Role::Lead => add_line(&mut lead, &span.text),
            Role::Responsible => add_line(&mut responsible, &span.text),
            Role::Limit => limit = Some(span),
            Role::Start | Role::ActualDay | Role::OtherDay | Role::Status => {
                collector.leave_out(&cell.span, LeftOutReason::OtherColumn);
            }
            Role::Measure
            | Role::Name
            | Role::Person
            | Role::Period
            | Role::Number
            | Role::Other => {}
        }
    }
    context.parties = Some(Parties::of_cells(&lead, &responsible, collector.known_names()));
    let measure = row.iter().zip(&roles).find(|(_, role)| **role == Role::Measure);
    let title = measure.map_or("", |(cell, _)| cell.span.text.as_str());
    if let Some(limit) = limit.filter(|limit| !limit.text.is_empty()) {
        context.is_timed = collector.collect_time_cell(&limit, title, &context);
    }
    for (column, (cell, role)) in row.iter().zip(&roles).enumerate() {
        if *role == Role::Period
            && !cell.span.text.is_empty()
            && let Some(head) = layout.head.get(column)
        {
            let due = format!("{title}：{}", cell.span.text);
            collector.collect_time_cell(&head.span, due.trim_start_matches('：'), &context);
        }
        if matches!(role, Role::Task | Role::Section | Role::Measure) {
            collector.collect(&cell.span, &context);
        }
    }
}

impl CarriedCells {
    /// The text of a cell, or of the cell above it if that holds here too; and whether only its emptiness says so. A merged cell
    /// holds always, a chapter for every empty cell below it. Where the file cannot mark merged cells, a row that names no unit
    /// in this part takes those of the row above, and a person is asked.
    fn filled(&mut self, column: usize, cell: &Cell, role: Role) -> (TextSpan, bool) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, TextSpan::default());
        }
        let Some(held) = self.cells.get_mut(column) else { return Default::default() };
        let is_chapter = matches!(role, Role::Task | Role::Section);
        let holds = match cell.merge {
            VerticalMerge::Merged => true,
            VerticalMerge::Separate => is_chapter,
            VerticalMerge::Unknown => is_chapter || self.may_fill.contains(&role),
        };
        let is_filled = cell.span.text.is_empty() && holds;
        if !is_filled {
            held.clone_from(&cell.span);
        }
        let is_guess = is_filled && role.is_unit() && cell.merge == VerticalMerge::Unknown;
        (held.clone(), is_guess && !held.text.is_empty())
    }
}

/// 三、 of 三、提高政策公开质量; nothing when the cell has no number.
fn clause_number(text: &str) -> String {
    number_of(text).map(|(_, number, _)| number).unwrap_or_default()
}
