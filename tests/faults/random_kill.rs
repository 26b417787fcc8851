//! Two hundred kills at random over a thousand messages.

use super::{check, pass_killed_at, with_relay};
use crate::support::office::TestOffice;
use crate::support::smtp_server::SmtpServer;

const MESSAGES: usize = 1000;
const KILLS: usize = 200;

/// Numbers that look random and are the same in every run (Numerical Recipes' generator).
struct Dice(u32);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % sides
    }
}

/// An office in which a thousand contacts have one mail each to get on 28 December 2022.
fn busy_office(relay: &SmtpServer) -> TestOffice {
    let mut office = with_relay(TestOffice::new(), relay);
    office.set("OFFICE__UNIT", "督查室");
    office.set("DELIVERY__STORM_BRAKE", "100000");
    office.set("MAIL__SMTP__SESSIONS", "4");
    let mut units =
        "unit,aliases,parent,groups,contact,email,rank\n督查室,,,,室,room@o.example,handler\n"
            .to_owned();
    let mut obligations = "title,when,trigger,lead,responsible,rule,source,note,ref\n".to_owned();
    for number in 1..=MESSAGES {
        units += &format!("单位{number},,,,承办人,u{number}@unit{number}.example,handler\n");
        obligations += &format!("事项{number},2022-12-30,,,单位{number},,,,R{number}\n");
    }
    let units = office.write("units.csv", units);
    let obligations = office.write("obligations.csv", obligations);
    office.run(&["--as-of", "2022-12-01", "import", "units", &units]).expect_code(0);
    office.run(&["--as-of", "2022-12-01", "import", "obligations", &obligations]).expect_code(0);
    office
}

/// One minute of 28 December 2022 after another, from nine o'clock.
fn minute(number: usize) -> String {
    format!("2022-12-28T{:02}:{:02}", 9 + number / 60, number % 60)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_kills_lose_nothing_and_double_nothing_uncounted() {
    let relay = SmtpServer::start().await;
    tokio::task::spawn_blocking(move || {
        let office = busy_office(&relay);
        let mut dice = Dice(20_221_228);
        for kill in 0..KILLS {
            pass_killed_at(&office, &relay, &minute(kill), "ANY", 1 + dice.roll(38));
        }
        for time in ["2022-12-28T13:30", "2022-12-28T15:00", "2022-12-28T17:00"] {
            office.run(&["--as-of", time, "remind"]);
        }
        check(&office, &relay, MESSAGES);
        assert!(relay.mails().len() >= MESSAGES);
    })
    .await
    .unwrap();
}
