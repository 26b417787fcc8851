//! An obligation as a list names it: understood, but not yet compared with the ledger.
//!
//! Must not know: files, the ledger.

use jiff::civil::Date;

use crate::domain::deadline::Anchor;
use crate::domain::life::Completion;
use crate::domain::term::Term;

/// One obligation of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedObligation {
    /// 编号: what identifies it when the list is loaded again; one without gets a reference made of its words.
    pub reference: Option<String>,
    /// 事项.
    pub title: String,
    /// 时限 as written; empty when only a rule is named.
    pub written: String,
    /// 时限 as understood; `None` leaves it to the rule.
    pub term: Option<Term>,
    /// 年份: the year that the row or the caller names. It confirms a day that lies far ahead.
    pub year: Option<i16>,
    /// 起算日: the day of the event, or its instant for a term in hours.
    pub trigger: Option<Anchor>,
    /// 牵头单位, by any of their names.
    pub lead: Vec<String>,
    /// 责任单位, by any of their names.
    pub responsible: Vec<String>,
    /// 规则: the name or code of a statutory term.
    pub rule: Option<String>,
    /// 来源: document and clause.
    pub source: String,
    /// 备注.
    pub note: String,
    /// 说明.
    pub instructions: String,
    /// 接续: what starts on the day this is really done: references of duties that wait for it, or names of rules.
    pub then: Vec<String>,
    /// 内部目标: a date of our own for a duty whose document names none.
    pub internal: Option<Term>,
    /// 属于: the reference of the quota this one is a part of (其中).
    pub part_of: Option<String>,
    /// 截止: no occurrence of a duty that comes back begins after this day; `None` keeps what is set.
    pub ends: Option<Date>,
    /// 办结日期 and 佐证 of a duty that is done already.
    pub completion: Option<Completion>,
}
