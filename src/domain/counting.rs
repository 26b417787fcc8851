//! Counts working days, calendar days and months from a date, and rolls.
//!
//! Must not know: where the numbers come from, what a term means.
