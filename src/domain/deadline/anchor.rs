//! The day or the instant a term runs from.
//!
//! Must not know: terms.

use jiff::civil::Date;

use crate::domain::moment::Moment;

/// What a term runs from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The trigger's day, which is day 0; for a duty that comes back, the first day of the occurrence's period.
    Day(Date),
    /// The trigger's instant, for terms in hours.
    Instant(Moment),
}

impl Anchor {
    /// `None` when only the day is known.
    pub fn instant(self) -> Option<Moment> {
        match self {
            Self::Day(_) => None,
            Self::Instant(moment) => Some(moment),
        }
    }

    /// The day in Asia/Shanghai.
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Instant(moment) => moment.today(),
        }
    }
}

impl From<Date> for Anchor {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<Moment> for Anchor {
    fn from(moment: Moment) -> Self {
        Self::Instant(moment)
    }
}
