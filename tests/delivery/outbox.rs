//! From the outbox through a relay: what a pass, a failure and a restart leave behind.

use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;

use duban::clock::FixedClock;
use duban::config::calendars;
use duban::domain::address::Address;
use duban::domain::calendar::WorkCalendar;
use duban::domain::delivery::{Disposition, MessageState, SendingHours};
use duban::domain::moment::Moment;
use duban::domain::reminder::{Haste, MailHours};
use duban::mail::Mailer;
use duban::mail::smtp::{Deadlines, Encryption, SmtpMailer, SmtpSettings};
use duban::storage::messages::Messages as _;
use duban::storage::outbox::{Claim, ClaimTerms, MessageKind, Outbox, SealedMessage};
use duban::storage::sqlite::Sqlite;
use duban::workflows::deliver::{
    Delivery, DispatchCounts, DispatchResult, dispatch_due, dispatch_one, recover,
};
use jiff::SignedDuration;
use jiff::civil::date;
use tokio_util::sync::CancellationToken;

use crate::support::smtp_server::{Act, SmtpServer};

pub(super) struct Office {
    pub(super) store: Sqlite,
    mailer: Arc<dyn Mailer>,
    pub(super) relay: SmtpServer,
    folder: tempfile::TempDir,
}

impl Office {
    /// An office with `count` messages to different addresses in its outbox.
    pub(super) async fn with_messages(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("ledger.db")).await.unwrap();
        store.seal(&(1..=count).map(message).collect::<Vec<_>>()).await.unwrap();
        let relay = SmtpServer::start().await;
        let settings = SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port: relay.port,
            encryption: Encryption::None,
            credentials: None,
            ca_file: None,
            hello: "office.example".to_owned(),
            messages_per_connection: NonZeroU32::new(20).unwrap(),
            deadlines: Deadlines::default(),
        };
        let mailer = Arc::new(SmtpMailer::prepare(settings).unwrap());
        Self { store, mailer, relay, folder }
    }

    /// The same ledger as another process has it open that holds a message in hand.
    async fn claimed_beside(&self, moment: Moment) -> Sqlite {
        let other = Sqlite::open(&self.folder.path().join("ledger.db")).await.unwrap();
        let claim = other.claim(&self.at(moment).terms, moment).await.unwrap();
        assert!(matches!(claim, Claim::Claimed(_)), "{claim:?}");
        other
    }

    fn at(&self, moment: Moment) -> Delivery {
        let calendar = WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap();
        Delivery {
            store: Arc::new(self.store.clone()),
            mailer: Arc::clone(&self.mailer),
            clock: Arc::new(FixedClock(moment)),
            hours: SendingHours::new(calendar, MailHours::default()),
            terms: ClaimTerms {
                lease: SignedDuration::from_hours(1),
                per_minute: None,
                per_domain_minute: None,
                per_address_day: None,
                any_hour_only: false,
            },
        }
    }

    pub(super) async fn pass_at(&self, moment: Moment) -> DispatchCounts {
        let sessions = NonZeroU16::new(4).unwrap();
        dispatch_due(&self.at(moment), sessions, &CancellationToken::new()).await.unwrap()
    }
}

/// 28 December 2022 was a Wednesday, 31 December a Saturday.
pub(super) fn december(day: i8, hour: i8, minute: i8) -> Moment {
    Moment::from_local(date(2022, 12, day).at(hour, minute, 0, 0)).unwrap()
}

fn message(number: usize) -> SealedMessage {
    let message_id = format!("<{number}@office.example>");
    SealedMessage {
        bytes: format!("Message-ID: {message_id}\r\nSubject: x\r\n\r\nx\r\n").into_bytes(),
        message_id,
        kind: MessageKind::Operator,
        sender: Address::parse("office@office.example").unwrap(),
        recipient: Address::parse(&format!("a{number}@unit.example")).unwrap(),
        subject: "x".to_owned(),
        day: date(2022, 12, 28),
        urgency: 0,
        haste: Haste::DayMail,
        sealed: december(28, 9, 0),
        not_before: december(28, 9, 0),
        expires: december(31, 9, 0),
        held: None,
    }
}

#[tokio::test]
async fn every_message_arrives_once_and_a_second_pass_sends_nothing() {
    let office = Office::with_messages(50).await;
    assert_eq!(office.pass_at(december(28, 9, 0)).await.accepted, 50);
    assert_eq!(office.pass_at(december(28, 9, 30)).await, DispatchCounts::default());
    let counts = office.relay.counts();
    assert_eq!((counts.len(), counts.values().max()), (50, Some(&1)));
}

#[tokio::test]
async fn one_bad_mailbox_silences_nobody_else() {
    let office = Office::with_messages(5).await;
    office.relay.for_recipient("a3@", Act::Reply("550 5.1.1 no such user"));
    let counts = office.pass_at(december(28, 9, 0)).await;
    assert_eq!((counts.accepted, counts.dead), (4, 1));
}

#[tokio::test]
async fn outside_working_hours_and_on_rest_days_nothing_is_sent() {
    let office = Office::with_messages(1).await;
    for (moment, next) in
        [(december(28, 18, 0), december(29, 8, 30)), (december(28, 8, 0), december(28, 8, 30))]
    {
        let counts = office.pass_at(moment).await;
        assert_eq!(counts, DispatchCounts { next: Some(next), ..DispatchCounts::default() });
    }
    assert_eq!(office.relay.connections(), 0);
}

#[tokio::test]
async fn greylisting_is_tried_again_with_the_same_bytes() {
    let office = Office::with_messages(1).await;
    office.relay.once("RCPT", Act::Reply("450 4.2.0 greylisted"));
    let first = office.pass_at(december(28, 9, 0)).await;
    assert_eq!(first.deferred, 1);
    assert!(first.next.unwrap() >= december(28, 9, 5));
    assert_eq!(office.pass_at(first.next.unwrap()).await.accepted, 1);
    assert_eq!(office.relay.mails()[0].body, message(1).bytes);
}

#[tokio::test]
async fn a_message_the_relay_kept_without_a_word_arrives_twice_under_one_message_id() {
    let office = Office::with_messages(1).await;
    office.relay.once("DOT", Act::KeepAndClose);
    assert_eq!(office.pass_at(december(28, 9, 0)).await.unknown, 1);
    assert_eq!(office.pass_at(december(28, 9, 29)).await.accepted, 0, "not within half an hour");
    assert_eq!(office.pass_at(december(28, 11, 0)).await.accepted, 1);
    let mails = office.relay.mails();
    assert_eq!((mails.len(), &mails[0].body), (2, &mails[1].body));
}

#[tokio::test]
async fn an_outcome_that_stays_unknown_is_held_after_the_third_time() {
    let office = Office::with_messages(1).await;
    office.relay.always("DOT", Act::Close);
    for hour in [9, 11] {
        assert_eq!(office.pass_at(december(28, hour, 0)).await.unknown, 1);
    }
    assert_eq!(office.pass_at(december(28, 15, 0)).await.held, 1);
    assert_eq!(office.pass_at(december(29, 9, 0)).await, DispatchCounts::default());
}

#[tokio::test]
async fn a_relay_out_of_reach_is_probed_and_then_gets_everything() {
    let office = Office::with_messages(10).await;
    office.relay.always("CONNECT", Act::Close);
    let counts = office.pass_at(december(28, 9, 0)).await;
    assert!((1..=4).contains(&counts.uncharged), "{counts:?}");
    let before = office.relay.connections();
    assert_eq!(office.pass_at(december(28, 9, 2)).await.uncharged, 1, "one probe");
    assert_eq!(office.relay.connections(), before + 1);
    office.relay.behave();
    assert_eq!(office.pass_at(december(28, 9, 30)).await.accepted, 10);
}

#[tokio::test]
async fn a_crash_before_the_dot_costs_nothing_and_one_after_it_is_unknown() {
    let office = Office::with_messages(2).await;
    let delivery = office.at(december(28, 9, 0));
    let mut leases = Vec::new();
    for _ in 0..2 {
        let claim = office.store.claim(&delivery.terms, december(28, 9, 0)).await.unwrap();
        let Claim::Claimed(claimed) = claim else { panic!("nothing claimed") };
        leases.push(claimed.lease);
    }
    office.store.mark_dot(&leases[1], None, december(28, 9, 0)).await.unwrap();
    let counts = recover(&office.at(december(28, 9, 1))).await.unwrap();
    assert_eq!((counts.deferred, counts.unknown), (1, 1));
    assert_eq!(office.pass_at(december(28, 9, 1)).await.accepted, 1, "at once");
    assert_eq!(office.pass_at(december(28, 9, 50)).await.accepted, 1, "half an hour later");
}

#[tokio::test]
async fn what_another_process_has_in_hand_is_left_alone_while_it_lives() {
    let office = Office::with_messages(1).await;
    let other = office.claimed_beside(december(28, 9, 0)).await;
    assert_eq!(recover(&office.at(december(28, 9, 1))).await.unwrap(), DispatchCounts::default());
    assert_eq!(office.pass_at(december(28, 9, 1)).await, DispatchCounts::default());
    drop(other);
    assert_eq!(office.pass_at(december(28, 9, 2)).await.accepted, 1, "at once");
}

#[tokio::test]
async fn what_another_process_has_in_hand_is_taken_from_it_when_its_lease_is_over() {
    let office = Office::with_messages(1).await;
    let other = office.claimed_beside(december(28, 9, 0)).await;
    let lease = office.at(december(28, 9, 0)).terms.lease;
    assert!(lease > SignedDuration::try_from(Deadlines::default().total()).unwrap());
    assert_eq!(office.pass_at(december(28, 9, 59)).await, DispatchCounts::default());
    assert_eq!(office.pass_at(december(28, 10, 1)).await.accepted, 1);
    drop(other);
}

#[tokio::test]
async fn after_a_refused_dot_the_message_claimed_ahead_waits_for_the_verdict() {
    let office = Office::with_messages(3).await;
    office.relay.always("DOT", Act::Reply("421 HL:REP too many"));
    let delivery = office.at(december(28, 9, 0));
    let stop = CancellationToken::new();
    let counts = dispatch_due(&delivery, NonZeroU16::MIN, &stop).await.unwrap();
    assert_eq!(
        (counts.deferred, office.relay.connections()),
        (1, 1),
        "the road was closed at once"
    );
    let states = office.store.messages(&[MessageState::Ready]).await.unwrap();
    assert_eq!(states.iter().map(|message| message.attempts).collect::<Vec<_>>(), [0, 0]);
}

#[tokio::test]
async fn a_step_says_what_it_did() {
    let office = Office::with_messages(1).await;
    let delivery = office.at(december(28, 9, 0));
    assert!(matches!(
        dispatch_one(&delivery).await.unwrap(),
        DispatchResult::Attempted(_, Disposition::Accepted)
    ));
    assert_eq!(dispatch_one(&delivery).await.unwrap(), DispatchResult::NothingDue { next: None });
}

#[tokio::test]
async fn a_stopped_delivery_claims_nothing_more() {
    let office = Office::with_messages(3).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let delivery = office.at(december(28, 9, 0));
    let counts = dispatch_due(&delivery, NonZeroU16::MIN, &stop).await.unwrap();
    assert_eq!(counts, DispatchCounts::default());
}
