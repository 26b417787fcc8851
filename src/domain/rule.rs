//! Statutory terms as data: legal basis, dates in force, allowed adjustments.
//!
//! Must not know: the file they are read from, arithmetic.
