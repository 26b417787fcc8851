//! The only reader of time.
//!
//! Must not know: what the time is for.
