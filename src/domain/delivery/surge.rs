//! The surge limit (突发量限制): a pass that would send far more mail than usual waits for a person.
//!
//! Must not know: how mails are counted, where the floor is configured.

/// The busiest of this many past days tells what is usual.
pub const USUAL_DAYS: i64 = 60;

/// A pass may send this many times the mails of the busiest day.
const ALLOWED_GROWTH: usize = 3;

/// When the mails of a pass are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurgeLimit {
    /// This number of mails is never held: a young ledger has no usual day.
    pub floor: usize,
}

impl SurgeLimit {
    /// True when a pass with `would_send` mails waits for a person; `busiest_day` is the number of mails on the busiest of
    /// the last [`USUAL_DAYS`].
    ///
    /// ```
    /// use duban::domain::delivery::SurgeLimit;
    /// let limit = SurgeLimit { floor: 200 };
    /// assert!(!limit.holds(200, 0));
    /// assert!(limit.holds(201, 0));
    /// assert!(!limit.holds(300, 100));
    /// assert!(limit.holds(301, 100));
    /// ```
    pub fn holds(self, would_send: usize, busiest_day: usize) -> bool {
        would_send > self.floor.max(busiest_day * ALLOWED_GROWTH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_times_the_busiest_day_is_sent_and_one_more_is_held() {
        let limit = SurgeLimit { floor: 10 };
        let held = |would_send| limit.holds(would_send, 40);
        assert_eq!((held(120), held(121)), (false, true));
    }

    #[test]
    fn after_quiet_days_the_floor_decides() {
        let limit = SurgeLimit { floor: 10 };
        let held = |would_send| limit.holds(would_send, 3);
        assert_eq!((held(10), held(11)), (false, true));
    }
}
