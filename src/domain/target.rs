//! Internal targets (内部目标): dates an office sets itself for duties whose document names none (及时, 定期).
//!
//! Must not know: where they are configured. A target is ours, never the document's, and never a legal deadline.

use crate::domain::term::Term;

/// Which words of a document get which target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InternalTargets(Vec<(String, Term)>);

impl InternalTargets {
    /// Takes pairs of a word and a term; the first word found in a duty's 时限 decides.
    pub fn new(targets: Vec<(String, Term)>) -> Self {
        Self(targets)
    }

    /// The target for what a document writes, if the office has set one.
    ///
    /// ```
    /// use duban::domain::target::InternalTargets;
    /// let targets = InternalTargets::new(vec![("及时".to_owned(), "10wd".parse().unwrap())]);
    /// assert_eq!(targets.find("及时公开").map(ToString::to_string), Some("10wd".to_owned()));
    /// assert_eq!(targets.find("定期"), None);
    /// ```
    pub fn find(&self, written: &str) -> Option<&Term> {
        self.0.iter().find(|(word, _)| written.contains(word.as_str())).map(|(_, term)| term)
    }
}

/// True for a term that can be a target: one that ends on a day.
pub fn can_be_target(term: &Term) -> bool {
    match term {
        Term::By(_) | Term::Within(_) | Term::Every(_) | Term::Window { .. } => true,
        Term::AtLeast(_) | Term::Times(_) | Term::Undated => false,
    }
}
