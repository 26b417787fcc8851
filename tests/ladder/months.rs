//! Stories over months, told by who heard what on which day. The clock is in the test's hand.

use std::collections::BTreeSet;

use duban::domain::life::{CompletionDetails, Transition, TransitionRequest};
use duban::intake;
use duban::workflows::count::{Event, count};
use duban::workflows::import_obligations::import_obligations;
use duban::workflows::import_units::import_units;
use duban::workflows::life::{Target, act};
use duban::workflows::open_occurrences::end_series;

use super::story::{BUREAU, Story, at};
use crate::support::office::example;

impl Story {
    /// Yuzhong district on 20 June 2022, with its units, their contacts, and the task assignment of the year.
    async fn yuzhong() -> Self {
        let story = Self::empty().await;
        let file =
            |kind: &str| std::fs::read(example(&format!("yuzhong-2022/{kind}.csv"))).unwrap();
        let context = story.context(at("2022-06-20"));
        let units = intake::read_units("units.csv", &file("units"), &[]).rows;
        let units: Vec<_> = units.into_iter().map(|row| row.unit).collect();
        import_units(context, &units).await.unwrap();
        let duties = intake::read_obligations("obligations.csv", &file("obligations"), None).rows;
        let duties: Vec<_> = duties.into_iter().map(|row| row.listed).collect();
        import_obligations(context, &duties).await.unwrap();
        story
    }

    /// Of an obligation, or of one unit's part in it.
    async fn request(
        &self,
        day: &str,
        transition: Transition,
        of: (&str, Option<&str>),
        done: Option<&str>,
    ) {
        let (id, unit) = of;
        let details = CompletionDetails {
            on: done.map(|on| on.parse().unwrap()),
            evidence: Some("https://www.yuzhong.example/1".into()),
            shortened_because: None,
        };
        let request = TransitionRequest { transition, details, reason: None };
        let target = Target {
            obligation: id.into(),
            unit: unit.map(Into::into),
            all_units: unit.is_none(),
            ..Target::default()
        };
        act(self.context(at(day)), &[target], &request).await.unwrap();
    }

    async fn held(&self, day: &str, id: &str, unit: Option<&str>) {
        let (obligation, unit, on) = (id.into(), unit.map(Into::into), day.parse().unwrap());
        let event = Event { obligation, unit, on, what: day.into() };
        count(self.context(at(day)), &event).await.unwrap();
    }
}

/// The days on which anybody heard anything.
fn days(told: &[String]) -> Vec<&str> {
    let days: BTreeSet<&str> = told.iter().map(|line| &line[..10]).collect();
    days.into_iter().collect()
}

/// What a contact heard of one duty, by day, each step once however many units owe it.
fn heard(told: &[String], contact: &str, reference: &str) -> Vec<String> {
    let mut heard = Vec::new();
    for line in told {
        let Some((day, said)) = line.split_once(&format!(" {contact}: ")) else { continue };
        let of_duty = said.split(", ").filter(|step| step.starts_with(reference));
        let steps: BTreeSet<&str> = of_duty.map(|step| step.rsplit(' ').next().unwrap()).collect();
        heard.extend(steps.into_iter().map(|step| format!("{day} {step}")));
    }
    heard
}

#[tokio::test]
async fn a_district_through_the_whole_of_2022() {
    let story = Story::yuzhong().await;
    // The daily bulletin ends with the epidemic rules: on the day the table is loaded.
    story.request("2022-06-20", Transition::Withdraw, ("002-08", None), None).await;
    let last = Some("2022-06-20".parse().unwrap());
    end_series(story.context(at("2022-06-20")), "002-08", last, None).await.unwrap();
    let mut told = story.passes_with_periods("2022-06-20", "2022-10-10").await;
    // Training is held in autumn by the office that owes it, the clean-up by one of the many units that owe it.
    story.held("2022-10-10", "002-12", Some("区司法局")).await;
    story.held("2022-10-11", "002-20", None).await;
    told.extend(story.passes_with_periods("2022-10-12", "2022-12-20").await);
    // The cyberspace office has upgraded its sites; the party information centre signs and then does nothing.
    story
        .request("2022-12-20", Transition::Report, ("002-16", Some("区网信办")), Some("2022-12-19"))
        .await;
    story
        .request("2022-12-20", Transition::Acknowledge, ("002-16", Some("区党政信息中心")), None)
        .await;
    told.extend(story.passes_with_periods("2022-12-21", "2023-01-11").await);
    assert_eq!(
        days(&told),
        [
            "2022-10-09",
            "2022-12-02",
            "2022-12-16",
            "2022-12-23",
            "2022-12-28",
            "2022-12-30",
            "2023-01-03",
            "2023-01-05",
            "2023-01-09",
            "2023-01-10",
        ]
    );
    // Who reported in time hears no more.
    assert_eq!(
        heard(&told, "区网信办承办人", "002-16"),
        ["2022-12-02 month", "2022-12-16 two-weeks"]
    );
    assert_eq!(
        heard(&told, "区党政信息中心承办人", "002-16"),
        [
            "2022-12-02 month",
            "2022-12-16 two-weeks",
            "2022-12-23 week",
            "2022-12-28 two-days",
            "2022-12-30 today",
            "2023-01-03 late",
        ]
    );
    // The justice bureau has held its own clean-up and leads those of the others.
    assert_eq!(
        heard(&told, "区司法局承办人", "002-12"),
        ["2022-10-09 quarter", "2022-12-16 two-weeks", "2023-01-03 late"]
    );
    // The office leads that duty and supervises all: as lead before the date, as supervisor when it is late.
    assert_eq!(
        heard(&told, "区政府办公室承办人", "002-16"),
        ["2022-12-28 two-days", "2023-01-05 lead", "2023-01-10 report"]
    );
}

#[tokio::test]
async fn golden_week_2023_is_warned_of_before_and_silent_throughout() {
    let story = Story::new().await;
    story.register("节中", "2023-10-03", None, "2023-08-01").await;
    story.register("答复", "20wd", Some("2023-09-04"), "2023-09-04").await;
    story.register("月报", "every:1mo@0-10", Some("2023-10-01"), "2023-09-25").await;
    let told = story.passes_with_periods("2023-09-18", "2023-10-11").await;
    assert_eq!(
        told,
        [
            "2023-09-18 区财政局承办人: 节中 two-weeks",
            "2023-09-21 区财政局承办人: 节中 week",
            "2023-09-21 区财政局负责人: 节中 week",
            "2023-09-25 区财政局承办人: 答复 week",
            "2023-09-26 区财政局承办人: 节中 two-days",
            "2023-09-26 区财政局负责人: 节中 two-days",
            "2023-09-26 区司法局承办人: 节中 two-days",
            "2023-09-28 区财政局承办人: 答复 two-days, 节中 today",
            "2023-09-28 区财政局负责人: 答复 two-days, 节中 today",
            "2023-10-07 区财政局承办人: 节中 late",
            "2023-10-07 区财政局负责人: 节中 late",
            "2023-10-08 区财政局承办人: 月报/2023-10 two-days, 答复 today",
            "2023-10-08 区财政局负责人: 答复 today",
            "2023-10-09 区财政局承办人: 答复 late",
            "2023-10-09 区财政局负责人: 答复 late, 节中 lead",
            "2023-10-09 区司法局承办人: 节中 lead",
            "2023-10-10 区财政局承办人: 月报/2023-10 today",
            "2023-10-11 区财政局承办人: 月报/2023-10 late",
            "2023-10-11 区财政局负责人: 月报/2023-10 late, 答复 lead",
            "2023-10-11 区司法局承办人: 答复 lead",
        ]
    );
}

#[tokio::test]
async fn a_daemon_asleep_for_fourteen_days_reports_nobody_for_its_own_sleep() {
    let story = Story::new().await;
    story.register("甲", "2022-12-16", None, "2022-10-08").await;
    story.register("乙", "2022-12-30", None, "2022-10-08").await;
    let before = story.passes_with_periods("2022-12-09", "2022-12-13").await;
    assert_eq!(
        before,
        ["2022-12-09 区财政局承办人: 乙 month, 甲 week", "2022-12-09 区财政局负责人: 甲 week",]
    );
    // Asleep from 14 to 27 December: 甲 falls due, and its first two steps of lateness, with nobody told.
    let after = story.passes_with_periods("2022-12-28", "2023-01-06").await;
    assert_eq!(
        after,
        [
            "2022-12-28 区财政局承办人: 乙 two-days, 甲 late",
            "2022-12-28 区财政局负责人: 乙 two-days, 甲 report",
            "2022-12-29 区司法局承办人: 乙 two-days",
            "2022-12-30 区财政局承办人: 乙 today",
            "2022-12-30 区财政局负责人: 乙 today",
            "2022-12-30 区司法局承办人: 甲 lead",
            "2022-12-30 区司法局负责人: 甲 report",
            "2023-01-03 区财政局承办人: 乙 late, 甲 top",
            "2023-01-03 区财政局负责人: 乙 late, 甲 top",
            "2023-01-03 区司法局负责人: 甲 top",
            "2023-01-04 区政府办公室承办人: 甲 top",
            "2023-01-04 区政府办公室负责人: 甲 top",
            "2023-01-05 区财政局负责人: 乙 lead",
            "2023-01-05 区司法局承办人: 乙 lead",
        ]
    );
    let missed = "SELECT DISTINCT rung || ' ' || reminder.state FROM reminder
                  WHERE obligation_id = 1 AND rung IN ('two-days', 'today') ORDER BY 1";
    assert_eq!(story.column(missed).await, ["today covered", "two-days covered"]);
}

#[tokio::test]
async fn a_unit_that_acknowledges_and_then_does_nothing_is_escalated_to_the_end() {
    let story = Story::new().await;
    story.register("甲", "2022-12-30", None, "2022-10-08").await;
    story.request("2022-10-10", Transition::Acknowledge, ("甲", None), None).await;
    let told = story.passes_with_periods("2022-11-28", "2023-01-17").await;
    assert_eq!(
        told,
        [
            "2022-12-23 区财政局承办人: 甲 week",
            "2022-12-23 区财政局负责人: 甲 week",
            "2022-12-28 区财政局承办人: 甲 two-days",
            "2022-12-28 区财政局负责人: 甲 two-days",
            "2022-12-28 区司法局承办人: 甲 two-days",
            "2022-12-30 区财政局承办人: 甲 today",
            "2022-12-30 区财政局负责人: 甲 today",
            "2023-01-03 区财政局承办人: 甲 late",
            "2023-01-03 区财政局负责人: 甲 late",
            "2023-01-05 区财政局负责人: 甲 lead",
            "2023-01-05 区司法局承办人: 甲 lead",
            "2023-01-10 区财政局负责人: 甲 report",
            "2023-01-10 区司法局负责人: 甲 report",
            "2023-01-10 区政府办公室承办人: 甲 report",
            "2023-01-17 区财政局承办人: 甲 top",
            "2023-01-17 区财政局负责人: 甲 top",
            "2023-01-17 区司法局负责人: 甲 top",
            "2023-01-17 区政府办公室承办人: 甲 top",
            "2023-01-17 区政府办公室负责人: 甲 top",
        ]
    );
}

#[tokio::test]
async fn a_quota_left_to_december_sounds_the_alarm_and_again_when_one_was_held() {
    let story = Story::new().await;
    story.register("解读", ">=4/12mo", None, "2022-01-10").await;
    let told = story.passes_with_periods("2022-09-26", "2022-12-12").await;
    assert_eq!(
        told,
        [
            "2022-10-09 区财政局承办人: 解读/2022 quarter",
            "2022-12-02 区财政局承办人: 解读/2022 month",
            "2022-12-02 区财政局负责人: 解读/2022 month",
            "2022-12-12 区财政局承办人: 解读/2022 quota.short",
            "2022-12-12 区财政局负责人: 解读/2022 quota.short",
            "2022-12-12 区司法局承办人: 解读/2022 quota.short",
        ]
    );
    // Four need a working week between them, so the first had to be held by 9 December. One is held at last.
    story.held("2022-12-13", "解读", Some(BUREAU)).await;
    let told = story.passes_with_periods("2022-12-14", "2023-01-06").await;
    assert_eq!(
        told,
        [
            "2022-12-16 区财政局承办人: 解读/2022 two-weeks",
            "2022-12-16 区财政局负责人: 解读/2022 two-weeks",
            "2022-12-16 区司法局承办人: 解读/2022 two-weeks",
            "2022-12-19 区财政局承办人: 解读/2022 quota.short",
            "2022-12-19 区财政局负责人: 解读/2022 quota.short",
            "2022-12-19 区司法局承办人: 解读/2022 quota.short",
            "2022-12-30 区财政局承办人: 解读/2022 today",
            "2022-12-30 区财政局负责人: 解读/2022 today",
            "2023-01-03 区财政局负责人: 解读/2022 late",
            "2023-01-03 区司法局承办人: 解读/2022 late",
        ]
    );
    let items = "SELECT detail FROM operator_item WHERE kind = 'quota' AND resolved_at IS NULL";
    assert_eq!(story.column(items).await, ["解读/2022 区财政局"]);
}
