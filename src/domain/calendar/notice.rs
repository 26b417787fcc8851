//! One year's notice (放假安排通知) with its amendments: how it is checked, and what it said on an earlier day.
//!
//! Must not know: the format it was read from, other years' notices.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::day::ListedDay;
use super::weekdays;
use crate::words;
use crate::words::{Lang, Say};

/// The State Council's notice on one year's holidays, with its amendments applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The year in its title.
    pub year: i16,
    /// 发文字号; the address of the paper where the source gives no number.
    pub number: String,
    /// 成文日期; `None` when the source does not say.
    pub issued: Option<Date>,
    /// The day it became public, where established.
    pub published: Option<Date>,
    /// Rest days with the holiday's name, sorted by date.
    pub off: Vec<(Date, String)>,
    /// Make-up days (调休上班) with the holiday that they make up for, sorted by date.
    pub work: Vec<(Date, String)>,
    /// Later papers that changed the year, oldest first; [`off`](Self::off) and [`work`](Self::work) include them.
    pub amendments: Vec<Amendment>,
}

/// A later paper that changed a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// 发文字号.
    pub number: String,
    /// 成文日期.
    pub issued: Date,
    /// The day it became public, where established.
    pub published: Option<Date>,
    /// Days that became rest days.
    pub off_added: Vec<Date>,
    /// Days that are no longer listed as rest days.
    pub off_removed: Vec<Date>,
    /// Days that became make-up days.
    pub work_added: Vec<Date>,
    /// Days that are no longer make-up days.
    pub work_removed: Vec<Date>,
}

/// What is wrong with one notice by itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum NoticeFault {
    /// The file exists, but the notice lists no rest day: the year is not known.
    Empty,
    Twice(Date),
    OffAndWorked(Date),
    /// A make-up day from Monday to Friday.
    MakeUpOnWeekday(Date),
    /// A day neither in the year nor in the December before it.
    OutOfPlace(Date),
    /// Weekdays off less make-up days differ from the holidays that the law grants.
    NetDaysOff {
        /// Weekdays off less make-up days.
        found: i64,
        /// What the law grants that year, special days by amendment included.
        expected: i64,
    },
    /// The lists of the notice, which include its amendments, do not show what an amendment says.
    AmendmentNotApplied {
        /// The number of the amendment.
        number: String,
        /// The first day that differs.
        date: Date,
    },
}

/// Follows the name of the file: "…列出了两次". The English begins with a verb.
impl Say for NoticeFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Empty => lang.pick("没有列出放假日", "lists no rest day").to_owned(),
            Self::Twice(date) => words!(lang, zh = "两次列出{date}", en = "lists {date} twice"),
            Self::OffAndWorked(date) => words!(
                lang,
                zh = "把{date}同时列为放假日和上班日",
                en = "lists {date} both as a rest day and as a working day"
            ),
            Self::MakeUpOnWeekday(date) => words!(
                lang,
                zh = "把{date}列为调休上班日，但当日不是周六或周日",
                en = "lists {date} as a make-up day, but it is not a Saturday or Sunday"
            ),
            Self::OutOfPlace(date) => words!(
                lang,
                zh = "列出了{date}，该日不在本年度，也不在上年12月",
                en = "lists {date}, which is neither in its year nor in the December before"
            ),
            Self::NetDaysOff { found, expected } => words!(
                lang,
                zh = "放假的工作日减去调休上班日为{found}天，法定节假日应为{expected}天",
                en =
                    "takes {found} weekdays off net of make-up days, but the law grants {expected}"
            ),
            Self::AmendmentNotApplied { number, date } => words!(
                lang,
                zh = "已由{number}调整{date}，但放假、上班日期中没有体现",
                en = "is amended by {number} on {date}, but its lists do not show it"
            ),
        }
    }
}

/// Special days granted once, in sources that give the final state without the amendment: 2015 (抗战胜利70周年,
/// 国发明电〔2015〕1号) and 2020 (the prolonged Spring Festival, 国办发明电〔2020〕1号).
const GRANTED_ONCE: [(i16, i64); 2] = [(2015, 1), (2020, 2)];

impl Notice {
    /// Everything that is wrong with the notice, in the order of the enum; empty when it is sound.
    pub fn faults(&self) -> Vec<NoticeFault> {
        if self.off.is_empty() {
            return vec![NoticeFault::Empty];
        }
        let mut faults = Vec::new();
        let off: BTreeSet<Date> = self.off.iter().map(|(date, _)| *date).collect();
        let work: BTreeSet<Date> = self.work.iter().map(|(date, _)| *date).collect();
        faults.extend(repeated(&self.off).chain(repeated(&self.work)).map(NoticeFault::Twice));
        faults.extend(off.intersection(&work).copied().map(NoticeFault::OffAndWorked));
        let on_weekday = work.iter().copied().filter(|date| weekdays::is_weekday(*date));
        faults.extend(on_weekday.map(NoticeFault::MakeUpOnWeekday));
        let stray = off.union(&work).copied().filter(|date| !self.may_name(*date));
        faults.extend(stray.map(NoticeFault::OutOfPlace));
        faults.extend(self.net_fault());
        faults.extend(
            self.amendments.iter().filter_map(|amendment| amendment.not_applied(&off, &work)),
        );
        faults
    }

    /// The notice as it was known at the end of `day`, without later amendments; `None` before it was public.
    ///
    /// An amendment does not name the holiday of a day it removed, so a day that comes back gets the name of the
    /// nearest holiday.
    pub fn as_of(&self, day: Date) -> Option<Self> {
        if self.published.or(self.issued).is_some_and(|public| public > day) {
            return None;
        }
        let mut notice = self.clone();
        while let Some(last) = notice.amendments.pop_if(|last| last.public_on() > day) {
            notice.undo(&last);
        }
        Some(notice)
    }

    /// The number of the newest amendment; of the notice itself when there is none.
    pub fn newest_paper(&self) -> &str {
        self.amendments.last().map_or(&self.number, |amendment| &amendment.number)
    }

    /// True for a day of the year, or of the December before it.
    pub(super) fn may_name(&self, date: Date) -> bool {
        date.year() == self.year || (date.month() == 12 && date.year() + 1 == self.year)
    }

    /// Every day it names, with the paper that last named it.
    pub(super) fn listed_days(&self) -> impl Iterator<Item = (Date, ListedDay)> {
        let off = self.off.iter().map(|day| (false, day));
        off.chain(self.work.iter().map(|day| (true, day))).map(|(works, (date, name))| {
            let name = Arc::from(name.as_str());
            (*date, ListedDay { works, name, paper: Arc::from(self.paper_of(*date, works)) })
        })
    }

    fn paper_of(&self, date: Date, works: bool) -> &str {
        let names = |amendment: &&Amendment| {
            let added = if works { &amendment.work_added } else { &amendment.off_added };
            added.contains(&date)
        };
        self.amendments.iter().rev().find(names).map_or(&self.number, |amendment| &amendment.number)
    }

    fn undo(&mut self, amendment: &Amendment) {
        let name_near = |date: Date| {
            let distance = |day: &&(Date, String)| day.0.duration_since(date).abs();
            self.off.iter().min_by_key(distance).map(|(_, name)| name.clone()).unwrap_or_default()
        };
        let named = |dates: &[Date]| -> Vec<(Date, String)> {
            dates.iter().map(|date| (*date, name_near(*date))).collect()
        };
        let (off, work) = (named(&amendment.off_removed), named(&amendment.work_removed));
        self.off.retain(|(date, _)| !amendment.off_added.contains(date));
        self.work.retain(|(date, _)| !amendment.work_added.contains(date));
        self.off.extend(off);
        self.work.extend(work);
        self.off.sort();
        self.work.sort();
    }

    /// Law: 全国年节及纪念日放假办法 art. 2 (10 days in the version of 1999, 11 of 2007, 13 of 2024), art. 6 (a holiday
    /// on a weekend is made up for), so weekdays off less make-up days equal the holidays granted.
    fn net_fault(&self) -> Option<NoticeFault> {
        let granted: i64 = match self.year {
            ..=2007 => 10,
            2008..=2024 => 11,
            2025.. => 13,
        };
        let amended: i64 = self.amendments.iter().map(Amendment::net_days_off).sum();
        let days = |list: &[(Date, String)]| list.iter().map(|(date, _)| *date).collect::<Vec<_>>();
        let found = net_days_off(&days(&self.off), &days(&self.work));
        let once = GRANTED_ONCE.iter().find(|(year, _)| *year == self.year).map_or(0, |(_, n)| *n);
        let expected = granted + amended;
        let known_special = self.amendments.is_empty() && found == granted + once;
        (found != expected && !known_special).then_some(NoticeFault::NetDaysOff { found, expected })
    }
}

impl Amendment {
    /// The day it became public, or failing that the day it was issued.
    pub fn public_on(&self) -> Date {
        self.published.unwrap_or(self.issued)
    }

    fn net_days_off(&self) -> i64 {
        let removed = net_days_off(&self.off_removed, &self.work_removed);
        net_days_off(&self.off_added, &self.work_added) - removed
    }

    fn not_applied(&self, off: &BTreeSet<Date>, work: &BTreeSet<Date>) -> Option<NoticeFault> {
        let missing = |list: &[Date], set: &BTreeSet<Date>| {
            list.iter().copied().find(|date| !set.contains(date))
        };
        let left = |list: &[Date], set: &BTreeSet<Date>| {
            list.iter().copied().find(|date| set.contains(date))
        };
        let date = missing(&self.off_added, off)
            .or_else(|| missing(&self.work_added, work))
            .or_else(|| left(&self.off_removed, off))
            .or_else(|| left(&self.work_removed, work))?;
        Some(NoticeFault::AmendmentNotApplied { number: self.number.clone(), date })
    }
}

fn net_days_off(off: &[Date], work: &[Date]) -> i64 {
    let weekdays_off = off.iter().filter(|date| weekdays::is_weekday(**date)).count();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    count(weekdays_off) - count(work.len())
}

fn repeated(days: &[(Date, String)]) -> impl Iterator<Item = Date> {
    let mut seen = BTreeSet::new();
    days.iter().map(|(date, _)| *date).filter(move |date| !seen.insert(*date))
}
