//! Monday to Friday, without holidays: what is assumed where no notice is known.
//!
//! Must not know: notices.

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday, date};

/// A Monday to count from.
const MONDAY: Date = date(2001, 1, 1);

pub(super) fn is_weekday(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// How many weekdays lie after `after` and not after `through`; negative when `through` is before `after`.
pub(super) fn between(after: Date, through: Date) -> i64 {
    number(through) - number(after)
}

/// The `n`-th weekday after `after`; 0 is the last one not after it. `None` outside the range of dates.
pub(super) fn nth_after(after: Date, n: i64) -> Option<Date> {
    let index = number(after).checked_add(n)?.checked_sub(1)?;
    let days = index.div_euclid(5).checked_mul(7)?.checked_add(index.rem_euclid(5))?;
    MONDAY.checked_add(SignedDuration::from_hours(days.checked_mul(24)?)).ok()
}

/// The number of the last weekday not after `date`; 1 is [`MONDAY`].
fn number(date: Date) -> i64 {
    let days = date.duration_since(MONDAY).as_hours().div_euclid(24);
    days.div_euclid(7) * 5 + (days.rem_euclid(7) + 1).min(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_are_numbered_through_weekends_and_backwards() {
        let friday = date(2001, 1, 5);
        let steps =
            [(-5, date(2000, 12, 29)), (0, friday), (1, date(2001, 1, 8)), (6, date(2001, 1, 15))];
        for (n, day) in steps {
            assert_eq!(nth_after(friday, n), Some(day));
            assert_eq!(between(friday, day), n);
            assert_eq!(nth_after(date(2001, 1, 7), n), Some(day), "Sunday follows Friday");
        }
        assert_eq!(nth_after(friday, i64::MAX / 2), None);
    }
}
