//! Places in a delivery at which a test may end the process, as a power cut would.
//!
//! Must not know: what is being delivered. Compiled in only with the feature `fail-points`, which no release has.

/// Ends the process here and now when `DUBAN_FAIL_POINT` names this place.
#[cfg(feature = "fail-points")]
#[expect(clippy::disallowed_methods, reason = "the variable exists in test builds only")]
pub(super) fn reach(place: &str) {
    if std::env::var("DUBAN_FAIL_POINT").is_ok_and(|named| named == place) {
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(feature = "fail-points"))]
pub(super) fn reach(_place: &str) {}
