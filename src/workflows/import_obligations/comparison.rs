//! What an import would do to the ledger: what each list adds, changes, leaves and lacks, and what only a person can say.
//!
//! Must not know: how rows are compared, how it is printed. Callers: this folder, `add`, `cli` and `views`.

use std::sync::Arc;

use jiff::civil::Date;

use super::answers::Answers;
use super::date_doubt::DateDoubt;
use super::fault::ObligationFault;
use super::fields::FieldChange;

/// Most rows that are named one by one in each part of a comparison; the rest is counted.
pub const MOST_NAMED: usize = 1_000;

/// Names, the first [`MOST_NAMED`] of them, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T> {
    pub first: Vec<T>,
    pub count: usize,
}

/// What an import of several tables would do, or has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    pub lists: Vec<ListComparison>,
    /// Rows that cannot be taken in, by table and line.
    pub faults: Vec<ObligationFault>,
}

/// One table beside what the ledger has of its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListComparison {
    pub list: Arc<str>,
    pub file: String,
    /// The number of the import; `None` before it is written, and for one that changes nothing.
    pub number: Option<i64>,
    pub rows: usize,
    /// 编号 of rows that the ledger does not have.
    pub added: Named<String>,
    pub changed: Named<ChangedRow>,
    pub unchanged: usize,
    /// What the ledger has of the list and the table has no more.
    pub gone: Named<GoneDuty>,
    /// True when what is gone is withdrawn with this import.
    pub withdraws_gone: bool,
    /// Rows that may be about another duty than the one of their 编号.
    pub suspicious: Vec<Pair>,
    /// Rows without 编号 that look like a known duty which is gone.
    pub similar: Vec<Pair>,
    /// Another list that holds most of these rows.
    pub resembles: Option<Resemblance>,
    /// Of the rows added and changed: those with a date.
    pub dated: usize,
    pub undated: Named<String>,
    /// 编号 and due date of those that are late already.
    pub late: Named<(String, Date)>,
    /// 编号 of rows added whose dates a person must confirm first.
    pub doubtful: Named<(String, DateDoubt)>,
    /// References of series that another kind of term has replaced: they open nothing more.
    pub ended: Vec<String>,
    /// Full references of obligations opened under another kind of term. They are still owed, beside the new one, until a
    /// person withdraws them.
    pub beside: Vec<String>,
}

/// A known duty that a row changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedRow {
    pub reference: String,
    pub title: String,
    pub fields: Vec<FieldChange>,
}

/// A duty that its list names no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoneDuty {
    pub reference: String,
    pub title: String,
    pub due: Option<Date>,
}

/// A row beside the duty of the ledger that it may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub line: usize,
    pub reference: String,
    pub why: Doubt,
    pub known: Side,
    pub row: Side,
}

/// One of the two sides: title, term or due date, units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    pub title: String,
    pub term: String,
    pub due: Option<Date>,
    pub units: Vec<String>,
}

/// Why a row may be about another duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The same 编号, but another title and another date.
    OtherDuty,
    /// The known duty is closed.
    Closed,
    /// The known duty is closed, and the row has another title and another date: never revised.
    ClosedOther,
    /// The known duty is withdrawn.
    Withdrawn,
    /// No 编号, and nearly the same words.
    Similar,
}

/// Another list that holds most rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resemblance {
    pub list: String,
    /// Rows that both have.
    pub shared: usize,
    /// Rows that were looked at.
    pub of: usize,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { first: Vec::new(), count: 0 }
    }
}

impl<T> Named<T> {
    pub fn push(&mut self, name: T) {
        self.count += 1;
        if self.first.len() < MOST_NAMED {
            self.first.push(name);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl Comparison {
    /// True when the import would write something.
    pub fn changes_something(&self) -> bool {
        self.lists.iter().any(ListComparison::changes_something)
    }

    /// Rows that a person must look at before they revise anything, with their list; empty when `answers` allow them.
    pub fn suspicious(&self) -> impl Iterator<Item = (&ListComparison, &Pair)> {
        self.lists.iter().flat_map(|list| list.suspicious.iter().map(move |pair| (list, pair)))
    }

    /// True when a person has to be asked before anything is written.
    pub fn asks(&self, answers: Answers) -> bool {
        self.lists.iter().any(|list| list.asks(answers))
    }
}

impl ListComparison {
    pub fn changes_something(&self) -> bool {
        !self.added.is_empty()
            || !self.changed.is_empty()
            || !self.ended.is_empty()
            || self.withdraws_gone
    }

    /// True when a person has to be asked before anything is written.
    pub fn asks(&self, answers: Answers) -> bool {
        !self.similar.is_empty()
            || self.resembles.is_some()
            || !self.doubtful.is_empty()
            || (answers.complete && !answers.confirmed && !self.gone.is_empty())
    }
}
