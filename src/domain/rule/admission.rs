//! Whether an adjustment may be recorded: possible in order, lawful by its ground, in time.
//!
//! Must not know: whether the obligation is closed (the workflow asks first), how a refusal is worded.

use jiff::civil::Date;

use crate::domain::deadline::{Adjustment, Calculation, Change, ClockState, DeadlineFault};
use crate::domain::moment::Moment;
use crate::domain::rule::{AllowedAdjustment, Effect, RuleVersion};
use crate::domain::term::Period;

/// Why an adjustment is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdjustmentRefusal {
    /// It cannot stand where it would, or the date cannot be worked out.
    #[error(transparent)]
    Impossible(#[from] DeadlineFault),
    /// It has not happened yet.
    #[error("{on} is after today, {today}")]
    Future {
        /// Its day.
        on: Date,
        /// The day it would be recorded.
        today: Date,
    },
    /// An extension or suspension after the last day: there is nothing left to extend or keep.
    #[error("the term ended on {due}, before {on}")]
    AfterExpiry {
        /// The due date.
        due: Date,
        /// Its day.
        on: Date,
    },
    /// A second extension.
    #[error("the term was already extended, by {by}")]
    AlreadyExtended {
        /// The first extension.
        by: Period,
    },
    /// No reason given for an extension.
    #[error("an extension needs a reason")]
    NoReason,
    /// The rule allows no adjustment of this kind.
    #[error("the rule allows no {effect}")]
    NotAllowed {
        /// The word of the kind.
        effect: &'static str,
    },
    /// A ground the rule does not know for it.
    #[error("the rule allows {effect} on the ground of {}, not `{}`", known.join(", "), ground.as_deref().unwrap_or(""))]
    OtherGround {
        /// The word of the kind.
        effect: &'static str,
        /// The ground given.
        ground: Option<String>,
        /// The grounds the rule knows for it.
        known: Vec<String>,
    },
    /// The ground has another effect: correction restarts, consultation suspends.
    #[error("`{ground}` is a ground to {effect}")]
    OtherEffect {
        /// The ground given.
        ground: String,
        /// What it does by law.
        effect: &'static str,
    },
    /// Longer than the rule allows.
    #[error("the rule allows {at_most} at most, not {by}")]
    TooLong {
        /// What was asked for.
        by: Period,
        /// What the rule allows.
        at_most: Period,
    },
}

/// Decides whether `next` may follow the adjustments of `case`, and returns where the clock stands after it.
///
/// `rule` is the version in force on the trigger's day; without a rule every ground is accepted.
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
    check_in_time(calculation, before, next, now)?;
    if let Some(rule) = rule {
        check_ground(&rule.allows, next)?;
    }
    Ok(after)
}

fn check_in_time(
    calculation: &Calculation<'_>,
    before: ClockState,
    next: &Adjustment,
    now: Moment,
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
    if let (Change::Extend(_), Some(by)) = (next.change, extensions.next()) {
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

fn check_ground(allows: &[AllowedAdjustment], next: &Adjustment) -> Result<(), AdjustmentRefusal> {
    let (effect, by) = match next.change {
        Change::Extend(by) => ("extend", Some(by)),
        Change::Suspend => ("suspend", None),
        Change::Restart => ("restart", None),
        Change::Resume => return Ok(()),
    };
    let given = next.ground.as_deref();
    let candidates: Vec<&AllowedAdjustment> =
        allows.iter().filter(|allowed| allowed.effect.word() == effect).collect();
    let by_ground = |allowed: &&AllowedAdjustment| given == Some(allowed.ground.as_str());
    let matching = match candidates.as_slice() {
        [only] if given.is_none() => Some(*only),
        several => several.iter().copied().find(|allowed| by_ground(allowed)),
    };
    match matching {
        Some(allowed) => check_length(allowed.effect, by),
        None => Err(match allows.iter().find(by_ground) {
            Some(other) => AdjustmentRefusal::OtherEffect {
                ground: other.ground.clone(),
                effect: other.effect.word(),
            },
            None if candidates.is_empty() => AdjustmentRefusal::NotAllowed { effect },
            None => AdjustmentRefusal::OtherGround {
                effect,
                ground: next.ground.clone(),
                known: candidates.iter().map(|allowed| allowed.ground.clone()).collect(),
            },
        }),
    }
}

fn check_length(effect: Effect, by: Option<Period>) -> Result<(), AdjustmentRefusal> {
    match (effect, by) {
        (Effect::Extend(at_most), Some(by))
            if by.unit != at_most.unit || by.amount > at_most.amount =>
        {
            Err(AdjustmentRefusal::TooLong { by, at_most })
        }
        _ => Ok(()),
    }
}
