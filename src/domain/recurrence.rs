//! Periods of duties that come back: which occurrence a day belongs to, and which comes next; quotas and their pace.
//!
//! Must not know: ladders, storage.
