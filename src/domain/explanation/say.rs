//! The reason of each step, as people read it.
//!
//! Must not know: tables, widths.

use super::{DayHours, DayRange, DayRole, Step};
use crate::domain::calendar::DayKind;
use crate::words;
use crate::words::{Lang, Say};

impl Say for Step {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Days(range) => range.say(lang),
            Self::Hours(hours) => hours.say(lang),
            Self::Adjusted(adjustment) => adjustment.say(lang),
        }
    }
}

/// 不计：春节放假，国办发明电〔2025〕7号.
impl Say for DayRange {
    fn say(&self, lang: Lang) -> String {
        let role = self.role.say(lang);
        let Some(kind) = &self.kind else { return role };
        let kind = kind.say(lang);
        let assumed = match self.kind {
            Some(DayKind::Weekday | DayKind::Weekend) if self.assumed => {
                lang.pick("（推定）", " (assumed)")
            }
            _ => "",
        };
        words!(lang, zh = "{role}：{kind}{assumed}", en = "{role}: {kind}{assumed}")
    }
}

impl Say for DayHours {
    fn say(&self, lang: Lang) -> String {
        let (role, kind) = (DayRole::Counted.say(lang), self.kind.say(lang));
        words!(lang, zh = "{role}：{kind}", en = "{role}: {kind}")
    }
}

impl Say for DayRole {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::DayZero => ("第0日，不计入", "day 0, not counted"),
            Self::Counted => ("计入", "counted"),
            Self::Skipped => ("不计", "not counted"),
            Self::Suspended => ("中止，不计", "suspended, not counted"),
            Self::Dropped => ("已过，因重新起算不计", "not counted because of the restart"),
            Self::RolledOver => ("休息日，移过", "rest day, passed over"),
            Self::Due => ("到期日", "due date"),
            Self::ActBy => ("应办日", "act-by date"),
        };
        lang.pick(zh, en).to_owned()
    }
}
