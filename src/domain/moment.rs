//! An instant, read as a civil date and time in Asia/Shanghai.
//!
//! Must not know: where the instant came from. China has kept UTC+8 without summer time since 1991,
//! so a fixed offset is exact for every date this program meets.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The offset of Asia/Shanghai.
const SHANGHAI: Offset = Offset::constant(8);

/// One instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    /// Wraps an instant.
    pub fn at(instant: Timestamp) -> Self {
        Self(instant)
    }

    /// Returns the instant at which `local` is read on a clock in Shanghai.
    ///
    /// `None` outside jiff's range of instants (years -9999 to 9999).
    pub fn from_local(local: DateTime) -> Option<Self> {
        TimeZone::fixed(SHANGHAI).to_timestamp(local).ok().map(Self)
    }

    /// The instant itself.
    pub fn instant(self) -> Timestamp {
        self.0
    }

    /// Unix seconds, UTC.
    pub fn seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Civil date and time in Asia/Shanghai.
    pub fn local(self) -> DateTime {
        SHANGHAI.to_datetime(self.0)
    }

    /// Civil date in Asia/Shanghai.
    ///
    /// ```
    /// use duban::domain::moment::Moment;
    /// let just_past_midnight = "2022-12-27T16:01:00Z".parse().unwrap();
    /// assert_eq!(Moment::at(just_past_midnight).today(), jiff::civil::date(2022, 12, 28));
    /// ```
    pub fn today(self) -> Date {
        self.local().date()
    }

    /// Time of day in Asia/Shanghai.
    pub fn time(self) -> Time {
        self.local().time()
    }
    /// The instant `delay` later; the last instant there is if that lies beyond it.
    #[must_use]
    pub fn plus(self, delay: SignedDuration) -> Self {
        Self(self.0.checked_add(delay).unwrap_or(Timestamp::MAX))
    }

    /// How long ago `earlier` was; negative when it is later.
    pub fn since(self, earlier: Self) -> SignedDuration {
        self.0.duration_since(earlier.0)
    }
}
