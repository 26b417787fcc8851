//! How well a figure is established, in words.
//!
//! Must not know: where the words are shown.

use super::{Evidence, RuleVersion};
use crate::words;
use crate::words::{Lang, Say};

/// What whoever relies on it must know; empty where the article was read.
impl Say for Evidence {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Confirmed | Self::Text => "",
            Self::Secondary => {
                lang.pick("据二手资料，未见条文", "secondary source, the article was not read")
            }
            Self::Unverified => lang.pick("未核对条文", "the article was not checked"),
        }
        .to_owned()
    }
}

impl RuleVersion {
    /// The legal basis as people read it, with what is doubtful about it.
    pub fn say_basis(&self, lang: Lang) -> String {
        let Some(basis) = self.basis() else {
            let none = "没有查到国家规定，请按本地文件确定期限";
            return lang
                .pick(none, "no national law sets it; set it by the local document")
                .to_owned();
        };
        match self.evidence.say(lang).as_str() {
            "" => basis,
            doubt => words!(lang, zh = "{basis}（{doubt}）", en = "{basis} ({doubt})"),
        }
    }

    /// What to do before relying on it; `None` where the article was read.
    pub fn say_doubt(&self, rule: &str, lang: Lang) -> Option<String> {
        let doubt = match self.evidence {
            Evidence::Confirmed | Evidence::Text => return None,
            Evidence::Secondary | Evidence::Unverified => self.say_basis(lang),
        };
        let note = if self.note.is_empty() {
            String::new()
        } else {
            lang.pick("。", ". ").to_owned() + &self.note
        };
        Some(words!(
            lang,
            zh = "规则“{rule}”的期限依据：{doubt}{note}",
            en = "the rule `{rule}` rests on: {doubt}{note}"
        ))
    }
}
