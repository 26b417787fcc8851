//! Nothing open is forgotten: what nobody is reminded of needs a person until it is decided.

use super::{import, office, remind};
use crate::support::office::TestOffice;

/// Passes on these days of 2026, one after another.
fn passes(office: &TestOffice, days: &[&str]) {
    for day in days {
        remind(office, &format!("2026-{day}T09:30"));
    }
}

#[test]
fn a_ladder_that_has_ended_needs_a_person_until_decided_and_comes_back() {
    let mut office = office();
    let short = "[[ladder]]\nname = \"fixed-date\"\n[[ladder.rung]]\nname = \"late\"\nat = 1\nto = [\"responsible/handler\"]\ntone = \"overdue\"\n";
    let file = office.write("ladders.toml", short);
    office.set("DATA__LADDERS", &file);
    import(&office, "2026-03-02", &["甲,2026-03-13,,府办,财政局,a"]);
    passes(&office, &["03-16", "03-17"]);
    let remind = office.run(&["--as-of", "2026-03-18T09:30", "remind"]).expect_code(20).err;
    assert!(remind.contains("1 open obligations are no longer reminded of"), "{remind}");
    let items = office.run(&["--as-of", "2026-03-18", "items"]).expect_code(20).out;
    assert!(items.contains("the last reminder has gone out, and it is still open"), "{items}");
    let upcoming = office.run(&["--as-of", "2026-03-18", "upcoming"]).expect_code(0).out;
    assert!(upcoming.contains("Ladder ended: no further reminder"), "{upcoming}");
    let decide =
        ["items", "decide", "ladder-ended:1", "--until", "2026-04-01", "--reason", "已约谈"];
    office.run(&[&["--as-of", "2026-03-18"], &decide[..]].concat()).expect_code(0);
    office.run(&["--as-of", "2026-03-19T09:30", "remind"]).expect_code(0);
    office.run(&["--as-of", "2026-04-01T09:30", "remind"]).expect_code(20);
    office.run(&["--as-of", "2026-04-01", "close", "a", "--evidence", "x"]).expect_code(0);
    office.run(&["--as-of", "2026-04-02T09:30", "remind"]).expect_code(0);
}

#[test]
fn a_clock_that_stands_still_is_listed_with_the_day_and_needs_a_person_after_a_time() {
    let office = office();
    let add = ["add", "--rule", "disclosure-request", "--on", "2026-03-02", "--title", "申请"];
    let add = [&["--as-of", "2026-03-02"], &add[..], &["--unit", "财政局", "--ref", "q"]].concat();
    office.run(&add).expect_code(0);
    let suspend = ["clock", "suspend", "q", "--ground", "征求第三方意见"];
    office.run(&[&["--as-of", "2026-03-06"], &suspend[..]].concat()).expect_code(0);
    passes(&office, &["03-06", "03-09"]);
    let listed = office.run(&["--as-of", "2026-03-10", "upcoming"]).expect_code(0).out;
    assert!(listed.contains("Clock stopped") && listed.contains("2026-03-06"), "{listed}");
    let items = office.run(&["--as-of", "2026-03-10", "items"]).out;
    assert!(!items.contains("stood still"), "{items}");
    // A third party answers within 15 working days: article 32.
    passes(&office, &["03-26", "03-27"]);
    let items = office.run(&["--as-of", "2026-03-27", "items"]).out;
    assert!(!items.contains("stood still"), "{items}");
    let status = office.run(&["--as-of", "2026-03-30", "status"]).expect_code(20).out;
    assert!(status.contains("stood still"), "{status}");
    let items = office.run(&["--as-of", "2026-03-30", "items"]).expect_code(20).out;
    assert!(items.contains("its clock has stood still for long"), "{items}");
    assert!(items.contains("stopped since 2026-03-06, lawful until 2026-03-27"), "{items}");
}

#[test]
fn an_event_awaited_for_long_and_a_silence_beyond_the_date_need_a_person() {
    let mut office = office();
    office.set("ITEMS__AWAITED_EVENT_DAYS", "60");
    let list = ["等待,20个工作日内,,府办,财政局,e", "静默,2026-06-12,,府办,财政局,s"];
    import(&office, "2026-03-02", &list);
    let silence = ["clock", "silence", "s", "--until", "2026-07-01", "--reason", "改革"];
    office.run(&[&["--as-of", "2026-05-08"], &silence[..]].concat()).expect_code(0);
    passes(&office, &["05-08"]);
    let items = office.run(&["--as-of", "2026-05-08", "items"]).expect_code(20).out;
    for said in ["has long been awaited", "it falls due while its reminders are paused"] {
        assert!(items.contains(said), "{said}: {items}");
    }
}

#[test]
fn a_schedule_that_never_meets_the_mail_hours_is_refused() {
    for never in ["0 0 3 * * *", "0 0 9 * * SAT", "0 30 17 * * *"] {
        let mut office = TestOffice::new();
        office.set("SCHEDULE__PASS", never);
        let run = office.run(&["doctor", "--config"]).expect_code(10);
        assert!(
            run.err.contains("schedule.pass") && run.err.contains("never falls between"),
            "{}",
            run.err
        );
    }
    for meets in ["0 */10 * * * *", "0 30 8 * * *", "0 0 9 1 * *", "0 0 9 29 2 *"] {
        let mut office = TestOffice::new();
        office.set("SCHEDULE__PASS", meets);
        office.run(&["doctor", "--config"]).expect_code(0);
    }
}
