//! The only reader of time.
//!
//! Must not know: what the time is for. Everything else receives a [`Moment`].

use jiff::{SignedDuration, Timestamp};

use crate::domain::moment::Moment;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Moment;
}

/// The machine's clock, optionally moved so that it started at another moment (`--as-of`).
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    offset: SignedDuration,
}

/// A clock that stands still: for commands that answer as of a moment, and for tests.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Moment);

impl SystemClock {
    /// The machine's own time.
    pub fn real() -> Self {
        Self { offset: SignedDuration::ZERO }
    }

    /// A clock that reads `moment` now and runs on from there.
    pub fn starting_at(moment: Moment) -> Self {
        Self { offset: moment.instant().duration_since(machine_time()) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let real = machine_time();
        Moment::at(real.checked_add(self.offset).unwrap_or(real))
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
