//! Events that move a running clock: 延期, 中止, 恢复, 重新起算.
//!
//! Must not know: whether one is lawful (`rule`).

use jiff::civil::Date;

use crate::domain::term::Period;
use crate::words;
use crate::words::{Lang, Say};
use crate::words_of;

/// An event that moves a running clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The day it takes effect.
    pub on: Date,
    pub change: Change,
    /// The legal ground (征求第三方意见, 补正), as a rule names it.
    pub ground: Option<String>,
    /// Why, in the operator's words.
    pub reason: String,
}

/// What an adjustment does to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// 延期: adds to the end.
    Extend(Period),
    /// 中止: the clock stops and keeps what is left.
    Suspend,
    /// 恢复: the clock goes on with what was left.
    Resume,
    /// 重新起算: what has run is dropped, this day is the new day 0.
    Restart,
}

/// A change without its amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    Extend,
    Suspend,
    Resume,
    Restart,
}

words_of! {
    ChangeKind {
        Extend = "extend", zh = "延期", en = "extension";
        Suspend = "suspend", zh = "中止", en = "suspension";
        Resume = "resume", zh = "恢复", en = "resumption";
        Restart = "restart", zh = "重新起算", en = "restart";
    }
}

impl Change {
    pub fn kind(self) -> ChangeKind {
        match self {
            Self::Extend(_) => ChangeKind::Extend,
            Self::Suspend => ChangeKind::Suspend,
            Self::Resume => ChangeKind::Resume,
            Self::Restart => ChangeKind::Restart,
        }
    }

    /// The word used in data: SQL and JSON.
    pub fn word(self) -> &'static str {
        self.kind().word()
    }
}

impl Say for Change {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Extend(by) => {
                words!(lang, zh = "延期{by}", en = "extended by {by}", by = by.say(lang))
            }
            Self::Suspend => lang.pick("中止", "suspended").to_owned(),
            Self::Resume => lang.pick("恢复", "resumed").to_owned(),
            Self::Restart => lang.pick("重新起算", "restarted").to_owned(),
        }
    }
}

/// The change with its ground and reason: 延期20个工作日：经负责人批准.
impl Say for Adjustment {
    fn say(&self, lang: Lang) -> String {
        let change = self.change.say(lang);
        let because = [self.ground.as_deref(), Some(self.reason.as_str())];
        let because: Vec<&str> =
            because.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        if because.is_empty() {
            return change;
        }
        words!(
            lang,
            zh = "{change}：{because}",
            en = "{change}: {because}",
            because = because.join(lang.pick("，", ", "))
        )
    }
}
