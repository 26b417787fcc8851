//! The states of an assignment: which transition is possible from which state, and whether the work was late.
//!
//! Must not know: who asks for a transition, where states are stored.

use jiff::civil::Date;

use crate::domain::deadline::Deadline;
use crate::domain::journal::Action;
use crate::domain::obligation::{Assignment, AssignmentState};
use crate::words;
use crate::words::{Lang, Say};

/// A change of state that a person can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transition {
    /// 签收: the unit has received the assignment.
    Acknowledge,
    /// 报结: the unit reports it done.
    Report,
    /// 销号: the lead unit or the office confirms that it is done; a report is not required before.
    Close,
    /// 重新办理: the unit owes it again.
    Reopen,
    /// 撤销: the unit no longer owes it.
    Withdraw,
}

/// What a person says about finished work; empty when a report is only confirmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletionDetails {
    /// The day on which the work was done; `None` means the day already reported, else the day of the request.
    pub on: Option<Date>,
    /// A URL or the number of a document.
    pub evidence: Option<String>,
    /// Why a minimum (不少于) ended before its earliest lawful end.
    pub shortened_because: Option<String>,
}

/// What is stored about finished work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The day on which the work was done; lateness is judged by it, not by the day of the report.
    pub on: Date,
    /// A URL or the number of a document.
    pub evidence: Option<String>,
    /// Why a minimum (不少于) ended before its earliest lawful end.
    pub shortened_because: Option<String>,
}

/// A request to change the state of assignments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitionRequest {
    pub transition: Transition,
    /// Used by reports and closings only.
    pub details: CompletionDetails,
    /// In the words of the person who asks.
    pub reason: Option<String>,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum TransitionFault {
    NotPossible {
        transition: Transition,
        /// The present state.
        state: AssignmentState,
        /// What is possible instead.
        possible: Vec<Transition>,
    },
    /// A report without evidence.
    NoEvidence,
    DoneInFuture {
        /// The day given.
        on: Date,
    },
    /// A minimum (不少于) would end too early, and no reason is given.
    TooEarly {
        /// The day given.
        on: Date,
        /// The earliest lawful end.
        earliest: Date,
    },
    /// Done before the clock began.
    BeforeTrigger {
        /// The day given.
        on: Date,
        trigger: Date,
    },
    /// Fewer events than required were counted, and no reason is given.
    QuotaUnmet { done: u32, required: u32 },
}

/// What the completion of an assignment is checked against.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorkFacts<'a> {
    pub deadline: Option<&'a Deadline>,
    /// The event its clock runs from; `None` for what has none.
    pub trigger: Option<Date>,
    /// Events counted and required, when it is a quota.
    pub quota: Option<(u32, u32)>,
}

impl Say for TransitionFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::NotPossible { transition, state, .. } => words!(
                lang,
                zh = "当前状态为“{state}”，不能{action}",
                en = "the state is `{state}`, so it is not possible to {action} it",
                state = state.say(lang),
                action = transition.action().say(lang),
            ),
            Self::NoEvidence => lang.pick("报结须附完成依据", "a report needs evidence").to_owned(),
            Self::DoneInFuture { on } => {
                words!(
                    lang,
                    zh = "办结日期{on}晚于今日",
                    en = "the completion date {on} lies in the future"
                )
            }
            Self::TooEarly { on, earliest } => words!(
                lang,
                zh = "办结日期{on}早于最早可结束日{earliest}",
                en = "the completion date {on} is before {earliest}, the earliest lawful end",
            ),
            Self::BeforeTrigger { on, trigger } => words!(
                lang,
                zh = "办结日期{on}早于起算日{trigger}",
                en = "the completion date {on} is before the trigger on {trigger}"
            ),
            Self::QuotaUnmet { done, required } => words!(
                lang,
                zh = "要求{required}次，只完成{done}次",
                en = "{required} times are required, and {done} are counted"
            ),
        }
    }
}

impl Transition {
    /// All of them, in the order in which they normally happen.
    pub const ALL: [Self; 5] =
        [Self::Acknowledge, Self::Report, Self::Close, Self::Reopen, Self::Withdraw];

    /// How the journal records it.
    pub fn action(self) -> Action {
        match self {
            Self::Acknowledge => Action::Acknowledge,
            Self::Report => Action::Report,
            Self::Close => Action::Close,
            Self::Reopen => Action::Reopen,
            Self::Withdraw => Action::Withdraw,
        }
    }

    /// The state after the transition; `None` where it is not possible.
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

impl TransitionRequest {
    /// The state of `assignment` after the request, and what is stored about its work once it is done.
    ///
    /// # Errors
    ///
    /// [`TransitionFault`]: the transition is not possible from the present state, or the details are not acceptable.
    ///
    /// ```
    /// use duban::domain::life::{CompletionDetails, Transition, TransitionFault, TransitionRequest, WorkFacts};
    /// use duban::domain::obligation::{Assignment, AssignmentId, AssignmentState, ObligationId};
    /// use duban::domain::unit::UnitId;
    /// use jiff::civil::date;
    /// let assignment = Assignment {
    ///     id: AssignmentId(1), obligation: ObligationId(1), unit: UnitId(1), state: AssignmentState::Open, done_on: None,
    ///     has_left: false,
    /// };
    /// let request = |transition| TransitionRequest { transition, details: CompletionDetails::default(), reason: None };
    /// let today = date(2022, 12, 1);
    /// let facts = WorkFacts::default();
    /// let (state, completion) = request(Transition::Close).apply(&assignment, facts, today).unwrap();
    /// assert_eq!((state, completion.unwrap().on), (AssignmentState::Closed, today));
    /// let closed = Assignment { state, ..assignment };
    /// let refused = request(Transition::Close).apply(&closed, facts, today);
    /// let Err(TransitionFault::NotPossible { possible, .. }) = refused else { unreachable!() };
    /// assert_eq!(possible, [Transition::Reopen]);
    /// ```
    pub fn apply(
        &self,
        assignment: &Assignment,
        facts: WorkFacts<'_>,
        today: Date,
    ) -> Result<(AssignmentState, Option<Completion>), TransitionFault> {
        let state = assignment.state;
        let next = self.transition.from(state).ok_or_else(|| TransitionFault::NotPossible {
            transition: self.transition,
            state,
            possible: possible_from(state),
        })?;
        if !next.is_done() {
            return Ok((next, None));
        }
        if self.transition == Transition::Report && self.details.evidence.is_none() {
            return Err(TransitionFault::NoEvidence);
        }
        let CompletionDetails { on, evidence, shortened_because } = self.details.clone();
        let on = on.or(assignment.done_on).unwrap_or(today);
        let completion = Completion { on, evidence, shortened_because };
        // A day that was reported before was checked at that time, together with its reason.
        if assignment.done_on != Some(on) {
            check_day(&completion, facts.deadline, today)?;
            if let Some(trigger) = facts.trigger.filter(|trigger| on < *trigger) {
                return Err(TransitionFault::BeforeTrigger { on, trigger });
            }
        }
        let is_reasoned = self.reason.is_some() || completion.shortened_because.is_some();
        match facts.quota {
            Some((done, required)) if done < required && state.is_owed() && !is_reasoned => {
                Err(TransitionFault::QuotaUnmet { done, required })
            }
            Some(_) | None => Ok((next, Some(completion))),
        }
    }
}

/// Checks the day on which work was done.
///
/// # Errors
///
/// [`TransitionFault::DoneInFuture`], [`TransitionFault::TooEarly`].
pub fn check_day(
    completion: &Completion,
    deadline: Option<&Deadline>,
    today: Date,
) -> Result<(), TransitionFault> {
    let on = completion.on;
    if on > today {
        return Err(TransitionFault::DoneInFuture { on });
    }
    match deadline.and_then(|deadline| deadline.earliest) {
        // Law: 一般不少于30日 permits an exception; the reason for it must be on record.
        Some(earliest) if on < earliest && completion.shortened_because.is_none() => {
            Err(TransitionFault::TooEarly { on, earliest })
        }
        Some(_) | None => Ok(()),
    }
}

/// The transitions possible from a state, in the order in which they normally happen.
pub fn possible_from(state: AssignmentState) -> Vec<Transition> {
    Transition::ALL.into_iter().filter(|transition| transition.from(state).is_some()).collect()
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

    fn request(
        transition: Transition,
        on: Option<Date>,
        evidence: Option<&str>,
        reason: Option<&str>,
    ) -> TransitionRequest {
        let (evidence, shortened_because) =
            (evidence.map(str::to_owned), reason.map(str::to_owned));
        TransitionRequest {
            transition,
            details: CompletionDetails { on, evidence, shortened_because },
            reason: None,
        }
    }

    fn report(on: Date, evidence: Option<&str>, reason: Option<&str>) -> TransitionRequest {
        request(Transition::Report, Some(on), evidence, reason)
    }

    fn assignment(state: AssignmentState, done_on: Option<Date>) -> Assignment {
        let (id, obligation) = (AssignmentId(1), ObligationId(1));
        Assignment { id, obligation, unit: UnitId(1), state, done_on, has_left: false }
    }

    /// The completion date that is stored.
    fn day(
        request: &TransitionRequest,
        assignment: &Assignment,
        deadline: Option<&Deadline>,
    ) -> Result<Option<Date>, TransitionFault> {
        let facts = WorkFacts { deadline, ..WorkFacts::default() };
        request.apply(assignment, facts, TODAY).map(|(_, done)| done.map(|done| done.on))
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
    fn an_assignment_is_acknowledged_then_reported_then_closed() {
        let mut state = AssignmentState::Open;
        for transition in [Transition::Acknowledge, Transition::Report, Transition::Close] {
            state = transition.from(state).unwrap();
        }
        assert_eq!(state, AssignmentState::Closed);
    }

    #[test]
    fn each_state_has_its_possible_transitions() {
        let words = |state| {
            let actions = possible_from(state).into_iter().map(|it| it.action().word());
            actions.collect::<Vec<_>>().join(" ")
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
        let apply = |request: TransitionRequest| day(&request, &assignment(OPEN, None), None);
        assert_eq!(apply(report(on, None, None)), Err(TransitionFault::NoEvidence));
        assert_eq!(apply(report(on, Some("公告〔2022〕3号"), None)), Ok(Some(on)));
    }

    #[test]
    fn work_cannot_be_done_on_a_future_day() {
        let on = date(2022, 12, 10);
        let refused = day(&report(on, Some("u"), None), &assignment(OPEN, None), None);
        assert_eq!(refused, Err(TransitionFault::DoneInFuture { on }));
    }

    #[test]
    fn work_is_not_done_before_its_clock_began() {
        let facts = WorkFacts { trigger: Some(date(2022, 11, 20)), ..WorkFacts::default() };
        let apply = |on| report(on, Some("u"), None).apply(&assignment(OPEN, None), facts, TODAY);
        let (on, trigger) = (date(2022, 11, 19), date(2022, 11, 20));
        assert_eq!(apply(on), Err(TransitionFault::BeforeTrigger { on, trigger }));
        assert!(apply(trigger).is_ok());
    }

    #[test]
    fn a_quota_that_is_not_met_ends_only_with_a_reason() {
        let facts = WorkFacts { quota: Some((2, 4)), ..WorkFacts::default() };
        let close = |reason: Option<&str>| {
            let reason = reason.map(str::to_owned);
            let request =
                TransitionRequest { reason, ..request(Transition::Close, None, None, None) };
            request.apply(&assignment(OPEN, None), facts, TODAY).map(|(state, _)| state)
        };
        assert_eq!(close(None), Err(TransitionFault::QuotaUnmet { done: 2, required: 4 }));
        assert_eq!(close(Some("机构撤并")), Ok(AssignmentState::Closed));
    }

    #[test]
    fn a_minimum_may_end_early_only_with_a_reason() {
        let earliest = date(2022, 12, 8);
        let on = date(2022, 12, 7);
        let apply = |request: TransitionRequest| {
            day(&request, &assignment(OPEN, None), Some(&minimum(earliest)))
        };
        assert_eq!(
            apply(report(on, Some("u"), None)),
            Err(TransitionFault::TooEarly { on, earliest })
        );
        assert!(apply(report(on, Some("u"), Some("应急"))).is_ok());
        assert!(apply(report(earliest, Some("u"), None)).is_ok());
    }

    #[test]
    fn closing_a_minimum_early_needs_a_reason_too() {
        let earliest = date(2022, 12, 20);
        let close = |reason| request(Transition::Close, None, None, reason);
        let apply = |request: TransitionRequest, done_on: Option<Date>| {
            let state = if done_on.is_none() { OPEN } else { AssignmentState::Reported };
            day(&request, &assignment(state, done_on), Some(&minimum(earliest)))
        };
        assert_eq!(
            apply(close(None), None),
            Err(TransitionFault::TooEarly { on: TODAY, earliest })
        );
        assert_eq!(apply(close(Some("应急")), None), Ok(Some(TODAY)));
        // The early day was reported with a reason before.
        let early = date(2022, 12, 7);
        assert_eq!(apply(close(None), Some(early)), Ok(Some(early)));
    }

    #[test]
    fn closing_keeps_the_day_reported_unless_another_is_given() {
        let reported = assignment(AssignmentState::Reported, Some(date(2022, 12, 3)));
        let close =
            |on, evidence| day(&request(Transition::Close, on, evidence, None), &reported, None);
        assert_eq!(close(None, None), Ok(Some(date(2022, 12, 3))));
        assert_eq!(close(None, Some("公告〔2022〕3号")), Ok(Some(date(2022, 12, 3))));
        assert_eq!(close(Some(date(2022, 12, 5)), None), Ok(Some(date(2022, 12, 5))));
        let unreported = request(Transition::Close, None, None, None);
        assert_eq!(day(&unreported, &assignment(OPEN, None), None), Ok(Some(TODAY)));
    }
}
