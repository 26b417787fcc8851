//! A year of the working calendar: `calendar`.
//!
//! Must not know: how notices are merged, the command line.

use jiff::civil::{Date, date};
use serde::Serialize;

use super::row::{Column, Row};
use crate::domain::calendar::WorkCalendar;
use crate::words;
use crate::words::Lang;

/// A year.
#[derive(Serialize)]
pub struct YearView {
    year: i16,
    first: Date,
    certain_through: Date,
    /// Every day of the year is known for certain.
    certain: bool,
    version: String,
    /// The unit whose own calendar this is.
    unit: Option<String>,
    papers: Vec<String>,
    pub months: Vec<MonthView>,
    pub days: Vec<DayView>,
}

#[derive(Serialize)]
pub struct MonthView {
    month: i8,
    working_days: i64,
    #[serde(skip)]
    year: i16,
    /// The days of the month that a notice names.
    #[serde(skip)]
    days: Vec<DayView>,
}

/// A day that a notice names.
#[derive(Clone, Serialize)]
pub struct DayView {
    date: Date,
    works: bool,
    name: String,
    paper: String,
}

impl Row for MonthView {
    const KEYS: &'static [&'static str] = &["month", "working_days"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::whole("月份", "Month", |it, _| format!("{}-{:02}", it.year, it.month)),
            Column::number("工作日", "Working days", |it, _| it.working_days.to_string()),
            Column::text("放假", "Rest days", |it, lang| spans(&it.days, false, lang)),
            Column::text("调休上班", "Make-up days", |it, lang| spans(&it.days, true, lang)),
        ]
    }
}

impl DayView {
    pub const KEYS: &'static [&'static str] = &["date", "works", "name", "paper"];
}

impl YearView {
    /// `unit`: whose own calendar it is.
    pub fn of(calendar: &WorkCalendar, year: i16, unit: Option<String>) -> Self {
        let days: Vec<DayView> = calendar
            .listed()
            .filter(|(day, _)| day.year() == year)
            .map(|(date, listed)| DayView {
                date,
                works: listed.works,
                name: listed.name.to_string(),
                paper: listed.paper.to_string(),
            })
            .collect();
        let mut papers: Vec<String> = days.iter().map(|day| day.paper.clone()).collect();
        papers.sort();
        papers.dedup();
        let (first, certain_through) = (calendar.first(), calendar.certain_through());
        Self {
            year,
            first,
            certain_through,
            certain: first <= date(year, 1, 1) && date(year, 12, 31) <= certain_through,
            version: calendar.version().to_owned(),
            unit,
            papers,
            months: (1..=12).map(|month| MonthView::of(calendar, year, month, &days)).collect(),
            days,
        }
    }

    /// The sum of the year, the notices, and how far the year can be relied on.
    pub fn summary(&self, lang: Lang) -> String {
        let total: i64 = self.months.iter().map(|month| month.working_days).sum();
        let papers = if self.papers.is_empty() {
            lang.pick("无", "none").to_owned()
        } else {
            lang.list(&self.papers)
        };
        let unit = self.unit.as_ref().map_or_else(String::new, |unit| {
            words!(lang, zh = "{unit}的日历。", en = "Calendar of {unit}. ")
        });
        let certainty = self.certainty(lang);
        words!(
            lang,
            zh = "{unit}全年工作日{total}天。依据：{papers}。\n{certainty}\n",
            en = "{unit}{total} working days in the year. Notices: {papers}.\n{certainty}\n",
        )
    }

    fn certainty(&self, lang: Lang) -> String {
        let Self { year, first, certain_through, .. } = self;
        if self.certain {
            return words!(lang, zh = "{year}年全年确定。", en = "All of {year} is certain.");
        }
        if *certain_through < date(*year, 1, 1) || date(*year, 12, 31) < *first {
            return words!(
                lang,
                zh = "{year}年的放假通知没有载入，以上按周一至周五推定；日历自{first}起，确定至{certain_through}。",
                en = "No notice for {year} is imported: Monday to Friday are assumed to be worked. The calendar begins on \
                      {first} and is certain through {certain_through}.",
            );
        }
        let next = year + 1;
        words!(
            lang,
            zh = "{year}年确定至{certain_through}；其后各日要等{next}年通知，它可能调整12月末。",
            en = "{year} is certain through {certain_through}; the notice for {next} may change the days after it.",
        )
    }
}

impl MonthView {
    fn of(calendar: &WorkCalendar, year: i16, month: i8, days: &[DayView]) -> Self {
        let first = date(year, month, 1);
        let before = first.yesterday().unwrap_or(first); // the calendar begins long after the first date there is
        let working_days = calendar.working_days_between(before, first.last_of_month());
        let days = days.iter().filter(|day| day.date.month() == month).cloned().collect();
        Self { month, working_days, year, days }
    }
}

/// Days as `02-15至02-23 春节（国办发明电〔2025〕7号）`, one span of consecutive days a line.
fn spans(days: &[DayView], works: bool, lang: Lang) -> String {
    let mut spans: Vec<(&DayView, Date)> = Vec::new();
    for day in days.iter().filter(|day| day.works == works) {
        match spans.last_mut() {
            Some((first, last))
                if last.tomorrow().ok() == Some(day.date)
                    && (&first.name, &first.paper) == (&day.name, &day.paper) =>
            {
                *last = day.date;
            }
            _ => spans.push((day, day.date)),
        }
    }
    let line = |(first, last): &(&DayView, Date)| {
        let DayView { date, name, paper, .. } = first;
        let (from, through) = (date.strftime("%m-%d"), last.strftime("%m-%d"));
        if date == last {
            words!(lang, zh = "{from} {name}（{paper}）", en = "{from} {name} ({paper})")
        } else {
            words!(
                lang,
                zh = "{from}至{through} {name}（{paper}）",
                en = "{from} to {through} {name} ({paper})",
            )
        }
    };
    spans.iter().map(line).collect::<Vec<_>>().join("\n")
}
