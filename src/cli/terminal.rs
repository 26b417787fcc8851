//! Where output goes: data to one side, everything else to the other.
//!
//! Must not know: what is printed.

use std::io::{self, IsTerminal as _};

use super::shown::Shown;
use crate::config::Sources;
use crate::words::Lang;

/// The two ways out.
pub(super) struct Terminal {
    /// Data.
    pub out: Shown,
    /// Progress, warnings, errors.
    pub err: Shown,
    /// Cells of a line on the terminal; `None` when data goes into a file or a pipe, where nothing wraps.
    pub width: Option<usize>,
    /// The language of what is said when no command has begun or one has failed.
    pub lang: Lang,
}

impl Terminal {
    /// Columns for text that is not data.
    pub(super) fn columns(&self) -> usize {
        self.width.unwrap_or(WIDEST_TEXT).min(WIDEST_TEXT)
    }

    /// Standard output and standard error. On a terminal `COLUMNS` stands in for its width.
    pub(super) fn standard(lang: Lang, sources: &Sources) -> Self {
        let columns = sources.environment.get("COLUMNS");
        let columns =
            columns.and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
        let width = columns.or_else(terminal_width).unwrap_or(DEFAULT_WIDTH);
        let width = io::stdout().is_terminal().then_some(width);
        Self {
            out: Shown::new(Box::new(io::BufWriter::new(io::stdout()))),
            err: Shown::new(Box::new(io::stderr())),
            width,
            lang,
        }
    }
}

/// The widest line of text that is not data.
const WIDEST_TEXT: usize = 100;
/// Cells of a line where the terminal does not say.
const DEFAULT_WIDTH: usize = 100;

/// What the terminal itself says of its width.
fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| width.into())
}
