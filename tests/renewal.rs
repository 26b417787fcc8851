//! The service takes up what is imported while it runs: the clock stands still, nothing is restarted.

use std::sync::Arc;

use duban::clock::{Clock, FixedClock};
use duban::config::Sources;
use duban::daemon::{Jobs as _, OfficeJobs, Renewal, RenewalError};
use duban::domain::moment::Moment;
use duban::wiring::{self, Services};
use tokio_util::sync::CancellationToken;

use crate::import_calendar::office_before_amendment;
use crate::support::daemon::Daemon;
use crate::support::office::TestOffice;

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_imported_while_the_service_runs_is_in_force_from_its_next_pass() {
    let (office, new) = office_before_amendment(2020, "2020-01-17", "20wd");
    let settings = office.settings();
    let ledger = wiring::open_ledger(&settings.database, || {}).await.unwrap();
    let now = Moment::from_local("2020-01-20T09:30:00".parse().unwrap()).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(FixedClock(now));
    let guard = wiring::send_guard(&settings, &clock, &wiring::law(&settings, &[]).unwrap());
    let services = Services { settings, ledger, guard, actor: "daemon".to_owned() };
    let (service, renewal) = Renewal::start(services, Sources::default()).await.unwrap();
    let jobs = OfficeJobs::new(service, renewal);

    jobs.pass(&CancellationToken::new()).await;
    assert_eq!(office.json(&["show", "f-1"])[0]["due"], "2020-02-19");
    office.run(&["--as-of", "2020-01-20", "import", "calendar", &new]).expect_code(0);
    jobs.pass(&CancellationToken::new()).await;
    assert_eq!(
        office.json(&["show", "f-1"])[0]["due"],
        "2020-02-21",
        "a service that held on to its old calendar would have moved it back"
    );
    let mails = office.mails();
    let told = String::from_utf8(mails.concat()).unwrap();
    assert_eq!(told.matches("X-Duban-Kind: reminder").count(), 1, "the contact is told of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_puts_in_force_what_it_can_and_names_what_needs_a_restart() {
    let mut office = TestOffice::yuzhong();
    let file = office.write("duban.toml", "[mail]\nfrom = \"first@yuzhong.example\"\n");
    office.unset("MAIL__FROM");
    let environment =
        office.variables().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let sources =
        Sources { named_file: Some(file.clone().into()), default_file: None, environment };
    let settings = sources.load().unwrap();
    let ledger = wiring::open_ledger(&settings.database, || {}).await.unwrap();
    let now = Moment::from_local("2022-12-28T09:30:00".parse().unwrap()).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(FixedClock(now));
    let guard = wiring::send_guard(&settings, &clock, &wiring::law(&settings, &[]).unwrap());
    let services = Services { settings, ledger, guard, actor: "daemon".to_owned() };
    let (_, renewal) = Renewal::start(services, sources).await.unwrap();

    office.write("duban.toml", "[mail]\nfrom = \"nobody\"\n");
    assert!(matches!(renewal.reload().await, Err(RenewalError::Settings(_))), "a fault is named");
    let second = "[mail]\nfrom = \"second@yuzhong.example\"\n[schedule]\npass = \"0 0 9 * * *\"\n";
    office.write("duban.toml", second);
    let (service, needs_restart) = renewal.reload().await.unwrap();
    assert_eq!(needs_restart, ["schedule.pass"]);
    service.pass(now, &CancellationToken::new()).await.unwrap();
    let mails = office.mails();
    assert!(!mails.is_empty());
    let from = "second@yuzhong.example";
    assert!(mails.iter().all(|mail| String::from_utf8_lossy(mail).contains(from)));
}

#[test]
fn signals_that_are_not_meant_to_end_the_service_do_not_end_it() {
    let office = TestOffice::yuzhong();
    let daemon = Daemon::start(&office, "2022-12-28");
    daemon.wait_for_a_pass();
    for signal in ["HUP", "USR1", "USR2", "ALRM"] {
        daemon.signal(signal);
    }
    assert!(daemon.stop().success());
}
