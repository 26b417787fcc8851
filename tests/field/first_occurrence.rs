//! A series begins with the first occurrence that is due when it is registered; nobody is told of earlier ones.

use super::{import, office, remind, rows};
use crate::support::office::TestOffice;

fn labels(office: &TestOffice, now: &str) -> Vec<String> {
    let list = office.json(&["--as-of", now, "upcoming"]);
    list.as_array().unwrap().iter().map(|it| it["full_ref"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_series_loaded_in_the_middle_of_its_period_is_not_born_late() {
    for (now, term, trigger, first) in [
        ("2026-11-27", "每年1月31日前", "2026-11-27", "s/2027"),
        ("2024-03-15", "每季度首月10日前", "", "s/2024Q2"),
        ("2024-03-15", "每月10日前", "", "s/2024-04"),
        ("2026-03-16", "每月10日前", "", "s/2026-04"),
        ("2026-03-16", "每月10日前", "2026-01-01", "s/2026-04"),
        ("2024-03-15", "每周一", "", "s/2024W12"),
        ("2026-01-04", "每周五", "", "s/2026W02"),
    ] {
        let office = office();
        import(&office, now, &[&format!("月报,{term},{trigger},府办,财政局,s")]);
        let told = remind(&office, &format!("{now}T10:00"));
        assert!(told.iter().all(|to| to == "cai1@x.example"), "{term}: {told:?}");
        let shown = office.json(&["show", "s"])[0]["full_ref"].clone();
        assert_eq!(shown, first, "{term} loaded on {now}");
    }
}

#[test]
fn what_is_late_already_is_asked_about_and_climbs_the_ladder_from_its_registration() {
    let office = office();
    let late = rows(&office, &["补报,2026-03-02,,府办,财政局,a"]);
    let import = ["--as-of", "2026-03-16", "import", "obligations", &late];
    let asked = office.run(&import).expect_code(20).err;
    assert!(
        asked.contains("a was due on 2026-03-02 already; if it is right, add --late"),
        "{asked}"
    );
    assert!(labels(&office, "2026-03-16").is_empty());
    office.run(&[&import[..], &["--late"]].concat()).expect_code(0);
    let first = remind(&office, "2026-03-16T10:00");
    assert_eq!(
        first,
        ["cai1@x.example", "cai2@x.example"],
        "nobody above hears of it on the first day"
    );
}

#[test]
fn a_series_owes_what_was_due_since_its_start_only_when_that_is_asked_for() {
    let office = office();
    let list = rows(&office, &["月报,每月10日前,2026-01-01,府办,财政局,m"]);
    let import = ["--as-of", "2026-03-16", "import", "obligations", &list, "--late"];
    office.run(&import).expect_code(0);
    assert_eq!(labels(&office, "2026-03-16"), ["m/2026-01"]);
}

#[test]
fn each_working_day_is_owed_on_working_days_only() {
    let office = office();
    import(&office, "2026-09-29", &["日报,每个工作日,2026-09-29,,财政局,d"]);
    remind(&office, "2026-10-08T09:00");
    assert_eq!(labels(&office, "2026-10-08"), ["d/2026-09-29", "d/2026-09-30", "d/2026-10-08"]);
    remind(&office, "2026-10-10T09:00");
    assert!(labels(&office, "2026-10-10").contains(&"d/2026-10-10".to_owned()));
}
