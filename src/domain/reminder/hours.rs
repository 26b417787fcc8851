//! The hours in which mail may go out.
//!
//! Must not know: what is sent.

use jiff::civil::{Date, Time, time};

use crate::domain::calendar::WorkCalendar;
use crate::domain::moment::Moment;

/// The hours of a working day in which mail may go out, in Asia/Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailHours {
    /// The first minute.
    pub from: Time,
    /// The end, not included; later than `from`.
    pub until: Time,
}

impl Default for MailHours {
    /// 8:30 to 17:30, as in `config/duban.toml`.
    fn default() -> Self {
        Self { from: time(8, 30, 0, 0), until: time(17, 30, 0, 0) }
    }
}

impl MailHours {
    /// True on a working day, make-up Saturdays included, within the hours.
    pub fn are_open(self, now: Moment, calendar: &WorkCalendar) -> bool {
        (self.from..self.until).contains(&now.time()) && calendar.is_working_day(now.today())
    }

    /// The first day, from now on, on which mail may go out.
    pub fn next_day(self, now: Moment, calendar: &WorkCalendar) -> Date {
        let today = now.today();
        if now.time() < self.until {
            calendar.on_or_after(today)
        } else {
            next_working_day(calendar, today)
        }
    }
}

/// The first working day after `date`; `date` itself at the end of the range of dates.
pub(super) fn next_working_day(calendar: &WorkCalendar, date: Date) -> Date {
    date.tomorrow().map_or(date, |tomorrow| calendar.on_or_after(tomorrow))
}

/// The working day that lies `days` working days from `date`, or from the last working day before it when `date` is a rest day;
/// `None` outside the range of dates.
pub(super) fn working_days_from(calendar: &WorkCalendar, date: Date, days: i64) -> Option<Date> {
    calendar.working_days_from(date, days)
}
