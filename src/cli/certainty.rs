//! How long the calendar is certain, for `doctor` and `status`.
//!
//! Must not know: how notices are merged.

use jiff::civil::Date;
use serde::Serialize;

use super::command_context::CommandContext;
use crate::domain::watch::CERTAINTY_WANTED;

/// How long the calendar is certain.
#[derive(Debug, Serialize)]
pub(super) struct Certainty {
    /// The last certain day.
    pub certain_through: Date,
    /// Days from today through it; negative past it.
    pub days_left: i64,
    /// False when the next notice should be loaded.
    pub well: bool,
    /// The same for people, with what to do.
    #[serde(skip)]
    pub detail: String,
}

impl Certainty {
    /// Of the calendar in force, as of the present day.
    pub(super) fn of(context: &CommandContext<'_>) -> Self {
        let calendar = &context.law.calendar;
        let certain_through = calendar.certain_through();
        let days_left = calendar.days_certain(context.now().today());
        let well = days_left >= CERTAINTY_WANTED;
        let mut detail = format!("certain through {certain_through}, {days_left} days from now");
        if !well {
            detail.push_str(
                "; dates beyond are provisional: load the next year's notice with `duban import calendar FILE` when it is out",
            );
        }
        Self { certain_through, days_left, well, detail }
    }
}
