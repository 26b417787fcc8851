//! What the caller of an import has answered before he was asked.
//!
//! Must not know: what an import asks about. Callers: this folder; `add` and `cli` through its module.

/// Each answer allows what would be asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one option of the command line")]
pub struct Answers {
    /// Rows that look like another duty than the ledger has revise it all the same.
    pub revise: bool,
    /// Rows without 编号 that look like a known duty are duties of their own.
    pub separate: bool,
    /// The table holds the whole list: what it names no more is withdrawn.
    pub complete: bool,
    /// What `complete` would withdraw was seen and is right.
    pub confirmed: bool,
    /// What is late already is registered all the same; a series owes what was due since its 起算日.
    pub late: bool,
    /// An event still to come is right.
    pub planned: bool,
}
