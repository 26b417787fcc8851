//! How far a quota (每年不少于4次) has come, and until when the rest can still be done.
//!
//! Must not know: what an event was, which unit held it.

use jiff::civil::Date;

use super::Occurrence;
use crate::domain::calendar::WorkCalendar;
use crate::domain::term::Quota;

/// Working days that should lie between two events: four briefings on 31 December fulfil nothing.
///
/// Reading: no document gives a distance; a working week is the least that lets one event be prepared after another
/// (held by `the_last_events_keep_a_working_week_between_them`).
pub const SPACING_WORKING_DAYS: u32 = 5;

/// How far a quota has come in one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaProgress {
    /// Events in the period, up to the day asked about.
    pub done: u32,
    /// How many are asked for.
    pub required: u32,
    /// How many would be done by now at an even pace, rounded down.
    pub expected: u32,
    /// Events that followed the one before them by less than [`SPACING_WORKING_DAYS`].
    pub bunched: u32,
    /// The latest day for the next one that leaves room for those after it; `None` when all are done. Before the day asked
    /// about, when the rest no longer fits.
    pub next_by: Option<Date>,
    /// The rest of the period is too short for what remains.
    pub no_longer_fits: bool,
}

/// One unit's share of a quota in one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaShare {
    /// What is asked for.
    pub quota: Quota,
    /// The period.
    pub period: Occurrence,
    /// Days of the events held, in any order.
    pub events: Vec<Date>,
}

impl QuotaShare {
    /// How far it has come as of `today`; as [`quota_progress`].
    pub fn progress(&self, today: Date, calendar: &WorkCalendar) -> QuotaProgress {
        quota_progress(self.quota, &self.period, &self.events, today, calendar)
    }
}

impl QuotaProgress {
    /// How many are still to be done.
    pub fn remaining(&self) -> u32 {
        self.required.saturating_sub(self.done)
    }

    /// True when as many are done as are asked for.
    pub fn is_met(&self) -> bool {
        self.remaining() == 0
    }

    /// True when fewer are done than an even pace would have done by now.
    pub fn is_behind(&self) -> bool {
        self.done < self.expected.min(self.required)
    }
}

/// Returns the pace of `quota` in `occurrence` as of `today`. `events` may come in any order; those outside the period, or
/// after today, do not count.
///
/// ```
/// use duban::domain::{calendar::WorkCalendar, recurrence::{Occurrence, quota_progress}, term::Term};
/// use jiff::civil::date;
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let term = ">=4/12mo".parse().unwrap();
/// let Term::Times(quota) = term else { unreachable!() };
/// let year = Occurrence::containing(&term, date(2022, 12, 1)).unwrap();
/// let progress = quota_progress(quota, &year, &[date(2022, 3, 1), date(2022, 6, 1)], date(2022, 12, 1), &calendar);
/// assert_eq!((progress.done, progress.remaining(), progress.expected), (2, 2, 3));
/// assert_eq!(progress.next_by, Some(date(2022, 12, 23)));
/// ```
pub fn quota_progress(
    quota: Quota,
    occurrence: &Occurrence,
    events: &[Date],
    today: Date,
    calendar: &WorkCalendar,
) -> QuotaProgress {
    let mut events: Vec<Date> = events
        .iter()
        .copied()
        .filter(|day| (occurrence.first..=occurrence.last).contains(day) && *day <= today)
        .collect();
    events.sort_unstable();
    let spacing = i64::from(SPACING_WORKING_DAYS);
    let bunched = events.windows(2).filter(|pair| match pair {
        [before, after] => calendar.working_days_between(*before, *after) < spacing,
        _ => false,
    });
    let bunched = count(bunched.count());
    let done = count(events.len());
    let remaining = quota.times.saturating_sub(done);
    let next_by = latest_next(remaining, occurrence.last, calendar);
    QuotaProgress {
        done,
        required: quota.times,
        expected: expected(quota.times, occurrence, today),
        bunched,
        next_by,
        no_longer_fits: next_by.is_some_and(|next_by| next_by < today),
    }
}

/// The last working day of the period, less one spacing for every event after the next.
fn latest_next(remaining: u32, last: Date, calendar: &WorkCalendar) -> Option<Date> {
    let after_next = i64::from(remaining.checked_sub(1)?);
    let back = after_next * i64::from(SPACING_WORKING_DAYS);
    calendar.working_days_from(last, -back)
}

fn expected(times: u32, occurrence: &Occurrence, today: Date) -> u32 {
    let days =
        |from: Date, through: Date| i64::from(from.until(through).map_or(0, |it| it.get_days()));
    let length = days(occurrence.first, occurrence.last) + 1;
    let gone = (days(occurrence.first, today.min(occurrence.last)) + 1).max(0);
    let expected = (i64::from(times) * gone).checked_div(length).unwrap_or(0);
    u32::try_from(expected).unwrap_or(0)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::config::calendars;
    use crate::domain::term::Term;

    fn as_of(term: &str, events: &[Date], today: Date) -> QuotaProgress {
        let calendar = WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap();
        let term: Term = term.parse().unwrap();
        let Term::Times(quota) = term else { panic!("no quota") };
        let occurrence = Occurrence::containing(&term, today).unwrap();
        quota_progress(quota, &occurrence, events, today, &calendar)
    }

    #[test]
    fn the_last_events_keep_a_working_week_between_them() {
        // Four are left: 30 December 2022 is the last working day, each earlier one lies five working days before.
        let progress = as_of(">=4/12mo", &[], date(2022, 12, 1));
        assert_eq!(progress.next_by, Some(date(2022, 12, 9)));
        assert!(!progress.no_longer_fits);
    }

    #[test]
    fn a_quota_left_to_december_sounds_the_alarm_when_the_rest_no_longer_fits() {
        let held = [date(2022, 11, 1)];
        assert!(!as_of(">=4/12mo", &held, date(2022, 12, 16)).no_longer_fits);
        assert!(as_of(">=4/12mo", &held, date(2022, 12, 19)).no_longer_fits);
    }

    #[test]
    fn events_of_another_year_and_of_the_future_do_not_count() {
        let events = [date(2021, 12, 31), date(2022, 5, 5), date(2022, 7, 1)];
        assert_eq!(as_of(">=2/12mo", &events, date(2022, 6, 1)).done, 1);
    }

    #[test]
    fn a_fulfilled_quota_has_no_next_date() {
        let events = [date(2022, 3, 1), date(2022, 6, 1)];
        let progress = as_of(">=2/12mo", &events, date(2022, 12, 31));
        assert!(progress.is_met() && !progress.is_behind());
        assert_eq!((progress.next_by, progress.no_longer_fits), (None, false));
    }

    #[test]
    fn four_events_in_one_week_are_counted_but_called_bunched() {
        let events =
            [date(2022, 12, 27), date(2022, 12, 28), date(2022, 12, 29), date(2022, 12, 30)];
        let progress = as_of(">=4/12mo", &events, date(2022, 12, 31));
        assert_eq!((progress.done, progress.bunched), (4, 3));
    }

    #[test]
    fn the_even_pace_grows_through_the_period() {
        let expected = |month, day| as_of(">=4/12mo", &[], date(2022, month, day)).expected;
        assert_eq!(
            (expected(1, 1), expected(6, 30), expected(7, 2), expected(12, 31)),
            (0, 1, 2, 4)
        );
        assert!(as_of(">=4/12mo", &[], date(2022, 4, 2)).is_behind());
    }
}
