//! Tables for a terminal: columns align under Chinese, long cells wrap.
//!
//! Must not know: what the columns hold.

use comfy_table::{CellAlignment, ContentArrangement, Table};
use comfy_table::{LineStyle, TableStyle};

/// A table of text cells.
#[derive(Clone, Debug)]
pub(super) struct TextTable {
    table: Table,
}

impl TextTable {
    /// An empty table; `width` is that of the terminal, `None` when output goes elsewhere and nothing may wrap.
    pub(super) fn new(headers: &[&str], width: Option<u16>) -> Self {
        let mut table = Table::new();
        let ruled = TableStyle::new().header_separator(LineStyle::none().fill('-').junction(' '));
        table.load_style(ruled).set_header(headers.iter().copied());
        match width {
            Some(width) => {
                table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
            }
            None => {
                table.set_content_arrangement(ContentArrangement::Disabled);
            }
        }
        Self { table }
    }

    /// Aligns these columns, counted from 0, to the right.
    #[must_use]
    pub(super) fn right(mut self, columns: &[usize]) -> Self {
        for column in columns {
            if let Some(column) = self.table.column_mut(*column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        self
    }

    /// Adds a row.
    pub(super) fn row<I>(&mut self, cells: I)
    where
        I: IntoIterator,
        I::Item: Into<comfy_table::Cell>,
    {
        self.table.add_row(cells.into_iter().map(Into::into).collect::<Vec<comfy_table::Cell>>());
    }

    /// The table as text, without trailing blanks, ending in a line break.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for line in self.table.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}
