//! The storm brake: a pass that would send far more than usual waits for a person.
//!
//! Must not know: how mails are counted, where the floor is configured.

/// Days of which the busiest says what is usual.
pub const USUAL_DAYS: i64 = 60;

/// So many times the busiest day is far more than usual.
const FAR_MORE: usize = 3;

/// When a pass is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StormBrake {
    /// So many mails are never a storm: a young ledger has no usual day.
    pub floor: usize,
}

impl StormBrake {
    /// True when a pass that would send so many mails must wait for a person; `busiest_day` is how many went out on the
    /// busiest of the last [`USUAL_DAYS`].
    ///
    /// ```
    /// use duban::domain::delivery::StormBrake;
    /// let brake = StormBrake { floor: 200 };
    /// assert!(!brake.holds(200, 0));
    /// assert!(brake.holds(201, 0));
    /// assert!(!brake.holds(300, 100));
    /// assert!(brake.holds(301, 100));
    /// ```
    pub fn holds(self, would_send: usize, busiest_day: usize) -> bool {
        would_send > self.floor.max(busiest_day.saturating_mul(FAR_MORE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_times_the_busiest_day_is_usual_and_one_more_is_not() {
        let brake = StormBrake { floor: 10 };
        let held = |would_send| brake.holds(would_send, 40);
        assert_eq!((held(120), held(121)), (false, true));
    }

    #[test]
    fn after_quiet_days_the_floor_decides() {
        let brake = StormBrake { floor: 10 };
        let held = |would_send| brake.holds(would_send, 3);
        assert_eq!((held(10), held(11)), (false, true));
    }
}
