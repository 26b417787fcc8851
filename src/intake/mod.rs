//! Tables, documents and mails in: encodings, rows, row-level faults.
//!
//! Every fault of a file is reported at once, with the line a person sees in an editor and what to write instead.
//! Must not know: the ledger, outgoing mail, which command reads a file. Callers: cli, and workflows for the types of rows.

mod column_mapping;
mod columns;
pub mod converter;
pub mod count_batch;
pub mod document;
mod encoding;
pub mod extract;
mod fault;
pub mod holiday_notice;
pub mod incoming;
pub mod letter;
pub mod mail_text;
mod obligation_columns;
mod obligation_row;
mod obligations;
mod office_file;
mod parsed_mail;
mod sheet;
mod table;
mod units;

pub use self::column_mapping::{ColumnChoice, ColumnMapping, read_choice};
pub use self::fault::{CellFault, RowFault, RowFaultKind, TableFault};
pub use self::obligation_row::ObligationRow;
pub use self::obligations::{ObligationTable, RowReading, read_obligations};
pub use self::office_file::EXAMPLE;
pub use self::sheet::LONGEST_CELL;
pub use self::table::Table;
pub use self::units::{UnitRow, read_units};

/// Largest document that is read, in bytes.
pub const LARGEST_FILE: usize = 32 * 1024 * 1024;

/// Largest table that is imported, in bytes: about a million rows.
pub const LARGEST_TABLE: usize = 128 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::columns::Column;

    /// The headers of a table, in Chinese and in English.
    fn headers(columns: &[Column]) -> [String; 2] {
        let join =
            |of: fn(&Column) -> &'static str| columns.iter().map(of).collect::<Vec<_>>().join(",");
        [join(|it| it.chinese), join(|it| it.english)]
    }

    #[test]
    fn help_and_readme_list_the_columns_that_are_read() {
        let help = include_str!("../cli/help/chinese.txt");
        let readmes = [include_str!("../../README.md"), include_str!("../../README.zh.md")];
        for columns in [&super::units::COLUMNS[..], &super::obligation_columns::COLUMNS[..]] {
            let [chinese, english] = headers(columns);
            for text in [&chinese, &english] {
                // once in the English paragraph, which is that of the command, and once in the Chinese one
                assert_eq!(help.matches(text).count(), 2, "{text}");
            }
            for readme in readmes {
                assert!(readme.contains(&format!("`{chinese}`")), "{chinese}");
            }
        }
    }
}
