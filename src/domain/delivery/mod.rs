//! The life of a message: what an outcome means, when to try again, when to stop.
//!
//! Must not know: sockets, SMTP syntax, how mails are built, where messages are kept.

mod brake;
mod class;
mod decision;
mod hours;
mod life;
mod outcome;
mod pace;
mod state;
mod steering;

pub use brake::{StormBrake, USUAL_DAYS};
pub use class::{FailureClass, classify};
pub use decision::{Circuit, CircuitReason, Decision, Fate, Item, Scope, Standing, decide};
pub use hours::SendingHours;
pub use life::{Retirement, Trial, life_ends, retire};
pub use outcome::{Fault, Outcome, Reply, Stage, Unfit};
pub use pace::{PROBES_OF_OTHERS, UNKNOWN_RETRIES, backoff, probe_delay};
pub use state::{HeldReason, MessageKey, MessageState};
pub use steering::Steering;
