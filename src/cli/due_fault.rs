//! Why the calculator (`due`, `rules`) has no answer.
//!
//! Must not know: how dates are counted.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::domain::expression::ExpressionFault;
use crate::domain::term::Term;
use crate::words;
use crate::words::{Lang, Say};

/// Why the calculator has no answer.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub(super) enum DueFault {
    /// The term cannot be read.
    Term {
        written: String,
        fault: ExpressionFault,
    },
    /// The term runs from a trigger, and none was given.
    NoTrigger {
        term: Term,
    },
    UnknownRule {
        name: String,
        similar: Option<String>,
    },
    /// The rule has no version of that day; `first` is the first day of its first version.
    NotInForce {
        name: String,
        day: Date,
        first: Option<Date>,
    },
    /// A table lacks a column.
    NoColumn {
        file: PathBuf,
        column: &'static str,
    },
}

impl Say for DueFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Term { written, fault } => words!(
                lang,
                zh = "“{written}”{fault}",
                en = "`{written}` {fault}",
                fault = fault.say(lang)
            ),
            Self::NoTrigger { term } => words!(
                lang,
                zh = "“{term}”须从起算日计算，命令中没有起算日",
                en = "the term `{term}` runs from a trigger, and none was given",
                term = term.say(lang)
            ),
            Self::UnknownRule { name, .. } => {
                words!(lang, zh = "没有名为“{name}”的规则", en = "no rule is called `{name}`")
            }
            Self::NotInForce { name, day, .. } => words!(
                lang,
                zh = "规则{name}在{day}尚未施行或已失效",
                en = "the rule `{name}` was not in force on {day}"
            ),
            Self::NoColumn { file, column } => words!(
                lang,
                zh = "{place}：表头缺少列 {column}",
                en = "{place}: the header has no column `{column}`",
                place = lang.line_of(&file.display().to_string(), 1)
            ),
        }
    }
}
