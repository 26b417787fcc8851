//! Bytes of the ledger that the disk has changed: what was sealed leaves as it was sealed or not at all, and to nobody
//! else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use duban::domain::moment::Moment;
use duban::storage::outbox::{Claim, ClaimTerms, ClaimedMessage, Outbox as _};
use duban::storage::site::Site as _;
use duban::storage::sqlite::Sqlite;
use jiff::SignedDuration;

use super::DAY;
use crate::support::office::TestOffice;

const FLIPS: u64 = 600;
/// So many in one ledger: opening it costs more than reading what it hands out.
const AT_ONCE: u64 = 5;
const TERMS: ClaimTerms = ClaimTerms {
    any_hour_only: false,
    lease: SignedDuration::from_mins(30),
    per_minute: None,
    per_domain_minute: None,
    per_address_day: None,
};

/// Sealed, and held back by a relay that nobody can reach.
fn sealed_ledger() -> Vec<u8> {
    let mut office = TestOffice::yuzhong();
    office.set("MAIL__TRANSPORT", "smtp");
    office.set("MAIL__SMTP__HOST", "127.0.0.1");
    office.set("MAIL__SMTP__PORT", "1");
    office.set("MAIL__SMTP__TLS", "none");
    office.set("LOG__FILTER", "off");
    office.run(&["--as-of", DAY, "remind"]);
    change(
        &office.path("duban.db"),
        &["DELETE FROM circuit_breaker", "UPDATE message SET next_attempt_at = sealed_at"],
    );
    fs::read(office.path("duban.db")).unwrap()
}

fn change(ledger: &Path, statements: &'static [&'static str]) {
    use sqlx::{Connection as _, SqliteConnection};
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let url = format!("sqlite://{}", ledger.display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        for statement in statements {
            sqlx::query(*statement).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    });
}

/// What a sender would be handed. A ledger that is too damaged hands out nothing more.
async fn handed_out(ledger: &Path) -> Vec<ClaimedMessage> {
    let now = Moment::from_local("2022-12-28T10:30".parse().unwrap()).unwrap();
    let mut all = Vec::new();
    let Ok(ledger) = Sqlite::open(ledger).await else { return all };
    for _ in 0..100 {
        match ledger.claim(&TERMS, now).await {
            Ok(Claim::Claimed(message)) => all.push(*message),
            Ok(Claim::Dropped(_)) => {}
            Ok(Claim::NothingDue { .. }) | Err(_) => break,
        }
    }
    ledger.close().await;
    all
}

/// A generator without a seed of its own: each run flips the same bytes.
fn drawn(number: u64) -> usize {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    usize::try_from((state ^ (state >> 27)) >> 8).unwrap()
}

/// Half of the flips lie anywhere, half near an `@`: in addresses, envelopes and mails.
fn flip(ledger: &mut [u8], near: &[usize], number: u64) {
    let place = if number.is_multiple_of(2) {
        drawn(number) % ledger.len()
    } else {
        let at = near[drawn(number) % near.len()];
        (at + drawn(number + FLIPS) % 40).saturating_sub(20).min(ledger.len() - 1)
    };
    ledger[place] ^= 1 << (number % 8);
}

#[test]
fn of_six_hundred_flipped_bytes_none_changes_a_mail_that_was_sealed() {
    let ledger = sealed_ledger();
    let near: Vec<usize> = (0..ledger.len()).filter(|at| ledger[*at] == b'@').collect();
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let hand_out = |name: String, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let all = runtime.block_on(handed_out(&path));
        fs::remove_file(&path).unwrap();
        all
    };
    let envelope = |it: ClaimedMessage| (it.message_id, (it.sender, it.recipient, it.bytes));
    let sealed: BTreeMap<_, _> =
        hand_out("whole.db".to_owned(), &ledger).into_iter().map(envelope).collect();
    assert!(sealed.len() > 3, "{}", sealed.len());
    let mut unchanged = 0;
    for first in (0..FLIPS).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let mut damaged = ledger.clone();
        (first..first + AT_ONCE).for_each(|number| flip(&mut damaged, &near, number));
        for (id, envelope) in hand_out(format!("{first}.db"), &damaged).into_iter().map(envelope) {
            assert_eq!(sealed.get(&id), Some(&envelope), "from flip {first} on");
            unchanged += 1;
        }
    }
    assert!(unchanged > 200, "what is whole still leaves: {unchanged}");
}

#[test]
fn a_sealed_mail_that_is_damaged_is_written_anew_and_a_person_is_called() {
    let ledger = sealed_ledger();
    let mut office = TestOffice::yuzhong();
    office.set("LOG__FILTER", "off");
    let expected = office.json(&["--as-of", DAY, "remind", "--dry-run"]).as_array().unwrap().len();
    let title = b"X-Duban-Tone";
    let mut damaged = ledger;
    for at in 0..damaged.len() - title.len() {
        if damaged[at..].starts_with(title) {
            damaged[at + 9] ^= 2;
        }
    }
    fs::write(office.path("duban.db"), damaged).unwrap();
    office.run(&["--as-of", DAY, "adopt"]).expect_code(0);
    office.run(&["--as-of", "2022-12-28T10:30", "remind"]);
    office.run(&["--as-of", "2022-12-28T11:30", "remind"]);
    let mails = office.mails();
    assert_eq!(mails.len(), expected);
    assert!(mails.iter().all(|mail| mail.windows(title.len()).any(|window| window == title)));
    let status = office.run(&["--as-of", DAY, "status"]).expect_code(20);
    assert!(status.out.contains("damaged"), "{}", status.out);
}

#[test]
fn an_address_that_is_damaged_gets_no_mail_until_the_contact_is_loaded_again() {
    let office = TestOffice::new();
    let units = "单位,上级单位,联系人,邮箱,职级\n府办,,府甲,fu@office.example,承办人\n甲局,府办,甲,a@unit.example,承办人\n";
    let units = office.write("units.csv", units);
    let duties = office.write("duties.csv", "事项,时限,责任单位,编号\n清理,2026-11-25,甲局,r\n");
    let day = "2026-11-25T09:30";
    office.run(&["--as-of", day, "import", "units", &units]).expect_code(0);
    office.run(&["--as-of", day, "import", "obligations", &duties]).expect_code(0);
    let mut ledger = fs::read(office.path("duban.db")).unwrap();
    let address = b"a@unit.example";
    for at in 0..ledger.len() - address.len() {
        if ledger[at..].starts_with(address) {
            ledger[at + 5] ^= 2;
        }
    }
    fs::write(office.path("duban.db"), ledger).unwrap();
    office.run(&["--as-of", day, "remind"]).expect_code(20);
    assert!(office.mails().is_empty(), "nobody else is told");
    let status = office.run(&["--as-of", day, "status"]).expect_code(20);
    assert!(status.out.contains("甲局 甲"), "{}", status.out);
    office.run(&["--as-of", day, "import", "units", &units]).expect_code(0);
    office.run(&["--as-of", day, "remind"]);
    let mails = office.mails();
    assert_eq!(mails.len(), 1);
    assert!(String::from_utf8_lossy(&mails[0]).contains("a@unit.example"));
}
