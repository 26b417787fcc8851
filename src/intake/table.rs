//! The result of reading a table: the rows that can be read, and what is wrong with the others.
//!
//! Must not know: what a row holds.

use super::columns::{Column, ColumnPositions};
use super::fault::RowFault;
use super::sheet::Sheet;

/// The rows of a table that can be read, and the faults of the others. A table with a fault must not be imported; its good
/// rows may still be checked, so that all faults are reported at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<R> {
    /// Rows without a fault, in the file's order.
    pub rows: Vec<R>,
    /// Every fault, by line.
    pub faults: Vec<RowFault>,
}

impl<R> Table<R> {
    /// Finds the header of a file and reads its rows with `read_rows`.
    pub(super) fn of(
        file_name: &str,
        bytes: &[u8],
        columns: &[Column],
        read_rows: impl FnOnce(&Sheet, &ColumnPositions) -> Self,
    ) -> Self {
        let read = Sheet::read(file_name, bytes).and_then(|sheet| {
            let positions = ColumnPositions::find(&sheet, columns)?;
            Ok(read_rows(&sheet, &positions))
        });
        read.unwrap_or_else(|faults| Self { rows: Vec::new(), faults })
    }

    /// Adds the rows and faults of another file.
    pub fn extend(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.faults.extend(other.faults);
    }
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), faults: Vec::new() }
    }
}
