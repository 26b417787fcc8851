//! The official working calendar (工作日历): all notices merged, with the last day for which it is certain.
//!
//! Answers "is this a working day, and which paper says so". Must not know: terms, rules, files. Callers: every room
//! that counts days; `config` makes the notices.

mod day;
mod fault;
mod notice;
mod overlay;
mod text;
mod weekdays;
mod work_calendar;
mod working_days;

pub use day::{DayKind, ListedDay};
pub use fault::CalendarFault;
pub use notice::{Amendment, Notice, NoticeFault};
pub use overlay::Overlay;
pub use text::NotACalendar;
pub use work_calendar::WorkCalendar;

#[cfg(test)]
mod tests;
