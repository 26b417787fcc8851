//! The ledger as the program asks for it: traits in domain words, one file per subject.
//!
//! Must not know: SQL (that is `sqlite`), mail, the command line. One method is one atomic step; time is a parameter.
//! Callers: workflows, daemon, wiring, cli, views.

mod error;

pub mod adjustments;
pub mod archive_file;
pub mod audit;
pub mod calendars;
pub mod entries;
pub mod follow_ups;
pub mod health;
pub mod history;
pub mod imports;
pub mod incoming;
pub mod instance;
pub mod journal;
pub mod journal_fact;
pub mod lifecycle;
pub mod messages;
pub mod obligations;
pub mod occurrences;
pub mod outbox;
pub mod personal;
pub mod register_state;
pub mod reminders;
pub mod retention;
pub mod site;
pub mod sqlite;
pub mod uids;
pub mod unattended;
pub mod units;

pub use error::{StorageError, Trouble};

pub trait Store:
    adjustments::Adjustments
    + audit::Audit
    + calendars::Calendars
    + entries::Entries
    + follow_ups::FollowUps
    + health::Health
    + history::History
    + imports::Imports
    + incoming::IncomingMail
    + instance::Instances
    + journal::Journal
    + messages::Messages
    + lifecycle::Lifecycle
    + obligations::Obligations
    + occurrences::Occurrences
    + outbox::Outbox
    + personal::PersonalData
    + reminders::Reminders
    + retention::Retention
    + site::Site
    + unattended::Unattended
    + units::Units
{
}

impl<S> Store for S where
    S: adjustments::Adjustments
        + audit::Audit
        + calendars::Calendars
        + entries::Entries
        + follow_ups::FollowUps
        + health::Health
        + history::History
        + imports::Imports
        + incoming::IncomingMail
        + instance::Instances
        + journal::Journal
        + messages::Messages
        + lifecycle::Lifecycle
        + obligations::Obligations
        + occurrences::Occurrences
        + outbox::Outbox
        + personal::PersonalData
        + reminders::Reminders
        + retention::Retention
        + site::Site
        + unattended::Unattended
        + units::Units
{
}
