//! An import is read, compared and dated while others write; what they change meanwhile is noticed.

use std::cell::Cell;
use std::sync::Arc;

use duban::domain::directory::{ListedUnit, UnitChange};
use duban::domain::listed::ListedObligation;
use duban::domain::moment::Moment;
use duban::storage::calendars::{Calendars as _, StoredNotice};
use duban::storage::imports::Imports as _;
use duban::storage::journal::Entry;
use duban::storage::register_state::WriteResult;
use duban::storage::sqlite::Sqlite;
use duban::storage::units::{MovedShares, Units as _};
use duban::storage::{StorageError, Trouble};
use duban::workflows::import_obligations::{
    Answers, Comparison, Import, ImportObligationsError, ListedTable, TableRows,
};
use duban::workflows::import_units::units_changed_by;
use duban::workflows::{Context, Law};
use duban::{domain::journal::Action, wiring};
use jiff::civil::date;

use crate::support::office::TestOffice;

const HEADER: &str = "事项,时限,责任单位,编号\n";

/// A table that does something else each time before it is read.
struct Table<'a> {
    rows: Vec<ListedObligation>,
    readings: Cell<usize>,
    before: &'a dyn Fn(usize),
}

impl TableRows for Table<'_> {
    fn rows(&self) -> Box<dyn Iterator<Item = (usize, ListedObligation)> + '_> {
        self.readings.set(self.readings.get() + 1);
        (self.before)(self.readings.get());
        Box::new((2..).zip(self.rows.iter().cloned()))
    }
}

fn row(reference: &str, title: &str) -> ListedObligation {
    ListedObligation {
        reference: Some(reference.to_owned()),
        title: title.to_owned(),
        written: "2026-12-31".to_owned(),
        term: Some("2026-12-31".parse().unwrap()),
        responsible: vec!["财政局".to_owned()],
        ..ListedObligation::default()
    }
}

/// An office with a unit, and a duty 旧 in the list 往年.
fn office() -> TestOffice {
    let office = TestOffice::new();
    let units =
        office.write("units.csv", "单位,联系人,邮箱,职级\n财政局,财甲,cai@x.example,承办人\n");
    office.run(&["--as-of", "2026-02-02", "import", "units", &units]).expect_code(0);
    import(&office, "往年.csv", "旧事,2026-06-30,财政局,旧\n");
    office
}

fn import(office: &TestOffice, name: &str, rows: &str) {
    let file = office.write(name, format!("{HEADER}{rows}"));
    office.run(&["--as-of", "2026-02-02", "import", "obligations", &file]).expect_code(0);
}

fn now() -> Moment {
    Moment::from_local(date(2026, 2, 3).at(9, 30, 0, 0)).unwrap()
}

fn law(office: &TestOffice) -> Law {
    wiring::law(&office.settings(), &[]).unwrap()
}

/// Imports two rows as the list 新年 while `before` happens before each reading; returns what was done and how often they
/// were read.
async fn import_while(
    office: &TestOffice,
    before: &dyn Fn(usize),
) -> (Result<Comparison, ImportObligationsError>, usize) {
    let ledger = Sqlite::open(&office.path("duban.db")).await.unwrap();
    let law = law(office);
    let context = Context { store: &ledger, law: &law, now: now(), actor: "tester" };
    let rows = vec![row("1", "第一件"), row("2", "第二件")];
    let table = Table { rows, readings: Cell::new(0), before };
    let list: Arc<str> = "新年".into();
    let tables = [ListedTable {
        list: &list,
        is_named: true,
        is_whole: true,
        file: "新年.csv",
        rows: &table,
    }];
    let import = Import::compare(context, &tables, Answers::default()).await.unwrap();
    let done = import.write().await;
    duban::storage::site::Site::close(&ledger).await;
    (done, table.readings.get())
}

fn titles(office: &TestOffice) -> Vec<String> {
    let all = office.json(&["--as-of", "2026-02-03", "upcoming", "--all"]);
    let mut titles: Vec<String> =
        all.as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_and_passes_go_on_while_a_table_is_read() {
    let office = office();
    let (done, readings) = import_while(&office, &|_| {
        office.run(&["--as-of", "2026-06-25T09:30", "remind"]).expect_code(0);
    })
    .await;
    assert_eq!(done.unwrap().lists[0].added.count, 2);
    assert_eq!(readings, 2, "mail changes nothing that a table is compared with");
    assert_eq!(office.mails().len(), 1);
    assert_eq!(titles(&office), ["旧事", "第一件", "第二件"].map(String::from));
    office.run(&["journal", "--verify"]).expect_code(0);
}

/// The other command loads the same list: one of the rows is known by the time the table would be written.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_compared_anew_with_what_others_have_changed_meanwhile() {
    let office = office();
    let (done, readings) = import_while(&office, &|reading| {
        if reading == 2 {
            import(&office, "新年.csv", "第一件,2026-12-31,财政局,1\n");
        }
    })
    .await;
    let done = done.unwrap();
    assert_eq!((done.lists[0].added.count, done.lists[0].unchanged), (1, 1));
    assert_eq!(done.lists[0].number, Some(3));
    assert_eq!(readings, 4);
    assert_eq!(titles(&office), ["旧事", "第一件", "第二件"].map(String::from));
    let imports = office.json(&["import", "list"]);
    let added: Vec<i64> =
        imports.as_array().unwrap().iter().map(|it| it["added"].as_i64().unwrap()).collect();
    assert_eq!(added, [1, 1, 1]);
    office.run(&["journal", "--verify"]).expect_code(0);
    office.run(&["--as-of", "2026-02-03", "undo", "--import", "3"]).expect_code(0);
    assert_eq!(titles(&office), ["旧事", "第一件"].map(String::from));
}

/// A row that means something else by now is refused, as if the change had been there from the start.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_became_doubtful_meanwhile_is_refused_and_nothing_is_written() {
    let office = office();
    let (done, _) = import_while(&office, &|reading| {
        if reading == 2 {
            import(&office, "新年.csv", "别的事情,2026-09-30,财政局,1\n");
        }
    })
    .await;
    assert!(matches!(done, Err(ImportObligationsError::Differs(_))), "{done:?}");
    assert_eq!(titles(&office), ["别的事情", "旧事"].map(String::from));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_changes_each_time_ends_the_import_with_try_again() {
    let office = office();
    let (done, readings) = import_while(&office, &|reading| {
        if reading % 2 == 0 {
            let other = format!("第{reading}次,2026-12-31,财政局,1\n");
            import(&office, &format!("别{reading}.csv"), &other);
        }
    })
    .await;
    let Err(ImportObligationsError::Storage(error)) = done else { panic!("{done:?}") };
    assert!(matches!(error, StorageError::KeepsChanging), "{error}");
    assert_eq!(error.trouble(), Trouble::Busy, "such commands end with 75");
    assert_eq!(readings, 10, "five times compared and put together");
    assert!(!titles(&office).contains(&"第一件".to_owned()));
    office.run(&["journal", "--verify"]).expect_code(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn units_and_notices_that_were_compared_with_another_state_are_not_written() {
    let office = office();
    let ledger = Sqlite::open(&office.path("duban.db")).await.unwrap();
    let law = law(&office);
    let context = Context { store: &ledger, law: &law, now: now(), actor: "tester" };
    let since = ledger.register_state().await.unwrap();
    let newest = ledger.newest_notice_id().await.unwrap();
    let list = [ListedUnit { name: "教委".to_owned(), ..ListedUnit::default() }];
    let change = units_changed_by(context, &list).await.unwrap();

    let units =
        office.write("units.csv", "单位,联系人,邮箱,职级\n教委,教甲,jiao@x.example,承办人\n");
    office.run(&["--as-of", "2026-02-03", "import", "units", &units]).expect_code(0);

    let written = ledger.change_directory_since(since, &change, now(), &[]).await.unwrap();
    assert_eq!(written, WriteResult::Overtaken);
    let notice = StoredNotice { year: 2027, file: "2027.json".to_owned(), body: "{}".to_owned() };
    let entry = || Entry::new(now(), Action::ImportCalendar, "calendar".to_owned());
    let notices = [notice];
    let keep = |newest| ledger.keep_notices(newest, &notices, "version", entry());
    assert_eq!(keep(newest).await.unwrap(), WriteResult::Written);
    assert_eq!(keep(newest).await.unwrap(), WriteResult::Overtaken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_got_a_duty_meanwhile_is_not_ended() {
    let office = office();
    let units =
        office.write("units.csv", "单位,联系人,邮箱,职级\n教委,教甲,jiao@x.example,承办人\n");
    office.run(&["--as-of", "2026-02-03", "import", "units", &units]).expect_code(0);
    let ledger = Sqlite::open(&office.path("duban.db")).await.unwrap();
    let since = ledger.register_state().await.unwrap();
    let unit = ledger.unit_called("教委").await.unwrap().unwrap();
    import(&office, "新年.csv", "别的事情,2026-09-30,教委,1\n");

    let change = UnitChange::Retire { unit };
    let done = ledger.change_unit(since, &change, &MovedShares::default(), now(), &[]).await;
    assert_eq!(done.unwrap(), WriteResult::Overtaken);
    assert_eq!(office.json(&["units", "教委"]).as_array().unwrap().len(), 1);
    office.run(&["units", "retire", "教委"]).expect_code(14);
}
