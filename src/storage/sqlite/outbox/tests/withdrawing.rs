//! What takes a waiting message out of the outbox, and what becomes of its reminders.

use super::*;
use crate::domain::delivery::HeldReason;
use crate::domain::ladder::Tone;
use crate::domain::obligation::AssignmentState;
use crate::domain::reminder::is_wanted;

/// When the life of a message of these tests is over, in minutes.
const LIFE: i64 = 5 * 24 * 60;

async fn expired(ledger: &Ledger, minutes: i64) -> (u64, u64) {
    let expired = ledger.store.expire(after(minutes)).await.unwrap();
    (expired.expired, expired.replanned)
}

impl Ledger {
    async fn move_contact(&self) {
        let moved = NewContact {
            unit: "区住建局".to_owned(),
            name: "承办人".to_owned(),
            rank: Rank::Handler,
            address: Address::parse("new@unit.example").unwrap(),
        };
        let change = DirectoryChange { addresses: vec![moved], ..DirectoryChange::default() };
        self.store.change_directory(&change, after(5), &[]).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_done_before_the_claim_is_taken_out_and_the_rest_planned_anew() {
    let ledger = Ledger::with_message().await;
    ledger.run("UPDATE assignment SET state = 'reported' WHERE id = 1").await;
    assert!(matches!(ledger.claim_at(0).await, Claim::Dropped(_)));
    assert_eq!(ledger.messages().await, "cancelled:0");
    assert_eq!(ledger.reminders().await, "void planned");
    assert_eq!(
        ledger.text("SELECT coalesce(next_plan_on, '') FROM assignment").await,
        " 2022-12-28"
    );
}

#[tokio::test]
async fn what_was_silenced_after_sealing_is_not_sent() {
    for (until, sent) in [("2022-12-29", false), ("2022-12-28", true)] {
        let ledger = Ledger::with_message().await;
        let silence = "UPDATE obligation SET silent_until_on = $1 WHERE id = 1";
        sqlx::query(silence).bind(until).execute(&ledger.store.writer).await.unwrap();
        assert_eq!(matches!(ledger.claim_at(0).await, Claim::Claimed(_)), sent, "until {until}");
        let left = if sent { "sealed sealed" } else { "void planned" };
        assert_eq!(ledger.reminders().await, left, "until {until}");
    }
}

#[tokio::test]
async fn a_new_address_takes_back_what_waits_for_the_old_one() {
    let ledger = Ledger::with_message().await;
    ledger.move_contact().await;
    assert_eq!(ledger.messages().await, "cancelled:0");
    assert_eq!(ledger.reminders().await, "planned planned");
}

#[tokio::test]
async fn what_is_claimed_when_the_address_changes_is_not_doubled() {
    let ledger = Ledger::with_message().await;
    let claimed = ledger.claimed(0).await;
    ledger.move_contact().await;
    assert_eq!(ledger.messages().await, "leased:1");
    ledger.end(&claimed, &accepted(), 6).await;
    assert_eq!(ledger.reminders().await, "told told");
}

#[tokio::test]
async fn what_the_old_mailbox_refused_is_asked_about_again_at_the_new_one() {
    let ledger = Ledger::with_message().await;
    let claimed = ledger.claimed(0).await;
    ledger.end(&claimed, &refused(Stage::Recipient, 550, "5.1.1 no such user"), 1).await;
    assert_eq!(ledger.reminders().await, "undeliverable undeliverable");
    ledger.move_contact().await;
    assert_eq!(ledger.reminders().await, "blocked blocked");
}

#[tokio::test]
async fn what_is_done_while_in_hand_is_not_tried_again() {
    let ledger = Ledger::with_message().await;
    let claimed = ledger.claimed(0).await;
    ledger.run("UPDATE assignment SET state = 'reported'").await;
    ledger.end(&claimed, &refused(Stage::Recipient, 450, "greylisted"), 0).await;
    assert!(matches!(ledger.claim_at(60).await, Claim::Dropped(_)));
    assert_eq!(ledger.messages().await, "cancelled:1");
    assert_eq!(ledger.reminders().await, "void void");
}

#[tokio::test]
async fn a_message_that_may_have_arrived_keeps_its_bytes_while_any_of_it_is_owed() {
    let ledger = Ledger::with_message().await;
    let claimed = ledger.claimed(0).await;
    ledger.store.mark_dot(&claimed.lease, None, after(0)).await.unwrap();
    ledger.end(&claimed, &Outcome::Unknown { fault: Fault::TimedOut }, 1).await;
    ledger.run("UPDATE assignment SET state = 'reported' WHERE id = 1").await;
    assert_eq!(ledger.claimed(60).await.message_id, "<1@office.example>");
}

#[tokio::test]
async fn a_contact_who_has_moved_gets_a_new_message_at_the_new_address() {
    let ledger = Ledger::with_message().await;
    ledger.run("UPDATE contact SET address = 'new@unit.example' WHERE id = 1").await;
    assert!(matches!(ledger.claim_at(0).await, Claim::Dropped(_)));
    assert_eq!(ledger.reminders().await, "planned planned");
}

#[tokio::test]
async fn what_a_mailbox_refused_for_days_is_dead_lettered_and_opens_an_item() {
    let ledger = Ledger::with_message().await;
    for day in 0..3 {
        let claimed = ledger.claimed(day * 24 * 60).await;
        let full = refused(Stage::Recipient, 452, "4.2.2 over quota");
        ledger.end(&claimed, &full, day * 24 * 60).await;
    }
    assert_eq!(expired(&ledger, LIFE - 1).await, (0, 0));
    assert_eq!(expired(&ledger, LIFE).await, (1, 0));
    assert_eq!(ledger.messages().await, "expired:3");
    assert_eq!(ledger.reminders().await, "undeliverable undeliverable");
    assert_eq!(ledger.text("SELECT kind FROM operator_item").await, "undelivered");
}

#[tokio::test]
async fn what_was_never_offered_is_composed_again_and_nobody_counts_as_out_of_reach() {
    let ledger = Ledger::with_message().await;
    for minute in [0, 1] {
        let probe = ledger.claimed(minute).await;
        ledger.end(&probe, &unreachable(), minute).await;
    }
    assert_eq!(expired(&ledger, LIFE).await, (0, 1));
    assert_eq!(ledger.messages().await, "cancelled:0");
    assert_eq!(ledger.reminders().await, "planned planned");
    assert_eq!(ledger.text("SELECT kind FROM operator_item").await, "");
    let looks = ledger.text("SELECT next_plan_on FROM assignment").await;
    assert_eq!(looks, "2023-01-02 2023-01-02");
}

#[tokio::test]
async fn what_is_held_for_a_person_waits_however_long() {
    let ledger = Ledger::open().await;
    let held = Some(HeldReason::SurgeLimit);
    ledger.seal(SealedMessage { held, ..message("<1@office.example>", &["r1", "r2"]) }).await;
    assert_eq!(expired(&ledger, LIFE * 9).await, (0, 0));
    assert_eq!(ledger.reminders().await, "sealed sealed");
}

/// The rule stands in the domain; the column and the view that statements read agree with it.
#[tokio::test]
async fn the_columns_say_what_the_domain_says_is_owed_and_wanted() {
    let ledger = Ledger::open().await;
    for state in AssignmentState::ALL {
        for tone in Tone::ALL {
            let set = "UPDATE assignment SET state = $1 WHERE id = 1";
            sqlx::query(set).bind(state.word()).execute(&ledger.store.writer).await.unwrap();
            let set = "UPDATE reminder SET tone = $1 WHERE key = 'r1'";
            sqlx::query(set).bind(tone.word()).execute(&ledger.store.writer).await.unwrap();
            let is_owed = ledger.text("SELECT CAST(is_owed AS TEXT) FROM assignment WHERE id = 1");
            let wanted = ledger.text(
                "SELECT CAST(count(*) AS TEXT) FROM owed_reminder
                 WHERE id = (SELECT id FROM reminder WHERE key = 'r1')",
            );
            let stored = (is_owed.await == "1", wanted.await == "1");
            assert_eq!(stored, (state.is_owed(), is_wanted(state, tone)), "{state:?} {tone:?}");
        }
    }
}
