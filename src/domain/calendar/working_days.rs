//! An index of working days: how many there are through a day, and on which day the n-th one falls.
//!
//! Both answers cost one look-up each, however many days lie between. Must not know: notices, the horizon.

use jiff::civil::Date;

use super::weekdays;

/// The working days of whole years; outside these years, Monday to Friday.
#[derive(Debug)]
pub(super) struct WorkingDays {
    first: Date,
    last: Date,
    /// For each day of each month from [`first`](Self::first) on, how many working days there are through it.
    through: Vec<[u32; 31]>,
    /// The working days in order.
    days: Vec<Date>,
}

impl WorkingDays {
    /// Indexes the years of `from` through `through`, both whole; asks for each day once, in order.
    pub(super) fn index(
        from: Date,
        through: Date,
        mut is_worked: impl FnMut(Date) -> bool,
    ) -> Self {
        let (first, last) = (from.first_of_year(), through.last_of_year());
        let mut index = Self { first, last, through: Vec::new(), days: Vec::new() };
        let dates = std::iter::successors(Some(first), |day| day.tomorrow().ok());
        for date in dates.take_while(|date| *date <= last) {
            if is_worked(date) {
                index.days.push(date);
            }
            let through = u32::try_from(index.days.len()).unwrap_or(u32::MAX);
            if date.day() == 1 {
                index.through.push([0; 31]);
            }
            let month = index.through.last_mut();
            if let Some(cell) = month.and_then(|month| month.get_mut(place_in_month(date))) {
                *cell = through;
            }
        }
        index
    }

    /// How many working days there are from the beginning of the index through `date`; for a date before it, the
    /// negative number of weekdays between.
    #[inline]
    pub(super) fn count_through(&self, date: Date) -> i64 {
        let years = i32::from(date.year()) - i32::from(self.first.year());
        let month = usize::try_from(years * 12 + i32::from(date.month()) - 1).ok();
        let month = month.and_then(|month| self.through.get(month));
        match month.and_then(|month| month.get(place_in_month(date))) {
            Some(through) => i64::from(*through),
            None => self.assumed_count_through(date),
        }
    }

    /// The `n`-th working day as counted by [`count_through`](Self::count_through); `None` outside the range of dates.
    #[inline]
    pub(super) fn nth(&self, n: i64) -> Option<Date> {
        let index = usize::try_from(n.wrapping_sub(1)).ok();
        match index.and_then(|index| self.days.get(index)) {
            Some(day) => Some(*day),
            None => self.assumed_nth(n),
        }
    }

    #[cold]
    fn assumed_count_through(&self, date: Date) -> i64 {
        if date < self.first {
            weekdays::between(self.day_before_first(), date)
        } else {
            self.len() + weekdays::between(self.last, date)
        }
    }

    #[cold]
    fn assumed_nth(&self, n: i64) -> Option<Date> {
        if n <= 0 {
            weekdays::nth_after(self.day_before_first(), n)
        } else {
            weekdays::nth_after(self.last, n - self.len())
        }
    }

    fn day_before_first(&self) -> Date {
        self.first.yesterday().unwrap_or(self.first)
    }

    fn len(&self) -> i64 {
        i64::try_from(self.days.len()).unwrap_or(i64::MAX)
    }
}

#[inline]
fn place_in_month(date: Date) -> usize {
    usize::from(date.day().unsigned_abs()) - 1
}
