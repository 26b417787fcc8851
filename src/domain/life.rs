//! The life of an assignment: what can be done to it in which state, and whether the work was late.
//!
//! Must not know: who gives the order, where it is stored.

use jiff::civil::Date;

use crate::domain::deadline::Deadline;
use crate::domain::obligation::{Assignment, AssignmentState};

/// What a person does to an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// 签收: the unit signs for it.
    Acknowledge,
    /// 报结: the unit reports it done.
    Report,
    /// 销号: the lead unit or the office confirms it, or closes it at once.
    Close,
    /// 重开: it is owed again.
    Reopen,
    /// 撤回: it is no longer owed.
    Withdraw,
}

/// What whoever gives an order says about work that is done; nothing at all when it only confirms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The day it was really done; `None` leaves it to what was reported, else to the day of the order.
    pub on: Option<Date>,
    /// Where it can be seen: a URL or the number of a document.
    pub evidence: Option<String>,
    /// Why a minimum (不少于) ended before it may, when it did.
    pub shortened_because: Option<String>,
}

/// What goes on record about work that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The day it was really done; lateness is judged on it, not on the day of the report.
    pub on: Date,
    /// Where it can be seen: a URL or the number of a document.
    pub evidence: Option<String>,
    /// Why a minimum (不少于) ended before it may, when it did.
    pub shortened_because: Option<String>,
}

/// An order about one assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What to do.
    pub verb: Verb,
    /// What is claimed when it is reported or closed.
    pub claim: Claim,
    /// Why, in the words of whoever orders it.
    pub reason: Option<String>,
}

/// Why an order is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not in this state.
    #[error("{} is not possible while it is {}", .verb.word(), .state.word())]
    NotPossible {
        /// What was ordered.
        verb: Verb,
        /// The present state.
        state: AssignmentState,
        /// What is possible instead.
        possible: Vec<Verb>,
    },
    /// Reported without anything to show.
    #[error("a report needs evidence")]
    NoEvidence,
    /// Done on a day that has not come.
    #[error("{on} has not come yet")]
    DoneInFuture {
        /// The day claimed.
        on: Date,
    },
    /// A minimum (不少于) that ended before it may, without a reason on record.
    #[error("{on} is before {earliest}, the earliest lawful end")]
    TooEarly {
        /// The day claimed.
        on: Date,
        /// The first day allowed.
        earliest: Date,
    },
}

impl Verb {
    /// All verbs, in the order of a normal life.
    pub const ALL: [Self; 5] =
        [Self::Acknowledge, Self::Report, Self::Close, Self::Reopen, Self::Withdraw];

    /// The word of the command line and the journal.
    pub fn word(self) -> &'static str {
        match self {
            Self::Acknowledge => "ack",
            Self::Report => "report",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Withdraw => "withdraw",
        }
    }

    /// The state it leads to; `None` where it is not possible.
    pub fn from(self, state: AssignmentState) -> Option<AssignmentState> {
        use AssignmentState::{Acknowledged, Closed, Open, Reported, Withdrawn};
        match (self, state) {
            (Self::Acknowledge, Open) => Some(Acknowledged),
            (Self::Report, Open | Acknowledged) => Some(Reported),
            (Self::Close, Open | Acknowledged | Reported) => Some(Closed),
            (Self::Reopen, Reported | Closed | Withdrawn) => Some(Open),
            (Self::Withdraw, Open | Acknowledged | Reported) => Some(Withdrawn),
            (
                Self::Acknowledge | Self::Report | Self::Close | Self::Reopen | Self::Withdraw,
                Open | Acknowledged | Reported | Closed | Withdrawn,
            ) => None,
        }
    }
}

impl Order {
    /// The state an assignment goes to as of `today`, and what goes on record about its work once it is done.
    ///
    /// # Errors
    ///
    /// [`Refusal`]: the verb is not possible, or what is claimed is.
    ///
    /// ```
    /// use duban::domain::life::{Claim, Order, Refusal, Verb};
    /// use duban::domain::obligation::{Assignment, AssignmentId, AssignmentState, ObligationId};
    /// use duban::domain::unit::UnitId;
    /// use jiff::civil::date;
    /// let share = Assignment {
    ///     id: AssignmentId(1), obligation: ObligationId(1), unit: UnitId(1), state: AssignmentState::Open, done_on: None,
    ///     has_left: false,
    /// };
    /// let order = |verb| Order { verb, claim: Claim::default(), reason: None };
    /// let today = date(2022, 12, 1);
    /// let (state, done) = order(Verb::Close).apply(&share, None, today).unwrap();
    /// assert_eq!((state, done.unwrap().on), (AssignmentState::Closed, today));
    /// let closed = Assignment { state, ..share };
    /// let Err(Refusal::NotPossible { possible, .. }) = order(Verb::Close).apply(&closed, None, today) else {
    ///     unreachable!()
    /// };
    /// assert_eq!(possible, [Verb::Reopen]);
    /// ```
    pub fn apply(
        &self,
        share: &Assignment,
        deadline: Option<&Deadline>,
        today: Date,
    ) -> Result<(AssignmentState, Option<Done>), Refusal> {
        let state = share.state;
        let next = self.verb.from(state).ok_or_else(|| Refusal::NotPossible {
            verb: self.verb,
            state,
            possible: possible_from(state),
        })?;
        if !next.is_done() {
            return Ok((next, None));
        }
        if self.verb == Verb::Report && self.claim.evidence.is_none() {
            return Err(Refusal::NoEvidence);
        }
        let Claim { on, evidence, shortened_because } = self.claim.clone();
        let on = on.or(share.done_on).unwrap_or(today);
        let done = Done { on, evidence, shortened_because };
        // The day that was reported was checked then, with the reason given then.
        if share.done_on != Some(on) {
            check_day(&done, deadline, today)?;
        }
        Ok((next, Some(done)))
    }
}

fn check_day(done: &Done, deadline: Option<&Deadline>, today: Date) -> Result<(), Refusal> {
    let on = done.on;
    if on > today {
        return Err(Refusal::DoneInFuture { on });
    }
    match deadline.and_then(|deadline| deadline.earliest) {
        // Law: 一般不少于30日 leaves room for an exception, which must be argued.
        Some(earliest) if on < earliest && done.shortened_because.is_none() => {
            Err(Refusal::TooEarly { on, earliest })
        }
        Some(_) | None => Ok(()),
    }
}

/// The verbs possible in a state, in the order of a normal life.
pub fn possible_from(state: AssignmentState) -> Vec<Verb> {
    Verb::ALL.into_iter().filter(|verb| verb.from(state).is_some()).collect()
}

/// True when work done on `on` was late; a minimum cannot be.
///
/// ```
/// use duban::domain::{deadline::Deadline, life::was_late};
/// use jiff::civil::date;
/// let deadline = Deadline {
///     due: date(2022, 12, 31), due_at: None, act_by: date(2022, 12, 30), earliest: None, provisional: false,
/// };
/// assert!(!was_late(&deadline, date(2022, 12, 31)));
/// assert!(was_late(&deadline, date(2023, 1, 1)));
/// ```
pub fn was_late(deadline: &Deadline, on: Date) -> bool {
    deadline.earliest.is_none() && on > deadline.due
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::obligation::{AssignmentId, ObligationId};
    use crate::domain::unit::UnitId;

    const TODAY: Date = date(2022, 12, 9);

    fn order(verb: Verb, on: Option<Date>, evidence: Option<&str>, reason: Option<&str>) -> Order {
        let (evidence, shortened_because) =
            (evidence.map(str::to_owned), reason.map(str::to_owned));
        Order { verb, claim: Claim { on, evidence, shortened_because }, reason: None }
    }

    fn report(on: Date, evidence: Option<&str>, reason: Option<&str>) -> Order {
        order(Verb::Report, Some(on), evidence, reason)
    }

    fn share(state: AssignmentState, done_on: Option<Date>) -> Assignment {
        let (id, obligation) = (AssignmentId(1), ObligationId(1));
        Assignment { id, obligation, unit: UnitId(1), state, done_on, has_left: false }
    }

    /// The day that goes on record.
    fn day(
        order: &Order,
        share: &Assignment,
        deadline: Option<&Deadline>,
    ) -> Result<Option<Date>, Refusal> {
        order.apply(share, deadline, TODAY).map(|(_, done)| done.map(|done| done.on))
    }

    const OPEN: AssignmentState = AssignmentState::Open;

    fn minimum(earliest: Date) -> Deadline {
        Deadline {
            due: earliest,
            due_at: None,
            act_by: earliest,
            earliest: Some(earliest),
            provisional: false,
        }
    }

    #[test]
    fn a_normal_life_runs_from_open_to_closed() {
        let mut state = AssignmentState::Open;
        for verb in [Verb::Acknowledge, Verb::Report, Verb::Close] {
            state = verb.from(state).unwrap();
        }
        assert_eq!(state, AssignmentState::Closed);
    }

    #[test]
    fn every_state_says_what_is_possible() {
        let words = |state| {
            let verbs: Vec<&str> = possible_from(state).into_iter().map(Verb::word).collect();
            verbs.join(" ")
        };
        assert_eq!(words(AssignmentState::Open), "ack report close withdraw");
        assert_eq!(words(AssignmentState::Acknowledged), "report close withdraw");
        assert_eq!(words(AssignmentState::Reported), "close reopen withdraw");
        assert_eq!(words(AssignmentState::Closed), "reopen");
        assert_eq!(words(AssignmentState::Withdrawn), "reopen");
    }

    #[test]
    fn a_report_needs_evidence() {
        let on = date(2022, 12, 3);
        let apply = |order: Order| day(&order, &share(OPEN, None), None);
        assert_eq!(apply(report(on, None, None)), Err(Refusal::NoEvidence));
        assert_eq!(apply(report(on, Some("公告〔2022〕3号"), None)), Ok(Some(on)));
    }

    #[test]
    fn nothing_is_done_on_a_day_that_has_not_come() {
        let on = date(2022, 12, 10);
        let refused = day(&report(on, Some("u"), None), &share(OPEN, None), None);
        assert_eq!(refused, Err(Refusal::DoneInFuture { on }));
    }

    #[test]
    fn a_minimum_may_end_early_only_with_a_reason() {
        let earliest = date(2022, 12, 8);
        let on = date(2022, 12, 7);
        let apply = |order: Order| day(&order, &share(OPEN, None), Some(&minimum(earliest)));
        assert_eq!(apply(report(on, Some("u"), None)), Err(Refusal::TooEarly { on, earliest }));
        assert!(apply(report(on, Some("u"), Some("应急"))).is_ok());
        assert!(apply(report(earliest, Some("u"), None)).is_ok());
    }

    #[test]
    fn closing_a_minimum_without_a_word_is_no_way_around_its_earliest_end() {
        let earliest = date(2022, 12, 20);
        let close = |reason| order(Verb::Close, None, None, reason);
        let apply = |order: Order, done_on: Option<Date>| {
            let state = if done_on.is_none() { OPEN } else { AssignmentState::Reported };
            day(&order, &share(state, done_on), Some(&minimum(earliest)))
        };
        assert_eq!(apply(close(None), None), Err(Refusal::TooEarly { on: TODAY, earliest }));
        assert_eq!(apply(close(Some("应急")), None), Ok(Some(TODAY)));
        // What was reported early had its reason then.
        let early = date(2022, 12, 7);
        assert_eq!(apply(close(None), Some(early)), Ok(Some(early)));
    }

    #[test]
    fn closing_keeps_the_day_reported_unless_another_is_given() {
        let reported = share(AssignmentState::Reported, Some(date(2022, 12, 3)));
        let close = |on, evidence| day(&order(Verb::Close, on, evidence, None), &reported, None);
        assert_eq!(close(None, None), Ok(Some(date(2022, 12, 3))));
        assert_eq!(close(None, Some("公告〔2022〕3号")), Ok(Some(date(2022, 12, 3))));
        assert_eq!(close(Some(date(2022, 12, 5)), None), Ok(Some(date(2022, 12, 5))));
        let unreported = order(Verb::Close, None, None, None);
        assert_eq!(day(&unreported, &share(OPEN, None), None), Ok(Some(TODAY)));
    }
}
