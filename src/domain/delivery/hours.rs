//! The hours in which mail may go out.
//!
//! Must not know: what the mail is about.

use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::moment::Moment;
use crate::domain::reminder::MailHours;

/// The window of a working day in which mail may go out, make-up days included.
#[derive(Clone, Debug)]
pub struct SendingHours {
    calendar: WorkCalendar,
    hours: MailHours,
}

impl SendingHours {
    /// These hours, on the working days of `calendar`.
    pub fn new(calendar: WorkCalendar, hours: MailHours) -> Self {
        Self { calendar, hours }
    }

    /// The first moment at or after `moment` at which mail may go out.
    pub fn slot(&self, moment: Moment) -> Moment {
        let (day, time) = (moment.today(), moment.time());
        if self.calendar.is_working_day(day) && time < self.hours.until {
            if time >= self.hours.from { moment } else { self.start_of(day) }
        } else {
            self.next_morning(moment)
        }
    }

    /// The start of the window on the first working day after that of `moment`.
    pub fn next_morning(&self, moment: Moment) -> Moment {
        let tomorrow = moment.today().tomorrow().unwrap_or(Date::MAX);
        self.start_of(self.calendar.on_or_after(tomorrow))
    }

    fn start_of(&self, day: Date) -> Moment {
        // a day at the end of jiff's range has no later moment; mail is not due there
        Moment::from_local(day.to_datetime(self.hours.from))
            .unwrap_or(Moment::at(jiff::Timestamp::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn calendar() -> WorkCalendar {
        WorkCalendar::merge(&crate::config::calendars::shipped().unwrap()).unwrap()
    }

    fn hours() -> SendingHours {
        SendingHours::new(calendar(), MailHours::default())
    }

    fn local(day: i8, hour: i8, minute: i8) -> Moment {
        Moment::from_local(date(2022, 12, day).at(hour, minute, 0, 0)).unwrap()
    }

    #[test]
    fn inside_the_window_mail_goes_at_once() {
        assert_eq!(hours().slot(local(28, 9, 0)), local(28, 9, 0));
        assert_eq!(hours().slot(local(28, 17, 29)), local(28, 17, 29));
    }

    #[test]
    fn outside_it_waits_for_the_next_working_morning() {
        assert_eq!(hours().slot(local(28, 8, 29)), local(28, 8, 30));
        assert_eq!(hours().slot(local(28, 17, 30)), local(29, 8, 30));
        let after_new_year = Moment::from_local(date(2023, 1, 3).at(8, 30, 0, 0)).unwrap();
        assert_eq!(
            hours().slot(local(30, 18, 0)),
            after_new_year,
            "1 January was given back on Monday the 2nd"
        );
        assert_eq!(hours().next_morning(local(28, 3, 0)), local(29, 8, 30));
    }
}
