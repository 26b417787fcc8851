//! Why a follow-up cannot start.
//!
//! Must not know: the ledger. Callers: this folder, `cli` prints it.

use jiff::civil::Date;

use crate::domain::deadline::DeadlineFault;
use crate::words;
use crate::words::{Lang, Say};

/// Why a follow-up cannot start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum FollowUpFault {
    RuleNotInForce {
        reference: String,
        rule: String,
        on: Date,
    },
    /// Its groups hold nothing but each other.
    NobodyOwesIt {
        reference: String,
        groups: Vec<String>,
    },
    NoDate {
        reference: String,
        fault: DeadlineFault,
    },
}

impl Say for FollowUpFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::RuleNotInForce { reference, rule, on } => words!(
                lang,
                zh = "{reference}：规则“{rule}”在{on}没有施行中的版本",
                en = "{reference}: the rule \"{rule}\" was not in force on {on}"
            ),
            Self::NobodyOwesIt { reference, groups } => words!(
                lang,
                zh = "{reference}：{groups}中没有任何单位",
                en = "{reference}: {groups} hold no unit",
                groups = lang.list(groups)
            ),
            Self::NoDate { reference, fault } => {
                words!(
                    lang,
                    zh = "{reference}：{why}",
                    en = "{reference}: {why}",
                    why = fault.say(lang)
                )
            }
        }
    }
}
