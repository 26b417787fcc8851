//! The only reader of time.
//!
//! Must not know: what the time is for. Everything else receives a [`Moment`].
//! Callers: workflows, daemon, wiring, cli.

use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};

use crate::domain::moment::Moment;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Moment;

    /// How much time the machine has counted since it started, that of suspension included: it goes on evenly when
    /// somebody sets the clock.
    ///
    /// `None` for a clock that tells an assumed moment (`--as-of`): what is assumed cannot be wrong, and is not kept
    /// as a reading.
    fn counted(&self) -> Option<SignedDuration> {
        None
    }
}

/// The machine's clock, optionally moved so that it started at another moment (`--as-of`).
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    /// `None` for the machine's own time.
    offset: Option<SignedDuration>,
}

/// A clock that stands still: for commands that answer as of a moment, and for tests.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Moment);

impl SystemClock {
    /// The machine's own time.
    pub fn real() -> Self {
        Self { offset: None }
    }

    /// A clock that reads `moment` now and runs on from there.
    pub fn starting_at(moment: Moment) -> Self {
        Self { offset: Some(moment.instant().duration_since(machine_time())) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let real = machine_time();
        Moment::at(real.checked_add(self.offset.unwrap_or_default()).unwrap_or(real))
    }

    fn counted(&self) -> Option<SignedDuration> {
        let since_start = clock_gettime(ClockId::Boottime);
        self.offset.is_none().then(|| SignedDuration::from_secs(since_start.tv_sec))
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Moment {
        self.0
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn machine_time() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_own_clock_is_counted_and_an_assumed_one_is_not() {
        let before = SystemClock::real().counted().unwrap();
        assert!(SystemClock::real().counted().unwrap() >= before);
        let assumed = Moment::at("2022-12-28T01:00:00Z".parse().unwrap());
        assert_eq!(SystemClock::starting_at(assumed).counted(), None);
        assert_eq!(SystemClock::starting_at(assumed).now().today(), assumed.today());
    }
}
