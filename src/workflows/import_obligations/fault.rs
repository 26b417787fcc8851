//! Why a list of obligations, or a row of it, cannot be taken in.
//!
//! Must not know: files and lines, hints, exit codes. Callers: this folder, `add`; `cli` prints them.

use jiff::civil::Date;

use super::completion::CompletionFault;
use super::parties::PartyFault;
use super::reference::MADE;
use super::terms::TermFault;
use crate::domain::deadline::DeadlineFault;
use crate::words;
use crate::words::{Lang, Say};

/// Where a row stands: the number of its table, from 0, and its line there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub table: usize,
    pub line: usize,
}

/// Why a row cannot be taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}: {}", .place.line, .kind.say(Lang::En))]
pub struct ObligationFault {
    pub place: Place,
    pub kind: ObligationFaultKind,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObligationFaultKind {
    /// 牵头单位.
    Lead(PartyFault),
    /// 责任单位.
    Responsible(PartyFault),
    /// Neither a lead nor a responsible unit.
    NobodyOwesIt,
    /// 时限, 规则 or 内部目标.
    Term(TermFault),
    /// 属于 names no quota of the same period that requires as many.
    NoWhole {
        whole: String,
    },
    /// The same reference as the row at `first`.
    SameReference {
        reference: String,
        first: Place,
    },
    /// 接续 names neither an obligation nor a rule; `similar` is a rule.
    UnknownNext {
        name: String,
        similar: Option<String>,
    },
    /// 接续 names the obligation itself.
    StartsItself,
    /// What it starts starts it again.
    StartsInRing {
        reference: String,
    },
    /// The row would take up a series again that another kind of term has replaced; `last` is the full reference of its
    /// last occurrence.
    SeriesReplaced {
        last: String,
    },
    NoDate(DeadlineFault),
    /// 状态 or 办结日期.
    Completion(CompletionFault),
}

/// The column, what is wrong, and what to write instead.
impl Say for ObligationFaultKind {
    fn say(&self, lang: Lang) -> String {
        self.say_with_place(lang, None)
    }
}

impl ObligationFaultKind {
    /// The same; `first_place` is the row in which the reference stood first.
    pub fn say_with_place(&self, lang: Lang, first_place: Option<&str>) -> String {
        let (column, text) = match self {
            Self::Lead(fault) => ("牵头单位", fault.say(lang)),
            Self::Responsible(fault) => ("责任单位", fault.say(lang)),
            Self::NobodyOwesIt => ("责任单位", nobody_owes_it(lang)),
            Self::Term(fault) => (fault.column(), fault.say(lang)),
            Self::NoWhole { whole } => ("属于", no_whole(lang, whole)),
            Self::SameReference { reference, .. } => {
                ("编号", same_reference(lang, reference, first_place))
            }
            Self::UnknownNext { name, similar } => {
                ("接续", unknown_next(lang, name, similar.as_deref()))
            }
            Self::StartsItself => ("接续", starts_itself(lang)),
            Self::StartsInRing { reference } => {
                let text = words!(
                    lang,
                    zh = "各项互相接续，{reference}办结后又会开始，没有终了",
                    en = "these start each other in a ring: {reference} would begin again and never end"
                );
                ("接续", text)
            }
            Self::SeriesReplaced { last } => ("时限", series_replaced(lang, last)),
            Self::NoDate(DeadlineFault::NoInstant { day }) => ("起算日", no_instant(lang, *day)),
            Self::NoDate(fault) => ("时限", fault.say(lang)),
            Self::Completion(fault) => (fault.column(), fault.say(lang)),
        };
        words!(lang, zh = "{column}：{text}", en = "{column}: {text}")
    }
}

fn nobody_owes_it(lang: Lang) -> String {
    lang.pick(
        "与牵头单位均为空，请填写责任单位",
        "empty, and so is 牵头单位; name the unit that owes the obligation",
    )
    .to_owned()
}

fn no_whole(lang: Lang, whole: &str) -> String {
    words!(
        lang,
        zh = "“{whole}”不是周期相同、次数不少于本项的次数要求；请填写总体要求的编号，如“每年不少于4次”一行的编号",
        en = "`{whole}` is not a quota of the same period that asks for as many; name the 编号 of the whole, such as 每年不少于4次"
    )
}

fn same_reference(lang: Lang, reference: &str, first_place: Option<&str>) -> String {
    let place = first_place.unwrap_or(lang.pick("前面的一行", "an earlier row"));
    if reference.starts_with(MADE) {
        return words!(
            lang,
            zh = "本行与{place}相同；请删去其中一行，确为两项的请填写不同的编号",
            en = "the row is the same as {place}; delete one, or give each a reference if they are two duties"
        );
    }
    words!(
        lang,
        zh = "“{reference}”与{place}重复，请为每一行填写不同的编号",
        en = "`{reference}` stands in {place} too; give each row a reference of its own"
    )
}

fn unknown_next(lang: Lang, name: &str, similar: Option<&str>) -> String {
    let advice = similar.map_or_else(String::new, |similar| {
        words!(lang, zh = "；是否应为“{similar}”？", en = "; did you mean `{similar}`?")
    });
    words!(
        lang,
        zh = "“{name}”不是本表或者台账中的编号，也不是规则{advice}",
        en = "`{name}` is neither a 编号 of this list or the ledger nor a rule{advice}"
    )
}

fn starts_itself(lang: Lang) -> String {
    lang.pick(
        "事项不能接续自身，请填写后一事项的编号",
        "an obligation cannot start itself; name the 编号 of the one that follows",
    )
    .to_owned()
}

fn series_replaced(lang: Lang, last: &str) -> String {
    words!(
        lang,
        zh = "该周期事项到{last}为止，此后已改用另一类时限；请为本行另填一个编号",
        en = "this recurred until {last}, when another kind of term replaced it; give the row a 编号 of its own"
    )
}

fn no_instant(lang: Lang, day: Date) -> String {
    words!(
        lang,
        zh = "时限以小时计算，需要写明时刻，例如 {day}T22:30",
        en = "the term counts hours, so the time of day is needed; write as {day}T22:30"
    )
}
