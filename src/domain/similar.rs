//! Finds the known name that a mistyped one was probably meant to be.
//!
//! Must not know: what the names stand for.

/// Names less alike than this are not offered.
const LEAST_LIKENESS: f64 = 0.7;

/// Returns the one of `known` most like `name`; `None` when none is like it at all.
///
/// ```
/// use duban::domain::similar::most_similar;
/// assert_eq!(most_similar(["区教委", "区司法局"].into_iter(), "区司法"), Some("区司法局".to_owned()));
/// assert_eq!(most_similar(["区教委"].into_iter(), "law"), None);
/// ```
pub fn most_similar<'a>(known: impl Iterator<Item = &'a str>, name: &str) -> Option<String> {
    known
        .map(|known| (strsim::jaro_winkler(known, name), known))
        .filter(|(likeness, _)| *likeness > LEAST_LIKENESS)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known.to_owned())
}
