//! Passes on a ledger: once, in order, and reading only what is due.

use duban::storage::journal::Journal as _;

use super::story::{Story, at};

#[tokio::test]
async fn a_fixed_date_climbs_its_ladder_to_the_supervising_office() {
    let story = Story::new().await;
    story.register("002-20", "2022-12-31", None, "2022-06-17").await;
    assert_eq!(
        story.passes("2022-11-28", "2023-01-11").await,
        [
            "2022-12-02 区财政局承办人: 002-20 month",
            "2022-12-16 区财政局承办人: 002-20 two-weeks",
            "2022-12-23 区财政局承办人: 002-20 week",
            "2022-12-23 区财政局负责人: 002-20 week",
            "2022-12-28 区财政局承办人: 002-20 two-days",
            "2022-12-28 区财政局负责人: 002-20 two-days",
            "2022-12-28 区司法局承办人: 002-20 two-days",
            "2022-12-30 区财政局承办人: 002-20 today",
            "2022-12-30 区财政局负责人: 002-20 today",
            "2023-01-03 区财政局承办人: 002-20 late",
            "2023-01-03 区财政局负责人: 002-20 late",
            "2023-01-05 区财政局负责人: 002-20 lead",
            "2023-01-05 区司法局承办人: 002-20 lead",
            "2023-01-10 区财政局负责人: 002-20 report",
            "2023-01-10 区司法局负责人: 002-20 report",
            "2023-01-10 区政府办公室承办人: 002-20 report",
        ]
    );
}

#[tokio::test]
async fn the_same_pass_again_changes_nothing_and_leaves_no_line() {
    let story = Story::new().await;
    story.register("1", "2022-12-30", None, "2022-06-17").await;
    assert_eq!(story.plan(at("2022-12-28")).await.to_tell, 2);
    let lines = story.store.journal_after(0, 1000).await.unwrap().len();
    let again = story.plan(at("2022-12-28T10:00")).await;
    assert_eq!((again.looked_at, again.changed), (0, 0));
    story.execute("UPDATE assignment SET next_plan_on = '2022-12-28'").await;
    assert_eq!(story.plan(at("2022-12-28T10:01")).await.changed, 0);
    assert_eq!(story.store.journal_after(0, 1000).await.unwrap().len(), lines);
}

#[tokio::test]
async fn outside_mail_hours_nothing_is_planned() {
    let story = Story::new().await;
    story.register("1", "2022-12-30", None, "2022-06-17").await;
    assert_eq!(story.plan(at("2022-12-28T07:00")).await.looked_at, 0);
    assert_eq!(story.plan(at("2022-12-31")).await.looked_at, 0);
}

#[tokio::test]
async fn a_contact_hears_of_everything_in_one_message_what_can_still_be_met_first() {
    let story = Story::new().await;
    story.register("soon", "2022-12-30", None, "2022-12-01").await;
    story.register("late", "2022-12-20", None, "2022-12-01").await;
    story.register("later", "2022-12-15", None, "2022-12-01").await;
    let told = story.pass("2022-12-28").await;
    assert_eq!(told[0], "区财政局承办人: soon two-days, later late, late late");
}

#[tokio::test]
async fn the_ladder_is_frozen_when_an_obligation_starts() {
    let mut story = Story::new().await;
    story.register("1", "2022-12-30", None, "2022-06-17").await;
    assert_eq!(story.pass("2022-12-02").await.len(), 1);
    let quiet = "ladder fixed-date\nrung never 99 overdue gap 0 to responsible/handler\n";
    story.law.ladders = duban::domain::ladder::Ladders::new([quiet.parse().unwrap()]).into();
    assert_eq!(story.pass("2022-12-16").await, ["区财政局承办人: 1 two-weeks"]);
}

#[tokio::test]
async fn a_new_obligation_is_not_looked_at_before_its_first_step() {
    let story = Story::new().await;
    story.register("1", "2022-12-30", None, "2022-06-17").await;
    assert_eq!(story.plan(at("2022-12-01")).await.looked_at, 0);
    assert_eq!(story.plan(at("2022-12-02")).await.looked_at, 1);
}

#[tokio::test]
async fn an_unknown_ladder_is_put_before_the_operator() {
    let mut story = Story::new().await;
    story.law.ladders = duban::domain::ladder::Ladders::default().into();
    story.register("1", "2022-12-30", None, "2022-06-17").await;
    assert_eq!(story.pass("2022-12-28").await, Vec::<String>::new());
    assert_eq!(story.column("SELECT key FROM operator_item").await, ["unknown-ladder:fixed-date"]);
}

#[tokio::test]
async fn a_unit_out_of_reach_is_an_operator_item_until_it_can_be_reached() {
    let story = Story::new().await;
    story.register("1", "2022-12-30", None, "2022-06-17").await;
    story
        .execute(
            "INSERT INTO suppression (address_key, reason, since_at)
             SELECT address_key, 'unknown mailbox', 0 FROM contact WHERE name LIKE '区财政局%'",
        )
        .await;
    assert_eq!(
        story.pass("2022-12-28").await,
        ["区司法局承办人: 1 two-days", "区司法局负责人: 1 two-days"]
    );
    let open = "SELECT detail FROM operator_item WHERE resolved_at IS NULL";
    assert_eq!(story.column(open).await, ["区财政局"]);
    story.execute("DELETE FROM suppression").await;
    assert_eq!(story.pass("2022-12-29").await.len(), 2);
    assert_eq!(story.column(open).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_planned_is_not_sealed_once_the_work_is_done_or_silenced() {
    for undo in [
        "UPDATE assignment SET state = 'reported'",
        "UPDATE obligation SET state = 'withdrawn'",
        "UPDATE obligation SET deadline_version = 2",
        "UPDATE obligation SET silent_until_on = '2023-02-01'",
        "INSERT INTO suppression (address_key, reason, since_at) SELECT address_key, '', 0 FROM contact",
    ] {
        let story = Story::new().await;
        story.register("1", "2022-12-30", None, "2022-06-17").await;
        story.plan(at("2022-12-28")).await;
        assert_eq!(story.planned("2022-12-28".parse().unwrap()).await.messages.len(), 2);
        story.execute(undo).await;
        let planned = story.planned("2022-12-28".parse().unwrap()).await;
        assert_eq!(planned.messages, [], "{undo}");
    }
}

#[tokio::test]
async fn a_message_names_who_else_was_told() {
    let story = Story::new().await;
    story.register("1", "2022-12-30", None, "2022-06-17").await;
    story.plan(at("2022-12-28")).await;
    let planned = story.planned("2022-12-28".parse().unwrap()).await;
    assert_eq!(planned.messages.len(), 2);
    for letter in &planned.messages {
        let others =
            planned.messages.iter().map(|it| it.contact).filter(|it| *it != letter.contact);
        assert_eq!(letter.reminders[0].also_told, others.collect::<Vec<_>>());
    }
}
