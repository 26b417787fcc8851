//! The year of Yuzhong district, day by day: how many mails a person gets when nobody acts, and when all act on time.

use std::collections::{BTreeMap, BTreeSet};

use duban::domain::life::{CompletionDetails, Transition, TransitionRequest};
use duban::domain::obligation::ObligationId;
use duban::storage::obligations::Obligations as _;
use duban::storage::units::Units as _;
use duban::workflows::Refused;
use duban::workflows::count::{Event, count};
use duban::workflows::life::{Target, act};
use duban::workflows::open_occurrences::end_series;
use jiff::civil::{Date, date};

use super::program::Program;
use super::working_days::WorkingDays;
use crate::support::office::{TestOffice, example};

const SUPERVISOR: &str = "区政府办公室";
/// The one obligation of every day.
const DAILY: &str = "002-08";

/// The ordinary and urgent mails of the year: by mailbox, and by day.
struct Mails {
    by_mailbox: BTreeMap<String, usize>,
    by_day: BTreeMap<Date, usize>,
    /// Steps told in them.
    steps: usize,
}

/// One year of passes; when `all_act`, what is due is reported after the pass of the day.
async fn year(all_act: bool) -> Mails {
    let office = tokio::task::spawn_blocking(|| {
        let office = TestOffice::new();
        // What is owed on the holiday itself cannot be told in time, and the import says so.
        for (kind, code) in [("units", 0), ("obligations", 20)] {
            let file = example(&format!("yuzhong-2022/{kind}.csv"));
            office.run(&["--as-of", "2022-01-01", "import", kind, &file]).expect_code(code);
        }
        office
    });
    let program = Program::of(office.await.unwrap(), SUPERVISOR).await;
    if !all_act {
        // What is missed every day adds one mail a working day; three months of it show that.
        program.set_clock(date(2022, 1, 1).at(8, 0, 0, 0));
        let last = Some(date(2022, 3, 31));
        end_series(program.context(), DAILY, last, None).await.unwrap();
    }
    let days = WorkingDays::of_years(2021..=2023);
    let mut day = date(2022, 1, 1);
    while day < date(2023, 1, 1) {
        if days.is_working(day) {
            program.set_clock(day.at(9, 0, 0, 0));
            program.pass().await;
        }
        if all_act {
            program.set_clock(day.at(17, 0, 0, 0));
            report_what_is_due(&program, day).await;
        }
        day = day.tomorrow().unwrap();
    }
    let told = program.told().await;
    let letters: BTreeSet<_> = told.iter().map(|it| (it.mailbox.clone(), it.at)).collect();
    let mut mails =
        Mails { by_mailbox: BTreeMap::new(), by_day: BTreeMap::new(), steps: told.len() };
    for (mailbox, at) in letters {
        *mails.by_mailbox.entry(mailbox).or_default() += 1;
        *mails.by_day.entry(at.date()).or_default() += 1;
    }
    mails
}

/// Every share whose day to act by has come is reported, and the daily obligation on its own day; what is to happen a number
/// of times is counted.
async fn report_what_is_due(program: &Program, day: Date) {
    let mut due = program
        .column(
            "SELECT DISTINCT act_by_on || ' ' || obligation.id || ' ' || (term LIKE '%/%')
             FROM obligation JOIN assignment ON obligation_id = obligation.id
             WHERE is_owed AND obligation.state = 'open' AND act_by_on IS NOT NULL AND earliest_on IS NULL",
        )
        .await;
    due.retain(|row| row[..10] <= *day.to_string());
    for row in due {
        let parts: Vec<&str> = row.split(' ').collect();
        if parts[2] == "1" {
            count_all(program, parts[1], day).await;
        } else {
            report(program, parts[1]).await.unwrap();
        }
    }
    // The occurrence of a rest day is not open before it is told of; it is reported all the same.
    let _known_already = report(program, &format!("{DAILY}/{day}")).await;
}

async fn report(program: &Program, obligation: &str) -> Result<(), Refused> {
    let target = Target { obligation: obligation.to_owned(), all_units: true, ..Target::default() };
    let evidence = Some("已公开".to_owned());
    let request = TransitionRequest {
        transition: Transition::Report,
        details: CompletionDetails { evidence, ..CompletionDetails::default() },
        reason: None,
    };
    act(program.context(), &[target], &request).await.map(|_| ())
}

/// Every unit that owes the obligation holds what is still to be held, one event after another.
async fn count_all(program: &Program, obligation: &str, day: Date) {
    let asked = ObligationId(obligation.parse().unwrap());
    let found = program.ledger.obligations_by_key(&[asked]).await.unwrap();
    let directory = program.ledger.directory().await.unwrap();
    for share in found[0].assignments.iter().filter(|share| share.state.is_owed()) {
        for number in 1.. {
            let event = Event {
                obligation: obligation.to_owned(),
                unit: directory.unit(share.unit).map(|unit| unit.name.clone()),
                on: day,
                what: format!("第{number}次"),
            };
            if count(program.context(), &event).await.unwrap().line.pace.is_met() {
                break;
            }
        }
    }
}

impl Mails {
    /// Mails to each mailbox, fewest first.
    fn counts(&self) -> Vec<usize> {
        let mut counts: Vec<usize> = self.by_mailbox.values().copied().collect();
        counts.sort_unstable();
        counts
    }

    fn print(&self, year: &str) {
        let counts = self.counts();
        println!(
            "{year}: {} mails of {} steps to {} mailboxes; a mailbox gets {} (median) and {} at the most; most on one day {}",
            counts.iter().sum::<usize>(),
            self.steps,
            counts.len(),
            counts[counts.len() / 2],
            counts.last().unwrap(),
            self.by_day.values().max().unwrap(),
        );
    }
}

/// A person who always acts on the last day hears of a date five times (a month, two weeks, one week and two days before, and
/// on the day), of all that falls due on the same day in one mail. More than a mail every other month would be noise.
#[tokio::test]
async fn who_acts_on_time_gets_at_most_six_mails_in_a_year() {
    let mails = year(true).await;
    mails.print("all act on time");
    assert!(mails.counts().iter().all(|count| *count <= 6), "{:?}", mails.by_mailbox);
}

/// Where nobody acts, only those who miss a duty of every day hear every working day, until it ends and its ladder too: the
/// people of the two units that owe it and of the office: some sixty mails until it ends, some thirty while its last ladder
/// lasts, and the six of everybody. Everybody else hears a dozen times at the most.
#[tokio::test]
async fn when_nobody_acts_only_a_duty_missed_every_day_costs_more_than_twelve_mails_in_a_year() {
    let mails = year(false).await;
    mails.print("nobody acts");
    let counts = mails.counts();
    assert!(counts[counts.len() / 2] <= 6, "{:?}", mails.by_mailbox);
    let often: Vec<usize> = counts.into_iter().filter(|count| *count > 12).collect();
    assert!(often.len() <= 6 && often.iter().all(|count| *count <= 96), "{:?}", mails.by_mailbox);
}
