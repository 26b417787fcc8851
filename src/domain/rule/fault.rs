//! What is wrong with a set of rules.
//!
//! Must not know: files.

use jiff::civil::Date;

use crate::domain::term::Term;
use crate::words;
use crate::words::{Lang, Say};

/// What is wrong with a set of rules; `name` is the rule's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum RuleFault {
    /// Two rules have this name or code.
    Twice(String),
    /// The rule with this name has no version.
    NoVersion(String),
    /// A version begins while the one before it is in force, or ends before it begins.
    Overlap {
        name: String,
        /// First day of the version.
        from: Date,
    },
    /// A rule starts `then`, which is no rule.
    UnknownNext { name: String, then: String },
    /// A rule counts by a law that is not known.
    UnknownCounting { name: String, counting: String },
    /// A law on counting begins while another of its name is in force, or ends before it begins.
    CountingOverlap { name: String, from: Date },
    /// The term cannot be counted back from an event.
    NotBackwards { name: String, term: Term },
}

impl Say for RuleFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Twice(name) => words!(
                lang,
                zh = "有两项规则的名称或代码是“{name}”",
                en = "there are two rules with the name or code `{name}`"
            ),
            Self::NoVersion(name) => {
                words!(lang, zh = "规则“{name}”没有版本", en = "the rule `{name}` has no version")
            }
            Self::Overlap { name, from } => words!(
                lang,
                zh = "规则“{name}”自{from}起的版本与其他版本重叠，或者止日早于起日",
                en = "the version of rule `{name}` from {from} overlaps another or ends before it begins"
            ),
            Self::UnknownNext { name, then } => words!(
                lang,
                zh = "规则“{name}”接续“{then}”，但没有这项规则",
                en = "the rule `{name}` starts `{then}`, but there is no such rule"
            ),
            Self::UnknownCounting { name, counting } => words!(
                lang,
                zh = "规则“{name}”依“{counting}”计算期间，但没有这一组 [[counting]]",
                en = "the rule `{name}` counts by `{counting}`, but there is no such [[counting]]"
            ),
            Self::CountingOverlap { name, from } => words!(
                lang,
                zh = "计算期间的法律“{name}”自{from}起的一部与另一部重叠，或者止日早于起日",
                en = "the law on counting `{name}` from {from} overlaps another or ends before it begins"
            ),
            Self::NotBackwards { name, term } => words!(
                lang,
                zh = "规则“{name}”的“{term}”不能从事件向前倒推，只有按日、月、年计算的期间可以",
                en = "the rule `{name}` counts \"{term}\" back from an event; only days, months and years can be",
                term = term.say(lang)
            ),
        }
    }
}
