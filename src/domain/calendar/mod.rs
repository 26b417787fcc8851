//! The official working calendar (工作日历): all notices merged, with the day up to which it is certain.
//!
//! Owns the answer to "is this a working day, and which paper says so". Must not know: terms, rules, files.

mod notice;
mod overlay;
mod text;
mod weekdays;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, date};
use sha2::{Digest, Sha256};

pub use notice::{Amendment, Notice, NoticeFault};
pub use overlay::Overlay;
pub use text::NotACalendar;

/// Days at the end of December that the next year's notice may still change.
///
/// The notices of 2007, 2008, 2012, 2019 and 2023 did so, none earlier than 29 December; a week leaves room.
const OPEN_DAYS_OF_DECEMBER: i8 = 7;

/// Local days may lie so many years beyond the last notice; a year that is further off is mistyped.
const YEARS_OF_LOCAL_DAYS: i16 = 10;

/// Slots of one year in the table of ranks: every month has 31.
const SLOTS_PER_YEAR: i32 = 12 * 31;

/// Which days are worked, from the first day of the first notice on; beyond the last notice Monday to Friday is
/// assumed. A clone shares the tables.
///
/// Every question costs one or two look-ups: a working day's number is its *rank*, the day of a number is a
/// *select*, and both are tables.
#[derive(Clone, Debug)]
pub struct WorkCalendar {
    tables: Arc<Tables>,
}

#[derive(Debug)]
struct Tables {
    /// First day that a complete notice covers.
    first: Date,
    /// Last day that a complete notice covers.
    covered_through: Date,
    /// Last day that no notice can change any more, amendments aside.
    certain_through: Date,
    /// The year of slot 0.
    first_year: i32,
    /// By slot of a day: how many working days lie from 1 January of the first year through that day.
    rank: Vec<u32>,
    /// Working days in order; the one of rank `r` is at `r - 1`.
    select: Vec<Date>,
    /// First and last day of the two tables above.
    table: (Date, Date),
    /// Slots of [`first`](Self::first) and [`certain_through`](Self::certain_through).
    slots: (usize, usize),
    /// Ranks of the day before the one and of the other.
    ranks: (i64, i64),
    /// Every day a paper names.
    listed: BTreeMap<Date, ListedDay>,
    /// SHA-256 of what was merged, in hex.
    version: String,
}

/// What a paper says of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDay {
    /// True for a make-up day (调休上班) or a day worked by local order.
    pub works: bool,
    /// The holiday it belongs to or pays for.
    pub name: Arc<str>,
    /// The number (发文字号) of the notice or amendment, or the name of the local overlay.
    pub paper: Arc<str>,
}

/// Why a day is worked or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// Monday to Friday, and no paper says otherwise.
    Weekday,
    /// Saturday or Sunday, and no paper says otherwise.
    Weekend,
    /// A rest day named by a paper.
    Holiday(ListedDay),
    /// A day worked because a paper says so (调休上班).
    MakeUp(ListedDay),
}

/// Why notices do not make a calendar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFault {
    /// Nothing to merge.
    #[error("no notice is loaded")]
    NoNotices,
    /// A notice without a single rest day: the file exists, the year is not known.
    #[error("the notice for {year} names no rest day")]
    EmptyNotice {
        /// The year in its title.
        year: i16,
    },
    /// Two notices for one year.
    #[error("the year {year} has two notices, {first} and {second}")]
    YearTwice {
        /// The year in both titles.
        year: i16,
        /// Number of the one.
        first: String,
        /// Number of the other.
        second: String,
    },
    /// A year is missing between two that are there.
    #[error("the notice for {year} is missing")]
    YearMissing {
        /// The first year missing.
        year: i16,
    },
    /// A day is named twice, in one notice or in two.
    #[error("{date} is named twice, by {first} and by {second}")]
    DayTwice {
        /// The day.
        date: Date,
        /// The paper that named it first.
        first: String,
        /// The paper that named it again.
        second: String,
    },
    /// A day that lies neither in a notice's year nor in the December before, or a local day far outside the calendar.
    #[error("{paper} names {date}, which it cannot cover")]
    OutOfPlace {
        /// The day.
        date: Date,
        /// The paper.
        paper: String,
    },
}

impl WorkCalendar {
    /// Merges all notices, in any order, into one calendar.
    ///
    /// # Errors
    ///
    /// A [`CalendarFault`] when the notices are none, empty, not of consecutive years, or contradict each other.
    ///
    /// ```
    /// use duban::domain::calendar::WorkCalendar;
    /// use jiff::civil::date;
    /// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
    /// assert!(calendar.is_working_day(date(2026, 2, 14))); // a make-up Saturday
    /// assert!(!calendar.is_working_day(date(2026, 2, 16)));
    /// assert_eq!(calendar.certain_through(), date(2026, 12, 24));
    /// ```
    pub fn merge(notices: &[Notice]) -> Result<Self, CalendarFault> {
        let mut notices: Vec<&Notice> = notices.iter().collect();
        notices.sort_by_key(|notice| notice.year);
        check_years(&notices)?;
        let mut listed = BTreeMap::new();
        for notice in &notices {
            for (date, day) in notice.listed_days() {
                if !notice.may_name(date) {
                    return Err(CalendarFault::OutOfPlace { date, paper: day.paper.to_string() });
                }
                add_day(&mut listed, date, day)?;
            }
        }
        let (Some(first), Some(last)) = (notices.first(), notices.last()) else {
            return Err(CalendarFault::NoNotices);
        };
        let covered = (date(first.year, 1, 1), last_of(last.year));
        let certain = date(last.year, 12, 31 - OPEN_DAYS_OF_DECEMBER);
        Ok(Self { tables: Arc::new(Tables::build(covered, certain, listed)) })
    }

    /// True when the day is worked: as listed, and otherwise from Monday to Friday.
    ///
    /// Before [`first`](Self::first) and after [`certain_through`](Self::certain_through) this is an assumption.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.on_or_before(date) == date
    }

    /// Why the day is worked or not.
    pub fn kind(&self, date: Date) -> DayKind {
        match self.tables.listed.get(&date) {
            Some(day) if day.works => DayKind::MakeUp(day.clone()),
            Some(day) => DayKind::Holiday(day.clone()),
            None if weekdays::is_weekend(date) => DayKind::Weekend,
            None => DayKind::Weekday,
        }
    }

    /// The first day that a complete notice covers; a count may not reach further back.
    pub fn first(&self) -> Date {
        self.tables.first
    }

    /// The horizon: the last day that the next notice cannot change any more.
    ///
    /// A year is certain only once the next year's notice is loaded, because that notice may move days of the
    /// December before it. Held by `december_stays_open_until_the_next_notice`.
    pub fn certain_through(&self) -> Date {
        self.tables.certain_through
    }

    /// How many days from `today` are known for certain, calendar days; negative past the horizon.
    ///
    /// ```
    /// use duban::domain::calendar::WorkCalendar;
    /// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
    /// assert_eq!(calendar.days_certain(jiff::civil::date(2026, 10, 25)), 60);
    /// ```
    pub fn days_certain(&self, today: Date) -> i64 {
        self.certain_through().duration_since(today).as_hours() / 24
    }

    /// SHA-256 of the merged content, in hex: equal content, equal version, whatever the order of the notices.
    pub fn version(&self) -> &str {
        &self.tables.version
    }

    /// The nearest working day not after `date`.
    pub fn on_or_before(&self, date: Date) -> Date {
        self.working_day(self.rank(date)).unwrap_or(date)
    }

    /// The nearest working day not before `date`.
    pub fn on_or_after(&self, date: Date) -> Date {
        let rank = self.rank(date);
        match self.working_day(rank) {
            Some(day) if day == date => day,
            _ => self.working_day(rank.saturating_add(1)).unwrap_or(date),
        }
    }

    /// How many working days lie after `after` and not after `through`; negative when `through` is before `after`.
    pub fn working_days_between(&self, after: Date, through: Date) -> i64 {
        self.rank(through).saturating_sub(self.rank(after))
    }

    /// Every day named by a paper, in order.
    pub fn listed(&self) -> impl Iterator<Item = (Date, &ListedDay)> {
        self.tables.listed.iter().map(|(date, day)| (*date, day))
    }

    /// This calendar with local rest days and local working days laid over it.
    ///
    /// # Errors
    ///
    /// [`CalendarFault::DayTwice`] when the overlay names a day twice, [`CalendarFault::OutOfPlace`] when it
    /// names one before the calendar begins or so long after it that the year must be a slip of the pen.
    pub fn overlaid(&self, overlay: &Overlay) -> Result<Self, CalendarFault> {
        let mut local = BTreeMap::new();
        let last_year = self.tables.covered_through.year().saturating_add(YEARS_OF_LOCAL_DAYS);
        for (date, day) in overlay.listed_days() {
            if date < self.tables.first || date.year() > last_year {
                return Err(CalendarFault::OutOfPlace { date, paper: day.paper.to_string() });
            }
            add_day(&mut local, date, day)?;
        }
        let mut listed = self.tables.listed.clone();
        listed.extend(local);
        let covered = (self.tables.first, self.tables.table.1);
        let tables = Tables::build(covered, self.tables.certain_through, listed);
        Ok(Self { tables: Arc::new(tables) })
    }

    /// The `n`-th working day after `start`, before it when `n` is negative, and whether that is provisional.
    ///
    /// `None` for what the tables alone cannot answer: `n` is 0, or a day lies outside of them or before
    /// [`first`](Self::first). Dates are compared by slot and by rank, so the common case is two look-ups and no more.
    #[inline]
    pub(super) fn count_in_tables(&self, start: Date, n: i32) -> Option<(Date, bool)> {
        let tables = &*self.tables;
        let slot = slot(tables.first_year, start)?;
        let rank = i64::from(*tables.rank.get(slot)?);
        if slot < tables.slots.0 || n == 0 {
            return None;
        }
        let mut number = rank.wrapping_add(i64::from(n));
        if n < 0 {
            let before = slot.checked_sub(1).and_then(|before| tables.rank.get(before));
            let works = before.is_none_or(|before| i64::from(*before) < rank);
            number = number.wrapping_add(i64::from(!works));
        }
        if number <= tables.ranks.0 {
            return None;
        }
        let day = *tables.select.get(usize::try_from(number.wrapping_sub(1)).ok()?)?;
        Some((day, number > tables.ranks.1 || slot > tables.slots.1))
    }

    /// The number of the last working day not after `date`; 1 is the first of the tables, and numbers go on
    /// below and above them from Monday to Friday.
    pub(super) fn rank(&self, date: Date) -> i64 {
        let tables = &*self.tables;
        if let Some(rank) = slot(tables.first_year, date).and_then(|slot| tables.rank.get(slot)) {
            return i64::from(*rank);
        }
        let (start, end) = tables.table;
        if date < start {
            weekdays::between(start, date).saturating_sub(i64::from(weekdays::is_weekday(start)))
        } else {
            tables.len().saturating_add(weekdays::between(end, date))
        }
    }

    /// The working day of a number; `None` outside the range of dates.
    pub(super) fn working_day(&self, rank: i64) -> Option<Date> {
        let tables = &*self.tables;
        let listed = usize::try_from(rank.wrapping_sub(1)).ok();
        if let Some(day) = listed.and_then(|index| tables.select.get(index)) {
            return Some(*day);
        }
        let (start, end) = tables.table;
        if rank <= 0 {
            weekdays::nth_after(start, rank.checked_add(i64::from(weekdays::is_weekday(start)))?)
        } else {
            weekdays::nth_after(end, rank.checked_sub(tables.len())?)
        }
    }
}

impl Tables {
    /// `covered` is the first and the last day of the notices; a listed day outside widens the tables to its year.
    fn build(
        covered: (Date, Date),
        certain_through: Date,
        listed: BTreeMap<Date, ListedDay>,
    ) -> Self {
        let earliest = listed.keys().next().map_or(covered.0, |day| (*day).min(covered.0));
        let latest = listed.keys().next_back().map_or(covered.1, |day| (*day).max(covered.1));
        let table = (earliest.first_of_year(), latest.last_of_year());
        let first_year = i32::from(table.0.year());
        let count = |days: &Vec<Date>| u32::try_from(days.len()).unwrap_or(u32::MAX);
        let mut rank = Vec::new();
        let mut select = Vec::new();
        let days = std::iter::successors(Some(table.0), |day| day.tomorrow().ok());
        for day in days.take_while(|day| *day <= table.1) {
            // A slot that is no day, 31 June, keeps the rank of the day before it.
            let before = count(&select);
            rank.resize(slot(first_year, day).unwrap_or(0), before);
            if listed.get(&day).map_or(!weekdays::is_weekend(day), |listed| listed.works) {
                select.push(day);
            }
            rank.push(count(&select));
        }
        let version = version_of(covered, certain_through, &listed);
        let first = covered.0;
        let slot_of = |date| slot(first_year, date).unwrap_or(0);
        let slots = (slot_of(first), slot_of(certain_through));
        let rank_at = |slot: Option<usize>| {
            slot.and_then(|slot| rank.get(slot)).map_or(0, |rank| i64::from(*rank))
        };
        let ranks = (rank_at(slots.0.checked_sub(1)), rank_at(Some(slots.1)));
        Self {
            first,
            covered_through: covered.1,
            certain_through,
            first_year,
            rank,
            select,
            table,
            slots,
            ranks,
            listed,
            version,
        }
    }

    /// Number of working days in the tables.
    fn len(&self) -> i64 {
        i64::try_from(self.select.len()).unwrap_or(i64::MAX)
    }
}

/// The place of a date in the table of ranks; `None` before the first year.
#[inline]
fn slot(first_year: i32, date: Date) -> Option<usize> {
    let years = i32::from(date.year()).wrapping_sub(first_year);
    let month = i32::from(date.month()).wrapping_sub(1);
    let day = i32::from(date.day()).wrapping_sub(1);
    let slot = years.wrapping_mul(SLOTS_PER_YEAR).wrapping_add(month.wrapping_mul(31));
    usize::try_from(slot.wrapping_add(day)).ok()
}

fn check_years(notices: &[&Notice]) -> Result<(), CalendarFault> {
    if let Some(empty) = notices.iter().find(|notice| notice.off.is_empty()) {
        return Err(CalendarFault::EmptyNotice { year: empty.year });
    }
    for pair in notices.windows(2) {
        let [earlier, later] = pair else { continue };
        let next = earlier.year.saturating_add(1);
        if later.year == earlier.year {
            return Err(CalendarFault::YearTwice {
                year: later.year,
                first: earlier.number.clone(),
                second: later.number.clone(),
            });
        }
        if later.year != next {
            return Err(CalendarFault::YearMissing { year: next });
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

fn last_of(year: i16) -> Date {
    date(year, 12, 31)
}

/// Hashes a line per fact, so that equal content has an equal version on every machine.
fn version_of(
    covered: (Date, Date),
    certain_through: Date,
    listed: &BTreeMap<Date, ListedDay>,
) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{} {} {certain_through}\n", covered.0, covered.1));
    for (date, ListedDay { works, name, paper }) in listed {
        hash.update(format!("{date} {works} {name} {paper}\n"));
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

#[cfg(test)]
mod tests;
