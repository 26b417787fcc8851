//! The form in which data is printed: `--format`.
//!
//! Must not know: what is printed.

use clap::ValueEnum;

/// How data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Aligned columns for people
    Table,
    /// One JSON value
    Json,
    /// Comma-separated values with a header
    Csv,
}
