//! The merged calendar and its questions.
//!
//! Must not know: the form of a notice's file, who asks.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use jiff::civil::{Date, date};
use sha2::{Digest, Sha256};

use super::day::{DayKind, ListedDay};
use super::fault::CalendarFault;
use super::notice::Notice;
use super::overlay::Overlay;
use super::weekdays;
use super::working_days::WorkingDays;

/// Days at the end of December that the next year's notice may still change.
///
/// The notices of 2007, 2008, 2012, 2019 and 2023 did so, none earlier than 29 December; a week leaves a margin.
const OPEN_DAYS_OF_DECEMBER: i8 = 7;

/// An overlay may name days this many years beyond the last notice; a later year is a typing error.
const YEARS_OF_LOCAL_DAYS: i16 = 10;

/// Which days are worked, from the first day of the first notice on; after the last notice Monday to Friday is
/// assumed. A clone shares the data.
#[derive(Clone, Debug)]
pub struct WorkCalendar(Arc<Merged>);

/// Notices and overlays, merged and indexed.
#[derive(Debug)]
struct Merged {
    coverage: Coverage,
    listed: BTreeMap<Date, ListedDay>,
    working_days: WorkingDays,
    /// SHA-256 of coverage and listed days, in hex.
    version: OnceLock<String>,
}

/// The days a calendar knows; all three ends are included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coverage {
    /// First day that a notice covers.
    pub(super) first: Date,
    /// Last day that a notice covers.
    pub(super) through: Date,
    /// Last day that no later notice can change, amendments aside.
    pub(super) certain_through: Date,
}

impl WorkCalendar {
    /// Merges all notices, in any order, into one calendar.
    ///
    /// # Errors
    ///
    /// A [`CalendarFault`] when the notices are none, empty, not of consecutive years, or contradict each other.
    ///
    /// ```
    /// use duban::domain::calendar::{Notice, WorkCalendar};
    /// use jiff::civil::date;
    /// let notice = Notice {
    ///     year: 2026,
    ///     number: "国办发明电〔2025〕7号".to_owned(),
    ///     issued: Some(date(2025, 11, 4)),
    ///     published: None,
    ///     off: vec![(date(2026, 2, 16), "春节".to_owned())],
    ///     work: vec![(date(2026, 2, 14), "春节".to_owned())],
    ///     amendments: Vec::new(),
    /// };
    /// let calendar = WorkCalendar::merge(&[notice]).unwrap();
    /// assert!(calendar.is_working_day(date(2026, 2, 14))); // a make-up Saturday
    /// assert!(!calendar.is_working_day(date(2026, 2, 16))); // a Monday
    /// assert_eq!(calendar.certain_through(), date(2026, 12, 24));
    /// ```
    pub fn merge(notices: &[Notice]) -> Result<Self, CalendarFault> {
        let mut notices: Vec<&Notice> = notices.iter().collect();
        notices.sort_by_key(|notice| notice.year);
        check_years(&notices)?;
        let (Some(earliest), Some(latest)) = (notices.first(), notices.last()) else {
            return Err(CalendarFault::NoNotices);
        };
        let coverage = Coverage {
            first: date(earliest.year, 1, 1),
            through: date(latest.year, 12, 31),
            certain_through: date(latest.year, 12, 31 - OPEN_DAYS_OF_DECEMBER),
        };
        let mut listed = BTreeMap::new();
        for notice in notices {
            for (date, day) in notice.listed_days() {
                if !notice.may_name(date) {
                    return Err(CalendarFault::OutOfPlace { date, paper: day.paper.to_string() });
                }
                add_day(&mut listed, date, day)?;
            }
        }
        Ok(Self::of(coverage, listed))
    }

    /// Indexes the years covered and the years of listed days outside them.
    pub(super) fn of(coverage: Coverage, listed: BTreeMap<Date, ListedDay>) -> Self {
        let earliest = listed.keys().next().map_or(coverage.first, |day| coverage.first.min(*day));
        let latest =
            listed.keys().next_back().map_or(coverage.through, |day| coverage.through.max(*day));
        let mut coming = listed.iter().peekable();
        let working_days = WorkingDays::index(earliest, latest, |day| {
            let of_day = coming.next_if(|(date, _)| **date == day);
            of_day.map_or_else(|| weekdays::is_weekday(day), |(_, listed)| listed.works)
        });
        Self(Arc::new(Merged { coverage, listed, working_days, version: OnceLock::new() }))
    }

    /// This calendar with local rest days and local working days, which replace its own.
    ///
    /// # Errors
    ///
    /// [`CalendarFault::DayTwice`] when the overlay names a day twice, [`CalendarFault::OutOfPlace`] when it names a day
    /// before the calendar begins, or one so long after its end that the year must be a typing error.
    pub fn overlaid(&self, overlay: &Overlay) -> Result<Self, CalendarFault> {
        let coverage = self.coverage();
        let last_year = coverage.through.year().saturating_add(YEARS_OF_LOCAL_DAYS);
        let mut local = BTreeMap::new();
        for (date, day) in overlay.listed_days() {
            if date < coverage.first || date.year() > last_year {
                return Err(CalendarFault::OutOfPlace { date, paper: day.paper.to_string() });
            }
            add_day(&mut local, date, day)?;
        }
        let mut listed = self.0.listed.clone();
        listed.extend(local);
        Ok(Self::of(coverage, listed))
    }

    /// True when the day is worked: as listed, and otherwise from Monday to Friday.
    ///
    /// Before [`first`](Self::first) and after [`certain_through`](Self::certain_through) this is an assumption.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.on_or_before(date) == date
    }

    /// Why the day is worked or not.
    pub fn kind(&self, date: Date) -> DayKind {
        match self.0.listed.get(&date) {
            Some(day) if day.works => DayKind::MakeUp(day.clone()),
            Some(day) => DayKind::Holiday(day.clone()),
            None if weekdays::is_weekday(date) => DayKind::Weekday,
            None => DayKind::Weekend,
        }
    }

    /// The first day that a notice covers; a count may not reach further back.
    #[inline]
    pub fn first(&self) -> Date {
        self.coverage().first
    }

    /// The horizon: the last day that the next notice cannot change.
    ///
    /// A year is certain only once the next year's notice is loaded, because that notice may move days of the
    /// December before it. Held by `december_stays_open_until_the_next_notice`.
    #[inline]
    pub fn certain_through(&self) -> Date {
        self.coverage().certain_through
    }

    /// True for a day not after the [horizon](Self::certain_through).
    #[inline]
    pub fn is_certain(&self, date: Date) -> bool {
        let horizon = self.certain_through();
        // The years nearly always decide; comparing whole dates costs as much as counting.
        date.year() < horizon.year() || date <= horizon
    }

    /// True for a day not before the [first](Self::first).
    #[inline]
    pub fn reaches_back_to(&self, date: Date) -> bool {
        let first = self.first();
        date.year() > first.year() || date >= first
    }

    /// How many days from `today` are known for certain, in calendar days; negative after the horizon.
    ///
    /// ```
    /// use duban::domain::calendar::WorkCalendar;
    /// let text = "calendar 2026-01-01 2026-12-31 2026-12-24";
    /// let calendar: WorkCalendar = text.parse().unwrap();
    /// assert_eq!(calendar.days_certain(jiff::civil::date(2026, 10, 25)), 60);
    /// ```
    pub fn days_certain(&self, today: Date) -> i64 {
        self.certain_through().duration_since(today).as_hours() / 24
    }

    /// SHA-256 of the merged content, in hex: equal content, equal version, whatever the order of the notices.
    pub fn version(&self) -> &str {
        self.0.version.get_or_init(|| version_of(self.0.coverage, &self.0.listed))
    }

    /// Every day named by a paper, in order.
    pub fn listed(&self) -> impl Iterator<Item = (Date, &ListedDay)> {
        self.0.listed.iter().map(|(date, day)| (*date, day))
    }

    /// The last working day not after `date`.
    pub fn on_or_before(&self, date: Date) -> Date {
        self.working_days_from(date, 0).unwrap_or(date)
    }

    /// The first working day not before `date`.
    pub fn on_or_after(&self, date: Date) -> Date {
        if self.is_working_day(date) {
            date
        } else {
            self.working_days_from(date, 1).unwrap_or(date)
        }
    }

    /// The working day `n` working days after the last one not after `date`; before it when `n` is negative.
    ///
    /// `None` outside the range of dates. The cost does not depend on `n`.
    ///
    /// ```
    /// use duban::domain::calendar::WorkCalendar;
    /// use jiff::civil::date;
    /// let calendar: WorkCalendar = "calendar 2026-01-01 2026-12-31 2026-12-24".parse().unwrap();
    /// let sunday = date(2026, 3, 8);
    /// let from_sunday = |n| calendar.working_days_from(sunday, n);
    /// assert_eq!(from_sunday(0), Some(date(2026, 3, 6)));
    /// assert_eq!(from_sunday(1), Some(date(2026, 3, 9)));
    /// assert_eq!(from_sunday(-5), Some(date(2026, 2, 27)));
    /// ```
    #[inline]
    pub fn working_days_from(&self, date: Date, n: i64) -> Option<Date> {
        let working_days = &self.0.working_days;
        working_days.nth(working_days.count_through(date).checked_add(n)?)
    }

    /// How many working days lie after `after` and not after `through`; negative when `through` is before `after`.
    pub fn working_days_between(&self, after: Date, through: Date) -> i64 {
        let working_days = &self.0.working_days;
        working_days.count_through(through) - working_days.count_through(after)
    }

    #[inline]
    pub(super) fn coverage(&self) -> Coverage {
        self.0.coverage
    }
}

fn check_years(notices: &[&Notice]) -> Result<(), CalendarFault> {
    if let Some(empty) = notices.iter().find(|notice| notice.off.is_empty()) {
        return Err(CalendarFault::EmptyNotice { year: empty.year });
    }
    for pair in notices.windows(2) {
        let [earlier, later] = pair else { continue };
        match later.year.checked_sub(earlier.year) {
            Some(0) => {
                return Err(CalendarFault::YearTwice {
                    year: later.year,
                    first: earlier.number.clone(),
                    second: later.number.clone(),
                });
            }
            Some(1) => {}
            _ => return Err(CalendarFault::YearMissing { year: earlier.year + 1 }),
        }
    }
    Ok(())
}

fn add_day(
    listed: &mut BTreeMap<Date, ListedDay>,
    date: Date,
    day: ListedDay,
) -> Result<(), CalendarFault> {
    let second = day.paper.to_string();
    match listed.insert(date, day) {
        None => Ok(()),
        Some(first) => {
            Err(CalendarFault::DayTwice { date, first: first.paper.to_string(), second })
        }
    }
}

/// Hashes a line for each listed day, so that equal content has an equal version on every machine.
fn version_of(coverage: Coverage, listed: &BTreeMap<Date, ListedDay>) -> String {
    let mut hash = Sha256::new();
    let Coverage { first, through, certain_through } = coverage;
    hash.update(format!("{first} {through} {certain_through}\n"));
    for (date, ListedDay { works, name, paper }) in listed {
        hash.update(format!("{date} {works} {name} {paper}\n"));
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}
