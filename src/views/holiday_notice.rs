//! A holiday notice as a person compares it with the paper: for each holiday the days off and the days worked instead.
//!
//! Must not know: where the notice was read.

use jiff::civil::Date;
use serde::Serialize;

use super::dates::with_weekday;
use super::row::{Column, Row};
use crate::domain::calendar::Notice;
use crate::words::Lang;

/// One holiday.
#[derive(Debug, Serialize)]
pub struct HolidayView {
    year: i16,
    holiday: String,
    off: Vec<Date>,
    work: Vec<Date>,
}

impl HolidayView {
    /// The holidays of a notice by their first day off.
    pub fn all(notice: &Notice) -> Vec<Self> {
        let listed = notice.off.iter().chain(&notice.work);
        let mut names: Vec<&String> = Vec::new();
        for (_, name) in listed {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let of = |list: &[(Date, String)], name: &String| {
            list.iter().filter(|(_, of)| of == name).map(|(day, _)| *day).collect()
        };
        names
            .into_iter()
            .map(|name| Self {
                year: notice.year,
                holiday: name.clone(),
                off: of(&notice.off, name),
                work: of(&notice.work, name),
            })
            .collect()
    }

    /// The days off as spans of consecutive days, each named by its first and its last day.
    fn spans(&self, lang: Lang) -> String {
        let mut spans: Vec<(Date, Date)> = Vec::new();
        for day in &self.off {
            match spans.last_mut().filter(|(_, last)| last.tomorrow().ok() == Some(*day)) {
                Some((_, last)) => *last = *day,
                None => spans.push((*day, *day)),
            }
        }
        let span = |(first, last): &(Date, Date)| {
            let said = with_weekday(*first, lang);
            if first == last { said } else { [&said, "—", &with_weekday(*last, lang)].concat() }
        };
        lang.list(&spans.iter().map(span).collect::<Vec<_>>())
    }
}

impl Row for HolidayView {
    const KEYS: &'static [&'static str] = &["year", "holiday", "off", "work"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("节日", "Holiday", |it, _| it.holiday.clone()),
            Column::text("放假", "Off", Self::spans),
            Column::number("天数", "Days", |it, _| it.off.len().to_string()),
            Column::text("调休上班", "Worked instead", |it, lang| {
                lang.list(&it.work.iter().map(|day| with_weekday(*day, lang)).collect::<Vec<_>>())
            }),
        ]
    }
}
