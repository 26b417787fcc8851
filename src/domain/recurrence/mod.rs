//! Duties that come back: the periods they fall into, and how far a quota has come.
//!
//! Must not know: on which day of its period a duty is due (`deadline`), what is stored.
//! Callers: workflows.

mod occurrence;
mod quota;

pub use occurrence::Occurrence;
pub use quota::{QuotaProgress, QuotaShare, SPACING_WORKING_DAYS, quota_progress};
