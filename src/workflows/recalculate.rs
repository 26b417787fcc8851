//! Recalculates open obligations when the calendar or a rule has changed, and lists those whose dates changed.
//!
//! Must not know: why the law changed, how the list is printed, who is told (`reminder`). Callers: `remind`,
//! `import_calendar`, `regroup`, `follow_up`, `import_obligations`, `adjust`.

use jiff::civil::Date;

use super::context::Context;
use super::project;
use crate::domain::deadline::{Adjustment, Deadline, DeadlineFault};
use crate::domain::directory::Directory;
use crate::domain::journal::Action;
use crate::domain::obligation::{DateChange, Obligation, ObligationId};
use crate::storage::StorageError;
use crate::storage::adjustments::Reprojection;
use crate::storage::journal::Entry;
use crate::storage::journal_fact::Fact;
use crate::storage::obligations::Projection;
use crate::storage::register_state::{ATTEMPTS, WriteResult};
use crate::words;
use crate::words::{Lang, Say};

/// Obligations worked out at once; bounds memory and the time the ledger is locked.
const BATCH: usize = 2_000;

/// What changed a date when no paper is named: a file of the office's own, or a setting.
const SOME_PAPER: &str = "放假安排、本地工作日或者计算口径有变动";

/// An obligation whose dates are others now, or are certain, or are so no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedDate {
    /// The obligation as it stood before.
    pub obligation: Obligation,
    /// Its due date now, and whether that is provisional; `None` without one.
    pub now_due: Option<(Date, bool)>,
    /// The notice or the rule that moved it.
    pub paper: String,
}

/// What working out again did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recalculated {
    /// How many were worked out.
    pub looked_at: usize,
    /// Those whose dates moved, or became certain or provisional, by key.
    pub changed: Vec<ChangedDate>,
    /// Those that give no date any more; they stay as they were.
    pub faults: Vec<(ObligationId, RecalculationFault)>,
}

/// Why an obligation keeps the date it had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum RecalculationFault {
    /// Its rule is not loaded any more, or has no version for the day of the trigger.
    RuleGone { rule: String },
    /// The law in force gives no date.
    Deadline(#[from] DeadlineFault),
}

impl Say for RecalculationFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::RuleGone { rule } => words!(
                lang,
                zh = "所依据的规则“{rule}”已不再适用",
                en = "the rule `{rule}` it follows is not in force for it any more"
            ),
            Self::Deadline(fault) => fault.say(lang),
        }
    }
}

/// Works out again every open obligation that was worked out under another law than the one in force.
///
/// `paper` is the notice that changed the calendar, where it is known; what a rule moved names the rule instead. It stands
/// in the journal and in the mail to those who know the old date: they are told once, with the first pass.
///
/// # Errors
///
/// [`StorageError`]; what was stored before it stays, and the next pass goes on from there.
pub async fn recalculate(
    context: Context<'_>,
    paper: Option<&str>,
) -> Result<Recalculated, StorageError> {
    let ids = context.store.open_obligations_under_other_law(context.law.version()).await?;
    let mut result = Recalculated::default();
    if ids.is_empty() {
        return Ok(result);
    }
    context.keep_calendars().await?;
    for ids in ids.chunks(BATCH) {
        let part = recalculate_some(context, ids, paper).await?;
        result.looked_at += part.looked_at;
        result.changed.extend(part.changed);
        result.faults.extend(part.faults);
    }
    Ok(result)
}

/// Works these out without the write lock, and anew where others have changed the ledger meanwhile.
async fn recalculate_some(
    context: Context<'_>,
    ids: &[ObligationId],
    paper: Option<&str>,
) -> Result<Recalculated, StorageError> {
    for _ in 0..ATTEMPTS {
        let since = context.store.register_state().await?;
        let (reprojections, entries, result) = work_out_some(context, ids, paper).await?;
        if reprojections.is_empty() {
            return Ok(result);
        }
        let written = context.store.reproject(since, &reprojections, context.now, &entries).await?;
        if written == WriteResult::Written {
            return Ok(result);
        }
    }
    Err(StorageError::KeepsChanging)
}

async fn work_out_some(
    context: Context<'_>,
    ids: &[ObligationId],
    paper: Option<&str>,
) -> Result<(Vec<Reprojection>, Vec<Entry>, Recalculated), StorageError> {
    let directory = context.store.directory().await?;
    let obligations = context.store.obligations_by_key(ids).await?;
    let adjustments = context.store.adjustments(ids).await?;
    let mut result = Recalculated { looked_at: obligations.len(), ..Recalculated::default() };
    let (mut reprojections, mut entries) = (Vec::new(), Vec::new());
    for obligation in obligations {
        let earlier = adjustments.get(&obligation.id).map_or(&[][..], Vec::as_slice);
        let projection = match work_out(context, &directory, &obligation, earlier) {
            Ok(projection) => projection,
            Err(fault) => {
                result.faults.push((obligation.id, fault));
                continue;
            }
        };
        let changed = changed_date(context, obligation, &projection, paper);
        let id = changed.obligation.id;
        let change = change(&changed.obligation, &projection, &changed.paper);
        if projection.deadline != changed.obligation.deadline {
            entries.push(entry(context, &changed));
            result.changed.push(changed);
        }
        reprojections.push(Reprojection { id, projection, change });
    }
    Ok((reprojections, entries, result))
}

/// What those who know the old dates are told; nothing when the same dates have only become certain, or uncertain.
pub fn change(obligation: &Obligation, projection: &Projection, paper: &str) -> Option<DateChange> {
    let (before, now) = (&obligation.deadline, &projection.deadline);
    let stays = match (before, now) {
        (Some(before), Some(now)) => before.coincides_with(now),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    (!stays).then(|| DateChange { before: *before, paper: paper.to_owned(), is_correction: false })
}

/// As [`change`], where the dates before followed from a wrong entry.
pub fn correction(
    obligation: &Obligation,
    projection: &Projection,
    paper: &str,
) -> Option<DateChange> {
    let change = change(obligation, projection, paper)?;
    Some(DateChange { is_correction: true, ..change })
}

fn work_out(
    context: Context<'_>,
    directory: &Directory,
    obligation: &Obligation,
    adjustments: &[Adjustment],
) -> Result<Projection, RecalculationFault> {
    let inputs = &obligation.inputs;
    let had_one = obligation.basis.rule_version.is_some();
    if let Some(rule) = inputs.rule.as_ref().filter(|_| had_one)
        && project::rule_version(context.law, inputs).is_none()
    {
        return Err(RecalculationFault::RuleGone { rule: rule.clone() });
    }
    let law = context.law.for_obligation(directory, obligation);
    Ok(project::project(law, inputs, adjustments)?)
}

fn changed_date(
    context: Context<'_>,
    obligation: Obligation,
    projection: &Projection,
    paper: Option<&str>,
) -> ChangedDate {
    let by_rule = obligation.basis.rule_version != projection.rule_version;
    let rule = by_rule.then(|| rule_in_words(context, &obligation)).flatten();
    let paper = rule.unwrap_or_else(|| paper.unwrap_or(SOME_PAPER).to_owned());
    ChangedDate { obligation, now_due: projection.deadline.as_ref().map(due), paper }
}

/// 规则“依申请公开答复”：政府信息公开条例第三十三条.
fn rule_in_words(context: Context<'_>, obligation: &Obligation) -> Option<String> {
    let inputs = &obligation.inputs;
    let rule = context.law.rules.get(inputs.rule.as_deref()?)?;
    let version = project::rule_version(context.law, inputs)?;
    Some(format!("规则“{}”：{}{}", rule.name, version.law, version.article))
}

fn due(deadline: &Deadline) -> (Date, bool) {
    (deadline.due, deadline.provisional)
}

fn entry(context: Context<'_>, changed: &ChangedDate) -> Entry {
    let fact = |due: Option<(Date, bool)>| {
        let (on, provisional) = due.map_or((None, false), |(on, it)| (Some(on), it));
        Some(String::from(Fact::Due { on, provisional }))
    };
    let ChangedDate { obligation, now_due, paper } = changed;
    let mut entry = context.entry(Action::Recalculate, obligation.inputs.journal_subject());
    entry.before = fact(obligation.deadline.as_ref().map(due));
    entry.after = fact(*now_due);
    entry.reason = Some(paper.clone());
    entry
}
