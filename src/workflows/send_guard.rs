//! Decides before each pass and each delivery whether mail may go out at all.
//!
//! Must not know: SQL, where the instance mark is stored, how a hold is worded. Callers: `remind`, `heartbeat`,
//! `findings`; `cli` and `daemon` ask for holds.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;

use crate::clock::Clock;
use crate::domain::calendar::WorkCalendar;
use crate::domain::moment::Moment;
use crate::domain::watch::{
    ClockLimits, ClockReading, Displacement, Elapsed, Hold, judge, stale_from,
};
use crate::storage::instance::InstanceRecord;
use crate::storage::{StorageError, Store};

/// A recorded reading is renewed when it is older than this, so that not every wakeup costs a commit.
const READING_INTERVAL: SignedDuration = SignedDuration::from_mins(5);
/// A pass may end after `status` has read the clock; only an end later than `now` by more than this lies in the future.
const FUTURE_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// The send guard of one process. It remembers the last clock reading and the monotonic time at that reading.
pub struct SendGuard {
    clock: Arc<dyn Clock>,
    limits: ClockLimits,
    last: Mutex<Option<(Moment, SignedDuration)>>,
}

/// When a pass last completed, and whether that is too long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastPass {
    /// `None` when there was none.
    pub at: Option<Moment>,
    /// True when the last pass is more than one working day old or lies in the future. Before the first pass, the age
    /// of the adoption of the ledger counts instead.
    pub is_stale: bool,
}

impl SendGuard {
    pub fn new(clock: Arc<dyn Clock>, limits: ClockLimits) -> Self {
        Self { clock, limits, last: Mutex::new(None) }
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Returns why all mail is held, if it is; changes nothing.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub async fn holds(&self, store: &dyn Store) -> Result<Vec<Hold>, StorageError> {
        Ok(self.evaluate(store).await?.0)
    }

    /// Returns why all mail is held, if it is. Opens an operator item for each hold, and records a clock that was set
    /// back.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub async fn check(&self, store: &dyn Store) -> Result<Vec<Hold>, StorageError> {
        let (holds, reading) = self.evaluate(store).await?;
        if holds.contains(&Hold::Displaced(Displacement::Replaced)) {
            // What this process writes now goes into a file that is no longer at the path of the ledger.
            return Ok(holds);
        }
        store.open_hold_items(&holds, self.clock.now()).await?;
        if let Some((record, reading)) = reading {
            self.record_reading(store, record, reading).await?;
        }
        Ok(holds)
    }

    async fn evaluate(
        &self,
        store: &dyn Store,
    ) -> Result<(Vec<Hold>, Option<(InstanceRecord, ClockReading)>), StorageError> {
        let mut holds = Vec::new();
        holds.extend(store.displacement().await?.map(Hold::Displaced));
        let Some(counted) = self.clock.counted() else { return Ok((holds, None)) };
        let Some(record) = store.instance_record().await? else { return Ok((holds, None)) };
        let now = self.clock.now();
        let elapsed =
            self.last().map(|(read, then)| Elapsed { read, counted: counted.saturating_sub(then) });
        let reading = judge(record.clock, elapsed, now, self.limits);
        if let ClockReading::Ahead { expected } = reading {
            holds.push(Hold::ClockAhead { expected, now });
        }
        Ok((holds, Some((record, reading))))
    }

    /// Records a plausible clock reading. An implausible one is not recorded, so that the hold ends as soon as the
    /// clock is corrected.
    async fn record_reading(
        &self,
        store: &dyn Store,
        record: InstanceRecord,
        reading: ClockReading,
    ) -> Result<(), StorageError> {
        let now = self.clock.now();
        let set_back = match reading {
            ClockReading::Ahead { .. } => return Ok(()),
            ClockReading::SetBack(by) => {
                tracing::warn!(
                    seconds = by.as_secs(),
                    "The clock was set back; nothing is sent again."
                );
                Some(by)
            }
            ClockReading::Plausible => None,
        };
        let is_due = record.clock.seen.is_none_or(|seen| now.since(seen) >= READING_INTERVAL);
        if set_back.is_some() || is_due {
            store.record_clock_reading(now, set_back).await?;
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) =
            self.clock.counted().map(|counted| (now, counted));
        Ok(())
    }

    fn last(&self) -> Option<(Moment, SignedDuration)> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns when a pass last completed and whether that is too long ago.
///
/// # Errors
///
/// [`StorageError`].
pub async fn last_pass(
    store: &dyn Store,
    calendar: &WorkCalendar,
    now: Moment,
) -> Result<LastPass, StorageError> {
    let record = store.instance_record().await?;
    let at = record.and_then(|record| record.last_pass);
    let counts_from = at.or(record.map(|record| record.adopted));
    let is_stale = counts_from.is_some_and(|from| now > stale_from(from, calendar))
        || at.is_some_and(|at| at.since(now) > FUTURE_TOLERANCE);
    Ok(LastPass { at, is_stale })
}
