//! How long a message is tried, and what becomes of one whose time is over.
//!
//! Must not know: how an attempt was made, where messages are kept.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::counting::add_working_days;
use crate::domain::delivery::{FailureClass, Stage};
use crate::domain::moment::Moment;

/// How many working days a message is tried.
const WORKING_DAYS: i32 = 5;
/// A message that was refused for its recipient's sake on so many days has had its chance.
const DAYS_OF_REFUSAL: usize = 3;

/// When a message sealed at `sealed` has been tried long enough: the same time of day, five working days later. Nights and
/// holidays are no time in which it could have been sent.
///
/// ```
/// use duban::domain::{calendar::WorkCalendar, delivery::life_ends, moment::Moment};
/// use jiff::civil::date;
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let at = |month, day| Moment::from_local(date(2026, month, day).at(17, 25, 0, 0)).unwrap();
/// // National Day lasts until 7 October; Saturday the 10th is a make-up day
/// assert_eq!(life_ends(at(9, 30), &calendar), at(10, 13));
/// ```
pub fn life_ends(sealed: Moment, calendar: &WorkCalendar) -> Moment {
    let last = add_working_days(calendar, sealed.today(), WORKING_DAYS).map(|counted| counted.date);
    // at the edges of the calendar nothing is ever too old
    last.ok()
        .and_then(|last| Moment::from_local(last.to_datetime(sealed.time())))
        .unwrap_or(Moment::at(jiff::Timestamp::MAX))
}

/// One attempt, as far as it tells whose fault it was that the message did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The day it was made.
    pub on: Date,
    /// How far it came, when that is known.
    pub stage: Option<Stage>,
    /// What it met; `None` when nothing was learned.
    pub class: Option<FailureClass>,
    /// True when the relay has said so, false when it has said nothing.
    pub is_answered: bool,
}

/// What becomes of a message whose time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// It cannot be delivered: a person is called, and the next role may hear instead.
    GivenUp,
    /// It has not had its chance: our relay, our login or our own service stood in its way. What is still owed goes back
    /// to the planner and is written anew as it stands now; nobody counts as out of reach.
    WrittenAnew,
}

impl Trial {
    /// True when it was the recipient's side that did not take the message.
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

/// Decides what becomes of a message after these attempts, when its time is over.
///
/// One that may have arrived is never written anew: its reader would have it twice, under two Message-IDs.
pub fn retire(trials: &[Trial]) -> Retirement {
    let may_have_arrived = trials.iter().any(|it| it.class == Some(FailureClass::Ambiguous));
    let refusals = trials.iter().filter(|it| it.is_refusal_of_recipient());
    let days: BTreeSet<Date> = refusals.map(|it| it.on).collect();
    if may_have_arrived || days.len() >= DAYS_OF_REFUSAL {
        Retirement::GivenUp
    } else {
        Retirement::WrittenAnew
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn trials(class: FailureClass, stage: Stage, days: &[i8]) -> Vec<Trial> {
        let trial = |day: &i8| Trial {
            on: date(2022, 12, *day),
            stage: Some(stage),
            class: Some(class),
            is_answered: true,
        };
        days.iter().map(trial).collect()
    }

    #[test]
    fn a_message_never_offered_is_written_anew() {
        assert_eq!(retire(&[]), Retirement::WrittenAnew);
    }

    #[test]
    fn refused_for_its_recipient_on_three_days_it_is_given_up() {
        for class in [FailureClass::MailboxFull, FailureClass::Later, FailureClass::MailboxThrottle]
        {
            let refused = |days| retire(&trials(class, Stage::Recipient, days));
            assert_eq!(refused(&[26, 27, 28]), Retirement::GivenUp, "{class:?}");
            assert_eq!(refused(&[26, 26, 26, 27]), Retirement::WrittenAnew, "{class:?}");
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
            assert_eq!(retire(&trials(class, stage, &days)), Retirement::WrittenAnew, "{class:?}");
        }
        let mut silent = trials(FailureClass::Later, Stage::Recipient, &days);
        for trial in &mut silent {
            trial.is_answered = false;
        }
        assert_eq!(retire(&silent), Retirement::WrittenAnew);
    }

    #[test]
    fn what_may_have_arrived_is_not_written_a_second_time() {
        let once = trials(FailureClass::Ambiguous, Stage::Dot, &[28]);
        assert_eq!(retire(&once), Retirement::GivenUp);
    }
}
