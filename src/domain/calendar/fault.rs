//! Why notices and overlays do not make a calendar.
//!
//! Must not know: files.

use jiff::civil::Date;

use crate::words;
use crate::words::{Lang, Say};

/// Why notices or overlays cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum CalendarFault {
    /// Nothing to merge.
    NoNotices,
    /// The file exists, but the notice lists no rest day: the year is not known.
    EmptyNotice {
        /// The year in its title.
        year: i16,
    },
    /// Two notices for one year; `first` and `second` are their numbers.
    YearTwice {
        /// The year in both titles.
        year: i16,
        first: String,
        second: String,
    },
    /// A year is missing between two that are there.
    YearMissing {
        /// The first missing year.
        year: i16,
    },
    /// A day is listed twice, in one paper or in two; `first` and `second` are the papers.
    DayTwice { date: Date, first: String, second: String },
    /// A notice names a day outside its year and the December before it, or an overlay names a day far outside the
    /// calendar.
    OutOfPlace { date: Date, paper: String },
}

impl Say for CalendarFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::NoNotices => {
                lang.pick("没有放假安排通知", "there is no holiday notice").to_owned()
            }
            Self::EmptyNotice { year } => words!(
                lang,
                zh = "{year}年的放假安排通知没有列出放假日",
                en = "the holiday notice for {year} lists no rest day"
            ),
            Self::YearTwice { year, first, second } => words!(
                lang,
                zh = "{year}年有两份放假安排通知：{first}、{second}",
                en = "there are two holiday notices for {year}: {first} and {second}"
            ),
            Self::YearMissing { year } => words!(
                lang,
                zh = "缺少{year}年的放假安排通知",
                en = "the holiday notice for {year} is missing"
            ),
            Self::DayTwice { date, first, second } if first == second => {
                words!(lang, zh = "{first}两次列出{date}", en = "{first} lists {date} twice")
            }
            Self::DayTwice { date, first, second } => words!(
                lang,
                zh = "{first}和{second}都列出了{date}",
                en = "{date} is listed by {first} and by {second}"
            ),
            Self::OutOfPlace { date, paper } => words!(
                lang,
                zh = "{paper}列出了{date}，该日不在其安排范围内",
                en = "{paper} lists {date}, which is outside the days it can rule on"
            ),
        }
    }
}
