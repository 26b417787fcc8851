//! What a notice or an overlay says of a day, and why a day is worked or not.
//!
//! Must not know: other days.

use std::sync::Arc;

use crate::words;
use crate::words::{Lang, Say};

/// What a paper says of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDay {
    /// True for a make-up day (调休上班) or a day worked by local order.
    pub works: bool,
    /// The holiday it belongs to, or the holiday a make-up day pays for.
    pub name: Arc<str>,
    /// The number (发文字号) of the notice or amendment, or the name of the local overlay.
    pub paper: Arc<str>,
}

/// Why a day is worked or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// Monday to Friday, and no paper says otherwise.
    Weekday,
    /// Saturday or Sunday, and no paper says otherwise.
    Weekend,
    /// A rest day named by a paper.
    Holiday(ListedDay),
    /// A day worked because a paper says so (调休上班).
    MakeUp(ListedDay),
}

impl DayKind {
    /// True for weekends and holidays.
    pub fn is_rest(&self) -> bool {
        matches!(self, Self::Weekend | Self::Holiday(_))
    }
}

/// The reason, with the paper: 春节放假，国办发明电〔2025〕7号.
impl Say for DayKind {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Weekday => lang.pick("工作日", "working day").to_owned(),
            Self::Weekend => lang.pick("周末", "weekend").to_owned(),
            Self::Holiday(ListedDay { name, paper, .. }) => {
                words!(lang, zh = "{name}放假，{paper}", en = "{name} holiday, {paper}")
            }
            Self::MakeUp(ListedDay { name, paper, .. }) => {
                words!(
                    lang,
                    zh = "{name}调休上班，{paper}",
                    en = "make-up working day for {name}, {paper}"
                )
            }
        }
    }
}
