//! What ends before the next mail is told at once; what nobody can be told in time is said aloud.

use super::{import, office, remind};

#[test]
fn a_clock_of_five_hours_is_told_at_once_and_as_soon_as_it_has_run_out() {
    let office = office();
    import(&office, "2026-11-02", &["例行,2026-11-18,,,财政局,r"]);
    assert_eq!(remind(&office, "2026-11-11T09:00"), ["cai1@x.example", "cai2@x.example"]);
    let add = ["add", "--rule", "incident-first-statement", "--at", "2026-11-11T10:00"];
    let add = [&["--as-of", "2026-11-11T10:05"], &add[..]].concat();
    let add = [&add[..], &["--title", "突发舆情", "--unit", "财政局", "--ref", "h"]].concat();
    office.run(&add).expect_code(0);
    assert_eq!(remind(&office, "2026-11-11T10:10"), ["cai1@x.example"]);
    assert!(remind(&office, "2026-11-11T14:00").is_empty());
    assert_eq!(remind(&office, "2026-11-11T15:10"), ["cai1@x.example", "cai2@x.example"]);
    assert!(remind(&office, "2026-11-11T23:50").is_empty());
}

#[test]
fn a_clock_in_hours_is_told_in_the_night_of_a_holiday() {
    let office = office();
    let add = ["add", "--rule", "incident-first-statement", "--at", "2026-10-01T22:30"];
    let add = [&["--as-of", "2026-10-01T22:35"], &add[..]].concat();
    let add = [&add[..], &["--title", "突发舆情", "--unit", "财政局", "--ref", "h"]].concat();
    office.run(&add).expect_code(0);
    assert_eq!(remind(&office, "2026-10-01T22:40"), ["cai1@x.example"]);
    assert_eq!(remind(&office, "2026-10-02T03:40"), ["cai1@x.example", "cai2@x.example"]);
    assert!(remind(&office, "2026-10-04T10:00").is_empty());
}

#[test]
fn what_is_registered_for_today_after_the_mail_of_the_day_goes_out_beside_it() {
    let office = office();
    import(&office, "2026-11-02", &["例行,2026-11-18,,,财政局,r"]);
    assert_eq!(remind(&office, "2026-11-11T09:00").len(), 2);
    let add = ["add", "--title", "报送", "--when", "2026-11-11", "--unit", "财政局", "--ref", "t"];
    office.run(&[&["--as-of", "2026-11-11T10:00"], &add[..]].concat()).expect_code(0);
    assert_eq!(remind(&office, "2026-11-11T10:10"), ["cai1@x.example", "cai2@x.example"]);
    assert!(remind(&office, "2026-11-11T10:20").is_empty());
}

#[test]
fn what_ends_before_any_mail_can_go_out_is_said_at_once_and_needs_a_person_until_decided() {
    let office = office();
    let add = ["add", "--title", "报送", "--when", "2026-11-11", "--unit", "财政局", "--ref", "t"];
    let run = office.run(&[&["--as-of", "2026-11-11T18:00"], &add[..]].concat()).expect_code(20);
    assert!(run.err.contains("t ends before any mail can go out; call 财政局 now"), "{}", run.err);
    let items = office.run(&["--as-of", "2026-11-11T18:01", "items"]).expect_code(20).out;
    assert!(items.contains("its date passes before any mail can go out"), "{items}");
    let decide =
        ["items", "decide", "not-told:1", "--until", "2026-11-12", "--reason", "已电话通知"];
    office.run(&[&["--as-of", "2026-11-11T18:02"], &decide[..]].concat()).expect_code(0);
    let items = office.run(&["--as-of", "2026-11-11T18:03", "items"]).out;
    assert!(!items.contains("its date passes"), "{items}");
}
