//! Values of the command line: the moment that stands in for "now", and periods.
//!
//! Must not know: what is asked with them.

use std::str::FromStr;

use jiff::civil::{Date, DateTime, time};

use crate::domain::deadline::Anchor;
use crate::domain::expression;
use crate::domain::moment::Moment;
use crate::domain::term::Period;

/// A date (then 09:00 of it, inside working hours) or a date and time, in Asia/Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AsOf(pub Moment);

/// Not a date, nor a date and time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "write a date such as 2022-12-28, or a date and time such as 2022-12-28T14:30 (Asia/Shanghai)"
)]
pub(super) struct NotAMoment;

impl FromStr for AsOf {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        // An offset names another clock; to drop it would move the moment.
        if !text.chars().skip(10).all(|c| c.is_ascii_digit() || ": Tt.".contains(c)) {
            return Err(NotAMoment);
        }
        let local = if text.len() > 10 {
            DateTime::from_str(text).map_err(|_| NotAMoment)?
        } else {
            Date::from_str(text).map_err(|_| NotAMoment)?.to_datetime(time(9, 0, 0, 0))
        };
        Moment::from_local(local).map(Self).ok_or(NotAMoment)
    }
}

/// Reads a moment of the command line: a date with the time of day.
pub(super) fn instant(text: &str) -> Result<Moment, &'static str> {
    let event = expression::read_event(text).and_then(Anchor::instant);
    event.ok_or("write a date and time such as 2026-11-22T14:30 (Asia/Shanghai)")
}

/// Reads a period of the command line.
pub(super) fn period(text: &str) -> Result<Period, &'static str> {
    text.parse().map_err(|_| "write 10wd (working days), 30d, 3mo or 1y")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_alone_means_nine_in_the_morning_in_shanghai() {
        let AsOf(moment) = "2022-12-28".parse().unwrap();
        assert_eq!(moment.instant().to_string(), "2022-12-28T01:00:00Z");
    }

    #[test]
    fn a_time_is_taken_as_given() {
        let AsOf(moment) = "2022-12-28T00:01".parse().unwrap();
        assert_eq!(moment.instant().to_string(), "2022-12-27T16:01:00Z");
        assert_eq!("tomorrow".parse::<AsOf>(), Err(NotAMoment));
        assert_eq!("2022-02-30".parse::<AsOf>(), Err(NotAMoment));
        for other_clock in ["+00:00", "+08:00", "-05:00", "Z", "[UTC]", "+08:00[Asia/Shanghai]"] {
            let text = format!("2022-12-28T14:30{other_clock}");
            assert_eq!(text.parse::<AsOf>(), Err(NotAMoment), "{text}");
        }
    }
}
