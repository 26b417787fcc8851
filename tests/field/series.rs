//! Series as people see and answer them: coming occurrences, early answers, several at once, one line in lists.

use super::{import, office, remind};

#[test]
fn a_coming_occurrence_can_be_acknowledged_and_reported_before_it_opens() {
    let office = office();
    import(&office, "2026-11-02", &["月报,每月10日前,,府办,财政局,m"]);
    let report = ["--as-of", "2026-11-27", "report", "m/2026-12", "--evidence", "x"];
    assert_eq!(office.json(&report)[0]["to"], "reported");
    let ack = ["--as-of", "2026-11-27", "ack", "m/2027-01"];
    assert_eq!(office.json(&ack)[0]["to"], "acknowledged");
    assert_eq!(office.json(&["show", "m/2026-12"])[0]["state"], "reported");
    office.run(&["report", "m/2036-12", "--evidence", "x"]).expect_code(14);
}

#[test]
fn a_report_that_may_mean_several_occurrences_asks_which() {
    let office = office();
    import(&office, "2026-03-02", &["周报,每周五,,府办,财政局,w"]);
    remind(&office, "2026-03-19T09:00");
    let report = ["--as-of", "2026-03-19", "report", "w", "--evidence", "x"];
    let asked = office.run(&report).expect_code(20).err;
    assert!(asked.contains("w/2026W10") && asked.contains("--all-occurrences"), "{asked}");
    let two = ["--as-of", "2026-03-19", "report", "w/2026W10", "w/2026W11", "--evidence", "x"];
    assert_eq!(office.json(&two).as_array().unwrap().len(), 2);
    // One is left, so there is nothing to ask.
    assert_eq!(office.json(&report)[0]["ref"], "w/2026W12");
}

#[test]
fn a_duty_of_every_day_that_is_done_every_day_costs_no_mail() {
    let office = office();
    import(&office, "2026-03-02", &["日报,每个工作日,,府办,财政局,d"]);
    for day in ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"] {
        assert!(remind(&office, &format!("{day}T10:00")).is_empty(), "{day}");
        let id = format!("d/{day}");
        office.run(&["--as-of", &format!("{day}T16:30"), "report", &id, "--evidence", "x"]);
    }
    assert!(remind(&office, "2026-03-06T10:00").is_empty());
    // Nobody reports on Friday: Monday's mail says so.
    assert_eq!(remind(&office, "2026-03-09T10:00"), ["cai1@x.example", "cai2@x.example"]);
}

#[test]
fn upcoming_lists_the_coming_occurrences_of_the_span_and_shows_a_series_in_one_line() {
    let office = office();
    import(&office, "2026-03-02", &["月报,每月10日前,,府办,财政局,m"]);
    let asked = ["--as-of", "2026-03-02", "upcoming", "--within", "3mo"];
    let list = office.json(&asked);
    let of = |key: &str| -> Vec<String> {
        list.as_array().unwrap().iter().map(|it| it[key].to_string().replace('"', "")).collect()
    };
    assert_eq!(of("full_ref"), ["m/2026-03", "m/2026-04", "m/2026-05"]);
    assert_eq!(of("coming"), ["false", "true", "true"]);
    let table = office.run(&asked).expect_code(0).out;
    assert!(table.contains("m/2026-03") && table.contains("2 more to come"), "{table}");
    assert!(!table.contains("m/2026-04"), "{table}");
}
