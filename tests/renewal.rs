//! The service takes up what is imported while it runs: the clock stands still, nothing is restarted.

use std::sync::Arc;

use duban::clock::{Clock, FixedClock};
use duban::daemon::{Jobs as _, OfficeJobs, Renewal};
use duban::domain::moment::Moment;
use duban::storage::sqlite::Sqlite;
use duban::wiring::{self, Services};
use tokio_util::sync::CancellationToken;

use crate::import_calendar::office_before_amendment;

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_imported_while_the_service_runs_is_in_force_from_its_next_pass() {
    let (office, new) = office_before_amendment(2020, "2020-01-17", "20wd");
    let settings = office.settings();
    let ledger = Sqlite::open(&settings.database).await.unwrap();
    let now = Moment::from_local("2020-01-20T09:30:00".parse().unwrap()).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(FixedClock(now));
    let guard = wiring::send_guard(&settings, &clock);
    let services = Services { settings, ledger, guard, actor: "daemon".to_owned() };
    let (service, renewal) = Renewal::start(services).await.unwrap();
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
