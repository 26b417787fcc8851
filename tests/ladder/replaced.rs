//! A list that is loaded again with another term for the same 编号.

use duban::domain::deadline::{Adjustment, Change};
use duban::domain::life::{CompletionDetails, Transition, TransitionRequest};
use duban::workflows::adjust::adjust;
use duban::workflows::life::{Target, act};
use duban::workflows::open_occurrences::skip_next;

use super::story::{Story, at};
use crate::support::office::TestOffice;

const DUTIES: &str =
    "SELECT ref || '/' || occurrence || ' ' || due_on || ' ' || term FROM obligation ORDER BY id";
const JOURNAL: &str = "SELECT action FROM journal ORDER BY seq";

#[tokio::test]
async fn a_series_that_becomes_a_fixed_date_ends_and_the_same_list_again_changes_nothing() {
    let story = Story::new().await;
    story.register("甲", "every:1mo@0-10", None, "2022-11-01").await;
    story.register("甲", "2022-12-30", None, "2022-11-02").await;
    let duties = ["甲/2022-11 2022-11-10 every:1mo@0-10", "甲/ 2022-12-30 2022-12-30"];
    assert_eq!(story.column(DUTIES).await, duties);
    let journal = story.column(JOURNAL).await;
    assert!(journal.iter().any(|verb| verb == "end-series"), "{journal:?}");

    story.register("甲", "2022-12-30", None, "2022-11-02").await;
    assert_eq!(story.column(JOURNAL).await, journal, "the same list again");

    story.pass("2022-12-02").await;
    assert_eq!(story.column(DUTIES).await, duties, "the old series opens nothing more");
    let journal = story.column(JOURNAL).await;
    story.register("甲", "2022-12-30", None, "2022-12-05").await;
    assert_eq!(story.column(JOURNAL).await, journal, "nor after its end is on record");
}

#[tokio::test]
async fn a_month_that_becomes_a_quarter_and_a_quarter_that_becomes_a_month_are_loaded_again() {
    for (before, after) in
        [("every:1mo@0-10", "every:3mo@2-10"), ("every:3mo@2-10", "every:1mo@0-10")]
    {
        let story = Story::new().await;
        story.register("甲", before, None, "2022-11-01").await;
        story.register("甲", after, None, "2022-11-02").await;
        let duties = story.column(DUTIES).await;
        assert_eq!(duties.len(), 2, "{duties:?}");
        story.register("甲", after, None, "2022-11-03").await;
        assert_eq!(story.column(DUTIES).await, duties);
        story.pass("2023-01-04").await;
        let opened = story.column(DUTIES).await;
        assert!(opened.len() > 2 && opened[2..].iter().all(|it| it.ends_with(after)), "{opened:?}");
    }
}

#[tokio::test]
async fn a_new_day_of_the_month_holds_for_every_occurrence_that_is_to_come() {
    let story = Story::new().await;
    story.register("甲", "every:1mo@0-10", None, "2022-10-05").await;
    // Opened ahead of their time: skipped, and wanted after all.
    for _ in 0..2 {
        let context = story.context(at("2022-11-01"));
        let obligation = skip_next(context, "甲", None, "误").await.unwrap();
        let target = Target { obligation, all_units: true, ..Target::default() };
        let order = TransitionRequest {
            transition: Transition::Reopen,
            details: CompletionDetails::default(),
            reason: None,
        };
        act(context, &[target], &order).await.unwrap();
    }
    for day in ["2022-11-02", "2022-11-03"] {
        story.register("甲", "every:1mo@0-15", None, day).await;
        assert_eq!(
            story.column(DUTIES).await,
            [
                "甲/2022-10 2022-10-10 every:1mo@0-10",
                "甲/2022-11 2022-11-15 every:1mo@0-15",
                "甲/2022-12 2022-12-15 every:1mo@0-15"
            ]
        );
    }
}

#[tokio::test]
async fn what_extended_one_occurrence_does_not_extend_what_takes_its_place() {
    let story = Story::new().await;
    story.register("甲", "every:1mo@0-10", None, "2022-11-01").await;
    let extension = Adjustment {
        on: "2022-11-02".parse().unwrap(),
        change: Change::Extend("10wd".parse().unwrap()),
        ground: None,
        reason: "系统升级".into(),
    };
    adjust(story.context(at("2022-11-02")), "甲", &extension).await.unwrap();
    story.register("甲", "2022-12-30", None, "2022-11-03").await;
    assert_eq!(
        story.column(DUTIES).await,
        ["甲/2022-11 2022-11-24 every:1mo@0-10", "甲/ 2022-12-30 2022-12-30"]
    );
}

#[test]
fn a_series_that_was_replaced_is_not_taken_up_again_unasked() {
    let office = TestOffice::new();
    let units =
        office.write("units.csv", "单位,联系人,邮箱,职级\n区财政局,王某,wang@x.example,承办人\n");
    office.run(&["import", "units", &units]).expect_code(0);
    let load = |day: &str, term: &str| {
        let list = office
            .write("duties.csv", format!("事项,时限,责任单位,编号\n报送,{term},区财政局,A1\n"));
        office.run(&["--as-of", day, "import", "obligations", &list])
    };
    load("2026-11-02", "每月10日前").expect_code(0);
    let replaced = load("2026-11-03", "2026年底前").expect_code(0).err;
    assert!(replaced.contains("A1/2026-11 is still owed beside the new term"), "{replaced}");
    assert!(replaced.contains("the old series opens no further occurrence"), "{replaced}");
    let again = load("2026-11-03", "2026年底前").expect_code(0).err;
    assert!(again.contains("nothing new"), "{again}");
    let refused = load("2026-11-04", "每月10日前").expect_code(14).err;
    assert!(refused.contains("duties.csv:2: 时限: this recurred until A1/2026-11"), "{refused}");
}

#[test]
fn a_day_that_never_comes_is_refused_at_its_row() {
    let office = TestOffice::new();
    let units =
        office.write("units.csv", "单位,联系人,邮箱,职级\n区财政局,王某,wang@x.example,承办人\n");
    office.run(&["import", "units", &units]).expect_code(0);
    for (term, said) in [
        ("每年3月33日前", "month 3 has no day 33"),
        ("每年1月0日前", "month 1 has no day 0"),
        ("每年0月底前", "expected a month"),
    ] {
        let rows = format!("事项,时限,责任单位,编号\n报送,{term},区财政局,A1\n");
        let list = office.write("duties.csv", rows);
        let run = office.run(&["import", "obligations", &list]).expect_code(14);
        assert!(run.err.contains("duties.csv:2: 时限: `") && run.err.contains(said), "{}", run.err);
        office.run(&["upcoming"]).expect_code(0);
    }
}
