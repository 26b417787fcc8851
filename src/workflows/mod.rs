//! One file per thing the program does: load, ask the domain once, store.
//!
//! Must not know: SQL, SMTP, the terminal.

pub mod add;
pub mod adjust;
pub mod away;
pub mod bulletin;
pub mod chain;
pub mod count;
pub mod deliver;
pub mod explain;
pub mod findings;
pub mod foresee;
pub mod heartbeat;
pub mod import_calendar;
pub mod import_obligations;
pub mod import_units;
pub mod inspect;
pub mod law;
pub mod leave_group;
pub mod life;
pub mod open_occurrences;
pub mod plan_reminders;
pub mod project;
pub mod recalculate;
pub mod regroup;
pub mod remind;
pub mod seal_messages;
pub mod steer_outbox;
pub mod take_incoming;
pub mod watch;

pub use law::{Ground, Law};

use crate::domain::moment::Moment;
use crate::storage::Store;
use crate::storage::journal::Entry;

/// What a workflow works with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The ledger.
    pub store: &'a dyn Store,
    /// What is in force.
    pub law: &'a Law,
    /// The present moment.
    pub now: Moment,
    /// Who gave the order: a login name, or `daemon`.
    pub actor: &'a str,
}

impl Context<'_> {
    /// A line for the journal, said by the present actor now.
    fn entry(&self, verb: &'static str, subject: String) -> Entry {
        Entry {
            at: self.now,
            actor: self.actor.to_owned(),
            verb,
            subject,
            before: None,
            after: None,
            reason: None,
        }
    }
}
