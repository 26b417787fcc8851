//! Places in a workflow at which a test ends the process, as a power cut would, or lets it hang.
//!
//! Must not know: what the workflow does. Compiled in only with the feature `fail-points`, which no release has. Callers: workflows.

/// Aborts the process when `DUBAN_FAIL_POINT` names this place; hangs for ever when it names it after `hang:`.
#[cfg(feature = "fail-points")]
#[expect(clippy::disallowed_methods, reason = "the variable exists in test builds only")]
pub(in crate::workflows) fn reach(place: &str) {
    let named = std::env::var("DUBAN_FAIL_POINT").unwrap_or_default();
    if named == place {
        std::process::abort();
    }
    while named.strip_prefix("hang:") == Some(place) {
        std::thread::park();
    }
}

/// Does nothing.
#[cfg(not(feature = "fail-points"))]
pub(in crate::workflows) fn reach(_place: &str) {}
