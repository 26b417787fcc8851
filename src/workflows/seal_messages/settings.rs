//! How mails are composed and limited.
//!
//! Must not know: what a mail tells. Callers: this folder; `wiring` builds it.

use crate::domain::delivery::SurgeLimit;
use crate::mail::compose::Office;
use crate::mail::templates::Templates;

/// How mails are composed and limited.
pub struct ComposeSettings {
    /// Who sends.
    pub office: Office,
    pub templates: Templates,
    /// A pass that would send more is held.
    pub surge_limit: SurgeLimit,
    /// Dates are attached as a calendar file.
    pub with_calendar: bool,
}
