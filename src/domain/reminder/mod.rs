//! Decides at a given moment which contacts must get which reminders.
//!
//! Must not know: how a mail looks or travels, that a scheduler exists. It asks "what is due and not on record?", never "is it
//! exactly the day?". Callers: the workflows that plan and forecast; storage for the types.

mod addressee;
mod correction;
mod date_moved;
mod escalation;
mod forecast;
mod haste;
mod history;
mod hours;
mod key;
mod occasion;
mod plan;
mod planner;
mod quota_short;
mod rung_occurrence;
mod snapshot;
mod withdrawal;

pub use correction::{Correction, CorrectionKind, Hearer, PlannedCorrection, ToldReminder};
pub use forecast::{ForecastMessage, forecast};
pub use haste::Haste;
pub use hours::MailHours;
pub use key::{KeyPrefix, ReminderKey};
pub use occasion::Occasion;
pub use plan::{NextLook, Obstacle, Plan, Reminder, Situation, Verdict};
pub use planner::plan;
pub use rung_occurrence::first_look_on;
pub use snapshot::{
    AssignmentSnapshot, RecordedDateChange, RecordedReminder, ReminderState, is_wanted,
};

#[cfg(test)]
mod tests;
