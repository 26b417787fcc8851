//! Short texts and tables whose right reading people wrote down (cases/texts.csv): what is read of each, and a floor under
//! the number read right.
//!
//! `expr` is the expression in question, `expr#2` its second occurrence. `want_kind` `none` means that it sets no limit;
//! `ask` that a person must be asked, or that it comes out as an undated word. Empty wishes are not compared.

use std::collections::BTreeMap;
use std::path::PathBuf;

use duban::intake::document::Document;
use duban::intake::extract::{ExtractedDuty, Extraction, TermValues, extract};

struct Case {
    cells: BTreeMap<String, String>,
}

impl Case {
    fn cell(&self, name: &str) -> &str {
        self.cells.get(name).map_or("", String::as_str)
    }

    /// The characters of the expression in the text.
    fn place(&self) -> (usize, usize) {
        let (expression, nth) = match self.cell("expr").rsplit_once('#') {
            Some((expression, nth)) => (expression, nth.parse::<usize>().unwrap() - 1),
            None => (self.cell("expr"), 0),
        };
        let text = self.cell("text");
        let byte = text.match_indices(expression).nth(nth).unwrap().0;
        let start = text[..byte].chars().count();
        (start, start + expression.chars().count())
    }
}

fn cases() -> Vec<Case> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/intake/cases/texts.csv");
    let mut reader = csv::Reader::from_path(file).unwrap();
    let rows = reader.deserialize::<BTreeMap<String, String>>();
    rows.map(|row| Case { cells: row.unwrap() }).collect()
}

fn read(case: &Case) -> Extraction {
    let document = Document::read("case.txt", case.cell("text").as_bytes()).unwrap();
    extract(&document, &[], case.cell("year").parse().ok())
}

fn overlaps(start: usize, written: &str, (from, until): (usize, usize)) -> bool {
    start < until && start + written.chars().count() > from
}

/// What is wrong with the reading of a case; `None` when it is right.
fn fault(case: &Case, extraction: &Extraction) -> Option<String> {
    let place = case.place();
    let here: Vec<&ExtractedDuty> = extraction
        .duties
        .iter()
        .filter(|duty| overlaps(duty.start, &duty.written, place))
        .collect();
    let is_undated =
        extraction.undated.iter().any(|word| overlaps(word.start, &word.written, place));
    let said = || {
        let duties: Vec<String> = here.iter().map(|duty| said(duty)).collect();
        if duties.is_empty() { "nothing".to_owned() } else { duties.join("; ") }
    };
    let is_right = match case.cell("want_kind") {
        "none" => here.is_empty(),
        "ask" => is_undated || here.iter().any(|duty| !duty.questions.is_empty()),
        _ => here.iter().any(|duty| is_as_wanted(case, duty)),
    };
    (!is_right).then(said)
}

fn is_as_wanted(case: &Case, duty: &ExtractedDuty) -> bool {
    let Ok(term) = &duty.term else { return false };
    let values = TermValues::of(term);
    let told = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
    let read = [
        ("want_kind", values.kind.to_owned()),
        ("want_due", values.due.map_or_else(String::new, |due| due.to_string())),
        ("want_amount", told(values.amount)),
        ("want_unit", values.unit.unwrap_or_default().to_owned()),
        ("want_recurrence", values.recurrence.clone().unwrap_or_default()),
        ("want_count", told(values.count_per_year)),
        ("want_lead", duty.lead.join("、")),
        ("want_resp", duty.responsible.join("、")),
    ];
    let leads_nobody = !case.cell("text").contains("领导") || duty.lead.is_empty();
    // a recurrence that is wanted without a day may be read with one
    let is_right = |(name, read): &(&str, String)| {
        let wanted = case.cell(name);
        let without_day = *name == "want_recurrence" && !wanted.contains(':');
        let read = if without_day { read.split(':').next().unwrap_or_default() } else { read };
        wanted.is_empty() || wanted == read
    };
    leads_nobody && read.iter().all(is_right)
}

fn said(duty: &ExtractedDuty) -> String {
    let term = duty.term.as_ref().map_or_else(|_| "?".to_owned(), ToString::to_string);
    let asked = if duty.questions.is_empty() { "" } else { " ?" };
    let (lead, responsible) = (duty.lead.join("、"), duty.responsible.join("、"));
    format!("{}={term} L[{lead}] R[{responsible}]{asked}", duty.written)
}

#[test]
fn the_cases_that_people_wrote_down_are_read_right() {
    let mut by_kind: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut faults = Vec::new();
    for case in cases() {
        let fault = fault(&case, &read(&case));
        let (right, all) = by_kind.entry(case.cell("kind").to_owned()).or_default();
        *right += usize::from(fault.is_none());
        *all += 1;
        faults
            .extend(fault.map(|said| format!("{} {}: {said}", case.cell("id"), case.cell("expr"))));
    }
    for (kind, (right, all)) in &by_kind {
        println!("{kind:<26} {right:>2} of {all:>2}");
    }
    println!("{}", faults.join("\n"));
    let (right, all) = by_kind.values().fold((0, 0), |(r, a), (right, of)| (r + right, a + of));
    println!("{right} of {all}");
    assert!(right >= 94, "{right} of {all} are read right");
}
