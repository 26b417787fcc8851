//! The shipped example data: every timed duty of the five documents, as the document has it and no more.

use crate::support::office::{TestOffice, example};

/// What becomes of a document's rows on the day it was issued.
#[derive(Debug, PartialEq, Eq)]
struct Rows {
    dated: usize,
    waiting_for_an_event: usize,
    labels: usize,
}

/// Loads one folder as of a day; the obligations as JSON.
fn load(folder: &str, office_unit: &str, day: &str) -> Vec<serde_json::Value> {
    let mut office = TestOffice::new();
    office.set("OFFICE__UNIT", office_unit);
    for kind in ["units", "obligations"] {
        let file = example(&format!("{folder}/{kind}.csv"));
        let late: &[&str] = if kind == "obligations" { &["--late"] } else { &[] };
        // 20: a duty of one document ends before any mail can go out
        let run = office.run(&[&["--as-of", day, "import", kind, &file], late].concat());
        assert!(matches!(run.code, 0 | 20), "{}", run.err);
    }
    let rows = office.json(&["--as-of", day, "upcoming", "--all"]);
    rows.as_array().unwrap().clone()
}

fn rows(obligations: &[serde_json::Value]) -> Rows {
    let label = |row: &&serde_json::Value| {
        ["及时", "定期", "持续推进"].contains(&row["when"].as_str().unwrap())
    };
    let labels = obligations.iter().filter(label).count();
    let dated = obligations.iter().filter(|row| row["due"].is_string()).count();
    Rows { dated, labels, waiting_for_an_event: obligations.len() - dated - labels }
}

#[test]
fn the_fifty_computable_duties_are_dated_or_wait_for_an_event_and_the_others_are_labels() {
    let documents = [
        ("chongqing-2017", "市政府办公厅", "2017-05-13", (8, 0, 7)),
        ("chongqing-2020", "市政府办公厅", "2020-07-17", (6, 0, 1)),
        ("chongqing-2021", "市政府办公厅", "2021-05-21", (11, 10, 6)),
        ("jiyuan-2020", "管委会办公室", "2020-08-21", (5, 0, 0)),
        ("yuzhong-2022", "区政府办公室", "2022-06-17", (7, 3, 14)),
    ];
    for (folder, office, day, (dated, waiting_for_an_event, labels)) in documents {
        let expected = Rows { dated, waiting_for_an_event, labels };
        assert_eq!(rows(&load(folder, office, day)), expected, "{folder}");
    }
}

#[test]
fn a_duty_that_was_due_before_its_document_was_printed_is_late_from_the_first_day() {
    let obligations = load("jiyuan-2020", "管委会办公室", "2020-08-21");
    let late = obligations.iter().find(|row| row["ref"] == "003-02").unwrap();
    assert_eq!((&late["due"], &late["light"]), (&"2020-06-30".into(), &"red".into()));
}

#[test]
fn every_address_is_under_the_reserved_domain_and_every_contact_is_a_post() {
    for folder in
        ["chongqing-2017", "chongqing-2020", "chongqing-2021", "jiyuan-2020", "yuzhong-2022"]
    {
        let mut table = csv::Reader::from_path(example(&format!("{folder}/units.csv"))).unwrap();
        for row in table.records().map(Result::unwrap) {
            let (name, address, rank) = (&row[4], &row[5], &row[6]);
            assert_eq!(
                name,
                if rank.is_empty() { String::new() } else { row[0].to_owned() + rank }
            );
            assert!(address.is_empty() || address.ends_with(".example"), "{folder}: {address}");
        }
    }
}
