//! The form and the language of output: `--format` and `--lang`.
//!
//! Must not know: what is printed.

use clap::ValueEnum;

use crate::words::Lang;

/// How data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Aligned columns for people.
    Table,
    /// One JSON value.
    Json,
    /// Comma-separated values with a header.
    Csv,
}

/// Reads the value of `--lang`.
pub(super) fn language(text: &str) -> Result<Lang, String> {
    match text {
        "zh" => Ok(Lang::Zh),
        "en" => Ok(Lang::En),
        _ => Err("write zh or en".to_owned()),
    }
}
