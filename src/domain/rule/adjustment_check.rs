//! Whether an adjustment may be recorded: it must be possible, in time, and allowed by the rule.
//!
//! Must not know: whether the obligation is closed (the workflow asks first).

use jiff::civil::Date;

use super::{AllowedAdjustment, AllowedChange, RuleVersion};
use crate::domain::deadline::{
    Adjustment, Calculation, Change, ChangeKind, ClockState, DeadlineFault,
};
use crate::domain::moment::Moment;
use crate::domain::term::Period;
use crate::words;
use crate::words::{Lang, Say};

/// Why an adjustment is refused. `on` is its day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum AdjustmentRefusal {
    /// It is out of order or inapplicable, or the date cannot be calculated.
    Impossible(#[from] DeadlineFault),
    Future {
        on: Date,
        today: Date,
    },
    /// An extension or a suspension after the due date.
    AfterExpiry {
        due: Date,
        on: Date,
    },
    /// A second extension; `by` is the first one.
    AlreadyExtended {
        by: Period,
    },
    /// An extension without a reason.
    NoReason,
    /// The rule allows no adjustment of this kind.
    NotAllowed {
        kind: ChangeKind,
    },
    /// The rule allows this kind only for other grounds.
    OtherGround {
        kind: ChangeKind,
        /// The ground given.
        ground: Option<String>,
        /// The grounds the rule knows for this kind.
        known: Vec<String>,
    },
    /// The rule gives the ground another effect: a correction restarts, a consultation suspends.
    OtherEffect {
        ground: String,
        /// What the ground does by the rule.
        kind: ChangeKind,
    },
    /// An extension longer than the rule allows.
    TooLong {
        by: Period,
        at_most: Period,
    },
}

impl Say for AdjustmentRefusal {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Impossible(fault) => fault.say(lang),
            Self::Future { on, today } => words!(
                lang,
                zh = "{on}晚于今日（{today}）",
                en = "{on} is later than today, {today}"
            ),
            Self::AfterExpiry { due, on } => words!(
                lang,
                zh = "期限已于{due}届满，早于{on}",
                en = "the term ended on {due}, before {on}"
            ),
            Self::AlreadyExtended { by } => words!(
                lang,
                zh = "期限已延期{by}，只能延期一次",
                en = "the term has already been extended by {by}; it can be extended once",
                by = by.say(lang)
            ),
            Self::NoReason => lang.pick("延期须写明理由", "an extension needs a reason").to_owned(),
            Self::NotAllowed { kind } => words!(
                lang,
                zh = "所依据的规则不允许{kind}",
                en = "the rule allows no {kind}",
                kind = kind.say(lang)
            ),
            Self::OtherGround { kind, ground, known } => {
                other_ground(*kind, ground.as_deref(), known, lang)
            }
            Self::OtherEffect { ground, kind } => words!(
                lang,
                zh = "按规则，“{ground}”是{kind}的事由",
                en = "by the rule, `{ground}` is a ground for {kind}",
                kind = kind.say(lang)
            ),
            Self::TooLong { by, at_most } => words!(
                lang,
                zh = "规则最多允许延期{at_most}，不能延期{by}",
                en = "the rule allows {at_most} at most, not {by}",
                by = by.say(lang),
                at_most = at_most.say(lang)
            ),
        }
    }
}

fn other_ground(kind: ChangeKind, ground: Option<&str>, known: &[String], lang: Lang) -> String {
    let (kind, known) = (kind.say(lang), lang.list(known));
    match ground {
        Some(ground) => words!(
            lang,
            zh = "规则允许的{kind}事由是：{known}，不包括“{ground}”",
            en = "the grounds of the rule for {kind} are {known}; `{ground}` is not among them"
        ),
        None => words!(
            lang,
            zh = "须写明{kind}事由：{known}",
            en = "the rule needs a ground for {kind}: {known}"
        ),
    }
}

/// The state of the clock after `next`, when it may follow the adjustments of `calculation`.
///
/// `rule` is the version in force on the trigger's day; without a rule every ground is accepted, and the office may extend
/// as often as it decides.
///
/// Law: 政府信息公开条例 art. 33(2): an extension is approved and notified. Reading: it is decided before the due date
/// and once (held by `an_extension_is_granted_once_with_a_reason_and_before_expiry`).
///
/// # Errors
///
/// The [`AdjustmentRefusal`], the most basic first: time, reason, order, expiry, ground, length.
pub fn check_adjustment(
    calculation: &Calculation<'_>,
    next: &Adjustment,
    now: Moment,
    rule: Option<&RuleVersion>,
) -> Result<ClockState, AdjustmentRefusal> {
    let (on, today) = (next.on, now.today());
    if on > today {
        return Err(AdjustmentRefusal::Future { on, today });
    }
    if matches!(next.change, Change::Extend(_)) && next.reason.trim().is_empty() {
        return Err(AdjustmentRefusal::NoReason);
    }
    let before = calculation.clock()?;
    let mut adjustments = calculation.adjustments.to_vec();
    adjustments.push(next.clone());
    let after = Calculation { adjustments: &adjustments, ..*calculation }.clock()?;
    check_in_time(calculation, before, next, now, rule.is_some())?;
    if let Some(rule) = rule {
        check_ground(rule, next)?;
    }
    Ok(after)
}

fn check_in_time(
    calculation: &Calculation<'_>,
    before: ClockState,
    next: &Adjustment,
    now: Moment,
    is_by_rule: bool,
) -> Result<(), AdjustmentRefusal> {
    let since_restart = calculation
        .adjustments
        .iter()
        .rev()
        .take_while(|earlier| earlier.change != Change::Restart);
    let mut extensions = since_restart.filter_map(|earlier| match earlier.change {
        Change::Extend(by) => Some(by),
        Change::Suspend | Change::Resume | Change::Restart => None,
    });
    if let (Change::Extend(_), Some(by), true) = (next.change, extensions.next(), is_by_rule) {
        return Err(AdjustmentRefusal::AlreadyExtended { by });
    }
    match (next.change, before) {
        (Change::Extend(_) | Change::Suspend, ClockState::Running(deadline))
            if next.on > deadline.due || next.on == now.today() && deadline.is_over(now) =>
        {
            Err(AdjustmentRefusal::AfterExpiry { due: deadline.due, on: next.on })
        }
        _ => Ok(()),
    }
}

fn check_ground(rule: &RuleVersion, next: &Adjustment) -> Result<(), AdjustmentRefusal> {
    let kind = next.change.kind();
    let given = next.ground.as_deref();
    if kind == ChangeKind::Resume {
        return Ok(());
    }
    if let Some(allowed) = rule.allowed_for(next) {
        return check_length(allowed.change, next.change);
    }
    let candidates: Vec<&AllowedAdjustment> = rule.allows_of(kind).collect();
    Err(match rule.allows.iter().find(|allowed| given == Some(allowed.ground.as_str())) {
        Some(other) => AdjustmentRefusal::OtherEffect {
            ground: other.ground.clone(),
            kind: other.change.kind(),
        },
        None if candidates.is_empty() => AdjustmentRefusal::NotAllowed { kind },
        None => AdjustmentRefusal::OtherGround {
            kind,
            ground: next.ground.clone(),
            known: candidates.iter().map(|allowed| allowed.ground.clone()).collect(),
        },
    })
}

fn check_length(allowed: AllowedChange, change: Change) -> Result<(), AdjustmentRefusal> {
    match (allowed, change) {
        (AllowedChange::Extend(at_most), Change::Extend(by))
            if by.unit != at_most.unit || by.amount > at_most.amount =>
        {
            Err(AdjustmentRefusal::TooLong { by, at_most })
        }
        _ => Ok(()),
    }
}
