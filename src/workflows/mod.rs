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
pub mod foresee;
pub mod heartbeat;
pub mod import_calendar;
pub mod import_obligations;
pub mod import_units;
pub mod inspect;
pub mod life;
pub mod open_occurrences;
pub mod plan_reminders;
pub mod project;
pub mod recalculate;
pub mod remind;
pub mod seal_messages;
pub mod steer_outbox;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::domain::calendar::WorkCalendar;
use crate::domain::ladder::Ladders;
use crate::domain::moment::Moment;
use crate::domain::rule::Rulebook;
use crate::storage::Store;
use crate::storage::journal::Entry;

/// What is in force: the calendar, and with it every date. A calendar or rulebook put in another's place would leave the
/// version behind: make another law.
#[derive(Clone)]
pub struct Law {
    /// All notices merged.
    pub calendar: WorkCalendar,
    /// Every ladder that is loaded.
    pub ladders: Ladders,
    /// Every rule that is loaded.
    pub rules: Rulebook,
    version: String,
}

impl Law {
    /// The law these make.
    pub fn new(calendar: WorkCalendar, ladders: Ladders, rules: Rulebook) -> Self {
        let version = version_of(&calendar, &rules);
        Self { calendar, ladders, rules, version }
    }

    /// SHA-256 of everything that bears on a date, in hex. A date worked out under another version is worked out again.
    pub fn version(&self) -> &str {
        &self.version
    }
}

fn version_of(calendar: &WorkCalendar, rules: &Rulebook) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("calendar {}\n", calendar.version()));
    for rule in rules.iter() {
        for version in &rule.versions {
            hash.update(format!("rule {} {} {:?}\n", rule.key(), version.id(), version.through));
        }
    }
    HEXLOWER.encode(&hash.finalize())
}

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
