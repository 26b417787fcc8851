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
fn decided(outcome: &Outcome, change: impl FnOnce(&mut Standing<'_>)) -> Decision {
    let recipient = Address::parse("a@unit.example").unwrap();
    let mut standing = Standing {
        message_id: "<m@office.example>",
        recipient: &recipient,
        sealed: sealed(),
        attempt: 1,
        unknowns: 0,
        earlier: &[],
    };
    change(&mut standing);
    decide(&standing, outcome, now(), next_morning())
}

fn now() -> Moment {
    moment("2022-12-28T01:01:00Z")
}

fn next_morning() -> Moment {
    moment("2022-12-29T00:30:00Z")
}

fn delay(decision: &Decision) -> SignedDuration {
    match decision.fate {
        Fate::Deferred(at) | Fate::Unknown(at) => at.since(now()),
        Fate::Accepted | Fate::Uncharged | Fate::Held(_) | Fate::Dead { .. } => {
            panic!("not to be tried again: {decision:?}")
        }
    }
}

fn relay_broken(reason: CircuitReason) -> Circuit {
    Circuit::Broken { scope: Scope::Relay, reason }
}

#[test]
fn an_accepted_message_opens_the_road() {
    let reply = Reply { code: 250, text: "queued".to_owned() };
    let decision = decided(&Outcome::Accepted { reply }, |_| ());
    assert_eq!((decision.fate, decision.circuit), (Fate::Accepted, Circuit::Works));
}

#[test]
fn trouble_with_the_relay_costs_the_message_nothing() {
    for (stage, fault, reason) in [
        (Stage::Connect, Fault::Broken("refused".to_owned()), CircuitReason::Unreachable),
        (Stage::Greeting, Fault::TimedOut, CircuitReason::Unreachable),
        (Stage::Tls, Fault::Untrusted("expired".to_owned()), CircuitReason::Tls),
        (Stage::Tls, Fault::NotOffered("STARTTLS"), CircuitReason::Tls),
        (
            Stage::Data,
            Fault::UnexpectedReply(Reply { code: 250, text: String::new() }),
            CircuitReason::Unreachable,
        ),
    ] {
        let decision = decided(&Outcome::Failed { stage, fault }, |_| ());
        assert_eq!((decision.fate, decision.circuit), (Fate::Uncharged, relay_broken(reason)));
    }
}

#[test]
fn a_refused_login_or_sender_calls_a_person_and_never_kills_a_message() {
    for (outcome, reason) in [
        (refused(Stage::Login, 535, "authentication failed"), CircuitReason::Login),
        (refused(Stage::Sender, 553, "not yours"), CircuitReason::Sender),
    ] {
        let decision = decided(&outcome, |_| ());
        assert_eq!(decision.fate, Fate::Uncharged);
        assert_eq!(decision.circuit, relay_broken(reason));
        assert_eq!(decision.item, Some(Item::Road { scope: Scope::Relay, reason }));
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
    assert_eq!(decision.fate, Fate::Dead { suppress: true });
    assert_eq!(decision.item, Some(Item::Mailbox(Address::parse("a@unit.example").unwrap())));
    assert_eq!(decision.circuit, Circuit::Works);
}

#[test]
fn qq_s_access_denied_waits_an_hour_and_kills_nobody() {
    let text = "Mailbox unavailable or access denied";
    let decision = decided(&refused(Stage::Recipient, 550, text), |_| ());
    assert!(delay(&decision) >= SignedDuration::from_hours(1));
}

#[test]
fn a_domain_s_rate_limit_closes_that_domain_only() {
    let decision = decided(&refused(Stage::Recipient, 550, "Domain frequency limited"), |_| ());
    let scope = Scope::Domain("unit.example".to_owned());
    assert_eq!(decision.circuit, Circuit::Broken { scope, reason: CircuitReason::Throttled });
    assert!(matches!(decision.fate, Fate::Deferred(_)));
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
    let second = decided(&outcome, |standing| standing.earlier = &[FailureClass::UnclearRefusal]);
    assert!(delay(&first) + delay(&second) >= SignedDuration::from_hours(24));
    let third = decided(&outcome, |standing| {
        standing.earlier = &[FailureClass::UnclearRefusal, FailureClass::UnclearRefusal];
    });
    assert_eq!(third.fate, Fate::Dead { suppress: false });
    assert_eq!(third.item, Some(Item::Undelivered));
}

#[test]
fn refused_content_is_offered_once_more_next_working_morning() {
    let outcome = refused(Stage::Dot, 554, "5.6.0 content");
    assert_eq!(decided(&outcome, |_| ()).fate, Fate::Deferred(next_morning()));
    let again = decided(&outcome, |standing| standing.earlier = &[FailureClass::Content]);
    assert_eq!(again.fate, Fate::Dead { suppress: false });
}

#[test]
fn an_unknown_outcome_is_repeated_twice_then_held() {
    let outcome = Outcome::Unknown { fault: Fault::TimedOut };
    for unknowns in [0, 1] {
        let decision = decided(&outcome, |standing| standing.unknowns = unknowns);
        assert!(matches!(decision.fate, Fate::Unknown(_)));
        assert!(delay(&decision) >= SignedDuration::from_mins(30));
    }
    let last = decided(&outcome, |standing| standing.unknowns = 2);
    assert_eq!(last.fate, Fate::Held(HeldReason::Ambiguous));
    assert_eq!(last.item, Some(Item::Ambiguous));
}

#[test]
fn a_message_that_does_not_fit_the_relay_is_dead_at_once() {
    let fault = Fault::Unfit(Unfit::TooLarge { limit: 10 });
    let decision = decided(&Outcome::Failed { stage: Stage::Sender, fault }, |_| ());
    assert_eq!(decision.fate, Fate::Dead { suppress: false });
}

#[test]
fn an_attempt_cut_short_before_the_dot_is_repeated_at_once_three_times() {
    for crashes in 0..3 {
        let earlier = vec![FailureClass::Crash; crashes];
        let decision = decided(&Outcome::Withheld, |standing| {
            standing.earlier = Box::leak(earlier.into_boxed_slice());
        });
        assert_eq!(decision.fate, Fate::Deferred(now()), "{crashes}");
    }
    let worn = decided(&Outcome::Withheld, |standing| {
        standing.earlier = &[FailureClass::Crash; 3];
    });
    assert!(delay(&worn) >= SignedDuration::from_mins(5));
}
