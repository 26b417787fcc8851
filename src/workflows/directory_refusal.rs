//! Why a unit or a post cannot change as asked; the ledger is as it was then.
//!
//! Must not know: hints, exit codes. Callers: `refused`, and the workflows on units and posts.

use crate::words;
use crate::words::{Lang, Say};

/// Why a unit or a post cannot change as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum DirectoryRefusal {
    /// Another unit has this name, or one that looks the same.
    NameTaken { name: String, holder: String },
    /// A name without a visible character.
    NoName,
    /// Both names stand for one unit.
    OneUnit { unit: String },
    /// A group does no work and cannot be merged.
    IsGroup { unit: String },
    /// The unit owes or leads these.
    UnitNeeded { unit: String, duties: Vec<String> },
    /// Somebody else holds the post of this name.
    PostTaken { unit: String, name: String },
}

impl Say for DirectoryRefusal {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::NameTaken { name, holder } => words!(
                lang,
                zh = "“{name}”已是{holder}的名称",
                en = "`{name}` already stands for {holder}"
            ),
            Self::NoName => lang.pick("名称为空", "the name is empty").to_owned(),
            Self::OneUnit { unit } => {
                words!(lang, zh = "两个名称都是{unit}", en = "both names stand for {unit}")
            }
            Self::IsGroup { unit } => words!(
                lang,
                zh = "{unit}是单位组，不能合并",
                en = "{unit} is a group and cannot be merged"
            ),
            Self::UnitNeeded { unit, duties } => words!(
                lang,
                zh = "{unit}还有未办结或者仍在周期内的事项：{list}",
                en = "{unit} still owes or leads {list}",
                list = lang.list(duties)
            ),
            Self::PostTaken { unit, name } => words!(
                lang,
                zh = "{unit}已有另一邮箱的{name}",
                en = "{unit} has another {name} already"
            ),
        }
    }
}
