//! The process ends, or hangs, at a named place between two commits.

use std::time::Duration;

use super::{DAY, settled, with_yuzhong, yuzhong_with};
use crate::support::daemon::Daemon;
use crate::support::smtp_server::SmtpServer;

/// Ends a pass at this place, makes another later; returns doubled mails and unknown outcomes.
async fn cut_at(place: &'static str) -> (usize, usize) {
    let relay = SmtpServer::start().await;
    tokio::task::spawn_blocking(move || {
        let office = yuzhong_with(&relay);
        let cut = office
            .command(&["--as-of", DAY, "remind"])
            .env("DUBAN_FAIL_POINT", place)
            .output()
            .unwrap();
        assert_eq!(cut.status.code(), None, "it ended by a signal");
        settled(&office, &relay)
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn before_and_after_the_claim_and_before_the_mark_nothing_is_ambiguous() {
    for place in ["due", "claimed", "text-sent"] {
        assert_eq!(cut_at(place).await, (0, 0), "{place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn between_the_mark_and_the_dot_the_outcome_is_unknown_and_the_mail_comes_once() {
    let (doubled, unknowns) = cut_at("dot-imminent").await;
    assert_eq!(doubled, 0);
    assert!(unknowns >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn between_the_answer_and_its_record_the_mail_comes_twice_and_is_counted() {
    let (doubled, unknowns) = cut_at("answered").await;
    assert!(doubled >= 1 && doubled <= unknowns, "{doubled} doubled, {unknowns} unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_record_nothing_is_sent_again() {
    let (doubled, unknowns) = cut_at("recorded").await;
    assert!(doubled <= unknowns);
}

/// systemd's part, to kill and to restart what says nothing within its limit, is played by the test.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_hangs_says_no_more_that_it_is_alive_and_the_next_one_goes_on() {
    with_yuzhong(|office, relay| {
        let limit = Duration::from_millis(500);
        let watched = ("WATCHDOG_USEC", "500000");
        let hanging = Daemon::start_in(office, DAY, &[watched, ("DUBAN_FAIL_POINT", "hang:due")]);
        hanging.wait_for_silence(limit * 3);
        hanging.kill();
        assert_eq!(relay.mails().len(), 0);
        let healthy = Daemon::start_in(office, DAY, &[watched]);
        healthy.wait_for_a_pass();
        healthy.wait_for("WATCHDOG=1");
        healthy.kill();
        assert_eq!(settled(office, relay), (0, 0));
    })
    .await;
}
