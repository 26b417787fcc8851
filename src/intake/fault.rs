//! What is wrong with a row of a table, as data.
//!
//! Must not know: how it is worded for people (`cli::message`).

use crate::domain::address::AddressFault;
use crate::domain::expression::ExpressionFault;

/// One fault, at the place where a person can mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {kind}")]
pub struct RowFault {
    /// The file as named by the caller.
    pub file: String,
    /// The line in the file as an editor counts it, from 1, or the row of a worksheet; `None` for the whole file.
    pub line: Option<usize>,
    /// The column as its header is written.
    pub column: Option<String>,
    /// What is wrong, with what to write instead.
    pub kind: RowFaultKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowFaultKind {
    /// The file is larger than is read.
    #[error("holds {bytes} bytes, more than {limit}")]
    FileTooLarge {
        /// Its size.
        bytes: usize,
        /// The largest size.
        limit: usize,
    },
    /// Neither UTF-8, UTF-16 with its mark nor GB18030; or a file of another kind.
    #[error("is no text in UTF-8, UTF-16 or GB18030 (byte {at})")]
    NotText {
        /// The first byte that fits no encoding.
        at: usize,
    },
    /// No header line.
    #[error("is empty")]
    EmptyFile,
    /// More rows than are read.
    #[error("holds more than {limit} rows")]
    TooManyRows {
        /// The most rows.
        limit: usize,
    },
    /// More cells than are read.
    #[error("holds more than {limit} cells")]
    TooManyCells {
        /// The most cells.
        limit: usize,
    },
    /// A column that must be there is not.
    #[error("column {chinese} ({english}) is missing")]
    MissingColumn {
        /// Its Chinese header.
        chinese: &'static str,
        /// Its English header.
        english: &'static str,
    },
    /// A header nobody knows.
    #[error("unknown column `{written}`")]
    UnknownColumn {
        /// As written.
        written: String,
        /// The header it resembles most, in the same language.
        meant: Option<&'static str>,
        /// All headers of this kind of table, in Chinese.
        known: Vec<&'static str>,
    },
    /// The same column twice, perhaps once in each language.
    #[error("column `{written}` stands twice")]
    RepeatedColumn {
        /// The second header as written.
        written: String,
    },
    /// A row with more or fewer cells than the header.
    #[error("{found} cells instead of {expected}")]
    WrongCellCount {
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A quote that is never closed, so that the rest of the file is one cell.
    #[error("a quote is never closed")]
    UnclosedQuote,
    /// A cell that must hold something is empty.
    #[error("is empty")]
    EmptyCell {
        /// What such a cell looks like.
        example: &'static str,
    },
    /// A cell longer than is read.
    #[error("holds more than {limit} characters")]
    CellTooLong {
        /// The most characters.
        limit: usize,
    },
    /// Not a mail address.
    #[error("`{written}` {fault}")]
    BadAddress {
        /// As written.
        written: String,
        /// Why not.
        fault: AddressFault,
    },
    /// Not an absence: two days, and perhaps who stands in.
    #[error("`{written}` is no absence")]
    BadAbsence {
        /// As written.
        written: String,
        /// An absence in the form that is read.
        example: &'static str,
    },
    /// Not a rank.
    #[error("`{written}` is no rank")]
    UnknownRank {
        /// As written.
        written: String,
        /// The Chinese words that are.
        known: Vec<&'static str>,
    },
    /// A row that names a contact in part: this cell is missing beside the others.
    #[error("is missing beside the rest of the contact")]
    IncompleteContact {
        /// What such a cell looks like.
        example: &'static str,
    },
    /// Not an expression of time.
    #[error("`{written}` {fault}")]
    BadTerm {
        /// As written.
        written: String,
        /// Why not.
        fault: ExpressionFault,
    },
    /// Not a date.
    #[error("`{written}` is no date")]
    BadDate {
        /// As written.
        written: String,
        /// A date in a form that is read.
        example: &'static str,
    },
    /// Not a year.
    #[error("`{written}` is no year")]
    BadYear {
        /// As written.
        written: String,
    },
    /// A `ref` that an earlier row of the file has.
    #[error("`{reference}` stands on line {first_line} already")]
    RepeatedReference {
        /// The reference.
        reference: String,
        /// Where it stood first.
        first_line: usize,
    },
}
