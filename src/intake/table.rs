//! The result of reading a table: the rows that can be read, and what is wrong with the others.
//!
//! Must not know: what a row holds.

use super::column_mapping::{ColumnChoice, ColumnMapping};
use super::columns::{Column, ColumnPositions, Guess};
use super::fault::RowFault;
use super::office_file::{FileTable, OfficeFile};

/// The rows of a table that can be read, and the faults of the others. A table with a fault must not be imported; its good
/// rows may still be checked, so that all faults are reported at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<R> {
    /// Rows without a fault, in the file's order.
    pub rows: Vec<R>,
    /// Every fault, by line.
    pub faults: Vec<RowFault>,
    /// What the columns of each table of the file were taken for.
    pub mappings: Vec<ColumnMapping>,
    /// What the file hides or strikes out, which is in no row.
    pub removed: Vec<String>,
}

impl<R> Table<R> {
    /// Finds the headers of a file and reads its rows with `read_rows`. `guesses` tells what headers and first rows are taken
    /// for. A table that does not fit is passed by if another one does.
    pub(super) fn of(
        file_name: &str,
        bytes: &[u8],
        (columns, choices): (&[Column], &[ColumnChoice]),
        guesses: fn(&[String], &[Vec<String>]) -> Vec<Guess>,
        read_rows: fn(&FileTable, &ColumnPositions) -> Self,
    ) -> Self {
        let file = match OfficeFile::read(file_name, bytes) {
            Ok(file) => file,
            Err(faults) => return Self { faults, ..Self::default() },
        };
        let (mut all, mut others) = (Self::default(), Vec::new());
        for table in &file.tables {
            let guess = || guesses(&table.sheet.header.cells, &table.sample());
            match ColumnPositions::find(&table.sheet, columns, choices, guess) {
                Ok(positions) => {
                    all.extend(read_rows(table, &positions));
                    all.mappings.push(positions.mapping().clone());
                }
                Err(faults) => others.push(faults),
            }
        }
        all.removed.extend(file.removed);
        if all.mappings.is_empty() {
            all.faults = others.into_iter().next().unwrap_or_default();
        }
        all
    }

    /// Adds the rows and faults of another file.
    pub fn extend(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.faults.extend(other.faults);
        self.mappings.extend(other.mappings);
        self.removed.extend(other.removed);
    }
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), faults: Vec::new(), mappings: Vec::new(), removed: Vec::new() }
    }
}
