//! The two whole tables as Word documents, spreadsheets, web pages and CSV: the same duties with the same units.

use super::gold::{GoldDuty, gold, read, score, seed_folder};
use crate::support::office_files::{WordCell, docx, xlsx};

struct Table {
    seed: &'static str,
    title: &'static str,
    rows: Vec<Vec<String>>,
}

fn tables() -> [Table; 2] {
    [
        Table {
            seed: "002",
            title: "渝中区2022年政务公开工作要点任务分工",
            rows: rows("seed-002-rows.csv"),
        },
        Table {
            seed: "003",
            title: "贯彻落实国务院办公厅2020年政务公开工作要点责任分工",
            rows: rows("seed-003-rows.csv"),
        },
    ]
}

/// Header and rows: task, section, measure, lead, responsible.
fn rows(file: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(seed_folder().join(file)).unwrap();
    let header = ["工作任务", "", "贯彻举措", "牵头单位", "责任单位"].map(str::to_owned).to_vec();
    let rows = reader.records().map(|row| row.unwrap().iter().skip(1).map(str::to_owned).collect());
    std::iter::once(header).chain(rows).collect()
}

/// Every gold duty of the table's rows is found, with its units, and nothing else.
fn holds(table: &Table, name: &str, bytes: &[u8]) {
    let (document, extraction) = read(name, bytes);
    let gold = gold();
    let of_table: Vec<&GoldDuty> = gold
        .iter()
        .filter(|duty| {
            duty.document.starts_with(table.seed) && document.text.contains(&duty.expression)
        })
        .collect();
    assert!(of_table.iter().filter(|duty| duty.is_computable).count() >= 5);
    let score = score(&of_table, &document, &extraction);
    assert_eq!((&score.missed, &score.wrong), (&vec![], &vec![]), "{name}");
    for (id, read) in &score.found {
        let duty = gold.iter().find(|duty| duty.id == *id).unwrap();
        assert_eq!((&read.lead, &read.responsible), (&duty.lead, &duty.responsible), "{name} {id}");
    }
}

#[test]
fn word_documents_with_merged_cells_give_the_same_duties() {
    for table in tables() {
        let mut rows: Vec<Vec<WordCell>> = Vec::new();
        for (index, row) in table.rows.iter().enumerate() {
            let cell = |(column, text): (usize, &String)| {
                let continues = column < 2 && index > 1 && table.rows[index - 1][column] == *text;
                let text = if continues { String::new() } else { text.clone() };
                WordCell { text, columns: 1, continues }
            };
            rows.push(row.iter().enumerate().map(cell).collect());
        }
        // 贯彻举措 stands over section and measure
        rows[0].remove(1);
        rows[0][1].columns = 2;
        holds(&table, "a.docx", &docx(&[table.title], &rows));
    }
}

#[test]
fn spreadsheets_with_merged_cells_give_the_same_duties() {
    for table in tables() {
        holds(&table, "a.xlsx", &xlsx(table.title, &table.rows, 2));
        holds(&table, "a.xlsx", &xlsx(table.title, &table.rows, 5));
    }
}

/// The fixture is the first table as Excel 97 writes it, title and cells merged (made with Python's xlwt).
#[test]
fn an_old_spreadsheet_gives_the_same_duties() {
    let [table, _] = tables();
    holds(&table, "a.xls", include_bytes!("fixtures/seed-002.xls"));
}

#[test]
fn a_web_page_and_comma_separated_text_give_the_same_duties() {
    for table in tables() {
        let mut page = format!("<html><body><h1>{}</h1><table>", table.title);
        let mut text = csv::Writer::from_writer(Vec::new());
        for row in &table.rows {
            text.write_record(row).unwrap();
            let cells: Vec<_> =
                row.iter().map(|cell| format!("<td>{}</td>", cell.replace('\n', "<br>"))).collect();
            page.extend(["<tr>", &cells.concat(), "</tr>"]);
        }
        page.push_str("</table></body></html>");
        holds(&table, "a.html", page.as_bytes());
        holds(&table, "a.csv", &text.into_inner().unwrap());
    }
}

#[test]
fn a_document_in_any_encoding_reads_the_same() {
    let text = String::from_utf8(super::gold::seed_bytes("002_cc9e57af21d3afad.txt")).unwrap();
    let expected = read("a.txt", text.as_bytes()).1;
    let (gbk, _, unmappable) = encoding_rs::GB18030.encode(&text);
    assert!(!unmappable);
    assert_eq!(read("a.txt", &gbk).1, expected);
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(read("a.txt", &utf16).1, expected);
}
