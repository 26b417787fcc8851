//! The values that the templates of `operator/` may use.
//!
//! Must not know: which template uses them, MIME.

use serde::Serialize;

use crate::mail::compose::content::OperatorContent;
use crate::mail::compose::view::HeaderView;
use crate::mail::one_line::OneLine;

/// What the templates of `operator/` see.
#[derive(Serialize)]
pub(super) struct OperatorView<'a> {
    #[serde(flatten)]
    header: HeaderView<'a>,
    headline: &'a OneLine,
    figures: Vec<Figure<'a>>,
    findings: Vec<FindingView<'a>>,
}

#[derive(Serialize)]
struct Figure<'a> {
    name: &'a OneLine,
    value: &'a OneLine,
}

#[derive(Serialize)]
struct FindingView<'a> {
    title: &'a OneLine,
    detail: &'a OneLine,
    action: &'a OneLine,
}

impl<'a> OperatorView<'a> {
    pub(super) fn of(content: &'a OperatorContent) -> Self {
        let figures = content.figures.iter().map(|(name, value)| Figure { name, value });
        let findings = content.findings.iter().map(|finding| FindingView {
            title: &finding.title,
            detail: &finding.detail,
            action: &finding.action,
        });
        Self {
            header: HeaderView::of(&content.header),
            headline: &content.headline,
            figures: figures.collect(),
            findings: findings.collect(),
        }
    }
}
