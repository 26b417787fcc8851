//! SIGKILL at each step of the conversation with the relay.

use super::{DAY, pass_killed_at, settled, yuzhong_with};
use crate::support::smtp_server::SmtpServer;

/// Kills a pass at this verb, makes another pass later, and returns doubled mails and unknown outcomes.
async fn killed_at(verb: &'static str) -> (usize, usize) {
    let relay = SmtpServer::start().await;
    tokio::task::spawn_blocking(move || {
        let office = yuzhong_with(&relay);
        pass_killed_at(&office, &relay, DAY, verb, 1);
        settled(&office, &relay)
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_greeting_nothing_is_ambiguous() {
    assert_eq!(killed_at("CONNECT").await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_envelope_nothing_is_ambiguous() {
    for verb in ["MAIL", "RCPT", "DATA"] {
        assert_eq!(killed_at(verb).await, (0, 0), "{verb}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_relay_kept_it_the_message_comes_twice_and_is_counted() {
    let (doubled, unknowns) = killed_at("KEPT").await;
    assert!(doubled >= 1 && unknowns >= doubled, "{doubled} doubled, {unknowns} unknown");
}
