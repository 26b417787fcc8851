//! The life of an assignment on a real ledger, and what its reminders make of it.

use duban::domain::life::{CompletionDetails, Transition, TransitionFault, TransitionRequest};
use duban::domain::obligation::{AssignmentState, ObligationState};
use duban::storage::StorageError;
use duban::storage::journal::Journal as _;
use duban::storage::lifecycle::{Lifecycle as _, StateChange};
use duban::storage::obligations::Obligations as _;
use duban::workflows::Refused;
use duban::workflows::life::{Target, act, silence};

use super::story::{BUREAU, Story, at};

fn target(unit: Option<&str>) -> Target {
    Target { obligation: "1".into(), unit: unit.map(Into::into), ..Target::default() }
}

fn request(transition: Transition) -> TransitionRequest {
    TransitionRequest { transition, details: CompletionDetails::default(), reason: None }
}

fn report(on: &str) -> TransitionRequest {
    let details = CompletionDetails {
        on: Some(on.parse().unwrap()),
        evidence: Some("https://x.example/1".into()),
        shortened_because: None,
    };
    TransitionRequest { transition: Transition::Report, details, reason: None }
}

async fn story() -> Story {
    let story = Story::new().await;
    story.register("1", "2022-12-30", None, "2022-06-17").await;
    story
}

impl Story {
    async fn act(&self, day: &str, order: &TransitionRequest) -> Result<(), Refused> {
        act(self.context(at(day)), &[target(None)], order).await.map(drop)
    }

    async fn obligation_state(&self) -> ObligationState {
        self.store.obligations_by_reference(&["1".into()]).await.unwrap()[0].state
    }
}

#[tokio::test]
async fn done_on_the_third_and_recorded_on_the_ninth_keeps_both_days() {
    let story = story().await;
    story.act("2022-12-09", &report("2022-12-03")).await.unwrap();
    assert_eq!(
        story.column("SELECT done_on || ' ' || date(reported_at, 'unixepoch', '+8 hours') FROM assignment").await,
        ["2022-12-03 2022-12-09"]
    );
    story.act("2022-12-12", &request(Transition::Close)).await.unwrap();
    assert_eq!(
        story.column("SELECT done_on || ' ' || state FROM assignment").await,
        ["2022-12-03 closed"]
    );
    assert_eq!(story.obligation_state().await, ObligationState::Closed);
}

#[tokio::test]
async fn reported_work_is_silent_and_reopened_work_is_chased_again() {
    let story = story().await;
    assert_eq!(story.pass("2022-12-23").await.len(), 2);
    story.act("2022-12-26", &report("2022-12-26")).await.unwrap();
    assert_eq!(story.passes("2022-12-27", "2023-01-06").await, Vec::<String>::new());
    story.act("2023-01-09", &request(Transition::Reopen)).await.unwrap();
    assert_eq!(
        story.pass("2023-01-09").await,
        ["区财政局承办人: 1 late", "区财政局负责人: 1 lead"]
    );
    assert_eq!(
        story.column("SELECT coalesce(done_on, 'not done') FROM assignment").await,
        ["not done"]
    );
}

#[tokio::test]
async fn a_unit_that_signs_and_then_does_nothing_is_spared_notices_only() {
    let story = story().await;
    story.act("2022-06-20", &request(Transition::Acknowledge)).await.unwrap();
    assert_eq!(
        story.passes("2022-06-20", "2023-01-05").await,
        [
            "2022-12-23 区财政局承办人: 1 week",
            "2022-12-23 区财政局负责人: 1 week",
            "2022-12-28 区财政局承办人: 1 two-days",
            "2022-12-28 区财政局负责人: 1 two-days",
            "2022-12-28 区司法局承办人: 1 two-days",
            "2022-12-30 区财政局承办人: 1 today",
            "2022-12-30 区财政局负责人: 1 today",
            "2023-01-03 区财政局承办人: 1 late",
            "2023-01-03 区财政局负责人: 1 late",
            "2023-01-05 区财政局负责人: 1 lead",
            "2023-01-05 区司法局承办人: 1 lead",
        ]
    );
}

#[tokio::test]
async fn a_planned_reminder_is_void_once_the_work_is_withdrawn() {
    let story = story().await;
    story.plan(at("2022-12-28")).await;
    story.act("2022-12-28", &request(Transition::Withdraw)).await.unwrap();
    let states = story.column(
        "SELECT DISTINCT state FROM reminder WHERE contact_id IS NOT NULL AND rung = 'two-days'",
    );
    assert_eq!(states.await, ["void"]);
    assert_eq!(story.obligation_state().await, ObligationState::Withdrawn);
}

#[tokio::test]
async fn of_several_obligations_all_change_their_state_or_none() {
    let story = story().await;
    story.register("2", "2022-12-30", None, "2022-06-17").await;
    let mut changes = Vec::new();
    for reference in ["1", "2"] {
        let obligation =
            story.store.obligations_by_reference(&[reference.into()]).await.unwrap().remove(0);
        let from = if reference == "1" { AssignmentState::Open } else { AssignmentState::Reported };
        changes.push(StateChange {
            obligation: obligation.id,
            assignment: obligation.assignments[0].id,
            from,
            to: AssignmentState::Withdrawn,
            done: None,
            correction: None,
        });
    }
    let changed = story.store.change_states(&changes, at("2022-12-01"), &[]).await;
    assert!(matches!(changed, Err(StorageError::WrongRowCount { .. })), "{changed:?}");
    assert_eq!(story.column("SELECT state FROM assignment").await, ["open", "open"]);
}

#[tokio::test]
async fn what_is_not_possible_says_what_is() {
    let story = story().await;
    story.act("2022-12-09", &report("2022-12-03")).await.unwrap();
    let error = story.act("2022-12-09", &request(Transition::Acknowledge)).await.unwrap_err();
    let Refused::Order { unit, refusal: TransitionFault::NotPossible { possible, .. } } = error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (unit.as_str(), possible),
        (BUREAU, vec![Transition::Close, Transition::Reopen, Transition::Withdraw])
    );
}

#[tokio::test]
async fn a_unit_without_a_share_is_refused() {
    let story = story().await;
    let asked = target(Some("区司法局"));
    let error =
        act(story.context(at("2022-12-09")), &[asked], &request(Transition::Acknowledge)).await;
    assert!(matches!(error, Err(Refused::NoShare { .. })), "{error:?}");
}

#[tokio::test]
async fn silence_lasts_until_its_day_and_leaves_a_reason() {
    let story = story().await;
    let until = Some("2022-12-31".parse().unwrap());
    let reason = Some("机构改革".to_owned());
    silence(story.context(at("2022-12-01")), &target(None), until, reason).await.unwrap();
    assert_eq!(
        story.passes("2022-12-01", "2023-01-03").await,
        ["2023-01-03 区财政局承办人: 1 late", "2023-01-03 区财政局负责人: 1 late"]
    );
    let lines = story.store.journal_of("obligation 1").await.unwrap();
    let line = lines.iter().find(|line| line.verb == "silence").unwrap();
    assert_eq!(line.reason.text(), Some("机构改革"));
    let past = Some("2022-12-01".parse().unwrap());
    let refused = silence(story.context(at("2022-12-01")), &target(None), past, None).await;
    assert!(matches!(refused, Err(Refused::SilenceInPast { .. })));
}
