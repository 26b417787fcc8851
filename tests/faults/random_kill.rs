//! Two hundred kills at random over a thousand messages.

use super::{check, pass_killed_at, with_relay};
use crate::support::office::TestOffice;
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

/// An office in which a thousand contacts have one mail each to get on 28 December 2022.
fn busy_office(relay: &SmtpServer) -> TestOffice {
    let mut office = with_relay(TestOffice::new(), relay);
    office.set("OFFICE__UNIT", "督查室");
    office.set("DELIVERY__STORM_BRAKE", "100000");
    office.set("MAIL__SMTP__SESSIONS", "4");
    let header =
        "unit,aliases,parent,groups,contact,email,rank\n督查室,,,,室,room@o.example,handler\n";
    let units = rows(header, |n| format!("单位{n},,,,承办人,u{n}@unit{n}.example,handler\n"));
    let header = "title,when,trigger,lead,responsible,rule,source,note,ref\n";
    let obligations = rows(header, |n| format!("事项{n},2022-12-30,,,单位{n},,,,R{n}\n"));
    let units = office.write("units.csv", units);
    let obligations = office.write("obligations.csv", obligations);
    office.run(&["--as-of", "2022-12-01", "import", "units", &units]).expect_code(0);
    office.run(&["--as-of", "2022-12-01", "import", "obligations", &obligations]).expect_code(0);
    office
}

fn rows(header: &str, row: impl Fn(usize) -> String) -> String {
    let rows = (1..=MESSAGES).map(row).collect::<Vec<_>>();
    header.to_owned() + &rows.concat()
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
        check(&office, relay.mails(), MESSAGES);
        assert!(relay.mails().len() >= MESSAGES);
    })
    .await
    .unwrap();
}
