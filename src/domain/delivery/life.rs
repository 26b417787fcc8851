//! When a message expires, and what becomes of an expired one.
//!
//! Must not know: how an attempt was made, where messages are kept.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::counting::add_working_days;
use crate::domain::delivery::{FailureClass, Stage};
use crate::domain::moment::Moment;

const EXPIRES_AFTER_WORKING_DAYS: i32 = 5;
/// A message that its recipient's side refused on so many different days is undeliverable.
const DAYS_OF_REFUSAL: usize = 3;

/// The moment at which a message sealed at `sealed` expires: the same time of day, five working days later. Nights and rest
/// days do not count, because nothing is sent in them.
///
/// ```
/// use duban::domain::{calendar::WorkCalendar, delivery::expires_at, moment::Moment};
/// use jiff::civil::date;
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let at = |month, day| Moment::from_local(date(2026, month, day).at(17, 25, 0, 0)).unwrap();
/// // National Day lasts until 7 October; Saturday the 10th is a make-up day
/// assert_eq!(expires_at(at(9, 30), &calendar), at(10, 13));
/// ```
pub fn expires_at(sealed: Moment, calendar: &WorkCalendar) -> Moment {
    let last = add_working_days(calendar, sealed.today(), EXPIRES_AFTER_WORKING_DAYS)
        .map(|counted| counted.date);
    // at the edges of the calendar nothing is ever too old
    last.ok()
        .and_then(|last| Moment::from_local(last.to_datetime(sealed.time())))
        .unwrap_or(Moment::at(jiff::Timestamp::MAX))
}

/// An earlier attempt, reduced to what tells whose fault the failure was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastAttempt {
    /// The day it was made.
    pub on: Date,
    /// The stage it reached, when that is known.
    pub stage: Option<Stage>,
    /// The class of its failure; `None` when the attempt ended without one.
    pub class: Option<FailureClass>,
    /// True when the relay answered; false when it said nothing.
    pub is_answered: bool,
}

/// What becomes of an expired message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryDecision {
    /// The message is undeliverable: an item is opened, and the next role may be told instead.
    DeadLetter,
    /// Our relay, our login or our own service kept the message from being delivered. What is still owed goes back to the
    /// planner and is composed again as it stands then; nobody counts as unreachable.
    Recompose,
}

impl PastAttempt {
    /// True when the recipient's side refused the message.
    fn is_refusal_of_recipient(self) -> bool {
        match self.class {
            Some(
                FailureClass::MailboxThrottle
                | FailureClass::MailboxFull
                | FailureClass::UnknownMailbox
                | FailureClass::UnclearRefusal
                | FailureClass::Content
                | FailureClass::Unfit,
            ) => true,
            Some(FailureClass::Later) => self.is_answered && self.stage >= Some(Stage::Recipient),
            Some(
                FailureClass::Relay
                | FailureClass::Tls
                | FailureClass::Login
                | FailureClass::Sender
                | FailureClass::Policy
                | FailureClass::RelayThrottle
                | FailureClass::DomainThrottle
                | FailureClass::Ambiguous
                | FailureClass::Crash,
            )
            | None => false,
        }
    }
}

/// Decides what becomes of an expired message after these attempts.
///
/// A message that may have been delivered is never composed again: its reader would get it twice, under two Message-IDs.
pub fn decide_expired(attempts: &[PastAttempt]) -> ExpiryDecision {
    let may_have_arrived = attempts.iter().any(|it| it.class == Some(FailureClass::Ambiguous));
    let refusals = attempts.iter().filter(|it| it.is_refusal_of_recipient());
    let days: BTreeSet<Date> = refusals.map(|it| it.on).collect();
    if may_have_arrived || days.len() >= DAYS_OF_REFUSAL {
        ExpiryDecision::DeadLetter
    } else {
        ExpiryDecision::Recompose
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn attempts(class: FailureClass, stage: Stage, days: &[i8]) -> Vec<PastAttempt> {
        let attempt = |day: &i8| PastAttempt {
            on: date(2022, 12, *day),
            stage: Some(stage),
            class: Some(class),
            is_answered: true,
        };
        days.iter().map(attempt).collect()
    }

    #[test]
    fn a_message_never_offered_is_composed_again() {
        assert_eq!(decide_expired(&[]), ExpiryDecision::Recompose);
    }

    #[test]
    fn refused_for_its_recipient_on_three_days_it_is_dead_lettered() {
        for class in [FailureClass::MailboxFull, FailureClass::Later, FailureClass::MailboxThrottle]
        {
            let refused = |days| decide_expired(&attempts(class, Stage::Recipient, days));
            assert_eq!(refused(&[26, 27, 28]), ExpiryDecision::DeadLetter, "{class:?}");
            assert_eq!(refused(&[26, 26, 26, 27]), ExpiryDecision::Recompose, "{class:?}");
        }
    }

    #[test]
    fn what_our_own_side_did_is_nobodys_refusal() {
        let days = [22, 23, 26, 27, 28];
        for (class, stage) in [
            (FailureClass::Later, Stage::Sender),
            (FailureClass::RelayThrottle, Stage::Recipient),
            (FailureClass::DomainThrottle, Stage::Recipient),
            (FailureClass::Crash, Stage::Data),
        ] {
            assert_eq!(
                decide_expired(&attempts(class, stage, &days)),
                ExpiryDecision::Recompose,
                "{class:?}"
            );
        }
        let mut silent = attempts(FailureClass::Later, Stage::Recipient, &days);
        for attempt in &mut silent {
            attempt.is_answered = false;
        }
        assert_eq!(decide_expired(&silent), ExpiryDecision::Recompose);
    }

    #[test]
    fn what_may_have_arrived_is_not_written_a_second_time() {
        let once = attempts(FailureClass::Ambiguous, Stage::Dot, &[28]);
        assert_eq!(decide_expired(&once), ExpiryDecision::DeadLetter);
    }
}
