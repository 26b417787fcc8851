//! One test per row of the table of failures.

use super::*;
use crate::domain::delivery::{Fault, Reply, Stage, Unfit};

const SEALED: &str = "2022-12-28T01:00:00Z";

fn moment(text: &str) -> Moment {
    Moment::at(text.parse().unwrap())
}

fn sealed() -> Moment {
    moment(SEALED)
}

fn refused(stage: Stage, code: u16, text: &str) -> Outcome {
    Outcome::Failed { stage, fault: Fault::Refused(Reply { code, text: text.to_owned() }) }
}

/// Decides for a first attempt one minute after sealing, changed by `change`.
fn decided(outcome: &Outcome, change: impl FnOnce(&mut FinishedAttempt<'_>)) -> Decision {
    let recipient = Address::parse("a@unit.example").unwrap();
    let mut attempt = FinishedAttempt {
        message: MessageKey(7),
        message_id: "<m@office.example>",
        recipient: &recipient,
        sealed: sealed(),
        attempt: 1,
        unknowns: 0,
        earlier: &[],
    };
    change(&mut attempt);
    decide(&attempt, outcome, now(), next_morning())
}

fn now() -> Moment {
    moment("2022-12-28T01:01:00Z")
}

fn next_morning() -> Moment {
    moment("2022-12-29T00:30:00Z")
}

fn delay(decision: &Decision) -> SignedDuration {
    match decision.disposition {
        Disposition::Deferred(at) | Disposition::Unknown(at) => at.since(now()),
        Disposition::Accepted
        | Disposition::Requeued
        | Disposition::Held(_)
        | Disposition::Dead { .. } => {
            panic!("not to be tried again: {decision:?}")
        }
    }
}

fn relay_stopped(reason: BreakerReason) -> BreakerChange {
    BreakerChange::Open { scope: BreakerScope::Relay, reason }
}

#[test]
fn an_accepted_message_closes_the_breakers() {
    let reply = Reply { code: 250, text: "queued".to_owned() };
    let decision = decided(&Outcome::Accepted { reply }, |_| ());
    assert_eq!(
        (decision.disposition, decision.breaker),
        (Disposition::Accepted, BreakerChange::Close)
    );
}

#[test]
fn a_failure_of_the_relay_does_not_count_against_the_message() {
    for (stage, fault, reason) in [
        (
            Stage::Connect,
            Fault::broken(&std::io::ErrorKind::ConnectionRefused.into()),
            BreakerReason::Unreachable,
        ),
        (Stage::Greeting, Fault::TimedOut, BreakerReason::Unreachable),
        (Stage::Tls, Fault::Untrusted("expired".to_owned()), BreakerReason::Tls),
        (Stage::Tls, Fault::NotOffered("STARTTLS"), BreakerReason::Tls),
        (
            Stage::Data,
            Fault::UnexpectedReply(Reply { code: 250, text: String::new() }),
            BreakerReason::Unreachable,
        ),
    ] {
        let decision = decided(&Outcome::Failed { stage, fault }, |_| ());
        assert_eq!(
            (decision.disposition, decision.breaker),
            (Disposition::Requeued, relay_stopped(reason))
        );
    }
}

#[test]
fn a_refused_login_or_sender_opens_an_item_and_the_message_stays_queued() {
    for (outcome, reason) in [
        (refused(Stage::Login, 535, "authentication failed"), BreakerReason::Login),
        (refused(Stage::Sender, 553, "not yours"), BreakerReason::Sender),
    ] {
        let decision = decided(&outcome, |_| ());
        assert_eq!(decision.disposition, Disposition::Requeued);
        assert_eq!(decision.breaker, relay_stopped(reason));
        assert_eq!(decision.item, Some(ItemKey::Breaker { scope: BreakerScope::Relay, reason }));
    }
}

#[test]
fn greylisting_is_waited_out_for_at_least_five_minutes() {
    let decision = decided(&refused(Stage::Recipient, 450, "greylisted"), |_| ());
    assert!(delay(&decision) >= SignedDuration::from_mins(5));
    assert_eq!(decision.item, None);
}

#[test]
fn an_unknown_mailbox_is_final_and_suppressed() {
    let decision = decided(&refused(Stage::Recipient, 550, "5.1.1 user unknown"), |_| ());
    assert_eq!(decision.disposition, Disposition::Dead { suppress: true });
    assert_eq!(decision.item, Some(ItemKey::Mailbox(Address::parse("a@unit.example").unwrap())));
    assert_eq!(decision.breaker, BreakerChange::Close);
}

#[test]
fn qq_s_access_denied_is_retried_after_an_hour() {
    let text = "Mailbox unavailable or access denied";
    let decision = decided(&refused(Stage::Recipient, 550, text), |_| ());
    assert!(delay(&decision) >= SignedDuration::from_hours(1));
}

#[test]
fn a_domain_s_rate_limit_stops_mail_to_that_domain_only() {
    let decision = decided(&refused(Stage::Recipient, 550, "Domain frequency limited"), |_| ());
    let scope = BreakerScope::Domain("unit.example".to_owned());
    assert_eq!(decision.breaker, BreakerChange::Open { scope, reason: BreakerReason::Throttled });
    assert!(matches!(decision.disposition, Disposition::Deferred(_)));
}

#[test]
fn a_full_mailbox_is_tried_daily() {
    let decision = decided(&refused(Stage::Recipient, 452, "4.2.2 mailbox full"), |_| ());
    assert_eq!(delay(&decision), SignedDuration::from_hours(24));
}

#[test]
fn three_unclear_refusals_over_a_day_are_final_without_suppression() {
    let outcome = refused(Stage::Recipient, 550, "no");
    let first = decided(&outcome, |_| ());
    let second = decided(&outcome, |attempt| attempt.earlier = &[FailureClass::UnclearRefusal]);
    assert!(delay(&first) + delay(&second) >= SignedDuration::from_hours(24));
    let third = decided(&outcome, |attempt| {
        attempt.earlier = &[FailureClass::UnclearRefusal, FailureClass::UnclearRefusal];
    });
    assert_eq!(third.disposition, Disposition::Dead { suppress: false });
    assert_eq!(third.item, Some(ItemKey::Undelivered(MessageKey(7))));
}

#[test]
fn refused_content_is_offered_once_more_next_working_morning() {
    let outcome = refused(Stage::Dot, 554, "5.6.0 content");
    assert_eq!(decided(&outcome, |_| ()).disposition, Disposition::Deferred(next_morning()));
    let again = decided(&outcome, |attempt| attempt.earlier = &[FailureClass::Content]);
    assert_eq!(again.disposition, Disposition::Dead { suppress: false });
}

#[test]
fn an_unknown_outcome_is_retried_twice_then_held() {
    let outcome = Outcome::Unknown { fault: Fault::TimedOut };
    for unknowns in [0, 1] {
        let decision = decided(&outcome, |attempt| attempt.unknowns = unknowns);
        assert!(matches!(decision.disposition, Disposition::Unknown(_)));
        assert!(delay(&decision) >= SignedDuration::from_mins(30));
    }
    let last = decided(&outcome, |attempt| attempt.unknowns = 2);
    assert_eq!(last.disposition, Disposition::Held(HeldReason::Ambiguous));
    assert_eq!(last.item, Some(ItemKey::Ambiguous(MessageKey(7))));
}

#[test]
fn a_message_that_does_not_fit_the_relay_is_dead_at_once() {
    let fault = Fault::Unfit(Unfit::TooLarge { limit: 10 });
    let decision = decided(&Outcome::Failed { stage: Stage::Sender, fault }, |_| ());
    assert_eq!(decision.disposition, Disposition::Dead { suppress: false });
}

#[test]
fn an_attempt_interrupted_before_the_dot_is_retried_at_once_three_times() {
    for crashes in 0..3 {
        let earlier = vec![FailureClass::Crash; crashes];
        let decision = decided(&Outcome::Withheld, |attempt| {
            attempt.earlier = Box::leak(earlier.into_boxed_slice());
        });
        assert_eq!(decision.disposition, Disposition::Deferred(now()), "{crashes}");
    }
    let worn = decided(&Outcome::Withheld, |attempt| {
        attempt.earlier = &[FailureClass::Crash; 3];
    });
    assert!(delay(&worn) >= SignedDuration::from_mins(5));
}
