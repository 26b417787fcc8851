//! Why a text is no holiday notice that can be taken as it stands.
//!
//! Must not know: files, the calendar in force.

use jiff::civil::Date;

use crate::words;
use crate::words::{Lang, Say};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum HolidayNoticeFault {
    /// The text does not say which year it is about.
    YearMissing,
    /// No day off and no working day was found.
    NoDays,
    /// The day of the week that is written is another one.
    OtherWeekday { date: Date, written: String },
    /// 共3天 stands beside another number of days.
    OtherCount { holiday: String, found: usize, written: usize },
    /// 2月30日.
    NoSuchDay { written: String },
    /// The notice that this one changes is not known.
    NothingToAmend { year: i16 },
}

/// Follows the name of the file.
impl Say for HolidayNoticeFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::YearMissing => lang
                .pick("没有写明是哪一年的放假安排", "does not say which year it is about")
                .to_owned(),
            Self::NoDays => lang
                .pick(
                    "不是放假安排通知：没有找到放假日和上班日",
                    "is no holiday notice: no day off was found",
                )
                .to_owned(),
            Self::OtherWeekday { date, written } => words!(
                lang,
                zh = "写明{date}是{written}，与日历不符",
                en = "calls {date} {written}, which it is not"
            ),
            Self::OtherCount { holiday, found, written } => words!(
                lang,
                zh = "{holiday}写明共{written}天，列出的日期为{found}天",
                en = "says {written} days for {holiday}, but lists {found}"
            ),
            Self::NoSuchDay { written } => {
                words!(
                    lang,
                    zh = "没有“{written}”这一天",
                    en = "names {written}, which does not exist"
                )
            }
            Self::NothingToAmend { year } => words!(
                lang,
                zh = "调整{year}年的放假安排，但尚未导入该年的通知",
                en = "amends the notice of {year}, which is not known yet"
            ),
        }
    }
}
