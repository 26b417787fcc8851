//! Whether a row may say that its duty is done (状态, 办结日期, 佐证).
//!
//! Must not know: how cells are read, what is stored. Callers: this folder.

use jiff::civil::Date;

use crate::domain::deadline::Anchor;
use crate::domain::life::{Completion, TransitionFault, check_day};
use crate::domain::obligation::{Obligation, ObligationState};
use crate::storage::obligations::Registration;
use crate::words;
use crate::words::{Lang, Say};
use crate::workflows::Context;

/// Why a row cannot say that its duty is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompletionFault {
    /// As for `duban close`.
    Day(TransitionFault),
    /// The day lies before the trigger.
    BeforeTrigger { on: Date, trigger: Date },
    /// The duty comes back: each occurrence is done by itself.
    Series,
    /// The ledger has the duty as open; only a person closes it.
    Open { reference: String, on: Date },
}

impl CompletionFault {
    pub(super) fn column(&self) -> &'static str {
        match self {
            Self::Day(_) | Self::BeforeTrigger { .. } => "办结日期",
            Self::Series | Self::Open { .. } => "状态",
        }
    }
}

impl Say for CompletionFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Day(fault) => fault.say(lang),
            Self::BeforeTrigger { on, trigger } => words!(
                lang,
                zh = "办结日期{on}早于起算日{trigger}",
                en = "the completion date {on} is before the trigger on {trigger}"
            ),
            Self::Series => lang
                .pick(
                    "周期事项按期办结，不能整项办结；请清空状态和办结日期",
                    "a recurring obligation is done occurrence by occurrence; leave 状态 and 办结日期 empty",
                )
                .to_owned(),
            Self::Open { reference, on } => words!(
                lang,
                zh = "台账中该事项尚未办结，导入不改变办理状态；请执行 duban close {reference} --done {on}",
                en = "the ledger has this as open, and an import closes nothing: `duban close {reference} --done {on}`"
            ),
        }
    }
}

/// Why a row about these duties, each with how it stands now, cannot say that it is done; `None` when it can.
pub(super) fn completion_fault(
    context: Context<'_>,
    completion: &Completion,
    registrations: &[(Registration, Option<&Obligation>)],
) -> Option<CompletionFault> {
    let on = completion.on;
    registrations.iter().find_map(|(Registration { inputs, projection, .. }, known)| {
        if !inputs.occurrence.is_empty() {
            return Some(CompletionFault::Series);
        }
        if let Some(known) = known {
            let is_open = known.state == ObligationState::Open;
            let reference = known.inputs.full_reference();
            return is_open.then_some(CompletionFault::Open { reference, on });
        }
        if let Some(trigger) = inputs.anchor().map(Anchor::day).filter(|it| on < *it) {
            return Some(CompletionFault::BeforeTrigger { on, trigger });
        }
        let today = context.now.today();
        check_day(completion, projection.deadline.as_ref(), today).err().map(CompletionFault::Day)
    })
}
