//! How people read a term: 20个工作日内, `within 20 working days`, instead of its canonical text.
//!
//! The Chinese is what `expression` reads back as the same term. Must not know: how documents write it otherwise.

use jiff::civil::{Date, Weekday};

use super::{Cycle, DayInPeriod, MonthDay, Period, PeriodUnit, Quota, Recurrence, Term};
use crate::words;
use crate::words::{Lang, Say};

/// January first.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What follows a day of a month of the first year, of the next year, of the year after it.
const LATER_YEARS: [(&str, &str); 3] =
    [("", ""), ("次年", " of the following year"), ("第三年", " of the year after the following")];

/// A date as a sentence has it: 2022年12月31日, `31 December 2022`.
pub fn say_date(date: Date, lang: Lang) -> String {
    let (year, day) = (date.year(), date.day());
    let number = date.month().unsigned_abs();
    let name = month_name(number);
    words!(lang, zh = "{year}年{number}月{day}日", en = "{day} {name} {year}")
}

impl Say for Term {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::By(date) => {
                words!(lang, zh = "{date}前", en = "by {date}", date = say_date(*date, lang))
            }
            Self::Within(period) => {
                words!(lang, zh = "{period}内", en = "within {period}", period = period.say(lang))
            }
            Self::AtLeast(period) => words!(
                lang,
                zh = "不少于{period}",
                en = "not less than {period}",
                period = period.say(lang)
            ),
            Self::Every(recurrence) => recurrence.say(lang),
            Self::Times(quota) => quota.say(lang),
            Self::Window { from, through } => words!(
                lang,
                zh = "{from}至{through}",
                en = "from {from} through {through}",
                from = say_date(*from, lang),
                through = say_date(*through, lang)
            ),
            Self::Undated => lang.pick("没有日期", "no date").to_owned(),
        }
    }
}

/// Without 内 or 前: 20个工作日, 3个月.
///
/// ```
/// use duban::domain::term::Period;
/// use duban::words::{Lang, Say};
/// let period: Period = "20wd".parse().unwrap();
/// assert_eq!((period.say(Lang::Zh), period.say(Lang::En)), ("20个工作日".into(), "20 working days".into()));
/// ```
impl Say for Period {
    fn say(&self, lang: Lang) -> String {
        let amount = self.amount;
        let (zh, en) = match self.unit {
            PeriodUnit::WorkingDay => ("个工作日", "working day"),
            PeriodUnit::CalendarDay => ("日", "day"),
            PeriodUnit::Month => ("个月", "month"),
            PeriodUnit::Year => ("年", "year"),
            PeriodUnit::Hour => ("小时", "hour"),
        };
        let plural = if amount == 1 { "" } else { "s" };
        words!(lang, zh = "{amount}{zh}", en = "{amount} {en}{plural}")
    }
}

/// ```
/// use duban::domain::term::Term;
/// use duban::words::{Lang, Say};
/// let term: Term = "every:12mo@0-31".parse().unwrap();
/// assert_eq!((term.say(Lang::Zh), term.say(Lang::En)), ("每年1月31日前".into(), "every year by 31 January".into()));
/// ```
impl Say for Recurrence {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Daily => lang.pick("每日", "every day").to_owned(),
            Self::WorkingDaily => lang.pick("每个工作日", "every working day").to_owned(),
            Self::Weekly(None) => lang.pick("每周", "every week").to_owned(),
            Self::Weekly(Some(day)) => {
                let (zh, en) = weekday(*day);
                words!(lang, zh = "每周{zh}前", en = "every week by {en}")
            }
            Self::Monthly { every, by: None } => {
                let (zh, en) = cycle(*every);
                words!(lang, zh = "每{zh}", en = "every {en}")
            }
            Self::Monthly { every: Cycle::Year, by: Some(by) } => every_year(*by, lang),
            Self::Monthly { every: Cycle::HalfYear, by: Some(by) } if by.month < 6 => {
                twice_a_year(*by, lang)
            }
            Self::Monthly { every, by: Some(by) } => every_cycle(*every, *by, lang),
        }
    }
}

impl Say for Quota {
    fn say(&self, lang: Lang) -> String {
        let Self { times, every, at_least } = self;
        let (zh, en) = cycle(*every);
        let (floor, least) = if *at_least { ("不少于", "at least ") } else { ("", "") };
        let plural = if *times == 1 { "" } else { "s" };
        words!(lang, zh = "每{zh}{floor}{times}次", en = "{least}{times} time{plural} every {en}")
    }
}

/// 每年1月31日前, 每年次年1月底前.
fn every_year(by: DayInPeriod, lang: Lang) -> String {
    let month = by.month % 12 + 1;
    let year = LATER_YEARS.get(usize::from(by.month / 12));
    let (later, following) = year.copied().unwrap_or_default();
    let (zh, en) = (day_in_chinese(by.day), day_of(by.day, month_name(month)));
    words!(lang, zh = "每年{later}{month}月{zh}前", en = "every year by {en}{following}")
}

/// 每年6月、12月20日前.
fn twice_a_year(by: DayInPeriod, lang: Lang) -> String {
    let (first, second) = (by.month + 1, by.month + 7);
    let zh = day_in_chinese(by.day);
    let (one, two) = (day_of(by.day, month_name(first)), day_of(by.day, month_name(second)));
    words!(lang, zh = "每年{first}月、{second}月{zh}前", en = "every year by {one} and by {two}")
}

/// 每月10日前, 每月次月5日前, 每季度末月20日前, 每季度结束后次月5日前.
fn every_cycle(every: Cycle, by: DayInPeriod, lang: Lang) -> String {
    let (cycle_zh, cycle_en) = cycle(every);
    let day = day_in_chinese(by.day);
    // The month within the period, from 1, or the month after the period, from 1.
    let (within, after) = (by.month + 1, (by.month + 1).saturating_sub(every.months()));
    let month_zh = match (every, within, after) {
        (Cycle::Month, 1, _) => String::new(),
        (Cycle::Month, _, 1) => "次月".to_owned(),
        (_, _, 1) => "结束后次月".to_owned(),
        (_, _, 2..) => format!("结束后第{after}个月"),
        (Cycle::Quarter, 3, _) => "末月".to_owned(),
        (_, within, _) => format!("第{within}个月"),
    };
    let month_en = match (every, after) {
        (Cycle::Month, 0) => String::new(),
        (_, 0) => format!(" of its {} month", ordinal(within)),
        (_, 1) => " of the following month".to_owned(),
        (_, after) => format!(" of the {} month after it", ordinal(after)),
    };
    let en = match by.day {
        MonthDay::Day(day) => format!("the {}{month_en}", ordinal(day)),
        MonthDay::WorkingDay(number) => format!("the {} working day{month_en}", ordinal(number)),
        MonthDay::LastWorkingDay if month_en.is_empty() => "its last working day".to_owned(),
        MonthDay::LastWorkingDay => format!("the last working day{month_en}"),
        MonthDay::Last if month_en.is_empty() => "its last day".to_owned(),
        MonthDay::Last => format!("the last day{month_en}"),
    };
    words!(lang, zh = "每{cycle_zh}{month_zh}{day}前", en = "every {cycle_en} by {en}")
}

fn cycle(every: Cycle) -> (&'static str, &'static str) {
    match every {
        Cycle::Month => ("月", "month"),
        Cycle::TwoMonths => ("两个月", "two months"),
        Cycle::Quarter => ("季度", "quarter"),
        Cycle::HalfYear => ("半年", "half-year"),
        Cycle::Year => ("年", "year"),
    }
}

fn weekday(day: Weekday) -> (&'static str, &'static str) {
    match day {
        Weekday::Monday => ("一", "Monday"),
        Weekday::Tuesday => ("二", "Tuesday"),
        Weekday::Wednesday => ("三", "Wednesday"),
        Weekday::Thursday => ("四", "Thursday"),
        Weekday::Friday => ("五", "Friday"),
        Weekday::Saturday => ("六", "Saturday"),
        Weekday::Sunday => ("日", "Sunday"),
    }
}

fn day_in_chinese(day: MonthDay) -> String {
    match day {
        MonthDay::Day(day) => format!("{day}日"),
        MonthDay::Last => "底".to_owned(),
        MonthDay::WorkingDay(number) => format!("第{number}个工作日"),
        MonthDay::LastWorkingDay => "最后一个工作日".to_owned(),
    }
}

fn day_of(day: MonthDay, month: &str) -> String {
    match day {
        MonthDay::Day(day) => format!("{day} {month}"),
        MonthDay::Last => format!("the last day of {month}"),
        MonthDay::WorkingDay(number) => format!("the {} working day of {month}", ordinal(number)),
        MonthDay::LastWorkingDay => format!("the last working day of {month}"),
    }
}

/// The English name of a month from 1 to 12.
fn month_name(month: u8) -> &'static str {
    usize::from(month).checked_sub(1).and_then(|month| MONTHS.get(month)).copied().unwrap_or("")
}

fn ordinal(n: u8) -> String {
    let suffix = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_said_in_both_languages() {
        for (term, zh, en) in [
            ("2022-12-31", "2022年12月31日前", "by 31 December 2022"),
            ("20wd", "20个工作日内", "within 20 working days"),
            ("1mo", "1个月内", "within 1 month"),
            (">=30d", "不少于30日", "not less than 30 days"),
            ("every:1d", "每日", "every day"),
            ("every:1wd", "每个工作日", "every working day"),
            ("every:1w@5", "每周五前", "every week by Friday"),
            ("every:1mo", "每月", "every month"),
            ("every:1mo@0-10", "每月10日前", "every month by the 10th"),
            ("every:1mo@0-last", "每月底前", "every month by its last day"),
            ("every:1mo@1-5", "每月次月5日前", "every month by the 5th of the following month"),
            ("every:3mo@0-1", "每季度第1个月1日前", "every quarter by the 1st of its 1st month"),
            ("every:3mo@2-20", "每季度末月20日前", "every quarter by the 20th of its 3rd month"),
            (
                "every:3mo@2-last",
                "每季度末月底前",
                "every quarter by the last day of its 3rd month",
            ),
            (
                "every:3mo@3-5",
                "每季度结束后次月5日前",
                "every quarter by the 5th of the following month",
            ),
            (
                "every:6mo@5-last",
                "每年6月、12月底前",
                "every year by the last day of June and by the last day of December",
            ),
            ("every:12mo@0-31", "每年1月31日前", "every year by 31 January"),
            ("every:12mo@11-last", "每年12月底前", "every year by the last day of December"),
            (
                "every:12mo@12-31",
                "每年次年1月31日前",
                "every year by 31 January of the following year",
            ),
            (">=4/12mo", "每年不少于4次", "at least 4 times every year"),
            ("=1/3mo", "每季度1次", "1 time every quarter"),
            (
                "2023-06-01..2023-09-30",
                "2023年6月1日至2023年9月30日",
                "from 1 June 2023 through 30 September 2023",
            ),
            ("undated", "没有日期", "no date"),
        ] {
            let term: Term = term.parse().unwrap();
            assert_eq!((term.say(Lang::Zh).as_str(), term.say(Lang::En).as_str()), (zh, en));
        }
    }

    #[test]
    fn the_chinese_is_read_back_as_the_same_term() {
        use crate::domain::expression::{ParseContext, read};
        let mut terms: Vec<String> = [
            "2022-12-31",
            "20wd",
            "30d",
            "3mo",
            "1y",
            "5h",
            ">=30d",
            "every:1d",
            "every:1w",
            "every:1w@7",
            ">=4/12mo",
            "=2/6mo",
            "2023-06-01..2023-09-30",
        ]
        .map(str::to_owned)
        .into();
        for (months, by) in [(1, 0..=1), (3, 0..=3), (6, 0..=5), (12, 0..=23)] {
            terms.push(format!("every:{months}mo"));
            terms.extend(
                by.flat_map(|by| ["10", "last"].map(|day| format!("every:{months}mo@{by}-{day}"))),
            );
        }
        for term in terms {
            let term: Term = term.parse().unwrap();
            let said = term.say(Lang::Zh);
            assert_eq!(read(&said, &ParseContext::default()).unwrap().term, term, "{said}");
        }
    }
}
