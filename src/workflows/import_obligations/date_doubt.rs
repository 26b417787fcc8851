//! Dates of a new duty that a person must confirm before it is registered.
//!
//! Must not know: how a date is computed, what the ledger holds. Callers: this folder; `add` and `cli` through its module.

use jiff::civil::Date;

use super::answers::Answers;
use crate::domain::deadline::Anchor;
use crate::domain::moment::Moment;
use crate::domain::term::Term;
use crate::storage::obligations::Registration;
use crate::words;
use crate::words::{Lang, Say};

/// What makes the dates of a duty doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateDoubt {
    /// It is late already: those who owe it would be told so, never having heard of it.
    Late { due: Date },
    /// The event that starts its clock has not happened yet.
    TriggerToCome { on: Date },
}

impl DateDoubt {
    /// The option that answers it.
    pub fn option(self) -> &'static str {
        match self {
            Self::Late { .. } => "--late",
            Self::TriggerToCome { .. } => "--planned",
        }
    }
}

impl Say for DateDoubt {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Late { due } => {
                words!(lang, zh = "已于{due}到期", en = "was due on {due} already")
            }
            Self::TriggerToCome { on } => {
                words!(lang, zh = "起算日{on}尚未到来", en = "its trigger on {on} is still to come")
            }
        }
    }
}

/// The doubt about a new duty that `answers` leave open.
pub(super) fn date_doubt(
    registration: &Registration,
    answers: Answers,
    now: Moment,
) -> Option<DateDoubt> {
    let Registration { inputs, projection, .. } = registration;
    let runs_from_event = matches!(inputs.term, Term::Within(_) | Term::AtLeast(_));
    let trigger = inputs.anchor().map(Anchor::day).filter(|_| runs_from_event);
    if let Some(on) = trigger.filter(|on| *on > now.today() && !answers.planned) {
        return Some(DateDoubt::TriggerToCome { on });
    }
    let deadline = projection.deadline.as_ref()?;
    let due = deadline.due;
    let can_be_late = registration.completion.is_none()
        && !inputs.internal
        && !matches!(inputs.term, Term::AtLeast(_));
    (can_be_late && deadline.is_over(now) && !answers.late).then_some(DateDoubt::Late { due })
}
