//! Values that have a form of their own: hosts, schedules, places of files. The form alone is not enough: a schedule must
//! come, a host must be one that can be looked up.
//!
//! Must not know: any key.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use croner::parser::{CronParser, Seconds};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time, date};

use super::fault::{Expected, FaultKind};
use super::meaning_fault::MeaningFault;
use crate::domain::reminder::MailHours;

/// From here a schedule is asked for its next times; any moment would do.
const ASKED_FROM: i64 = 1_767_225_600; // 2026-01-01T00:00:00Z

/// A name by the rules of host names (RFC 1123 §2.1), or an IP address.
pub(super) fn host(text: &str) -> Result<String, FaultKind> {
    let is_label = |label: &str| {
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let within = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        label.len() <= 63
            && label.chars().all(within)
            && edge(label.chars().next())
            && edge(label.chars().last())
    };
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_name = name.len() <= 253 && name.split('.').all(is_label);
    // digits and dots alone are an address or nothing
    let looks_like_address = name.chars().all(|c| c.is_ascii_digit() || c == '.');
    if text.parse::<IpAddr>().is_ok() || (is_name && !looks_like_address) {
        return Ok(text.to_owned());
    }
    Err(FaultKind::Unfit { expected: Expected::Host, found: text.to_owned() })
}

/// True when what is sent to `host` stays on this machine.
pub(super) fn is_on_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Six fields, with seconds, that come again and again.
pub(super) fn schedule(text: &str) -> Result<String, FaultKind> {
    let value = text.to_owned();
    if text.split_whitespace().count() == 7 {
        // a seventh field would be a year
        return Err(FaultKind::NotACronLine { value, english: "years are not taken".to_owned() });
    }
    let cron = match CronParser::builder().seconds(Seconds::Required).build().parse(text) {
        Ok(cron) => cron,
        Err(error) => return Err(FaultKind::NotACronLine { value, english: error.to_string() }),
    };
    let next = |after| cron.find_next_occurrence(&after, false).ok();
    let begin = chrono::DateTime::from_timestamp(ASKED_FROM, 0);
    match begin.and_then(next).and_then(next) {
        Some(_) => Ok(value),
        None => Err(MeaningFault::NeverComes { value }.into()),
    }
}

/// Where a file is or will be: the path names one, and no folder stands there.
pub(super) fn file(text: &str) -> Result<PathBuf, FaultKind> {
    let path = PathBuf::from(text);
    if path.file_name().is_none() || text.ends_with('/') || Path::new(text).is_dir() {
        return Err(MeaningFault::NotAFile { path }.into());
    }
    Ok(path)
}

/// True when a tick of `cron_line` lies within mail hours on a day from Monday to Friday. Every pattern of days comes round
/// within twelve years.
pub(super) fn meets(cron_line: &str, hours: MailHours) -> bool {
    let Ok(cron) = CronParser::builder().seconds(Seconds::Required).build().parse(cron_line) else {
        return true;
    };
    let minutes = (0..24_i8).flat_map(|hour| (0..60_i8).map(move |minute| (hour, minute)));
    let is_tick = |hour: i8, minute: i8| {
        let (hour, minute) = (u32::from(hour.unsigned_abs()), u32::from(minute.unsigned_abs()));
        cron.pattern.hour_match(hour).unwrap_or(true)
            && cron.pattern.minute_match(minute).unwrap_or(true)
    };
    let is_day = |day: Date| {
        let month = u32::from(day.month().unsigned_abs());
        let of_month = u32::from(day.day().unsigned_abs());
        cron.pattern.month_match(month).unwrap_or(true)
            && cron.pattern.day_match(i32::from(day.year()), month, of_month).unwrap_or(true)
    };
    let mut days = date(2024, 1, 1).series(1.day()).take(12 * 366);
    let mut minutes = minutes.filter(|(hour, minute)| {
        (hours.from..hours.until).contains(&Time::constant(*hour, *minute, 0, 0))
    });
    minutes.any(|(hour, minute)| is_tick(hour, minute))
        && days.any(|day| day.weekday().to_monday_zero_offset() < 5 && is_day(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address() {
        for good in
            ["127.0.0.1", "::1", "localhost", "smtp.exmail.qq.com", "relay_1.gov.example.", "a"]
        {
            assert_eq!(host(good).as_deref(), Ok(good));
        }
        let long = "a".repeat(64);
        for bad in [
            "a b",
            "127.0.0.1\r\nX",
            "",
            ".",
            "-a",
            "a..b",
            "256.1.1.1",
            "邮件.example",
            "a:25",
            &long,
        ] {
            assert!(host(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_loopback_is_this_machine() {
        for here in ["localhost", "127.0.0.1", "127.9.9.9", "::1"] {
            assert!(is_on_this_machine(here), "{here}");
        }
        for elsewhere in ["localhost.example", "10.0.0.1", "mail.example", "::2"] {
            assert!(!is_on_this_machine(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_schedule_that_never_comes_is_none() {
        for good in ["0 */10 * * * *", "0 0 8 29 2 *", "0 30 7 * * MON-FRI"] {
            assert_eq!(schedule(good).as_deref(), Ok(good));
        }
        assert!(matches!(
            schedule("0 0 0 31 2 *"),
            Err(FaultKind::Meaning(MeaningFault::NeverComes { .. }))
        ));
        assert!(matches!(schedule("0 0 0 1 1 * 2020"), Err(FaultKind::NotACronLine { .. })));
    }

    #[test]
    fn a_ledger_is_a_file_and_no_folder() {
        assert!(file("/var/lib/duban/duban.db").is_ok());
        for folder in ["/", "/tmp", "/var/lib/duban/", ".."] {
            assert!(file(folder).is_err(), "{folder}");
        }
    }
}
