//! From a term, a trigger and adjustments to a due date on a calendar.
//!
//! Must not know: how the date is explained (`explanation`), which grounds a rule allows (`rule`), where the inputs
//! are stored. Callers: `rule`, `explanation`, every room that shows or stores a due date.

mod adjustment;
mod anchor;
mod calculation;
mod clock_state;
mod conventions;
mod fault;
mod running_clock;

pub use adjustment::{Adjustment, Change, ChangeKind};
pub use anchor::Anchor;
pub use calculation::{Calculation, deadline};
pub use clock_state::{ClockState, Deadline};
pub use conventions::{BeforeEdge, Conventions, Direction, Method, SuspensionEdge};
pub use fault::{AdjustmentFault, DeadlineFault};
pub use running_clock::{RunningClock, Suspension};

pub(in crate::domain) use running_clock::{Segment, extension_segments};
