//! A year of an office: whom the program tells of what on which day, against a planner written a second time.
#![expect(clippy::wildcard_enum_match_arm, reason = "most kinds of term have no such thing")]

mod district;
mod duty;
mod ladders;
mod notices;
mod planner;
mod program;
mod random;
mod steps;
mod working_days;
mod yuzhong;

use std::collections::BTreeSet;

use duban::domain::item::ItemKey;
use duban::storage::messages::Messages as _;
use duban::storage::units::Units as _;
use duban::workflows::findings::unattended;
use jiff::civil::Date;

use district::District;
use duty::{Duty, Term};
use planner::State;
use program::{Told, named};

/// Days after which a clock that stands still, or an event that does not come, needs a person.
const STANDS: i32 = 60;

/// What one says and the other does not, day by day.
fn differences(program: &[Told], planner: &[Told]) -> Vec<String> {
    let program: BTreeSet<&Told> = program.iter().collect();
    let planner: BTreeSet<&Told> = planner.iter().collect();
    let mut all: Vec<(&Told, &str)> =
        program.difference(&planner).map(|it| (*it, "program")).collect();
    all.extend(planner.difference(&program).map(|it| (*it, "planner")));
    all.sort();
    let line = |(it, who): &(&Told, &str)| {
        format!(
            "{} {} {} {} {} only by the {who}",
            it.at, it.mailbox, it.reference, it.unit, it.step
        )
    };
    all.iter().map(line).collect()
}

/// Lives a year; both tell the same, and what must hold in every year holds.
async fn year(seed: u64) {
    let mut district = District::new(seed).await;
    district.live(nothing_open_is_forgotten).await;
    let told = district.program.told().await;
    let differences = differences(&told, &district.planner.said);
    println!("seed {seed}: {} steps told", told.len());
    assert!(
        differences.is_empty(),
        "seed {seed}: {} of {} differ:\n{}",
        differences.len(),
        told.len(),
        differences.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
    nobody_hears_what_fell_due_before_the_series_was_registered(&district).await;
    a_mailbox_gets_one_ordinary_mail_a_day(&district).await;
}

/// Whatever is owed has a step ahead, or an operator item that names it.
async fn nothing_open_is_forgotten(district: &District, today: Date) {
    let (program, planner) = (&district.program, &district.planner);
    let found = unattended(program.context(), &program.service.finding_terms).await.unwrap();
    let named_by_item: BTreeSet<(String, String)> = found
        .iter()
        .flat_map(|duty| duty.units.iter().map(|unit| (duty.reference.clone(), unit.clone())))
        .collect();
    let items = program.ledger.open_items().await.unwrap();
    let directory = program.ledger.directory().await.unwrap();
    let is_unreachable = |unit: &str| {
        let key = ItemKey::Unreachable(directory.find(unit).unwrap().id);
        items.iter().any(|item| item.key == key)
    };
    for (index, share) in planner.shares.iter().enumerate() {
        let duty = &planner.duties[share.duty];
        let is_looked_at = share.state != State::Done && share.opened.is_some();
        if !is_looked_at || needs_nobody_yet(duty, today) {
            continue;
        }
        let reference = named(&duty.reference, &share.turn.period);
        let key = (reference, planner.units[share.unit].name.clone());
        // Who cannot be reached is an item of the unit.
        assert!(
            planner.has_a_step_ahead(index, today)
                || named_by_item.contains(&key)
                || is_unreachable(&key.1),
            "{today}: {key:?} has no step ahead and no item\n{duty:?}"
        );
    }
}

/// A word without a date, a clock that has not stood still for long, an event not awaited for long.
fn needs_nobody_yet(duty: &Duty, today: Date) -> bool {
    let since = match duty.term {
        Term::Undated => return true,
        Term::Waiting => Some(duty.registered),
        _ => duty.stopped_on,
    };
    since.is_some_and(|since| since.until(today).unwrap().get_days() <= STANDS)
}

async fn nobody_hears_what_fell_due_before_the_series_was_registered(district: &District) {
    let early = district
        .program
        .column(
            "SELECT ref || '/' || occurrence FROM obligation
             WHERE occurrence <> '' AND due_on < (
                 SELECT date(min(first.registered_at) + 28800, 'unixepoch') FROM obligation AS first
                 WHERE first.ref = obligation.ref)",
        )
        .await;
    assert_eq!(early, Vec::<String>::new());
}

async fn a_mailbox_gets_one_ordinary_mail_a_day(district: &District) {
    let twice = district
        .program
        .column(
            "SELECT recipient || ' ' || day_on FROM message
             WHERE kind = 'reminder' AND haste = 'day-mail' AND state = 'accepted'
             GROUP BY recipient, day_on HAVING count(*) > 1",
        )
        .await;
    assert_eq!(twice, Vec::<String>::new());
}

#[tokio::test]
async fn a_year_is_told_as_a_second_planner_tells_it_and_nothing_open_is_forgotten() {
    year(4).await;
}

#[tokio::test]
async fn another_year_is_told_as_a_second_planner_tells_it_and_nothing_open_is_forgotten() {
    year(5).await;
}
