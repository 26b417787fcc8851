//! Why a date is what it is: each counted and each skipped day, as data.
//!
//! Must not know: how it is printed.
