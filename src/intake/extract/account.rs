//! What an extraction accounts for beside its findings: rows, what is unread, and what is left out for a reason.
//!
//! Must not know: how duties are found, how the account is made (`closing`).

use crate::words_of;

/// What became of everything in a document that is no finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Rows of tables below their heads that hold a text.
    pub rows: usize,
    /// Words about time that read like a limit and became nothing.
    pub unread: Vec<Passage>,
    /// What was left out, each for a reason; in the order of the text.
    pub left_out: Vec<LeftOut>,
}

/// A part of the document's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Its first character in the document's text.
    pub start: usize,
    pub written: String,
    /// The words around it.
    pub around: String,
}

/// A passage that is no finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub passage: Passage,
    pub reason: LeftOutReason,
}

/// Why something is no finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LeftOutReason {
    /// A row of a table that names no time limit.
    RowWithoutLimit,
    /// A row of a table that has no column of time limits, and no limit elsewhere in it.
    NoLimitColumn,
    /// Hidden or struck out in the file.
    Removed,
    /// The same sentence was printed before.
    PrintedTwice,
    /// A day of another kind: when something was done, reported or begun.
    OtherColumn,
    /// 季度检查 in a row whose column of limits says by when.
    DueByItsColumn,
    /// By the words around it, no limit: a past event, a title, a period of data.
    SetsNoLimit,
}

words_of! {
    LeftOutReason {
        RowWithoutLimit = "row_without_limit", zh = "该行没有时限", en = "row without a time limit";
        NoLimitColumn = "no_limit_column", zh = "所在表格没有时限栏", en = "table without a column of limits";
        Removed = "removed", zh = "隐藏或划掉", en = "hidden or struck out";
        PrintedTwice = "printed_twice", zh = "与前文重复", en = "printed twice";
        OtherColumn = "other_column", zh = "不是时限的日期列", en = "column of other days";
        DueByItsColumn = "due_by_its_column", zh = "该行时限栏已有时限", en = "its row names the limit";
        SetsNoLimit = "sets_no_limit", zh = "按上下文不是时限", en = "no limit by its context";
    }
}

impl LeftOutReason {
    /// True for a row of a table, as opposed to a word about time.
    pub fn is_of_a_row(self) -> bool {
        matches!(self, Self::RowWithoutLimit | Self::NoLimitColumn)
    }
}

impl Account {
    /// How often each reason was given; reasons that were not are left out.
    pub fn reasons(&self) -> Vec<(LeftOutReason, usize)> {
        let count = |reason| self.left_out.iter().filter(|it| it.reason == reason).count();
        let all = LeftOutReason::ALL.into_iter().map(|reason| (reason, count(reason)));
        all.filter(|(_, count)| *count > 0).collect()
    }
}
