//! The official working calendar: notices merged, a horizon, rank and select.
//!
//! Must not know: terms, rules, files.
