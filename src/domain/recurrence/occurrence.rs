//! The periods into which a duty that comes back falls.
//!
//! Must not know: on which day of its period a duty is due (`deadline`), what is stored.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};

use crate::domain::calendar::WorkCalendar;
use crate::domain::term::{Cycle, Recurrence, Term};

/// One period of a duty that comes back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Occurrence {
    /// First day.
    pub first: Date,
    /// Last day, included.
    pub last: Date,
    /// What it is called; labels of one duty sort as its periods do.
    pub label: String,
}

/// Length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Day,
    Week,
    Months(Cycle),
}

impl Occurrence {
    /// The period of `term` in which `day` lies; `None` for a term that does not come back.
    ///
    /// Periods are called `2022-12-28` (day), `2022W51` (ISO week), `2022-12` (month), `2022M6` (two months), `2022Q3`,
    /// `2022H1` and `2022`.
    ///
    /// ```
    /// use duban::domain::recurrence::Occurrence;
    /// use jiff::civil::date;
    /// let label = |term: &str| Occurrence::containing(&term.parse().unwrap(), date(2022, 12, 28)).unwrap().label;
    /// assert_eq!(label("every:1mo@0-10"), "2022-12");
    /// assert_eq!(label("every:3mo"), "2022Q4");
    /// assert_eq!(label(">=4/12mo"), "2022");
    /// assert_eq!(label("every:1w@5"), "2022W52");
    /// assert_eq!(Occurrence::containing(&"20wd".parse().unwrap(), date(2022, 12, 28)), None);
    /// ```
    pub fn containing(term: &Term, day: Date) -> Option<Self> {
        let length = length(term)?;
        let first = match length {
            Length::Day => day,
            Length::Week => monday_of(day)?,
            Length::Months(cycle) => first_of_cycle(cycle, day),
        };
        Self::starting(length, first)
    }

    /// The period after this one; `None` for a term that does not come back, or beyond the range of dates.
    ///
    /// ```
    /// use duban::domain::recurrence::Occurrence;
    /// use jiff::civil::date;
    /// let term = "every:1mo".parse().unwrap();
    /// let december = Occurrence::containing(&term, date(2022, 12, 28)).unwrap();
    /// assert_eq!(december.next(&term).unwrap().label, "2023-01");
    /// ```
    pub fn next(&self, term: &Term) -> Option<Self> {
        Self::starting(length(term)?, self.last.tomorrow().ok()?)
    }

    /// The first period after this one in which something is owed: 每个工作日 is owed on working days only.
    pub fn next_owed(&self, term: &Term, calendar: &WorkCalendar) -> Option<Self> {
        let mut next = self.next(term)?;
        while !next.is_owed(term, calendar) {
            next = next.next(term)?;
        }
        Some(next)
    }

    fn is_owed(&self, term: &Term, calendar: &WorkCalendar) -> bool {
        *term != Term::Every(Recurrence::WorkingDaily) || calendar.is_working_day(self.first)
    }

    /// The first period that is due on `from` or later: the one in which `from` lies, an earlier one whose date lies beyond
    /// its own end (每季度结束后10日内), or the next one when the date of the present one has passed. `due` tells the due
    /// date of a period.
    ///
    /// `None` for a term that does not come back, or beyond the range of dates.
    ///
    /// # Errors
    ///
    /// Those of `due`.
    pub fn first_due<E>(
        term: &Term,
        from: Date,
        calendar: &WorkCalendar,
        due: impl Fn(&Self) -> Result<Option<Date>, E>,
    ) -> Result<Option<Self>, E> {
        let Some(mut found) = Self::containing(term, from) else { return Ok(None) };
        let is_ahead =
            |it: &Self| Ok(it.is_owed(term, calendar) && due(it)?.is_some_and(|due| due >= from));
        while let Some(earlier) = found.previous(term)
            && is_ahead(&earlier)?
        {
            found = earlier;
        }
        if due(&found)?.is_none() {
            return Ok(Some(found));
        }
        while !is_ahead(&found)? {
            let Some(next) = found.next(term) else { return Ok(None) };
            found = next;
        }
        Ok(Some(found))
    }

    fn previous(&self, term: &Term) -> Option<Self> {
        Self::containing(term, self.first.yesterday().ok()?)
    }

    fn starting(length: Length, first: Date) -> Option<Self> {
        let last = match length {
            Length::Day => first,
            Length::Week => first.checked_add(6.days()).ok()?,
            Length::Months(cycle) => {
                first.checked_add(i32::from(cycle.months()).months()).ok()?.yesterday().ok()?
            }
        };
        Some(Self { first, last, label: label(length, first) })
    }
}

fn length(term: &Term) -> Option<Length> {
    match term {
        Term::Every(Recurrence::Daily | Recurrence::WorkingDaily) => Some(Length::Day),
        Term::Every(Recurrence::Weekly(_)) => Some(Length::Week),
        Term::Every(Recurrence::Monthly { every, .. }) => Some(Length::Months(*every)),
        Term::Times(quota) => Some(Length::Months(quota.every)),
        Term::By(_) | Term::Within(_) | Term::AtLeast(_) | Term::Window { .. } | Term::Undated => {
            None
        }
    }
}

fn monday_of(day: Date) -> Option<Date> {
    day.checked_sub(i32::from(day.weekday().since(Weekday::Monday)).days()).ok()
}

/// The first day of the cycle in which `day` lies; cycles begin in January.
fn first_of_cycle(cycle: Cycle, day: Date) -> Date {
    date(day.year(), month_of(cycle_number(cycle, day), cycle), 1)
}

/// Which cycle of the year `day` lies in, from 0.
fn cycle_number(cycle: Cycle, day: Date) -> u8 {
    (day.month().unsigned_abs() - 1) / cycle.months()
}

/// The first month of a cycle, by its number in the year.
fn month_of(number: u8, cycle: Cycle) -> i8 {
    i8::try_from(number * cycle.months() + 1).unwrap_or(1)
}

fn label(length: Length, first: Date) -> String {
    let year = first.year();
    match length {
        Length::Day => first.to_string(),
        Length::Week => {
            let week = first.iso_week_date();
            format!("{}W{:02}", week.year(), week.week())
        }
        Length::Months(Cycle::Month) => format!("{year}-{:02}", first.month()),
        Length::Months(cycle) => {
            let n = cycle_number(cycle, first) + 1;
            match cycle {
                Cycle::Year | Cycle::Month => year.to_string(),
                Cycle::HalfYear => format!("{year}H{n}"),
                Cycle::Quarter => format!("{year}Q{n}"),
                Cycle::TwoMonths => format!("{year}M{n}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn containing(term: &str, day: &str) -> Occurrence {
        Occurrence::containing(&term.parse().unwrap(), day.parse().unwrap()).unwrap()
    }

    #[test]
    fn every_length_has_its_label_and_its_ends() {
        for (term, label, first, last) in [
            ("every:1d", "2022-12-28", "2022-12-28", "2022-12-28"),
            ("every:1w", "2022W52", "2022-12-26", "2023-01-01"),
            ("every:1mo", "2022-12", "2022-12-01", "2022-12-31"),
            ("every:2mo", "2022M6", "2022-11-01", "2022-12-31"),
            ("every:3mo@2-last", "2022Q4", "2022-10-01", "2022-12-31"),
            ("every:6mo", "2022H2", "2022-07-01", "2022-12-31"),
            ("every:12mo@0-31", "2022", "2022-01-01", "2022-12-31"),
            ("=1/12mo", "2022", "2022-01-01", "2022-12-31"),
        ] {
            let occurrence = containing(term, "2022-12-28");
            assert_eq!(occurrence.label, label);
            let ends = (occurrence.first.to_string(), occurrence.last.to_string());
            assert_eq!(ends, (first.to_owned(), last.to_owned()), "{term}");
        }
    }

    #[test]
    fn the_first_days_of_january_may_lie_in_a_week_of_the_old_year() {
        assert_eq!(containing("every:1w", "2023-01-01").label, "2022W52");
        assert_eq!(containing("every:1w", "2024-12-30").label, "2025W01");
    }

    /// The label of the first occurrence due on `from` or later; a period is due so many days after it began.
    fn first_due(term: &str, from: &str, days_after_first: i32) -> String {
        let calendar = WorkCalendar::merge(&crate::config::calendars::shipped().unwrap()).unwrap();
        let due = |it: &Occurrence| {
            Ok::<_, std::convert::Infallible>(it.first.checked_add(days_after_first.days()).ok())
        };
        let found =
            Occurrence::first_due(&term.parse().unwrap(), from.parse().unwrap(), &calendar, due);
        found.unwrap().unwrap().label
    }

    #[test]
    fn a_series_begins_with_the_first_period_that_is_not_past_due() {
        assert_eq!(first_due("every:1mo", "2024-03-10", 9), "2024-03");
        assert_eq!(first_due("every:1mo", "2024-03-11", 9), "2024-04");
        assert_eq!(first_due("every:12mo", "2026-11-27", 30), "2027");
        // Ten days after the quarter has ended: on 5 January that of October is still to come.
        assert_eq!(first_due("every:3mo", "2024-01-05", 100), "2023Q4");
        assert_eq!(first_due("every:3mo", "2024-01-15", 100), "2024Q1");
        // 1 October to 8 October 2026 are days off but for the 8th; Saturday the 10th is a make-up day.
        assert_eq!(first_due("every:1wd", "2026-10-01", 0), "2026-10-08");
    }

    #[test]
    fn each_working_day_skips_days_off_and_keeps_make_up_days() {
        let calendar = WorkCalendar::merge(&crate::config::calendars::shipped().unwrap()).unwrap();
        let term: Term = "every:1wd".parse().unwrap();
        let mut day = containing("every:1wd", "2026-09-29");
        let mut labels = Vec::new();
        for _ in 0..4 {
            day = day.next_owed(&term, &calendar).unwrap();
            labels.push(day.label.clone());
        }
        assert_eq!(labels, ["2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10"]);
    }

    #[test]
    fn february_ends_on_its_own_last_day() {
        assert_eq!(containing("every:1mo", "2024-02-10").last.to_string(), "2024-02-29");
    }

    #[test]
    fn periods_follow_each_other_without_gap_and_their_labels_sort() {
        for term in ["every:1d", "every:1w", "every:1mo", "every:2mo", "every:3mo", "every:6mo"] {
            let term: Term = term.parse().unwrap();
            let mut occurrence = Occurrence::containing(&term, date(2021, 12, 30)).unwrap();
            for _ in 0..60 {
                let next = occurrence.next(&term).unwrap();
                assert_eq!(next.first, occurrence.last.tomorrow().unwrap());
                assert!(next.label > occurrence.label, "{} {}", occurrence.label, next.label);
                assert_eq!(Occurrence::containing(&term, next.last), Some(next.clone()));
                occurrence = next;
            }
        }
    }
}
