//! What a person does to the outbox, through the store and the command line.

use duban::config::calendars;
use duban::domain::calendar::WorkCalendar;
use duban::domain::delivery::{MessageCommand, MessageKey, MessageState};
use duban::storage::messages::Messages;
use duban::workflows::steer_outbox::{SteerError, Target, steer_outbox};

use super::outbox::{Office, december};
use crate::support::office::TestOffice;
use crate::support::smtp_server::Act;

async fn steer(
    office: &Office,
    target: Target,
    command: MessageCommand,
) -> Result<usize, SteerError> {
    let calendar = WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap();
    let now = december(28, 9, 0);
    steer_outbox(&office.store, &target, command, "wang", now, &calendar).await
}

fn first() -> Target {
    Target::Keys(vec![MessageKey(1)])
}

async fn state(office: &Office, key: i64) -> MessageState {
    office.store.message(MessageKey(key)).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_held_message_waits_until_it_is_released() {
    let office = Office::with_messages(2).await;
    steer(&office, first(), MessageCommand::Hold).await.unwrap();
    assert_eq!(office.pass_at(december(28, 9, 0)).await.accepted, 1);
    assert_eq!(state(&office, 1).await, MessageState::Held);
    steer(&office, first(), MessageCommand::Release).await.unwrap();
    assert_eq!(office.pass_at(december(28, 9, 0)).await.accepted, 1);
}

#[tokio::test]
async fn a_cancelled_message_is_never_sent_and_cannot_come_back() {
    let office = Office::with_messages(1).await;
    steer(&office, first(), MessageCommand::Cancel).await.unwrap();
    assert_eq!(office.pass_at(december(28, 9, 0)).await.accepted, 0);
    let again = steer(&office, first(), MessageCommand::Retry).await;
    assert!(matches!(again, Err(SteerError::WrongState { .. })));
}

#[tokio::test]
async fn a_dead_message_may_be_tried_again_and_its_item_is_resolved() {
    let office = Office::with_messages(1).await;
    office.relay.always("RCPT", Act::Reply("550 no"));
    for day in [28, 29, 30] {
        office.pass_at(december(day, 9, 0)).await;
    }
    assert_eq!(state(&office, 1).await, MessageState::Dead);
    assert_eq!(office.store.open_items().await.unwrap().len(), 1);
    office.relay.behave();
    steer(&office, first(), MessageCommand::Retry).await.unwrap();
    assert_eq!(office.store.open_items().await.unwrap(), []);
    assert_eq!(office.pass_at(december(30, 9, 0)).await.accepted, 1);
}

#[tokio::test]
async fn a_message_tried_again_lifts_what_was_held_against_its_mailbox() {
    let office = Office::with_messages(1).await;
    office.relay.once("RCPT", Act::Reply("550 5.1.1 no such user"));
    assert_eq!(office.pass_at(december(28, 9, 0)).await.dead, 1);
    assert_eq!(
        office.store.open_items().await.unwrap()[0].key.to_string(),
        "mailbox:a1@unit.example"
    );
    steer(&office, first(), MessageCommand::Retry).await.unwrap();
    assert_eq!(office.store.open_items().await.unwrap(), []);
    assert_eq!(office.pass_at(december(28, 9, 0)).await.accepted, 1);
}

#[tokio::test]
async fn a_waiting_message_may_be_tried_at_once() {
    let office = Office::with_messages(1).await;
    office.relay.once("RCPT", Act::Reply("450 later"));
    office.pass_at(december(28, 9, 0)).await;
    steer(&office, first(), MessageCommand::Retry).await.unwrap();
    assert_eq!(office.pass_at(december(28, 9, 0)).await.accepted, 1);
}

#[tokio::test]
async fn an_order_for_all_needs_the_right_number_and_is_followed_for_all_or_none() {
    let office = Office::with_messages(3).await;
    let wrong = steer(&office, Target::All { counted: 2 }, MessageCommand::Hold).await;
    assert!(matches!(wrong, Err(SteerError::Miscounted { counted: 2, actual: 3 })));
    assert_eq!(state(&office, 1).await, MessageState::Ready);
    assert_eq!(steer(&office, Target::All { counted: 3 }, MessageCommand::Hold).await.unwrap(), 3);
    let unknown = Target::Keys(vec![MessageKey(1), MessageKey(99)]);
    assert!(matches!(
        steer(&office, unknown, MessageCommand::Release).await,
        Err(SteerError::UnknownMessage(MessageKey(99)))
    ));
    assert_eq!(state(&office, 1).await, MessageState::Held);
}

#[test]
fn the_command_line_names_what_it_cannot_do() {
    let office = TestOffice::new();
    office.create_ledger();
    let run = office.run(&["outbox", "show", "7"]).expect_code(14);
    assert_eq!(
        run.err,
        "error: message 7 is not in the outbox\n\
         hint: `duban mail list --state all` lists every mail with its number\n"
    );
    office.run(&["outbox", "release", "--all"]).expect_code(2);
    office.run(&["outbox", "release", "--all", "--count", "1"]).expect_code(14);
    office.run(&["outbox", "release", "--all", "--count", "0"]).expect_code(0);
    assert_eq!(office.json(&["outbox", "list"]), serde_json::json!([]));
}
