//! Tables, documents and mails in: encodings, rows, row-level faults.
//!
//! Every fault of a file is reported at once, with the line a person sees in an editor and what to write instead.
//! Must not know: the ledger, outgoing mail, which command reads a file. Callers: cli, and workflows for the types of rows.

mod columns;
pub mod count_batch;
pub mod document;
mod encoding;
pub mod extract;
mod fault;
pub mod incoming;
mod obligations;
mod sheet;
mod table;
mod units;

pub use self::fault::{CellFault, RowFault, RowFaultKind, TableFault};
pub use self::obligations::{ObligationRow, ObligationTable, RowReading, read_obligations};
pub use self::table::Table;
pub use self::units::{UnitRow, read_units};

/// Largest document that is read, in bytes.
pub const LARGEST_FILE: usize = 32 * 1024 * 1024;

/// Largest table that is imported, in bytes: about a million rows.
pub const LARGEST_TABLE: usize = 128 * 1024 * 1024;
