//! Dates and moments as people read them, in Asia/Shanghai.
//!
//! Must not know: what happens on a day. Callers: views, cli.

use jiff::civil::{Date, Weekday};

use crate::domain::deadline::Deadline;
use crate::domain::moment::Moment;
use crate::words;
use crate::words::Lang;

/// A weekday, as in `周六` or `Sat`.
pub fn weekday(day: Weekday, lang: Lang) -> &'static str {
    match day {
        Weekday::Monday => lang.pick("周一", "Mon"),
        Weekday::Tuesday => lang.pick("周二", "Tue"),
        Weekday::Wednesday => lang.pick("周三", "Wed"),
        Weekday::Thursday => lang.pick("周四", "Thu"),
        Weekday::Friday => lang.pick("周五", "Fri"),
        Weekday::Saturday => lang.pick("周六", "Sat"),
        Weekday::Sunday => lang.pick("周日", "Sun"),
    }
}

/// A date with its weekday, as in `2022-12-31 周六`.
pub fn with_weekday(date: Date, lang: Lang) -> String {
    format!("{date} {}", weekday(date.weekday(), lang))
}

/// As [`with_weekday`]; empty without a date.
pub fn day(date: Option<Date>, lang: Lang) -> String {
    date.map_or_else(String::new, |date| with_weekday(date, lang))
}

/// A date with its weekday, and the time of day where the term counts hours, as in `2026-10-02 周五 03:30`; empty without a date.
pub fn day_and_time(date: Option<Date>, at: Option<Moment>, lang: Lang) -> String {
    let time = at.map(|moment| moment.local().strftime(" %H:%M").to_string());
    day(date, lang) + &time.unwrap_or_default()
}

/// `（暂定）` for a date beyond what the calendar knows for certain, else nothing.
pub fn provisional_mark(provisional: bool, lang: Lang) -> &'static str {
    if provisional { lang.pick("（暂定）", " (provisional)") } else { "" }
}

/// The due date with its weekday, marked when it is provisional; empty without a deadline.
pub fn due_day(deadline: Option<&Deadline>, lang: Lang) -> String {
    deadline.map_or_else(String::new, |deadline| {
        with_weekday(deadline.due, lang) + provisional_mark(deadline.provisional, lang)
    })
}

/// `2026-03-02 至 2026-03-06` with weekdays; one day when both are the same.
pub fn span(from: Date, through: Date, lang: Lang) -> String {
    if from == through {
        return with_weekday(from, lang);
    }
    let (from, through) = (with_weekday(from, lang), with_weekday(through, lang));
    words!(lang, zh = "{from} 至 {through}", en = "{from} to {through}")
}

/// To the second: `2022-12-28 09:00:00`.
pub fn second(moment: Moment) -> String {
    moment.local().strftime("%F %T").to_string()
}

/// To the minute: `2022-12-28 09:00`.
pub fn minute(moment: Moment) -> String {
    moment.local().strftime("%F %H:%M").to_string()
}
