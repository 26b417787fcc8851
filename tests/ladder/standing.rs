//! Standing duties: occurrences open by themselves, once, ahead of their first rung.

use duban::domain::life::{CompletionDetails, Transition, TransitionRequest};
use duban::domain::reminder::MailHours;
use duban::domain::unit::UnitId;
use duban::workflows::life::{Target, act};
use duban::workflows::mail_forecast::forecast_mails;
use duban::workflows::open_occurrences::end_series;
use duban::workflows::plan_reminders::Planning;

use super::story::{OFFICE, Story, at};
use crate::support::office::TestOffice;

const OCCURRENCES: &str =
    "SELECT occurrence || ' ' || due_on || ' ' || state FROM obligation ORDER BY occurrence";

impl Story {
    async fn planning(&self) -> Planning<'_> {
        let supervisor: Option<UnitId> = Some(self.unit(OFFICE).await);
        Planning { ladders: &self.law.ladders, hours: MailHours::default(), supervisor }
    }
}

#[tokio::test]
async fn the_next_month_opens_once_ahead_of_its_first_rung() {
    let story = Story::new().await;
    story.register("月报", "every:1mo@0-10", None, "2022-11-01").await;
    assert_eq!(story.column(OCCURRENCES).await, ["2022-11 2022-11-10 open"]);
    story.passes("2022-11-01", "2022-11-30").await;
    assert_eq!(story.column(OCCURRENCES).await, ["2022-11 2022-11-10 open"]);
    story.passes("2022-12-01", "2022-12-02").await;
    story.pass("2022-12-02").await;
    assert_eq!(
        story.column(OCCURRENCES).await,
        ["2022-11 2022-11-10 open", "2022-12 2022-12-10 open"]
    );
}

#[tokio::test]
async fn a_series_that_slept_opens_every_period_it_missed() {
    let story = Story::new().await;
    story.register("季报", "every:3mo@2-last", None, "2022-01-10").await;
    story.pass("2022-12-05").await;
    assert_eq!(
        story.column("SELECT occurrence FROM obligation ORDER BY occurrence").await,
        ["2022Q1", "2022Q2", "2022Q3", "2022Q4"]
    );
}

/// Once, each period deepened the stack; the pass of a ledger that had slept for years ended the process.
#[tokio::test]
async fn a_daily_duty_that_slept_for_fifteen_months_opens_every_day() {
    let story = Story::new().await;
    story.register("日报", "every:1d", None, "2021-09-01").await;
    story.pass("2022-12-05").await;
    let days = story.column("SELECT occurrence FROM obligation ORDER BY occurrence").await;
    assert!(days.len() > 400, "{}", days.len());
    assert_eq!(days.last().map(String::as_str), Some("2022-12-05"));
}

#[tokio::test]
async fn a_yearly_duty_of_january_opens_in_december() {
    let story = Story::new().await;
    story.register("年报", "every:12mo@0-31", None, "2022-01-04").await;
    story.passes("2022-12-26", "2022-12-30").await;
    assert_eq!(
        story
            .column("SELECT occurrence || ' ' || act_by_on FROM obligation ORDER BY occurrence")
            .await,
        ["2022 2022-01-30", "2023 2023-01-31"]
    );
}

#[tokio::test]
async fn skipping_one_occurrence_leaves_the_series_going() {
    let story = Story::new().await;
    story.register("月报", "every:1mo@0-10", None, "2022-11-01").await;
    let target = Target { obligation: "月报".into(), all_units: true, ..Target::default() };
    let order = TransitionRequest {
        transition: Transition::Withdraw,
        details: CompletionDetails::default(),
        reason: Some("系统升级".into()),
    };
    act(story.context(at("2022-11-02")), &[target], &order).await.unwrap();
    story.pass("2022-12-02").await;
    assert_eq!(
        story.column(OCCURRENCES).await,
        ["2022-11 2022-11-10 withdrawn", "2022-12 2022-12-10 open"]
    );
}

#[tokio::test]
async fn a_series_that_has_ended_opens_nothing_more() {
    let story = Story::new().await;
    story.register("月报", "every:1mo@0-10", None, "2022-11-01").await;
    let on = Some("2022-11-30".parse().unwrap());
    end_series(story.context(at("2022-11-02")), "月报", on, None).await.unwrap();
    story.pass("2023-03-01").await;
    assert_eq!(story.column("SELECT occurrence FROM obligation").await, ["2022-11"]);
    story.register("一次", "2022-12-30", None, "2022-11-01").await;
    assert!(end_series(story.context(at("2022-11-02")), "一次", on, None).await.is_err());
}

#[tokio::test]
async fn a_plan_of_the_coming_months_holds_what_the_passes_then_send_and_writes_nothing() {
    let story = Story::new().await;
    story.register("月报", "every:1mo@0-10", None, "2022-11-01").await;
    story.register("一次", "2022-12-30", None, "2022-11-01").await;
    let (from, through) = ("2022-11-02".parse().unwrap(), "2023-02-28".parse().unwrap());
    let planning = story.planning().await;
    let forecast =
        forecast_mails(story.context(at("2022-11-02")), planning, from, through).await.unwrap();
    assert_eq!(story.column("SELECT key FROM reminder").await, Vec::<String>::new());
    let foreseen: Vec<String> = forecast
        .messages
        .iter()
        .map(|message| {
            let mut said: Vec<String> = message
                .reminders
                .iter()
                .map(|it| {
                    format!(
                        "{} {}",
                        forecast.obligations[&it.obligation].reference,
                        it.occasion.name()
                    )
                })
                .collect();
            said.sort();
            let name = &forecast.directory.contact(message.contact).unwrap().name;
            format!("{} {name}: {}", message.on, said.join(", "))
        })
        .collect();
    let mut sent = story.passes_with_periods("2022-11-02", "2023-02-28").await;
    sent.sort();
    let mut foreseen_sorted = foreseen.clone();
    foreseen_sorted.sort();
    assert!(foreseen.len() > 40, "{}", foreseen.len());
    assert_eq!(sent, foreseen_sorted);
}

#[test]
fn the_next_occurrence_is_skipped_for_a_reason_and_the_one_after_comes_as_ever() {
    let office = TestOffice::new();
    let units = "单位,联系人,邮箱,职级\n区财政局,承办人,money@x.example,承办人\n";
    let units = office.write("units.csv", units);
    office.run(&["import", "units", &units]).expect_code(0);
    let add =
        ["add", "--title", "月报", "--when", "每月10日前", "--unit", "区财政局", "--ref", "M"];
    office.run(&[&["--as-of", "2022-11-01"], &add[..]].concat()).expect_code(0);
    let skipped = office.run(&["--as-of", "2022-11-02", "skip", "M", "--note", "系统升级"]);
    assert_eq!(skipped.expect_code(0).err, "M/2022-12 is left out\n");
    assert_eq!(office.json(&["show", "M/2022-12"])[0]["state"], "withdrawn");
    office.run(&["--as-of", "2023-01-04", "remind"]);
    assert_eq!(office.json(&["show", "M/2023-01"])[0]["state"], "open");
    let lines = office.json(&["journal"]);
    let line = lines.as_array().unwrap().iter().find(|line| line["verb"] == "withdraw").unwrap();
    assert_eq!(line["reason"], "系统升级");
    office.run(&["skip", "M"]).expect_code(2);
    let once =
        ["add", "--title", "一次", "--when", "2022年底前", "--unit", "区财政局", "--ref", "1"];
    office.run(&[&["--as-of", "2022-11-01"], &once[..]].concat()).expect_code(0);
    office.run(&["skip", "1", "--note", "x"]).expect_code(14);
}

#[test]
fn a_standing_duty_begins_and_ends_as_its_row_says() {
    let office = TestOffice::new();
    let units = "单位,联系人,邮箱,职级\n区财政局,承办人,money@x.example,承办人\n";
    let units = office.write("units.csv", units);
    office.run(&["import", "units", &units]).expect_code(0);
    let row =
        "事项,时限,起算日,截止,责任单位,编号\n月报,每月10日前,2022-10-01,2022-12-31,区财政局,M\n";
    let file = office.write("o.csv", row);
    office.run(&["--as-of", "2022-09-20", "import", "obligations", &file]).expect_code(0);
    office.run(&["--as-of", "2023-04-03", "remind"]);
    let all = office.json(&["--as-of", "2023-04-03", "upcoming", "--all"]);
    let mut periods: Vec<&str> =
        all.as_array().unwrap().iter().map(|row| row["occurrence"].as_str().unwrap()).collect();
    periods.sort_unstable();
    assert_eq!(periods, ["2022-10", "2022-11", "2022-12"]);
}
