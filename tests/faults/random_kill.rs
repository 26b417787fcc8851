//! Two hundred kills at random over a thousand messages.

use super::{busy_office, check, pass_killed_at};
use crate::support::smtp_server::SmtpServer;

const MESSAGES: usize = 1000;
const KILLS: usize = 200;

/// Numbers that look random and are the same in every run (Numerical Recipes' generator).
struct Dice(usize);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % (1 << 32);
        (self.0 >> 8) % sides
    }
}

/// One minute of 28 December 2022 after another, from nine o'clock.
fn minute(number: usize) -> String {
    format!("2022-12-28T{:02}:{:02}", 9 + number / 60, number % 60)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_kills_lose_nothing_and_double_nothing_uncounted() {
    let relay = SmtpServer::start().await;
    tokio::task::spawn_blocking(move || {
        let office = busy_office(&relay, MESSAGES);
        let mut dice = Dice(20_221_228);
        for kill in 0..KILLS {
            pass_killed_at(&office, &relay, &minute(kill), "ANY", 1 + dice.roll(38));
        }
        for time in ["2022-12-28T13:30", "2022-12-28T15:00", "2022-12-28T17:00"] {
            office.run(&["--as-of", time, "remind"]);
        }
        check(&office, relay.mails(), MESSAGES);
        assert!(relay.mails().len() >= MESSAGES);
    })
    .await
    .unwrap();
}
