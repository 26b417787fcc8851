//! The tables of an import as the workflow reads them: row by row, as often as it needs.
//!
//! Must not know: files, the ledger. Callers: this folder, `add`; `cli` gives the tables.

use std::sync::Arc;

use crate::domain::listed::ListedObligation;

/// One table, which holds rows of one list.
#[derive(Clone, Copy)]
pub struct ListedTable<'a> {
    /// The list (任务清单) that its rows belong to.
    pub list: &'a Arc<str>,
    /// The caller named the list himself.
    pub is_named: bool,
    /// It holds the whole list, so what is missing in it is gone. A single entry never does.
    pub is_whole: bool,
    /// What it is called on the command line.
    pub file: &'a str,
    pub rows: &'a dyn TableRows,
}

/// The rows of a table that can be read, each with its line.
pub trait TableRows {
    /// All of them from the first on.
    fn rows(&self) -> Box<dyn Iterator<Item = (usize, ListedObligation)> + '_>;
}

impl TableRows for &[ListedObligation] {
    fn rows(&self) -> Box<dyn Iterator<Item = (usize, ListedObligation)> + '_> {
        Box::new((1..).zip(self.iter().cloned()))
    }
}
