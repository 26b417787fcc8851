//! The outbox on a real file: what each step leaves behind.

use jiff::SignedDuration;
use jiff::civil::date;
use sqlx::Row as _;

use super::super::database::Sqlite;
use crate::domain::address::Address;
use crate::domain::delivery::{Fault, Outcome, Reply, Stage, decide};
use crate::domain::directory::{DirectoryChange, NewContact};
use crate::domain::moment::Moment;
use crate::domain::reminder::{Haste, ReminderKey};
use crate::domain::unit::{ContactId, Rank};
use crate::storage::StorageError;
use crate::storage::outbox::{
    Claim, ClaimTerms, ClaimedMessage, MessageKind, Outbox, SealResult, SealedMessage,
};
use crate::storage::units::Units as _;

mod withdrawing;

/// One unit with two contacts, one obligation owed by it, and two planned reminders to the first contact.
const LEDGER: &str = "
INSERT INTO unit (id, uid, name) VALUES (1, printf('%032d', 1), '区住建局');
INSERT INTO contact (id, uid, unit_id, name, address, address_check, rank) VALUES
    (1, printf('%032d', 1), 1, '承办人', 'a@unit.example', '', 'handler'),
    (2, printf('%032d', 2), 1, '负责人', 'b@other.example', '', 'head');
INSERT INTO obligation (id, uid, ref, title, written, term, ladder, registered_at) VALUES
    (1, printf('%032d', 1), 'one', '一', 'x', 'x', 'standard', 0),
    (2, printf('%032d', 2), 'two', '二', 'x', 'x', 'standard', 0);
INSERT INTO assignment (id, obligation_id, unit_id) VALUES (1, 1, 1), (2, 2, 1);
INSERT INTO reminder (key, obligation_id, assignment_id, deadline_version, rung, role, rank, tone, contact_id,
                      state, planned_at) VALUES
    ('r1', 1, 1, 1, 'warn', 'responsible', 'handler', 'warn', 1, 'planned', 0),
    ('r2', 2, 2, 1, 'warn', 'responsible', 'handler', 'warn', 1, 'planned', 0);
";

const TERMS: ClaimTerms = ClaimTerms {
    lease: SignedDuration::from_mins(30),
    per_minute: None,
    per_domain_minute: None,
    per_address_day: None,
    any_hour_only: false,
};

struct Ledger {
    store: Sqlite,
    _folder: tempfile::TempDir,
}

impl Ledger {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("ledger.db")).await.unwrap();
        let ledger = Self { store, _folder: folder };
        ledger.run(LEDGER).await;
        ledger
    }

    /// A ledger with one message of both reminders in the outbox.
    async fn with_message() -> Self {
        let ledger = Self::open().await;
        ledger.seal(message("<1@office.example>", &["r1", "r2"])).await;
        ledger
    }

    async fn seal(&self, message: SealedMessage) -> SealResult {
        self.store.seal(&[message]).await.unwrap()[0]
    }

    async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.store.writer).await.unwrap();
    }

    async fn text(&self, sql: &'static str) -> String {
        let rows = sqlx::query(sql).fetch_all(&self.store.reader).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join(" ")
    }

    async fn reminders(&self) -> String {
        self.text("SELECT state FROM reminder ORDER BY key").await
    }

    async fn messages(&self) -> String {
        self.text("SELECT state || ':' || attempts FROM message ORDER BY id").await
    }

    async fn claim_at(&self, minutes: i64) -> Claim {
        self.store.claim(&TERMS, after(minutes)).await.unwrap()
    }

    async fn claimed(&self, minutes: i64) -> ClaimedMessage {
        let Claim::Claimed(claimed) = self.claim_at(minutes).await else {
            panic!("nothing claimed")
        };
        *claimed
    }

    async fn end(&self, claimed: &ClaimedMessage, outcome: &Outcome, minutes: i64) {
        let now = after(minutes);
        let decision = decide(&claimed.finished_attempt(), outcome, now, now);
        self.store.record_outcome(&claimed.lease, outcome, &decision, now).await.unwrap();
    }
}

fn after(minutes: i64) -> Moment {
    Moment::at("2022-12-28T01:00:00Z".parse().unwrap()).plus(SignedDuration::from_mins(minutes))
}

fn message(message_id: &str, reminders: &[&str]) -> SealedMessage {
    let reminders =
        reminders.iter().map(|key| ReminderKey::from_stored((*key).to_owned())).collect();
    SealedMessage {
        message_id: message_id.to_owned(),
        kind: MessageKind::Reminder { contact: ContactId(1), reminders, left_out: Vec::new() },
        sender: Address::parse("office@office.example").unwrap(),
        recipient: Address::parse("a@unit.example").unwrap(),
        subject: "催办".to_owned(),
        bytes: b"Subject: x\r\n\r\nx\r\n".to_vec(),
        day: date(2022, 12, 28),
        urgency: 1,
        haste: Haste::DayMail,
        sealed: after(0),
        not_before: after(0),
        expires: after(5 * 24 * 60),
        held: None,
    }
}

fn to_operator(message_id: &str, recipient: &str) -> SealedMessage {
    let recipient = Address::parse(recipient).unwrap();
    SealedMessage { kind: MessageKind::Operator, recipient, ..message(message_id, &[]) }
}

fn accepted() -> Outcome {
    Outcome::Accepted { reply: Reply { code: 250, text: "queued".to_owned() } }
}

fn refused(stage: Stage, code: u16, text: &str) -> Outcome {
    Outcome::Failed { stage, fault: Fault::Refused(Reply { code, text: text.to_owned() }) }
}

fn unreachable() -> Outcome {
    Outcome::Failed { stage: Stage::Connect, fault: Fault::TimedOut }
}

#[tokio::test]
async fn an_accepted_message_has_told_its_reminders_and_is_not_claimed_again() {
    let ledger = Ledger::with_message().await;
    let claimed = ledger.claimed(0).await;
    assert_eq!(claimed.bytes, b"Subject: x\r\n\r\nx\r\n");
    ledger.store.mark_dot(&claimed.lease, None, after(1)).await.unwrap();
    ledger.end(&claimed, &accepted(), 1).await;
    assert_eq!(ledger.messages().await, "accepted:1");
    assert_eq!(ledger.reminders().await, "told told");
    assert_eq!(ledger.claim_at(99).await, Claim::NothingDue { next: None });
}

#[tokio::test]
async fn sealing_the_same_message_again_changes_nothing() {
    let ledger = Ledger::with_message().await;
    let again = ledger.seal(message("<1@office.example>", &["r1", "r2"])).await;
    assert!(matches!(again, SealResult::Known(_)));
    assert_eq!(ledger.messages().await, "ready:0");
}

#[tokio::test]
async fn a_reminder_is_never_in_two_messages() {
    let ledger = Ledger::with_message().await;
    let again = ledger.seal(message("<2@office.example>", &["r2"])).await;
    assert_eq!(again, SealResult::Overtaken);
    assert_eq!(ledger.messages().await, "ready:0");
}

#[tokio::test]
async fn what_is_done_between_composing_and_sealing_leaves_the_other_messages_alone() {
    let ledger = Ledger::open().await;
    ledger.run("UPDATE reminder SET state = 'void' WHERE key = 'r1'").await;
    let letters = [message("<1@office.example>", &["r1"]), message("<2@office.example>", &["r2"])];
    let sealings = ledger.store.seal(&letters).await.unwrap();
    assert!(matches!(sealings[..], [SealResult::Overtaken, SealResult::Sealed(_)]), "{sealings:?}");
    assert_eq!(ledger.text("SELECT message_id FROM message").await, "<2@office.example>");
    assert_eq!(ledger.reminders().await, "void sealed");
}

#[tokio::test]
async fn the_messages_of_a_pass_are_sealed_all_or_none() {
    let ledger = Ledger::open().await;
    let to_nobody = MessageKind::Reminder {
        contact: ContactId(99),
        reminders: Vec::new(),
        left_out: Vec::new(),
    };
    let broken = SealedMessage { kind: to_nobody, ..message("<2@office.example>", &[]) };
    assert!(ledger.store.seal(&[message("<1@office.example>", &["r1"]), broken]).await.is_err());
    assert_eq!(ledger.messages().await, "");
    assert_eq!(ledger.reminders().await, "planned planned");
}

#[tokio::test]
async fn a_late_writer_with_an_old_lease_changes_nothing() {
    let ledger = Ledger::with_message().await;
    let first = ledger.claimed(0).await;
    ledger.end(&first, &Outcome::Withheld, 1).await;
    let second = ledger.claimed(2).await;
    assert!(ledger.store.mark_dot(&first.lease, None, after(3)).await.is_err());
    let decision = decide(&first.finished_attempt(), &accepted(), after(3), after(3));
    let late = ledger.store.record_outcome(&first.lease, &accepted(), &decision, after(3)).await;
    assert!(matches!(late, Err(StorageError::WrongRowCount { .. })));
    assert_eq!(ledger.reminders().await, "sealed sealed");
    ledger.end(&second, &accepted(), 4).await;
    assert_eq!(ledger.messages().await, "accepted:2");
}

#[tokio::test]
async fn a_message_claimed_ahead_and_given_back_was_never_claimed() {
    let ledger = Ledger::with_message().await;
    ledger.seal(to_operator("<2@office.example>", "op@office.example")).await;
    let first = ledger.claimed(0).await;
    let ahead = ledger.store.mark_dot(&first.lease, Some(&TERMS), after(1)).await.unwrap();
    let Some(Claim::Claimed(ahead)) = ahead else { panic!("nothing claimed ahead") };
    assert_eq!(ledger.messages().await, "leased:1 leased:1");
    ledger.store.cancel_claim(&ahead.lease).await.unwrap();
    assert_eq!(ledger.messages().await, "leased:1 ready:0");
    let late = ledger.store.mark_dot(&ahead.lease, None, after(2)).await;
    assert!(matches!(late, Err(StorageError::WrongRowCount { .. })));
}

#[tokio::test]
async fn an_unreachable_relay_costs_no_attempt_and_is_probed_by_one_message_at_a_time() {
    let ledger = Ledger::with_message().await;
    ledger.seal(to_operator("<2@office.example>", "op@office.example")).await;
    let (first, second) = (ledger.claimed(0).await, ledger.claimed(0).await);
    ledger.end(&first, &unreachable(), 1).await;
    ledger.end(&second, &unreachable(), 1).await;
    assert_eq!(ledger.messages().await, "ready:0 ready:0");
    assert_eq!(ledger.claim_at(1).await, Claim::NothingDue { next: Some(after(2)) });
    let probe = ledger.claimed(2).await;
    assert!(matches!(ledger.claim_at(2).await, Claim::NothingDue { next: Some(_) }));
    ledger.end(&probe, &accepted(), 3).await;
    ledger.claimed(3).await;
}

#[tokio::test]
async fn failures_of_sessions_under_way_together_count_once() {
    let ledger = Ledger::with_message().await;
    ledger.seal(to_operator("<2@office.example>", "op@office.example")).await;
    let (first, second) = (ledger.claimed(0).await, ledger.claimed(0).await);
    ledger.end(&first, &unreachable(), 1).await;
    ledger.end(&second, &unreachable(), 1).await;
    assert_eq!(ledger.text("SELECT CAST(failures AS TEXT) FROM circuit_breaker").await, "1");
    let probe = ledger.claimed(2).await;
    ledger.end(&probe, &unreachable(), 3).await;
    assert_eq!(ledger.text("SELECT CAST(failures AS TEXT) FROM circuit_breaker").await, "2");
}

#[tokio::test]
async fn the_recipient_that_opened_the_breaker_lets_others_probe_it() {
    let ledger = Ledger::with_message().await;
    ledger.seal(to_operator("<2@office.example>", "x@unit.example")).await;
    let first = ledger.claimed(0).await;
    ledger.end(&first, &refused(Stage::Recipient, 421, "closing"), 0).await;
    let probe = ledger.claimed(1).await;
    assert_eq!(probe.message_id, "<2@office.example>");
    ledger.end(&probe, &accepted(), 1).await;
    assert_eq!(ledger.claim_at(2).await, Claim::NothingDue { next: Some(after(8)) });
    assert_eq!(ledger.claimed(8).await.message_id, "<1@office.example>");
}

#[tokio::test]
async fn a_relay_that_takes_nothing_for_one_domain_goes_on_with_the_others() {
    let ledger = Ledger::with_message().await;
    ledger.seal(to_operator("<2@office.example>", "x@free.example")).await;
    let first = ledger.claimed(0).await;
    ledger.end(&first, &refused(Stage::Recipient, 554, "5.7.1 Relay access denied"), 0).await;
    assert_eq!(
        ledger.text("SELECT key FROM operator_item").await,
        "breaker:domain:unit.example:policy"
    );
    assert_eq!(ledger.claimed(0).await.message_id, "<2@office.example>");
}

#[tokio::test]
async fn a_throttled_domain_waits_while_others_go_on() {
    let ledger = Ledger::with_message().await;
    let claimed = ledger.claimed(0).await;
    ledger.end(&claimed, &refused(Stage::Recipient, 550, "Domain frequency limited"), 0).await;
    ledger.seal(to_operator("<2@office.example>", "x@unit.example")).await;
    ledger.seal(to_operator("<3@office.example>", "x@free.example")).await;
    assert_eq!(ledger.claimed(1).await.message_id, "<3@office.example>");
    assert!(matches!(ledger.claim_at(1).await, Claim::NothingDue { next: Some(_) }));
}

#[tokio::test]
async fn an_unknown_mailbox_is_suppressed_and_the_planner_looks_again() {
    let ledger = Ledger::with_message().await;
    let claimed = ledger.claimed(0).await;
    ledger.end(&claimed, &refused(Stage::Recipient, 550, "5.1.1 user unknown"), 1).await;
    assert_eq!(ledger.messages().await, "dead:1");
    assert_eq!(ledger.reminders().await, "undeliverable undeliverable");
    let suppressed =
        "SELECT recipient FROM message JOIN suppression ON address_key = recipient_key";
    assert_eq!(ledger.text(suppressed).await, "a@unit.example");
    assert_eq!(ledger.text("SELECT key FROM operator_item").await, "mailbox:a@unit.example");
    ledger.seal(to_operator("<2@office.example>", "a@unit.example")).await;
    assert!(matches!(ledger.claim_at(2).await, Claim::Dropped(_)));
    assert_eq!(ledger.messages().await, "dead:1 dead:0");
}

#[tokio::test]
async fn a_refused_login_opens_an_item_until_the_breaker_closes() {
    let ledger = Ledger::with_message().await;
    let claimed = ledger.claimed(0).await;
    ledger.end(&claimed, &refused(Stage::Login, 535, "no"), 1).await;
    assert_eq!(
        ledger.text("SELECT key FROM operator_item WHERE resolved_at IS NULL").await,
        "breaker:relay:login"
    );
    assert_eq!(ledger.claim_at(30).await, Claim::NothingDue { next: Some(after(31)) });
    let probe = ledger.claimed(31).await;
    ledger.end(&probe, &accepted(), 32).await;
    assert_eq!(ledger.text("SELECT key FROM operator_item WHERE resolved_at IS NULL").await, "");
}

#[tokio::test]
async fn while_a_breaker_is_open_nothing_is_claimed_ahead() {
    let ledger = Ledger::open().await;
    for number in ["<1@o.cn>", "<2@o.cn>", "<3@o.cn>"] {
        ledger.seal(to_operator(number, "a@one.cn")).await;
    }
    let claimed = ledger.claimed(0).await;
    ledger.end(&claimed, &refused(Stage::Login, 535, "no"), 1).await;
    let probe = ledger.claimed(31).await;
    let ahead = ledger.store.mark_dot(&probe.lease, Some(&TERMS), after(31)).await.unwrap();
    assert_eq!(ahead, None, "what the probe finds comes first");
    ledger.end(&probe, &accepted(), 32).await;
    let next = ledger.claimed(32).await;
    let ahead = ledger.store.mark_dot(&next.lease, Some(&TERMS), after(32)).await.unwrap();
    assert!(matches!(ahead, Some(Claim::Claimed(_))), "{ahead:?}");
}

#[tokio::test]
async fn rates_are_computed_from_recorded_attempts() {
    let ledger = Ledger::open().await;
    for (id, recipient) in
        [("<1@o.cn>", "a@one.cn"), ("<2@o.cn>", "b@one.cn"), ("<3@o.cn>", "c@two.cn")]
    {
        ledger.seal(to_operator(id, recipient)).await;
    }
    let slow = ClaimTerms { per_domain_minute: Some(1), ..TERMS };
    let claim = |terms: ClaimTerms, minutes| {
        let store = ledger.store.clone();
        async move {
            match store.claim(&terms, after(minutes)).await.unwrap() {
                Claim::Claimed(claimed) => claimed.message_id,
                Claim::Dropped(_) => String::new(),
                Claim::NothingDue { next } => {
                    format!("after {} s", next.unwrap().since(after(minutes)).as_secs())
                }
            }
        }
    };
    assert_eq!(claim(slow, 0).await, "<1@o.cn>");
    assert_eq!(claim(slow, 0).await, "<3@o.cn>", "the second to one.cn has to wait");
    assert_eq!(claim(slow, 0).await, "after 60 s");
    assert_eq!(claim(ClaimTerms { per_minute: Some(2), ..TERMS }, 0).await, "after 60 s");
    assert_eq!(claim(slow, 2).await, "<2@o.cn>");
}

#[tokio::test]
async fn an_address_gets_its_share_of_the_day_and_the_others_theirs() {
    let ledger = Ledger::open().await;
    for (id, recipient) in
        [("<1@o.cn>", "a@one.cn"), ("<2@o.cn>", "a@one.cn"), ("<3@o.cn>", "b@one.cn")]
    {
        ledger.seal(to_operator(id, recipient)).await;
    }
    let seldom = ClaimTerms { per_address_day: Some(1), ..TERMS };
    for (minutes, expected) in
        [(0, Some("<1@o.cn>")), (1, Some("<3@o.cn>")), (2, None), (24 * 60 + 1, Some("<2@o.cn>"))]
    {
        let claim = ledger.store.claim(&seldom, after(minutes)).await.unwrap();
        let message_id = match &claim {
            Claim::Claimed(claimed) => Some(claimed.message_id.as_str()),
            Claim::Dropped(_) => None,
            Claim::NothingDue { next } => {
                assert_eq!(*next, Some(after(24 * 60)), "not looked for again and again");
                None
            }
        };
        assert_eq!(message_id, expected, "after {minutes} minutes");
    }
}

#[tokio::test]
async fn a_restart_finds_what_was_in_hand_and_whether_the_dot_was_imminent() {
    let ledger = Ledger::with_message().await;
    let claimed = ledger.claimed(0).await;
    let found = ledger.store.abandoned_leases(after(1)).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].claimed, found[0].dot_was_imminent), (&claimed, false));
    ledger.store.mark_dot(&claimed.lease, None, after(1)).await.unwrap();
    assert!(ledger.store.abandoned_leases(after(1)).await.unwrap()[0].dot_was_imminent);
}

#[tokio::test]
async fn every_step_leaves_a_line_in_the_journal() {
    let ledger = Ledger::with_message().await;
    let claimed = ledger.claimed(0).await;
    ledger.end(&claimed, &refused(Stage::Recipient, 450, "greylisted"), 0).await;
    let again = ledger.claimed(10).await;
    ledger.end(&again, &accepted(), 10).await;
    let lines = ledger.text("SELECT action || '=' || after FROM journal ORDER BY seq").await;
    assert_eq!(lines, "seal=ready deliver=deferred deliver=accepted");
}

#[tokio::test]
async fn sessions_that_claim_together_get_different_messages() {
    let ledger = Ledger::open().await;
    for id in ["<1@o.cn>", "<2@o.cn>", "<3@o.cn>"] {
        ledger.seal(to_operator(id, "a@one.cn")).await;
    }
    let claim = || ledger.claim_at(0);
    let (one, two, three, four) = tokio::join!(claim(), claim(), claim(), claim());
    let mut taken = [one, two, three, four].into_iter().map(|claim| match claim {
        Claim::Claimed(claimed) => claimed.message_id,
        Claim::Dropped(_) | Claim::NothingDue { .. } => String::new(),
    });
    let taken = taken.by_ref().collect::<std::collections::BTreeSet<_>>();
    let expected = ["", "<1@o.cn>", "<2@o.cn>", "<3@o.cn>"].map(str::to_owned);
    assert_eq!(taken, expected.into());
}

#[tokio::test]
async fn sessions_that_claim_together_share_what_the_rate_leaves() {
    let ledger = Ledger::open().await;
    for id in ["<1@o.cn>", "<2@o.cn>", "<3@o.cn>", "<4@o.cn>"] {
        ledger.seal(to_operator(id, "a@one.cn")).await;
    }
    let terms = ClaimTerms { per_minute: Some(3), ..TERMS };
    let first = ledger.store.claim(&terms, after(0)).await.unwrap();
    assert!(matches!(first, Claim::Claimed(_)), "{first:?}");
    let claim = || ledger.store.claim(&terms, after(0));
    let (one, two, three) = tokio::join!(claim(), claim(), claim());
    let claims = [one, two, three].map(Result::unwrap);
    let waits = Claim::NothingDue { next: Some(after(1)) };
    assert_eq!(claims.iter().filter(|claim| **claim == waits).count(), 1, "{claims:?}");
    assert_eq!(ledger.messages().await, "leased:1 leased:1 leased:1 ready:0");
}

#[tokio::test]
async fn a_lost_lease_does_not_take_the_others_of_its_commit_along() {
    let ledger = Ledger::open().await;
    for id in ["<1@o.cn>", "<2@o.cn>", "<3@o.cn>"] {
        ledger.seal(to_operator(id, "a@one.cn")).await;
    }
    let (one, lost, three) =
        (ledger.claimed(0).await, ledger.claimed(0).await, ledger.claimed(0).await);
    ledger.end(&lost, &Outcome::Withheld, 0).await;
    let mark = |claimed: &ClaimedMessage| {
        let (store, lease) = (ledger.store.clone(), claimed.lease);
        async move { store.mark_dot(&lease, None, after(1)).await.is_ok() }
    };
    assert_eq!(tokio::join!(mark(&one), mark(&lost), mark(&three)), (true, false, true));
}
