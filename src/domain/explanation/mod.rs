//! Why a date is what it is: each counted and each skipped day with its reason, as data and in words.
//!
//! Must not know: how it is printed. Callers: the workflow and the commands that explain a date.

mod explain;
mod say;

use jiff::civil::Date;

use crate::domain::calendar::DayKind;
use crate::domain::deadline::{Adjustment, Anchor, ClockState, Conventions, Direction};
use crate::domain::moment::Moment;
use crate::domain::term::Term;

pub use explain::explain;

/// A date, what it was calculated from, and every step between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub term: Term,
    pub trigger: Option<Anchor>,
    pub counts: Direction,
    /// From the trigger to the due date, in order of date.
    pub steps: Vec<Step>,
    /// The result.
    pub clock: ClockState,
    pub conventions: Conventions,
    /// In the order in which they took effect.
    pub adjustments: Vec<Adjustment>,
    /// [`WorkCalendar::version`](crate::domain::calendar::WorkCalendar::version) of the calendar used.
    pub calendar_version: String,
    /// The horizon of the calendar used.
    pub certain_through: Date,
}

/// One step of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Consecutive days with one role.
    Days(DayRange),
    /// The counted hours of one day.
    Hours(DayHours),
    /// The clock was adjusted.
    Adjusted(Adjustment),
}

/// The part of a term in hours that lies in one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayHours {
    pub from: Moment,
    /// The due moment, or the midnight that ends the day.
    pub until: Moment,
    /// Nights and rest days are counted too; the kind is for information.
    pub kind: DayKind,
}

/// Consecutive days with the same role and for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRange {
    pub from: Date,
    /// Included.
    pub through: Date,
    pub days: u32,
    pub role: DayRole,
    /// The numbers of the first and the last day in the count; negative in a count backwards.
    pub numbers: Option<(i64, i64)>,
    /// `None` where the kind does not matter: within a period of calendar days.
    pub kind: Option<DayKind>,
    /// True for days beyond the horizon, whose kind is assumed from Monday to Friday.
    pub assumed: bool,
}

/// What a day does in the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayRole {
    /// Day 0: the trigger, the event from which is counted back, or the day of a restart.
    DayZero,
    Counted,
    /// A rest day in a count of working days.
    Skipped,
    Suspended,
    /// It was counted before a restart, which starts the count anew.
    Dropped,
    /// A rest day between the last counted day and the due date.
    RolledOver,
    /// The due date, where it is not the last counted day.
    Due,
    /// The act-by date, where it is not the due date.
    ActBy,
}
