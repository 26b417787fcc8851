//! A clock that jumps: forward beyond reason it holds all mail, backward it repeats nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use duban::clock::Clock;
use duban::config::Sources;
use duban::domain::item::ItemKey;
use duban::domain::moment::Moment;
use duban::domain::watch::Hold;
use duban::storage::Store;
use duban::storage::instance::Instances as _;
use duban::storage::messages::Messages as _;
use duban::storage::sqlite::Sqlite;
use duban::wiring;
use duban::workflows::remind::{PassReport, ReminderService};
use jiff::SignedDuration;
use jiff::civil::{DateTime, date};
use tokio_util::sync::CancellationToken;

use crate::support::office::TestOffice;

/// A clock whose hands and whose counter are moved apart.
#[derive(Clone)]
struct SteeredClock(Arc<Mutex<(Moment, SignedDuration)>>);

impl SteeredClock {
    fn at(local: DateTime) -> Self {
        let moment = Moment::from_local(local).unwrap();
        Self(Arc::new(Mutex::new((moment, SignedDuration::from_hours(100)))))
    }

    /// Time goes by, awake or suspended.
    fn runs(&self, by: SignedDuration) {
        let mut both = self.0.lock().unwrap();
        *both = (both.0.plus(by), both.1 + by);
    }

    /// Somebody sets the clock.
    fn is_set(&self, by: SignedDuration) {
        let mut both = self.0.lock().unwrap();
        both.0 = both.0.plus(by);
    }
}

impl Clock for SteeredClock {
    fn now(&self) -> Moment {
        self.0.lock().unwrap().0
    }

    fn counted(&self) -> Option<SignedDuration> {
        Some(self.0.lock().unwrap().1)
    }
}

/// The Yuzhong district with a service whose clock is steered.
struct Story {
    office: TestOffice,
    clock: SteeredClock,
    ledger: Arc<dyn Store>,
    service: ReminderService,
}

impl Story {
    async fn begin() -> Self {
        let office = tokio::task::spawn_blocking(TestOffice::yuzhong).await.unwrap();
        let ledger = wiring::open_ledger(&office.path("duban.db"), || {}).await.unwrap();
        let clock = SteeredClock::at(date(2022, 12, 28).at(9, 0, 0, 0));
        let service = service(&office, &ledger, &clock);
        Self { office, clock, ledger, service }
    }

    /// The process ends and another one begins.
    fn restart(&mut self) {
        self.service = service(&self.office, &self.ledger, &self.clock);
    }

    async fn pass(&self) -> PassReport {
        // on the heap: a test's thread has a small stack
        Box::pin(self.service.pass(self.service.now(), &CancellationToken::new())).await.unwrap()
    }

    async fn sent_by_a_pass(&self) -> u64 {
        let report = self.pass().await;
        assert_eq!(report.holds, []);
        report.counts.accepted
    }
}

fn service(office: &TestOffice, ledger: &Arc<dyn Store>, clock: &SteeredClock) -> ReminderService {
    let text = |name: &str| office.path(name).display().to_string();
    let environment: BTreeMap<String, String> = [
        ("DUBAN__DATABASE__PATH".to_owned(), text("duban.db")),
        ("DUBAN__MAIL__MAILDIR__PATH".to_owned(), text("mail")),
    ]
    .into();
    let settings = Sources { environment, ..Sources::default() }.load().unwrap();
    let law = wiring::law(&settings, &[]).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let guard = wiring::send_guard(&settings, &clock, &wiring::law(&settings, &[]).unwrap());
    wiring::reminder_service(&settings, &law, ledger, &guard, "daemon").unwrap()
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Case 39: five years forward hold everything until a person confirms.
#[tokio::test]
async fn a_clock_five_years_ahead_sends_nothing_until_it_is_confirmed() {
    for restarted in [false, true] {
        let mut story = Story::begin().await;
        assert!(story.sent_by_a_pass().await > 0);
        story.clock.is_set(DAY * (5 * 365));
        if restarted {
            story.restart();
        }
        let report = story.pass().await;
        assert!(matches!(report.holds[..], [Hold::ClockAhead { .. }]), "{:?}", report.holds);
        assert_eq!((report.planned.to_tell, report.counts.accepted), (0, 0));
        let items = story.ledger.open_items().await.unwrap();
        assert_eq!(
            items.iter().map(|item| item.key.to_string()).collect::<Vec<_>>(),
            ["clock:ahead"]
        );

        story.ledger.confirm_clock("tester", story.clock.now()).await.unwrap();
        assert_eq!(story.service.guard.check(story.ledger.as_ref()).await.unwrap(), []);
        assert!(story.ledger.open_items().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_clock_that_is_put_right_again_needs_no_confirmation() {
    let story = Story::begin().await;
    story.sent_by_a_pass().await;
    story.clock.is_set(DAY * 1000);
    assert_eq!(story.pass().await.holds.len(), 1);
    story.clock.runs(SignedDuration::from_mins(10));
    story.clock.is_set(-DAY * 1000);
    assert_eq!(story.sent_by_a_pass().await, 0);
    assert!(story.ledger.open_items().await.unwrap().is_empty());
}

/// Case 38: one day forward is more than a running service takes for granted, and a restart does not make it so; all that
/// is sent for it, once confirmed, are the mails of that day.
#[tokio::test]
async fn a_clock_one_day_ahead_is_asked_about_until_a_person_answers() {
    let mut story = Story::begin().await;
    story.sent_by_a_pass().await;
    story.clock.is_set(DAY);
    assert_eq!(story.pass().await.holds.len(), 1);
    story.restart();
    assert_eq!(
        story.pass().await.holds.len(),
        1,
        "`adopt --clock` finds the hold in its own process"
    );
    story.ledger.confirm_clock("tester", story.clock.now()).await.unwrap();
    let ahead = story.sent_by_a_pass().await;
    let on_time = Story::begin().await;
    on_time.sent_by_a_pass().await;
    on_time.clock.runs(DAY);
    assert_eq!(ahead, on_time.sent_by_a_pass().await);
}

#[tokio::test]
async fn a_clock_that_was_put_right_while_the_service_was_off_needs_no_confirmation() {
    let mut story = Story::begin().await;
    story.sent_by_a_pass().await;
    story.clock.is_set(DAY * 30);
    assert_eq!(story.pass().await.holds.len(), 1);
    story.clock.runs(SignedDuration::from_mins(10));
    story.clock.is_set(-DAY * 30);
    story.restart();
    assert_eq!(story.sent_by_a_pass().await, 0);
    assert!(story.ledger.open_items().await.unwrap().is_empty());
}

/// Case 40: two days back after sending: no new mail, and a waiting one keeps its distance.
#[tokio::test]
async fn a_clock_two_days_back_repeats_nothing_and_what_waits_keeps_its_distance() {
    let story = Story::begin().await;
    assert!(story.sent_by_a_pass().await > 0);
    let waits = story.clock.now().plus(SignedDuration::from_hours(3));
    wait_until(&story, waits).await;
    story.clock.is_set(-DAY * 2);
    let report = story.pass().await;
    assert_eq!(
        (report.holds.len(), report.sealed.messages.len(), report.counts.accepted),
        (0, 0, 0)
    );
    let waiting = story.ledger.messages(&[duban::domain::delivery::MessageState::Deferred]).await;
    assert_eq!(waiting.unwrap()[0].next_attempt, waits.plus(-DAY * 2));
}

/// Makes one sent message a waiting one.
async fn wait_until(story: &Story, moment: Moment) {
    use sqlx::{Connection as _, SqliteConnection};
    let url = format!("sqlite://{}", story.office.path("duban.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let statement = "UPDATE message SET state = 'deferred', accepted_at = NULL, next_attempt_at = $1 WHERE id = 1";
    sqlx::query(statement).bind(moment.seconds()).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Case 41: fourteen hours of suspension across the beginning of mail hours are time that went by.
#[tokio::test]
async fn a_machine_that_slept_over_night_reminds_once_when_it_wakes() {
    let story = Story::begin().await;
    story.sent_by_a_pass().await;
    story.clock.runs(SignedDuration::from_hours(10));
    story.sent_by_a_pass().await;
    story.clock.runs(SignedDuration::from_hours(14));
    let woken = story.sent_by_a_pass().await;
    assert_eq!(story.sent_by_a_pass().await, 0, "{woken} were sent by the pass before");
}

#[tokio::test]
async fn what_a_person_assumes_with_as_of_is_no_reading_of_the_clock() {
    let story = Story::begin().await;
    story.sent_by_a_pass().await;
    let seen = story.ledger.instance_record().await.unwrap().unwrap().clock;
    let office = story.office;
    let office = tokio::task::spawn_blocking(move || {
        office.run(&["--as-of", "2023-06-01", "remind"]);
        office.run(&["--as-of", "2023-06-01", "adopt", "--clock"]).expect_code(2);
        office
    });
    let office = office.await.unwrap();
    let ledger = Sqlite::open(&office.path("duban.db")).await.unwrap();
    assert_eq!(ledger.instance_record().await.unwrap().unwrap().clock, seen);
    assert!(ledger.open_items().await.unwrap().iter().all(|item| item.key != ItemKey::Clock));
}

#[tokio::test]
async fn the_last_pass_is_the_end_of_a_whole_pass() {
    let story = Story::begin().await;
    let last_pass = async || story.ledger.instance_record().await.unwrap().unwrap().last_pass;
    let begun = story.clock.now();

    let stopped = CancellationToken::new();
    stopped.cancel();
    Box::pin(story.service.pass(begun, &stopped)).await.unwrap();
    assert_eq!(last_pass().await, None, "a pass that was stopped is not whole");

    story.clock.runs(SignedDuration::from_mins(10));
    Box::pin(story.service.pass(begun, &CancellationToken::new())).await.unwrap();
    assert_eq!(last_pass().await, Some(story.clock.now()));
}
