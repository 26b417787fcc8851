//! The 通报 table: per unit, what was due, on time, late, still open.
//!
//! Must not know: how it is printed.
