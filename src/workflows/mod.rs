//! One file per thing the program does: load, ask the domain once, store.
//!
//! Must not know: SQL, SMTP, the terminal. Callers: `cli`, `daemon`; `wiring` builds what they work with.

pub mod add;
pub mod adjust;
pub mod away;
pub mod bulletin;
mod context;
pub mod count;
pub mod deliver;
pub mod directory_refusal;
pub mod explain;
mod fail_point;
pub mod findings;
pub mod follow_up;
pub mod forget_person;
pub mod heartbeat;
pub mod import_calendar;
pub mod import_obligations;
pub mod import_units;
pub mod inspect;
pub mod last_fault;
pub mod law;
pub mod leave_group;
pub mod life;
pub mod mail_forecast;
pub mod names;
pub mod open_occurrences;
mod performers;
pub mod plan_reminders;
pub mod posts;
pub mod project;
pub mod recalculate;
pub mod record;
pub mod references;
mod refused;
pub mod regroup;
pub mod remind;
pub mod retain;
pub mod seal_messages;
pub mod send_guard;
pub mod send_test;
pub mod start_clock;
pub mod steer_outbox;
pub mod take_incoming;
pub mod undo_entry;
pub mod unit_changes;

pub use context::Context;
pub use law::{Law, LawOfUnit};
pub use refused::{NotFound, Refused};
