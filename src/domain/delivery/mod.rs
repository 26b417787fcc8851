//! The life of a message: what an outcome means, when to try again, when to stop.
//!
//! Must not know: sockets, SMTP syntax, how mails are built, where messages are kept.
//! Callers: storage, workflows, wiring.

mod breaker;
mod class;
mod decision;
mod hours;
mod life;
mod message_command;
mod outcome;
mod pace;
mod state;
mod surge;

pub use breaker::{BreakerChange, BreakerReason, BreakerScope, probe_delay};
pub use class::{FailureClass, classify};
pub use decision::{Decision, Disposition, FinishedAttempt, decide};
pub use hours::SendingHours;
pub use life::{ExpiryDecision, PastAttempt, decide_expired, expires_at};
pub use message_command::MessageCommand;
pub use outcome::{Fault, Outcome, Reply, Stage, Unfit};
pub use pace::{PROBES_OF_OTHERS, UNKNOWN_RETRIES, backoff};
pub use state::{HeldReason, MessageKey, MessageState};
pub use surge::{SurgeLimit, USUAL_DAYS};
