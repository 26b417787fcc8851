//! From the document to the ledger: what `extract` writes, `import` takes, and `upcoming` shows it.

use std::collections::BTreeSet;

use super::gold::{seed_folder, seed_names};
use crate::support::office::TestOffice;

/// The unit that a reviewer names where the document's scrape lost them.
const OFFICE: &str = "本级政府办公厅（室）";

/// The table after review: every row without a unit, and no other, asks for one, and gets one; so does every name that
/// names nobody in particular.
fn reviewed(table: &str) -> Vec<u8> {
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let mut reviewed = csv::Writer::from_writer(Vec::new());
    reviewed.write_record(rows.headers().unwrap()).unwrap();
    for row in rows.records() {
        let mut cells: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
        assert_eq!(cells[4].is_empty(), cells[10].contains("未找到责任单位"), "{cells:?}");
        if cells[4].is_empty() {
            OFFICE.clone_into(&mut cells[4]);
        }
        for column in [3, 4] {
            cells[column] = cells[column].split('；').map(chosen).collect::<Vec<_>>().join("；");
        }
        reviewed.write_record(&cells).unwrap();
    }
    reviewed.into_inner().unwrap()
}

/// Who is meant by 有关 and 等, as a reviewer answers it.
fn chosen(name: &str) -> String {
    let is_vague = ["有关", "相关"].iter().any(|some| name.contains(some)) || name.ends_with('等');
    if is_vague { format!("{name}={OFFICE}") } else { name.to_owned() }
}

#[test]
fn every_seed_document_goes_all_the_way_into_the_ledger() {
    for name in seed_names() {
        let office = TestOffice::new();
        let document = seed_folder().join(&name).display().to_string();
        let path = |file: &str| office.path(file).display().to_string();
        let (units, review) = (path("units.csv"), path("review.html"));
        let run = office.run(&[
            "--format", "csv", "extract", &document, "--units", &units, "--review", &review,
        ]);
        let table = office.write("duties.csv", reviewed(&run.expect_code(0).out));
        let office_itself = office.write("office.csv", format!("单位\n{OFFICE}\n"));
        office.run(&["import", "units", &units, &office_itself]).expect_code(0);
        let found = office.json(&["extract", &document]);
        let day = format!("{}-06-20", found["document"]["year"]);
        office.run(&["--as-of", &day, "import", "obligations", "--late", &table]).expect_code(0);
        let ledger = office.json(&["--as-of", &day, "upcoming", "--all"]);
        let days = |list: &serde_json::Value| -> BTreeSet<String> {
            let days = list.as_array().unwrap().iter().filter_map(|entry| entry["due"].as_str());
            days.map(str::to_owned).collect()
        };
        let missing: Vec<_> = days(&found["duties"]).difference(&days(&ledger)).cloned().collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
        let references: BTreeSet<_> =
            ledger.as_array().unwrap().iter().map(|entry| entry["ref"].to_string()).collect();
        assert_eq!(references.len(), found["duties"].as_array().unwrap().len(), "{name}");
        assert!(std::fs::read_to_string(office.path("review.html")).unwrap().contains("<mark"));
    }
}

#[test]
fn the_json_of_a_document_keeps_its_promise() {
    let office = TestOffice::new();
    let text = "渝中府办〔2022〕24号\n关于印发2022年工作分工的通知\n\n（一）区教委要在9月底前全部入库，及时公开。\n（二）每季度末通报。（区司法局牵头，区民政局等配合）\n 2022年6月17日\n";
    let document = office.write("a.txt", text);
    let found = serde_json::to_string_pretty(&office.json(&["extract", &document])).unwrap();
    insta::assert_snapshot!(found);
    insta::assert_snapshot!(office.run(&["extract", &document]).expect_code(0).out);
    insta::assert_snapshot!(
        office.run(&["--format", "csv", "extract", &document]).expect_code(0).out
    );
}

#[test]
fn a_file_that_is_no_document_ends_with_a_hint() {
    let office = TestOffice::new();
    let document = office.write("a.docx", "PK no archive");
    let run = office.run(&["extract", &document]).expect_code(14);
    assert_eq!(
        run.err,
        "error: <office>/a.docx: the file is damaged (zip)\nhint: open it in an office program and save it again\n"
    );
    // whether pdftotext is installed or not, this is none
    let document = office.write("a.pdf", "%PDF-1.7");
    let run = office.run(&["extract", &document]).expect_code(14);
    assert!(run.err.contains("pdftotext") && run.err.contains("hint: "), "{}", run.err);
}
