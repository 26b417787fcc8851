//! The canonical text of a term, which the ledger and JSON hold: `20wd`, `>=30d`, `every:1mo@1-5`.
//!
//! Must not know: what people read or write.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Weekday;

use super::{Cycle, DayInPeriod, MonthDay, Period, PeriodUnit, Quota, Recurrence, Term};
use crate::words;
use crate::words::{Lang, Say};

/// A text that is not the canonical form of a term.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub struct NotATerm {
    pub text: String,
}

impl Say for NotATerm {
    fn say(&self, lang: Lang) -> String {
        let text = &self.text;
        words!(
            lang,
            zh = "`{text}`不是规范的时限代码，应写为`20wd`、`30d`或`2022-12-31`",
            en = "`{text}` is not a term code such as `20wd`, `30d` or `2022-12-31`"
        )
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.amount, self.unit.word())
    }
}

impl FromStr for Period {
    type Err = NotATerm;

    fn from_str(text: &str) -> Result<Self, NotATerm> {
        let fault = || NotATerm { text: text.to_owned() };
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (amount, suffix) = text.split_at_checked(digits).ok_or_else(fault)?;
        let amount = amount.parse().ok().filter(|n| *n > 0).ok_or_else(fault)?;
        let unit = PeriodUnit::from_word(suffix).ok_or_else(fault)?;
        Ok(Self { amount, unit })
    }
}

impl fmt::Display for Term {
    /// Writes the canonical text; [`Term::from_str`] reads it back unchanged.
    ///
    /// ```
    /// use duban::domain::term::Term;
    /// for text in ["2022-12-31", "20wd", ">=30d", "every:1mo@1-5", ">=4/12mo", "2023-06-01..2023-09-30", "undated"] {
    ///     assert_eq!(text.parse::<Term>().unwrap().to_string(), text);
    /// }
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(date) => write!(f, "{date}"),
            Self::Within(period) => write!(f, "{period}"),
            Self::AtLeast(period) => write!(f, ">={period}"),
            Self::Every(recurrence) => write!(f, "every:{recurrence}"),
            Self::Times(quota) => write!(f, "{quota}"),
            Self::Window { from, through } => write!(f, "{from}..{through}"),
            Self::Undated => write!(f, "undated"),
        }
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Daily => write!(f, "1d"),
            Self::WorkingDaily => write!(f, "1wd"),
            Self::Weekly(None) => write!(f, "1w"),
            Self::Weekly(Some(day)) => write!(f, "1w@{}", day.to_monday_one_offset()),
            Self::Monthly { every, by: None } => write!(f, "{}mo", every.months()),
            Self::Monthly { every, by: Some(DayInPeriod { month, day }) } => {
                write!(f, "{}mo@{month}-", every.months())?;
                match day {
                    MonthDay::Last => write!(f, "last"),
                    MonthDay::Day(day) => write!(f, "{day}"),
                    MonthDay::WorkingDay(number) => write!(f, "{number}wd"),
                    MonthDay::LastWorkingDay => write!(f, "lastwd"),
                }
            }
        }
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.at_least { ">=" } else { "=" };
        write!(f, "{sign}{}/{}mo", self.times, self.every.months())
    }
}

impl FromStr for Term {
    type Err = NotATerm;

    fn from_str(text: &str) -> Result<Self, NotATerm> {
        let fault = || NotATerm { text: text.to_owned() };
        if text == "undated" {
            return Ok(Self::Undated);
        }
        if let Some(recurrence) = text.strip_prefix("every:") {
            return recurrence_from(recurrence).map(Self::Every).ok_or_else(fault);
        }
        if text.contains('/') {
            return quota_from(text).map(Self::Times).ok_or_else(fault);
        }
        if let Some(period) = text.strip_prefix(">=") {
            return period.parse().map(Self::AtLeast).map_err(|_| fault());
        }
        if let Some((from, through)) = text.split_once("..") {
            let (from, through) =
                (from.parse().map_err(|_| fault())?, through.parse().map_err(|_| fault())?);
            return if from <= through { Ok(Self::Window { from, through }) } else { Err(fault()) };
        }
        if let Ok(date) = text.parse() {
            return Ok(Self::By(date));
        }
        text.parse().map(Self::Within)
    }
}

fn recurrence_from(text: &str) -> Option<Recurrence> {
    let (every, by) = match text.split_once('@') {
        Some((every, by)) => (every, Some(by)),
        None => (text, None),
    };
    match (every, by) {
        ("1d", None) => Some(Recurrence::Daily),
        ("1wd", None) => Some(Recurrence::WorkingDaily),
        ("1w", None) => Some(Recurrence::Weekly(None)),
        ("1w", Some(day)) => {
            let day = Weekday::from_monday_one_offset(day.parse().ok()?).ok()?;
            Some(Recurrence::Weekly(Some(day)))
        }
        (every, by) => {
            let every = cycle_from(every)?;
            let by = match by {
                Some(by) => Some(day_in_period_from(by)?),
                None => None,
            };
            Some(Recurrence::Monthly { every, by })
        }
    }
}

fn cycle_from(text: &str) -> Option<Cycle> {
    let months: u8 = text.strip_suffix("mo")?.parse().ok()?;
    Cycle::ALL.into_iter().find(|cycle| cycle.months() == months)
}

fn day_in_period_from(text: &str) -> Option<DayInPeriod> {
    let (month, day) = text.split_once('-')?;
    let day = match day {
        "last" => MonthDay::Last,
        "lastwd" => MonthDay::LastWorkingDay,
        day => {
            let (number, is_working) =
                day.strip_suffix("wd").map_or((day, false), |number| (number, true));
            let number = number.parse().ok().filter(|number| (1..=31).contains(number))?;
            if is_working { MonthDay::WorkingDay(number) } else { MonthDay::Day(number) }
        }
    };
    Some(DayInPeriod { month: month.parse().ok().filter(|month| *month <= 24)?, day })
}

fn quota_from(text: &str) -> Option<Quota> {
    let (at_least, rest) = match text.strip_prefix(">=") {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('=')?),
    };
    let (times, every) = rest.split_once('/')?;
    let times = times.parse().ok().filter(|times| *times > 0)?;
    Some(Quota { times, every: cycle_from(every)?, at_least })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_text_is_read_back_unchanged() {
        for text in [
            "5h",
            "3mo",
            "1y",
            "every:1d",
            "every:1w",
            "every:1w@5",
            "every:12mo",
            "every:12mo@12-31",
        ] {
            assert_eq!(text.parse::<Term>().unwrap().to_string(), text);
        }
        for text in [
            "every:3mo@2-last",
            "=1/12mo",
            ">=2/3mo",
            "every:2mo@0-10",
            "every:1mo@1-5wd",
            "every:3mo@2-lastwd",
        ] {
            assert_eq!(text.parse::<Term>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_term_is_refused() {
        for text in
            ["", "0wd", "20", "wd", "-3d", "2022-13-01", "every:7mo", "every:1w@8", ">=0/12mo"]
        {
            assert_eq!(text.parse::<Term>(), Err(NotATerm { text: text.to_owned() }));
        }
        assert!("2023-09-30..2023-06-01".parse::<Term>().is_err());
    }
}
