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

/// Texts less alike than this say different things.
const NEARLY_THE_SAME: f64 = 0.6;

/// True for two texts of which one may be the other with a few letters mended.
///
/// ```
/// use duban::domain::similar::are_nearly_the_same;
/// assert!(are_nearly_the_same("预算执行清况", "预算执行情况"));
/// assert!(!are_nearly_the_same("预算执行情况", "决算公开"));
/// ```
pub fn are_nearly_the_same(one: &str, other: &str) -> bool {
    strsim::normalized_damerau_levenshtein(one, other) >= NEARLY_THE_SAME
}
