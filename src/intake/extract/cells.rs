//! The layout of a table: which column holds what, and where the rows begin.
//!
//! Must not know: duties, time limits, names of units.

use super::super::document::{Cell, VerticalMerge};
use super::roles::{Role, roles_of, widened};

/// How many rows of a table may precede its header.
const HEADER_ROWS: usize = 8;

/// A table under its header.
pub(super) struct TableLayout<'a> {
    pub(super) roles: Vec<Role>,
    pub(super) header: &'a [Cell],
    pub(super) first_row: usize,
    /// For each column, whether the file marks any of its cells as merged.
    pub(super) merged_columns: Vec<bool>,
}

/// The texts of the cells in columns of some role, header and empty ones left out.
pub(super) fn cells_of_role(rows: &[Vec<Cell>], matches: fn(Role) -> bool) -> Vec<&str> {
    let Some(layout) = layout_of(rows) else { return Vec::new() };
    let below = rows.iter().skip(layout.first_row);
    below
        .flat_map(|row| {
            let roles = widened(layout.roles.clone(), row.len());
            row.iter()
                .zip(roles)
                .filter(|(_, role)| matches(*role))
                .map(|(cell, _)| cell.span.text.as_str())
        })
        .filter(|text| !text.is_empty())
        .collect()
}

pub(super) fn layout_of(rows: &[Vec<Cell>]) -> Option<TableLayout<'_>> {
    rows.iter().take(HEADER_ROWS).enumerate().find_map(|(index, header)| {
        let texts: Vec<_> = header.iter().map(|cell| cell.span.text.as_str()).collect();
        let width = rows.get(index + 1).map_or(header.len(), Vec::len).max(header.len());
        let roles = widened(roles_of(&texts)?, width);
        Some(TableLayout {
            roles,
            header,
            first_row: index + 1,
            merged_columns: merged_columns(rows),
        })
    })
}

/// True for a numbered row that names a unit: what it leaves empty is meant to be empty.
pub(super) fn is_self_contained(row: &[Cell], roles: &[Role]) -> bool {
    let mut cells = row.iter().map(|cell| cell.span.text.as_str()).zip(roles);
    let is_numbered = cells.clone().any(|(text, role)| {
        *role == Role::Other && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
    });
    is_numbered && cells.any(|(text, role)| role.is_unit() && !text.is_empty())
}

fn merged_columns(rows: &[Vec<Cell>]) -> Vec<bool> {
    let mut merged = vec![false; rows.iter().map(Vec::len).max().unwrap_or_default()];
    for row in rows {
        for (merged, cell) in merged.iter_mut().zip(row) {
            *merged |= cell.merge == VerticalMerge::Merged;
        }
    }
    merged
}
