//! Values of the command line: dates, moments and periods, understood as in tables.
//!
//! Must not know: what is asked with them. Callers: the arguments of every command.

use std::str::FromStr;

use jiff::civil::{Date, time};

use crate::domain::address::{Address, AddressFault};
use crate::domain::deadline::Anchor;
use crate::domain::expression::{self, ParseContext};
use crate::domain::moment::Moment;
use crate::domain::term::{Period, Term};
use crate::domain::unit::Rank;
use crate::intake::{ColumnChoice, read_choice};
use crate::words;
use crate::words::{Lang, Say};

/// Reads `列=字段`.
pub(super) fn column_choice(text: &str) -> Result<ColumnChoice, ValueFault> {
    read_choice(text).ok_or(ValueFault::NotAChoice)
}

/// The moment that stands in for "now": a date (then 09:00 of it, inside working hours) or a date and time, in
/// Asia/Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AsOf(pub Moment);

/// Why a value of the command line is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub(super) enum ValueFault {
    NotADate,
    NotAMoment,
    /// A day stands where the time of day is needed too.
    NoTimeOfDay,
    NotAPeriod,
    NotALanguage,
    NotAYear,
    /// A number of a mail or a count was expected.
    NotANumber,
    /// Not 列=字段.
    NotAChoice,
    NotARank,
    NotAnAddress(#[from] AddressFault),
}

impl Say for ValueFault {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::NotADate => (
                "不是日期，请写为2026-03-02、2026年3月2日或2026.3.2",
                "not a date; write it as 2026-03-02, 2026年3月2日 or 2026.3.2",
            ),
            Self::NotAMoment => (
                "不是日期或时刻，请写为2026-03-02、2026年3月2日或2026-03-02T14:30（北京时间，不带时区）",
                "not a date or a date and time; write it as 2026-03-02, 2026年3月2日 or 2026-03-02T14:30 (Asia/Shanghai, without an offset)",
            ),
            Self::NoTimeOfDay => (
                "缺少时刻，请写为2026-03-02T14:30或2026年3月2日14时30分（北京时间）",
                "the time of day is missing; write it as 2026-03-02T14:30 (Asia/Shanghai)",
            ),
            Self::NotAPeriod => (
                "不是期限，请写为20个工作日、7天、3个月、1年，或10wd、30d、3mo、1y",
                "not a period; write it as 10wd (working days), 30d, 3mo, 1y, 20个工作日 or 7天",
            ),
            Self::NotALanguage => ("请写zh或en", "write zh or en"),
            Self::NotAYear => ("不是年份，请写1949至2199", "not a year; write 1949 to 2199"),
            Self::NotANumber => ("不是编号或数量，请写数字", "not a number"),
            Self::NotARank => (
                "不是职级，请写承办人、负责人或分管领导",
                "not a rank; write handler, head, leader, 承办人, 负责人 or 分管领导",
            ),
            Self::NotAChoice => (
                "请写为 列=字段，如 责任主体=责任单位",
                "write it as COLUMN=FIELD, such as 责任主体=责任单位",
            ),
            Self::NotAnAddress(fault) => {
                return words!(
                    lang,
                    zh = "不是邮箱地址：{fault}",
                    en = "not a mail address: it {fault}",
                    fault = fault.say(lang)
                );
            }
        };
        lang.pick(zh, en).to_owned()
    }
}

impl FromStr for AsOf {
    type Err = ValueFault;

    fn from_str(text: &str) -> Result<Self, ValueFault> {
        let moment = match expression::read_event(text).ok_or(ValueFault::NotAMoment)? {
            Anchor::Day(day) => Moment::from_local(day.to_datetime(time(9, 0, 0, 0))),
            Anchor::Instant(moment) => Some(moment),
        };
        moment.map(Self).ok_or(ValueFault::NotAMoment)
    }
}

/// Reads a date.
pub(super) fn date(text: &str) -> Result<Date, ValueFault> {
    expression::read_date(text).ok_or(ValueFault::NotADate)
}

/// Reads a date, or a date and time for terms that count hours.
pub(super) fn event(text: &str) -> Result<Anchor, ValueFault> {
    expression::read_event(text).ok_or(ValueFault::NotAMoment)
}

/// Reads a date with the time of day.
pub(super) fn instant(text: &str) -> Result<Moment, ValueFault> {
    event(text)?.instant().ok_or(ValueFault::NoTimeOfDay)
}

/// Reads a period: `10wd`, `7天`, `20个工作日`, with or without 内.
pub(super) fn period(text: &str) -> Result<Period, ValueFault> {
    let text = text.trim();
    if let Ok(period) = text.parse() {
        return Ok(period);
    }
    let written = if text.ends_with('内') { text.to_owned() } else { format!("{text}内") };
    let parsed = expression::read(&written, &ParseContext { year: None });
    match parsed.map(|parsed| parsed.term) {
        Ok(Term::Within(period)) => Ok(period),
        Ok(
            Term::By(_)
            | Term::AtLeast(_)
            | Term::Every(_)
            | Term::Times(_)
            | Term::Window { .. }
            | Term::Undated,
        )
        | Err(_) => Err(ValueFault::NotAPeriod),
    }
}

/// Reads the value of `--lang`.
pub(super) fn language(text: &str) -> Result<Lang, ValueFault> {
    match text {
        "zh" => Ok(Lang::Zh),
        "en" => Ok(Lang::En),
        _ => Err(ValueFault::NotALanguage),
    }
}

/// Reads a year for which a calendar can be made.
pub(super) fn year(text: &str) -> Result<i16, ValueFault> {
    let year = text.strip_suffix('年').unwrap_or(text).parse().ok();
    year.filter(|year| (1949..=2199).contains(year)).ok_or(ValueFault::NotAYear)
}

/// Reads the number of a mail.
pub(super) fn number(text: &str) -> Result<i64, ValueFault> {
    text.parse().map_err(|_| ValueFault::NotANumber)
}

/// Reads how many of something the caller expects.
pub(super) fn count(text: &str) -> Result<usize, ValueFault> {
    text.parse().map_err(|_| ValueFault::NotANumber)
}

/// Reads a rank, in either language.
pub(super) fn rank(text: &str) -> Result<Rank, ValueFault> {
    Rank::from_text(&text.to_ascii_lowercase()).ok_or(ValueFault::NotARank)
}

/// Reads a mail address.
pub(super) fn address(text: &str) -> Result<Address, ValueFault> {
    Ok(Address::parse(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_alone_means_nine_in_the_morning_in_shanghai() {
        for written in ["2022-12-28", "2022年12月28日", "2022.12.28"] {
            let AsOf(moment) = written.parse().unwrap();
            assert_eq!(moment.instant().to_string(), "2022-12-28T01:00:00Z");
        }
    }

    #[test]
    fn a_time_is_taken_as_given() {
        let AsOf(moment) = "2022-12-28T00:01".parse().unwrap();
        assert_eq!(moment.instant().to_string(), "2022-12-27T16:01:00Z");
        assert_eq!("tomorrow".parse::<AsOf>(), Err(ValueFault::NotAMoment));
        assert_eq!("2022-02-30".parse::<AsOf>(), Err(ValueFault::NotAMoment));
        for other_clock in ["+00:00", "+08:00", "-05:00", "Z", "[UTC]", "+08:00[Asia/Shanghai]"] {
            let text = format!("2022-12-28T14:30{other_clock}");
            assert_eq!(text.parse::<AsOf>(), Err(ValueFault::NotAMoment), "{text}");
        }
    }

    #[test]
    fn periods_and_dates_are_understood_as_in_tables() {
        for written in ["20wd", "20个工作日", "20个工作日内", "二十个工作日"] {
            assert_eq!(period(written).map(|it| it.to_string()), Ok("20wd".into()), "{written}");
        }
        assert_eq!(period("7天").map(|it| it.to_string()), Ok("7d".into()));
        assert_eq!(period("3个月").map(|it| it.to_string()), Ok("3mo".into()));
        for wrong in ["", "7", "很久", "2022年底前", "每月10日前", "-3d"] {
            assert_eq!(period(wrong), Err(ValueFault::NotAPeriod), "{wrong}");
        }
        assert_eq!(date("2026年3月2日"), date("2026-03-02"));
        assert_eq!(date("3月2日"), Err(ValueFault::NotADate));
        assert_eq!(instant("2026-03-02"), Err(ValueFault::NoTimeOfDay));
    }
}
