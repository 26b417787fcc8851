//! What is true of deadlines, units, ladders and mail states: values in, values out.
//!
//! Must not know: async, files, SQL, mail transport, serde, logging, the clock. `tests/architecture.rs` holds this.
//! Callers: every room except words.

pub mod address;
pub mod bulletin;
pub mod calendar;
pub mod counting;
pub mod deadline;
pub mod delivery;
pub mod directory;
pub mod enum_words;
pub mod explanation;
pub mod expression;
pub mod hidden;
pub mod incoming;
pub mod item;
pub mod journal;
pub mod ladder;
pub mod ledger_identity;
pub mod life;
pub mod listed;
pub mod moment;
pub mod obligation;
pub mod recurrence;
pub mod reminder;
pub mod retention;
pub mod rule;
pub mod similar;
pub mod target;
pub mod term;
pub mod uid;
pub mod unit;
pub mod watch;
