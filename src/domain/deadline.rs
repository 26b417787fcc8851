//! From a term, a trigger and adjustments to a due date on a calendar.
//!
//! Must not know: how the date is explained in words (`explanation`), where the inputs are stored.
