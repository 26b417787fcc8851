//! Quotas: events are counted, the last one reports the share, the alarm sounds in time.

use duban::domain::obligation::ObligationId;
use duban::storage::lifecycle::Lifecycle as _;
use duban::workflows::Refused;
use duban::workflows::count::{Counted, Event, count};

use super::story::{BUREAU, LEAD, Story, at};

impl Story {
    async fn hold(&self, today: &str, on: &str, what: &str) -> Result<(u32, bool), Refused> {
        let event = Event {
            obligation: "解读".into(),
            unit: None,
            on: on.parse().unwrap(),
            what: what.into(),
        };
        let Counted { line, is_new, .. } = count(self.context(at(today)), &event).await?;
        Ok((line.pace.done, is_new))
    }
}

async fn story() -> Story {
    let story = Story::new().await;
    story.register("解读", ">=2/12mo", None, "2022-01-10").await;
    story
}

#[tokio::test]
async fn the_same_event_is_counted_once_and_the_last_one_reports_the_share() {
    let story = story().await;
    assert_eq!(story.hold("2022-03-02", "2022-03-01", "第一场").await.unwrap(), (1, true));
    assert_eq!(story.hold("2022-03-02", "2022-03-01", "第一场").await.unwrap(), (1, false));
    assert_eq!(story.column("SELECT state FROM assignment").await, ["open"]);
    assert_eq!(story.hold("2022-06-02", "2022-06-01", "第二场").await.unwrap(), (2, true));
    assert_eq!(
        story.column("SELECT state || ' ' || done_on || ' ' || evidence FROM assignment").await,
        ["reported 2022-06-01 第二场"]
    );
    assert_eq!(story.passes("2022-06-02", "2022-09-30").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_quota_left_to_december_is_reminded_in_autumn_and_escalated_in_january() {
    let story = story().await;
    let told = story.passes("2022-06-01", "2023-01-04").await;
    assert_eq!(told[0], "2022-10-09 区财政局承办人: 解读 quarter");
    assert_eq!(told.last().unwrap(), "2023-01-03 区司法局承办人: 解读 late");
}

#[tokio::test]
async fn an_event_outside_the_period_or_of_another_unit_is_refused() {
    let story = story().await;
    for on in ["2021-12-31", "2022-03-03"] {
        let refused = story.hold("2022-03-02", on, "x").await;
        assert!(matches!(refused, Err(Refused::OutsidePeriod { .. })), "{on}");
    }
    let event = Event {
        obligation: "解读".into(),
        unit: Some(LEAD.into()),
        on: "2022-03-01".parse().unwrap(),
        what: "x".into(),
    };
    let refused = count(story.context(at("2022-03-02")), &event).await;
    assert!(matches!(refused, Err(Refused::WhichUnit { units }) if units == [BUREAU]));
    story.register("一次", "2022-12-30", None, "2022-01-10").await;
    let event = Event { obligation: "一次".into(), unit: None, ..event };
    let refused = count(story.context(at("2022-03-02")), &event).await;
    assert!(matches!(refused, Err(Refused::NotAQuota { .. })));
}

/// With each event the rest may no longer fit from an earlier day than the one the planner has set itself to look on.
#[tokio::test]
async fn an_event_has_its_unit_looked_at_again_for_the_part_and_for_the_whole() {
    let story = story().await;
    story.register("带头解读", ">=2/12mo", None, "2022-01-10").await;
    story.execute("UPDATE obligation SET part_of = '解读' WHERE id = 2").await;
    story.pass("2022-03-01").await;
    let looks = "SELECT DISTINCT next_plan_on FROM assignment ORDER BY id";
    assert_eq!(story.column(looks).await, ["2022-10-09"]);
    let on = "2022-03-01".parse().unwrap();
    let event = Event { obligation: "带头解读".into(), unit: None, on, what: "首次".into() };
    count(story.context(at("2022-03-02")), &event).await.unwrap();
    assert_eq!(story.column(looks).await, ["2022-03-02"]);
}

#[tokio::test]
async fn events_of_a_part_count_for_the_whole() {
    let story = story().await;
    story.register("带头解读", ">=1/12mo", None, "2022-01-10").await;
    story.execute("UPDATE obligation SET part_of = '解读' WHERE id = 2").await;
    let event = Event {
        obligation: "带头解读".into(),
        unit: None,
        on: "2022-03-01".parse().unwrap(),
        what: "负责人解读".into(),
    };
    count(story.context(at("2022-03-02")), &event).await.unwrap();
    let whole = story.store.counted_events(&[ObligationId(1)]).await.unwrap();
    assert_eq!((whole.len(), whole[0].obligation), (1, ObligationId(1)));
}
