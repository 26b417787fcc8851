//! From document to ledger in one sitting, on ten layouts: what a person has to mend in between is counted and printed.

use serde_json::Value;

use super::corpus::{Sample, samples};
use super::table_probes::files;
use crate::support::office::TestOffice;
use crate::support::office_files::docx;

/// Each layout with the form of its file.
const LAYOUTS: [(&str, &str, &str); 10] = [
    ("tables.txt", "整改台账", "a.xlsx"),
    ("tables.txt", "建议提案分办表", "a.docx"),
    ("tables.txt", "民生实事", "a.xlsx"),
    ("tables.txt", "两级表头", "a.docx"),
    ("tables.txt", "季度列", "a.xlsx"),
    ("tables.txt", "督办单", "a.docx"),
    ("tables.txt", "没有表头", "a.csv"),
    ("texts.txt", "要点括号", "a.docx"),
    ("texts.txt", "标签行", "a.txt"),
    ("texts.txt", "会议纪要", "a.txt"),
];
/// Who is named where the document names nobody.
const OFFICE: &str = "县政府办公室";

fn bytes(sample: &Sample, name: &str, is_table: bool) -> Vec<u8> {
    let lines: Vec<&str> = sample.lines.iter().map(String::as_str).collect();
    match (is_table, name) {
        (true, _) => files(&sample.rows()).into_iter().find(|(form, _)| *form == name).unwrap().1,
        (false, "a.docx") => docx(&lines, &[]),
        (false, _) => lines.join("\n").into_bytes(),
    }
}

/// The table as a person hands it in: what nobody can load is mended, and each mended cell is counted.
fn mended(table: &str) -> (String, usize) {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(reader.headers().unwrap()).unwrap();
    let mut repairs = 0;
    for row in reader.records() {
        let mut cells: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
        if cells[4].is_empty() {
            OFFICE.clone_into(&mut cells[4]);
            repairs += 1;
        }
        if cells[10].contains("时限无法识别") {
            "及时".clone_into(&mut cells[1]);
            repairs += 1;
        }
        writer.write_record(&cells).unwrap();
    }
    (String::from_utf8(writer.into_inner().unwrap()).unwrap(), repairs)
}

#[test]
fn ten_layouts_go_from_the_document_into_the_ledger_in_one_sitting() {
    let mut all_repairs = 0;
    for (file, layout, form) in LAYOUTS {
        let sample = samples(file).into_iter().find(|sample| sample.name == layout).unwrap();
        let office = TestOffice::new();
        let document = office.write(form, bytes(&sample, form, file == "tables.txt"));
        let units = office.path("units.csv").display().to_string();
        let year = sample.year.unwrap_or(2026).to_string();
        let mut arguments = vec!["--format", "csv", "extract", &document, "--units", &units];
        if sample.year.is_some() {
            arguments.extend(["--year", &year]);
        }
        let table = office.run(&arguments).expect_code(0).out;
        let (table, repairs) = mended(&table);
        let table = office.write("tasks.csv", table);
        let itself = office.write("office.csv", format!("单位\n{OFFICE}\n"));
        office.run(&["--as-of", "2025-01-06", "import", "units", &units, &itself]).expect_code(0);
        office.run(&["--as-of", "2025-01-06", "import", "obligations", &table]).expect_code(0);
        let ledger = office.json(&["--as-of", "2025-01-06", "upcoming", "--all"]);
        let entries = ledger.as_array().unwrap();
        let dated = entries.iter().filter(|entry| entry["due"].is_string()).count();
        let is_dated = |answer: &&super::corpus::Wanted| answer.term.starts_with("202");
        let wanted = sample.wanted.iter().filter(is_dated).count();
        assert!(dated >= wanted, "{layout}: {dated} of {wanted}: {ledger}");
        let named =
            |entry: &&Value| entry["responsible"].as_array().is_some_and(|it| !it.is_empty());
        assert_eq!(entries.iter().filter(named).count(), entries.len(), "{layout}");
        println!("{layout}（{form}）: {dated} dated, {repairs} repairs");
        all_repairs += repairs;
    }
    println!("{all_repairs} repairs on {} layouts", LAYOUTS.len());
    assert!(all_repairs <= 2, "{all_repairs} repairs");
}
